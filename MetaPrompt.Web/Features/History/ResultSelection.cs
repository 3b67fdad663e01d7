using MetaPrompt.Data.Tests;

namespace MetaPrompt.Web.Features.History;

/// <summary>Which results of the list are chosen, in the order they were.</summary>
public sealed class ResultSelection
{
    private readonly List<Guid> _ids = [];
    private Guid? _anchor;

    /// <summary>The chosen ones.</summary>
    public IReadOnlyList<Guid> Ids => _ids;

    /// <summary>Whether this one is.</summary>
    public bool Has(Guid id) => _ids.Contains(id);

    /// <summary>
    /// Chooses a row, or takes it out. With <paramref name="range"/> all rows from the one before to this one become what this
    /// one becomes.
    /// </summary>
    public void Pick(IReadOnlyList<ResultListItem> items, Guid id, bool range)
    {
        ArgumentNullException.ThrowIfNull(items);
        var chosen = !Has(id);
        var places = items.Select((item, place) => (item.Id, place)).ToDictionary(row => row.Id, row => row.place);
        if (!places.TryGetValue(id, out var to))
            return;
        var from = range && _anchor is { } anchor && places.TryGetValue(anchor, out var place) ? place : to;
        _anchor = id;
        for (var at = Math.Min(from, to); at <= Math.Max(from, to); at++)
        {
            var one = items[at].Id;
            if (chosen != Has(one) && chosen)
                _ids.Add(one);
            else if (!chosen)
                _ids.Remove(one);
        }
    }

    /// <summary>Takes these out.</summary>
    public void Remove(IEnumerable<Guid> ids)
    {
        var gone = ids.ToHashSet();
        _ids.RemoveAll(gone.Contains);
    }

    /// <summary>Chooses nothing.</summary>
    public void Clear()
    {
        _ids.Clear();
        _anchor = null;
    }
}
