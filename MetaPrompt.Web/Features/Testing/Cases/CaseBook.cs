using MetaPrompt.Data.Tests;

namespace MetaPrompt.Web.Features.Testing.Cases;

/// <summary>What there is to write: rows as they are now, cases that are gone, and the whole order where it is another.</summary>
public sealed record CasesToKeep(IReadOnlyList<TestCase> Changed, IReadOnlyList<Guid> Gone, IReadOnlyList<Guid>? Order)
{
    /// <summary>Whether there is anything.</summary>
    public bool Any => Changed.Count + Gone.Count > 0 || Order is not null;

    /// <summary>The page's rows that these come from.</summary>
    internal IReadOnlyList<CaseDraft> Rows { get; init; } = [];
}

/// <summary>
/// The rows of the table and what of them the database has. Whatever changed them, typing, pasting or an undo, what is to be
/// written is the difference between the two.
/// </summary>
public sealed class CaseBook
{
    private readonly Dictionary<Guid, (CaseDraft Row, int Position)> _kept = [];
    private List<CaseDraft> _rows = [];

    /// <summary>The rows in their order.</summary>
    public IReadOnlyList<CaseDraft> Rows => _rows;

    /// <summary>How many more cases there may be.</summary>
    public int Room => Math.Max(0, TestCaseQueries.MostCases - _rows.Count);

    /// <summary>Whether something is not in the database yet.</summary>
    public bool IsChanged => Pending().Any;

    /// <summary>Takes what the database has.</summary>
    public void Take(IEnumerable<TestCase> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        _kept.Clear();
        _rows = [];
        foreach (var row in rows)
        {
            var draft = CaseDraft.Of(row);
            _rows.Add(draft);
            _kept[row.Id] = (draft, row.Position);
        }
    }

    /// <summary>The place of a case; -1 where it is gone.</summary>
    public int PlaceOf(Guid id) => _rows.FindIndex(row => row.Id == id);

    /// <summary>Puts a changed row in the place of the old one; a row that is gone stays so.</summary>
    public void Set(CaseDraft row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (PlaceOf(row.Id) is >= 0 and var place)
            _rows[place] = row;
    }

    /// <summary>Puts rows in, as many as there is room for, and returns how many.</summary>
    public int Insert(int place, IEnumerable<CaseDraft> rows)
    {
        CaseDraft[] fitting = [.. rows.Take(Room)];
        _rows.InsertRange(Math.Clamp(place, 0, _rows.Count), fitting);
        return fitting.Length;
    }

    /// <summary>Takes a row out.</summary>
    public void Remove(Guid id) => _rows.RemoveAll(row => row.Id == id);

    /// <summary>Moves a row up or down. False where it is at the end already.</summary>
    public bool Move(Guid id, int by)
    {
        var from = PlaceOf(id);
        var to = from + by;
        if (from < 0 || to < 0 || to >= _rows.Count)
            return false;
        var row = _rows[from];
        _rows.RemoveAt(from);
        _rows.Insert(to, row);
        return true;
    }

    /// <summary>
    /// Puts back what was before a change and leaves alone what was changed since: rows that it added go, rows that it removed
    /// come back to their place, rows that it changed are as they were.
    /// </summary>
    public void Undo(IReadOnlyList<CaseDraft> before, IReadOnlyList<CaseDraft> after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var old = before.ToDictionary(row => row.Id);
        var made = after.ToDictionary(row => row.Id);
        _rows.RemoveAll(row => made.ContainsKey(row.Id) && !old.ContainsKey(row.Id));
        for (var place = 0; place < before.Count; place++)
        {
            var row = before[place];
            if (!made.TryGetValue(row.Id, out var changed))
                _rows.Insert(Math.Min(place, _rows.Count), row);
            else if (!ReferenceEquals(changed, row) && PlaceOf(row.Id) is >= 0 and var at && ReferenceEquals(_rows[at], changed))
                _rows[at] = row;
        }
    }

    /// <summary>What the database does not have yet.</summary>
    public CasesToKeep Pending()
    {
        var changed = new List<TestCase>();
        var drafts = new List<CaseDraft>();
        var inOrder = true;
        var last = -1;
        for (var place = 0; place < _rows.Count; place++)
        {
            var row = _rows[place];
            var position = place;
            if (_kept.TryGetValue(row.Id, out var kept) && ReferenceEquals(kept.Row, row))
            {
                position = kept.Position;
            }
            else
            {
                changed.Add(row.Row(place));
                drafts.Add(row);
            }

            inOrder &= position > last;
            last = Math.Max(last, position);
        }

        HashSet<Guid> there = [.. _rows.Select(row => row.Id)];
        return new CasesToKeep(changed, [.. _kept.Keys.Where(id => !there.Contains(id))], inOrder ? null : [.. _rows.Select(row => row.Id)]) { Rows = drafts };
    }

    /// <summary>Notes that this is in the database now.</summary>
    public void Kept(CasesToKeep done)
    {
        ArgumentNullException.ThrowIfNull(done);
        foreach (var id in done.Gone)
            _kept.Remove(id);
        for (var at = 0; at < done.Rows.Count; at++)
            _kept[done.Rows[at].Id] = (done.Rows[at], done.Changed[at].Position);
        for (var place = 0; place < (done.Order?.Count ?? 0); place++)
        {
            if (_kept.TryGetValue(done.Order![place], out var kept))
                _kept[done.Order[place]] = (kept.Row, place);
        }
    }
}
