using System.Text;
using DiffPlex;

namespace MetaPrompt.Web.Prompting;

/// <summary>A stretch of a proposal: the same in both texts, or a change that can be taken or left.</summary>
/// <param name="Old">What stands there now.</param>
/// <param name="New">What is proposed instead.</param>
/// <param name="Number">The change's number, from 0; null where both are the same.</param>
public sealed record Hunk(string Old, string New, int? Number)
{
    /// <summary>Whether it is a change.</summary>
    public bool IsChange => Number is not null;
}

/// <summary>
/// A proposal for a text, cut into changes that are taken or left one by one: sentences and lines, so that each reads by
/// itself. All taken is the proposal, none taken the text as it was.
/// </summary>
public sealed class Hunks
{
    // Comparing takes time by the product of both lengths at worst; beyond this it is one change.
    private const long MostSteps = 20_000_000;

    private Hunks(IReadOnlyList<Hunk> all)
    {
        All = all;
        Changes = [.. all.Where(hunk => hunk.IsChange)];
    }

    /// <summary>Every stretch, in order, without gaps.</summary>
    public IReadOnlyList<Hunk> All { get; }

    /// <summary>The changes alone, by number.</summary>
    public IReadOnlyList<Hunk> Changes { get; }

    /// <summary>What changes from one text to the other.</summary>
    public static Hunks Of(string text, string proposal)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(proposal);
        var (old, now) = (Pieces(text), Pieces(proposal));
        var start = 0;
        while (start < old.Count && start < now.Count && old[start] == now[start])
            start++;
        var end = 0;
        while (end < old.Count - start && end < now.Count - start && old[^(end + 1)] == now[^(end + 1)])
            end++;

        var hunks = new List<Hunk>();
        var changes = 0;
        Keep(Join(old, 0, start));
        var (middleOld, middleNew) = (old.GetRange(start, old.Count - start - end), now.GetRange(start, now.Count - start - end));
        if ((long)middleOld.Count * middleNew.Count > MostSteps)
            Change(Join(middleOld, 0, middleOld.Count), Join(middleNew, 0, middleNew.Count));
        else
            Compare(middleOld, middleNew);
        Keep(Join(old, old.Count - end, old.Count));
        return new Hunks(hunks);

        void Compare(List<string> before, List<string> after)
        {
            var diff = Differ.Instance.CreateDiffs(Join(before, 0, before.Count), Join(after, 0, after.Count), false, false, Sentences.Instance);
            var at = 0;
            foreach (var block in diff.DiffBlocks)
            {
                Keep(Join(diff.PiecesOld, at, block.DeleteStartA));
                at = block.DeleteStartA + block.DeleteCountA;
                Change(Join(diff.PiecesOld, block.DeleteStartA, at), Join(diff.PiecesNew, block.InsertStartB, block.InsertStartB + block.InsertCountB));
            }

            Keep(Join(diff.PiecesOld, at, diff.PiecesOld.Count));
        }

        void Keep(string same)
        {
            if (same.Length > 0)
                hunks.Add(new Hunk(same, same, null));
        }

        // A blank line between two changes belongs to both: alone it is nothing to decide about.
        void Change(string removed, string added)
        {
            if (removed.Length + added.Length == 0)
                return;
            if (hunks is [.., { IsChange: true } before, { IsChange: false } between] && string.IsNullOrWhiteSpace(between.Old) && !between.Old.Contains('\n', StringComparison.Ordinal))
            {
                hunks.RemoveRange(hunks.Count - 2, 2);
                hunks.Add(new Hunk(before.Old + between.Old + removed, before.New + between.New + added, before.Number));
                return;
            }

            hunks.Add(new Hunk(removed, added, changes++));
        }
    }

    /// <summary>The text with these changes taken and all others left.</summary>
    public string Apply(IReadOnlySet<int> taken)
    {
        ArgumentNullException.ThrowIfNull(taken);
        var text = new StringBuilder();
        foreach (var hunk in All)
            text.Append(hunk.Number is { } number && taken.Contains(number) ? hunk.New : hunk.Old);
        return text.ToString();
    }

    /// <summary>The variables that are in the text now and would be gone, in order.</summary>
    public IReadOnlyList<string> Lost(IReadOnlySet<int> taken) => Except(Apply(None), Apply(taken));

    /// <summary>The variables that are not in the text now and would be, in order.</summary>
    public IReadOnlyList<string> Invented(IReadOnlySet<int> taken) => Except(Apply(taken), Apply(None));

    /// <summary>The changes without those that would lose the variable: with them left, it stays.</summary>
    public IReadOnlySet<int> Keeping(string variable, IReadOnlySet<int> taken) =>
        Without(taken, hunk => Count(hunk.Old, variable) > Count(hunk.New, variable));

    /// <summary>The changes without those that would bring the variable in.</summary>
    public IReadOnlySet<int> Refusing(string variable, IReadOnlySet<int> taken) =>
        Without(taken, hunk => Count(hunk.New, variable) > Count(hunk.Old, variable));

    private static readonly HashSet<int> None = [];

    private HashSet<int> Without(IReadOnlySet<int> taken, Func<Hunk, bool> left) =>
        [.. taken.Where(number => !left(Changes[number]))];

    private static IReadOnlyList<string> Except(string text, string other) =>
        [.. PromptTemplate.Parse(text).VariableNames.Except(PromptTemplate.Parse(other).VariableNames)];

    private static int Count(string text, string variable) =>
        PromptTemplate.Parse(text).Parts.Count(part => part is VariablePart found && found.Name == variable);

    private static string Join(IReadOnlyList<string> pieces, int from, int to) => string.Concat(pieces.Skip(from).Take(to - from));

    // Sentences with their full stop, blanks and line ends as pieces of their own: joined they are the text again.
    private static List<string> Pieces(string text)
    {
        var pieces = new List<string>();
        var start = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\n' && !(text[at] == ' ' && at > 0 && text[at - 1] is ('.' or '!' or '?' or ':' or ';')))
                continue;

            if (at > start)
                pieces.Add(text[start..at]);
            pieces.Add(text[at..(at + 1)]);
            start = at + 1;
        }

        if (start < text.Length)
            pieces.Add(text[start..]);
        return pieces;
    }

    private sealed class Sentences : IChunker
    {
        public static readonly Sentences Instance = new();

        public IReadOnlyList<string> Chunk(string text) => Pieces(text);
    }
}
