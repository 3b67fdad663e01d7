using MetaPrompt.Data.Prompts;

namespace MetaPrompt.Web.Features.Library;

/// <summary>Which prompts of the list are chosen.</summary>
public sealed class PromptSelection
{
    private readonly HashSet<Guid> _ids = [];
    private Guid? _anchor;

    /// <summary>The chosen ones.</summary>
    public IReadOnlyCollection<Guid> Ids => _ids;

    /// <summary>How many.</summary>
    public int Count => _ids.Count;

    /// <summary>Whether this one is.</summary>
    public bool Has(Guid id) => _ids.Contains(id);

    /// <summary>
    /// Chooses a row, or takes it out. With <paramref name="range"/> all rows from the one before to this one become what this
    /// one becomes.
    /// </summary>
    public void Pick(IReadOnlyList<PromptListItem> items, Guid id, bool range)
    {
        ArgumentNullException.ThrowIfNull(items);
        var chosen = !_ids.Contains(id);
        var (from, to) = (IndexOf(items, range ? _anchor ?? id : id), IndexOf(items, id));
        _anchor = id;
        if (to < 0)
            return;
        if (from < 0)
            from = to;
        for (var index = Math.Min(from, to); index <= Math.Max(from, to); index++)
        {
            if (chosen)
                _ids.Add(items[index].Id);
            else
                _ids.Remove(items[index].Id);
        }
    }

    /// <summary>Chooses these as well.</summary>
    public void Add(IEnumerable<Guid> ids) => _ids.UnionWith(ids);

    /// <summary>Takes these out.</summary>
    public void Remove(IEnumerable<Guid> ids) => _ids.ExceptWith(ids);

    /// <summary>Chooses nothing.</summary>
    public void Clear()
    {
        _ids.Clear();
        _anchor = null;
    }

    private static int IndexOf(IReadOnlyList<PromptListItem> items, Guid id)
    {
        for (var index = 0; index < items.Count; index++)
        {
            if (items[index].Id == id)
                return index;
        }

        return -1;
    }
}
