using System.Text;
using DiffPlex;

namespace MetaPrompt.Web.Shared;

/// <summary>What became of a stretch of text.</summary>
public enum TextChange
{
    /// <summary>In both.</summary>
    Kept,

    /// <summary>In the new text only.</summary>
    Added,

    /// <summary>In the old text only.</summary>
    Removed,
}

/// <summary>A stretch of text and what became of it.</summary>
public sealed record TextRun(TextChange Change, string Text);

/// <summary>
/// The difference of two texts in words. Kept and removed runs make up the old text, kept and added ones the new text. Texts
/// may be long and strangers'; where comparing in words would take too long, whole lines or blocks are shown as changed.
/// </summary>
public static class TextDiff
{
    // Comparing takes time by the product of both lengths at worst: these many steps are some tens of milliseconds.
    private const long MaxSteps = 20_000_000;

    private static readonly Chunks Lines = new(LineEnd);
    private static readonly Chunks Words = new(WordEnd);

    /// <summary>The runs from the old text to the new one, in order; neighbours differ in their change.</summary>
    public static IReadOnlyList<TextRun> Of(string old, string current)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(current);
        var runs = new List<TextRun>();
        var steps = MaxSteps;
        Compare(old, current, Lines, ref steps, CompareWords, Keep);
        return Readable(runs);

        void CompareWords(string removed, string added) => Compare(removed, added, Words, ref steps, Replace, Keep);

        void Keep(string kept) => Add(runs, TextChange.Kept, kept);

        void Replace(string removed, string added)
        {
            Add(runs, TextChange.Removed, removed);
            Add(runs, TextChange.Added, added);
        }
    }

    /// <summary>How many words were added and removed; signs alone are none.</summary>
    public static (int Added, int Removed) Count(IEnumerable<TextRun> runs)
    {
        var (added, removed) = (0, 0);
        foreach (var run in runs)
        {
            var words = run.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Count(word => word.Any(char.IsLetterOrDigit));
            added += run.Change == TextChange.Added ? words : 0;
            removed += run.Change == TextChange.Removed ? words : 0;
        }

        return (added, removed);
    }

    // Blanks and signs that two rewritten phrases happen to share would cut both into confetti: between two changes they
    // belong to both, and each stretch of change is first what was, then what is.
    private static List<TextRun> Readable(List<TextRun> runs)
    {
        var result = new List<TextRun>();
        var (removed, added) = (new StringBuilder(), new StringBuilder());
        for (var i = 0; i < runs.Count; i++)
        {
            var (change, text) = runs[i];
            var between = change == TextChange.Kept && removed.Length + added.Length > 0 && i + 1 < runs.Count && !text.Any(char.IsLetterOrDigit);
            if (change == TextChange.Kept && !between)
            {
                Flush();
                Add(result, TextChange.Kept, text);
                continue;
            }

            if (change != TextChange.Added)
                removed.Append(text);
            if (change != TextChange.Removed)
                added.Append(text);
        }

        Flush();
        return result;

        void Flush()
        {
            Add(result, TextChange.Removed, removed.ToString());
            Add(result, TextChange.Added, added.ToString());
            removed.Clear();
            added.Clear();
        }
    }

    private static void Compare(string old, string current, Chunks chunks, ref long steps, Action<string, string> changed, Action<string> kept)
    {
        var (a, b) = (chunks.Chunk(old), chunks.Chunk(current));
        var start = 0;
        while (start < a.Count && start < b.Count && a[start] == b[start])
            start++;
        var end = 0;
        while (end < a.Count - start && end < b.Count - start && a[^(end + 1)] == b[^(end + 1)])
            end++;

        kept(Join(a, 0, start));
        var (middleOld, middleNew) = (Join(a, start, a.Count - end), Join(b, start, b.Count - end));
        var size = (long)(a.Count - start - end) * (b.Count - start - end);
        if (size == 0 || size > steps)
        {
            changed(middleOld, middleNew);
        }
        else
        {
            steps -= size;
            CompareAll(middleOld, middleNew, chunks, changed, kept);
        }

        kept(Join(a, a.Count - end, a.Count));
    }

    private static void CompareAll(string old, string current, Chunks chunks, Action<string, string> changed, Action<string> kept)
    {
        var diff = Differ.Instance.CreateDiffs(old, current, ignoreWhiteSpace: false, ignoreCase: false, chunks);
        var at = 0;
        foreach (var block in diff.DiffBlocks)
        {
            kept(Join(diff.PiecesNew, at, block.InsertStartB));
            at = block.InsertStartB + block.InsertCountB;
            changed(Join(diff.PiecesOld, block.DeleteStartA, block.DeleteStartA + block.DeleteCountA), Join(diff.PiecesNew, block.InsertStartB, at));
        }

        kept(Join(diff.PiecesNew, at, diff.PiecesNew.Count));
    }

    private static string Join(IReadOnlyList<string> pieces, int from, int to) =>
        string.Concat(pieces.Skip(from).Take(to - from));

    private static void Add(List<TextRun> runs, TextChange change, string text)
    {
        if (text.Length == 0)
            return;
        if (runs.Count > 0 && runs[^1].Change == change)
            runs[^1] = runs[^1] with { Text = runs[^1].Text + text };
        else
            runs.Add(new TextRun(change, text));
    }

    // Cuts a text into pieces without losing a character.
    private sealed class Chunks(Func<string, int, int> end) : IChunker
    {
        public IReadOnlyList<string> Chunk(string text)
        {
            var pieces = new List<string>();
            for (var at = 0; at < text.Length;)
            {
                var next = end(text, at);
                pieces.Add(text[at..next]);
                at = next;
            }

            return pieces;
        }
    }

    // The end of a line stands alone, or a last line without one would be another line.
    private static int LineEnd(string text, int at) =>
        text[at] == '\n' ? at + 1 : text.IndexOf('\n', at) is var found && found < 0 ? text.Length : found;

    // Blanks, signs and characters of scripts without spaces stand alone.
    private static int WordEnd(string text, int at)
    {
        var end = at + 1;
        if (!IsWord(text[at]))
            return char.IsHighSurrogate(text[at]) && end < text.Length && char.IsLowSurrogate(text[end]) ? end + 1 : end;
        while (end < text.Length && IsWord(text[end]))
            end++;
        return end;
    }

    private static bool IsWord(char c) => c == '_' || (char.IsLetterOrDigit(c) && c is not (>= '\u2E80' and <= '\u9FFF'));
}
