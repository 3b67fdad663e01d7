namespace MetaPrompt.Web.Shared;

/// <summary>A line of one of two texts.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Runs">Its stretches without the end of the line; none where it is empty.</param>
public sealed record DiffLine(int Number, IReadOnlyList<TextRun> Runs)
{
    /// <summary>The whole line.</summary>
    public string Text => Runs is [var only] ? only.Text : string.Concat(Runs.Select(run => run.Text));
}

/// <summary>What stands side by side: a line of the old text, one of the new text, or both.</summary>
public sealed record DiffRow(DiffLine? Old, DiffLine? Current)
{
    /// <summary>Whether the line is the same in both texts.</summary>
    public bool IsKept { get; } = Old is not null && Current is not null
        && Old.Runs.All(run => run.Change == TextChange.Kept) && Current.Runs.All(run => run.Change == TextChange.Kept)
        // Where only the ends of lines moved, kept words stand beside other kept words.
        && Old.Text == Current.Text;
}

/// <summary>Why rows stand together.</summary>
public enum DiffBlockKind
{
    /// <summary>Unchanged lines around a change.</summary>
    Kept,

    /// <summary>A change.</summary>
    Changed,

    /// <summary>Unchanged lines that nobody needs to see to understand a change.</summary>
    Folded,
}

/// <summary>Rows that belong together.</summary>
public sealed record DiffBlock(DiffBlockKind Kind, IReadOnlyList<DiffRow> Rows);

/// <summary>The difference of two texts in lines, with the words that changed in them.</summary>
public static class LineDiff
{
    private const int Context = 3;

    // A fold of two lines hides less than it takes to open it.
    private const int LeastFolded = 4;

    /// <summary>The rows from the first line to the last: their old lines make up the old text, their new lines the new one.</summary>
    public static IReadOnlyList<DiffRow> Of(string old, string current)
    {
        var rows = new List<DiffRow>();
        var (left, right) = (new Lines(), new Lines());
        var shared = new List<(int Left, int Right)>();
        foreach (var run in TextDiff.Of(old, current))
        {
            var at = 0;
            while (run.Text.IndexOf('\n', at) is var end and >= 0)
            {
                Take(run with { Text = run.Text[at..end] });
                at = end + 1;
                if (run.Change != TextChange.Added)
                    left.End();
                if (run.Change != TextChange.Removed)
                    right.End();
                if (run.Change == TextChange.Kept)
                    Flush();
            }

            Take(run with { Text = run.Text[at..] });
        }

        left.End();
        right.End();
        Flush();
        return rows;

        void Take(TextRun run)
        {
            // Lines that have words in common stand beside each other.
            if (run.Change == TextChange.Kept && !string.IsNullOrWhiteSpace(run.Text))
                shared.Add((left.Count, right.Count));
            if (run.Change != TextChange.Added)
                left.Add(run);
            if (run.Change != TextChange.Removed)
                right.Add(run);
        }

        void Flush()
        {
            Pair(rows, left.Flush(), right.Flush(), shared);
            shared.Clear();
        }
    }

    /// <summary>The rows in blocks; long unchanged stretches are folded but for a few lines beside a change.</summary>
    public static IReadOnlyList<DiffBlock> Blocks(IReadOnlyList<DiffRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var blocks = new List<DiffBlock>();
        for (var at = 0; at < rows.Count;)
        {
            var end = at + 1;
            while (end < rows.Count && rows[end].IsKept == rows[at].IsKept)
                end++;
            if (!rows[at].IsKept)
            {
                Add(DiffBlockKind.Changed, at, end);
            }
            else
            {
                var first = at == 0 ? at : Math.Min(end, at + Context);
                var last = end == rows.Count ? end : Math.Max(first, end - Context);
                if (last - first < LeastFolded)
                    (first, last) = (end, end);
                Add(DiffBlockKind.Kept, at, first);
                Add(DiffBlockKind.Folded, first, last);
                Add(DiffBlockKind.Kept, last, end);
            }

            at = end;
        }

        return blocks;

        void Add(DiffBlockKind kind, int from, int to)
        {
            if (to > from)
                blocks.Add(new DiffBlock(kind, [.. rows.Skip(from).Take(to - from)]));
        }
    }

    // What lies between two such pairs was rewritten: line by line, and what is left over alone.
    private static void Pair(List<DiffRow> rows, List<DiffLine> left, List<DiffLine> right, List<(int Left, int Right)> shared)
    {
        var (l, r) = (0, 0);
        foreach (var (nextLeft, nextRight) in shared.Append((left.Count, right.Count)))
        {
            if (nextLeft < l || nextRight < r)
                continue;
            for (; l < nextLeft && r < nextRight; l++, r++)
                rows.Add(new DiffRow(left[l], right[r]));
            for (; l < nextLeft; l++)
                rows.Add(new DiffRow(left[l], null));
            for (; r < nextRight; r++)
                rows.Add(new DiffRow(null, right[r]));
            if (l < left.Count && r < right.Count)
                rows.Add(new DiffRow(left[l++], right[r++]));
        }
    }

    private sealed class Lines
    {
        private List<DiffLine> _ended = [];
        private List<TextRun> _runs = [];
        private int _number;

        public int Count => _ended.Count;

        public void Add(TextRun run)
        {
            if (run.Text.Length > 0)
                _runs.Add(run);
        }

        public void End()
        {
            _ended.Add(new DiffLine(++_number, _runs));
            _runs = [];
        }

        public List<DiffLine> Flush()
        {
            var ended = _ended;
            _ended = [];
            return ended;
        }
    }
}
