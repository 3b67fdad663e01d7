namespace MetaPrompt.Web.Prompting;

/// <summary>A stretch of a template as it is shown.</summary>
/// <param name="Text">Plain text, or a variable's name.</param>
/// <param name="IsVariable">Whether it is a variable.</param>
/// <param name="IsFresh">Whether it was not there before.</param>
public sealed record TemplatePiece(string Text, bool IsVariable, bool IsFresh);

/// <summary>What of a template is new since it last was looked at, sentence by sentence: a changed word marks its sentence.</summary>
public static class TemplateChange
{
    // Beyond this a preview marks nothing: comparing would cost more than the mark is worth.
    private const int MaxSentences = 1500;

    /// <summary>The template in pieces, those fresh that <paramref name="before"/> has not.</summary>
    /// <param name="before">The template before; null to mark nothing.</param>
    /// <param name="after">The template now.</param>
    public static IReadOnlyList<TemplatePiece> Pieces(string? before, string after)
    {
        ArgumentNullException.ThrowIfNull(after);
        var fresh = Fresh(before, after);
        var pieces = new List<TemplatePiece>();
        foreach (var part in PromptTemplate.Parse(after).Parts)
        {
            if (part is VariablePart variable)
                pieces.Add(new TemplatePiece(variable.Name, true, fresh.Any(range => Holds(range, part.Start))));
            else if (part is TextPart text)
                Cut(text, after, fresh, pieces);
        }

        return pieces;
    }

    /// <summary>The new sentences as one line, to be read out.</summary>
    public static string Words(string? before, string after) =>
        string.Join(' ', Fresh(before, after).Select(range => after[range.Start..range.End].Trim()).Where(text => text.Length > 0));

    private static void Cut(TextPart text, string after, List<(int Start, int End)> fresh, List<TemplatePiece> pieces)
    {
        // An escaped brace is shorter in what is shown than in the source: such a part is marked as a whole.
        if (text.Text.Length != text.Length)
        {
            pieces.Add(new TemplatePiece(text.Text, false, fresh.Any(range => range.Start < text.Start + text.Length && range.End > text.Start)));
            return;
        }

        var end = text.Start + text.Length;
        for (var at = text.Start; at < end;)
        {
            var inside = fresh.FirstOrDefault(range => Holds(range, at));
            var isFresh = inside.End > at;
            var stop = isFresh
                ? Math.Min(end, inside.End)
                : fresh.Where(range => range.Start > at).Select(range => range.Start).Append(end).Min();
            stop = Math.Min(stop, end);
            pieces.Add(new TemplatePiece(after[at..stop], false, isFresh));
            at = stop;
        }
    }

    private static bool Holds((int Start, int End) range, int at) => range.Start <= at && at < range.End;

    private static List<(int Start, int End)> Fresh(string? before, string after)
    {
        if (before is null || before == after)
            return [];

        var old = Sentences(before);
        var now = Sentences(after);
        if (old.Count > MaxSentences || now.Count > MaxSentences)
            return [];

        var kept = Common(old.ConvertAll(range => before[range.Start..range.End]), now.ConvertAll(range => after[range.Start..range.End]));
        var fresh = new List<(int Start, int End)>();
        foreach (var (range, isKept) in now.Zip(kept))
        {
            if (isKept)
                continue;
            if (fresh.Count > 0 && after.AsSpan(fresh[^1].End, range.Start - fresh[^1].End).IsWhiteSpace())
                fresh[^1] = (fresh[^1].Start, range.End);
            else
                fresh.Add(range);
        }

        return fresh;
    }

    // The longest common subsequence: which of the new sentences were there before, in that order.
    private static bool[] Common(List<string> old, List<string> now)
    {
        var lengths = new int[old.Count + 1, now.Count + 1];
        for (var i = old.Count - 1; i >= 0; i--)
        {
            for (var j = now.Count - 1; j >= 0; j--)
                lengths[i, j] = old[i] == now[j] ? lengths[i + 1, j + 1] + 1 : Math.Max(lengths[i + 1, j], lengths[i, j + 1]);
        }

        var kept = new bool[now.Count];
        for (int i = 0, j = 0; i < old.Count && j < now.Count;)
        {
            if (old[i] == now[j])
                (kept[j], i, j) = (true, i + 1, j + 1);
            else if (lengths[i + 1, j] >= lengths[i, j + 1])
                i++;
            else
                j++;
        }

        return kept;
    }

    // Without the blanks between them: a sentence that only moved to a line of its own is not new.
    private static List<(int Start, int End)> Sentences(string text)
    {
        var sentences = new List<(int, int)>();
        var start = 0;
        for (var at = 0; at <= text.Length; at++)
        {
            var ends = at == text.Length || text[at] == '\n'
                || (at > 0 && text[at] == ' ' && text[at - 1] is '.' or '!' or '?' && text[at] == ' ');
            if (!ends)
                continue;

            while (start < at && char.IsWhiteSpace(text[start]))
                start++;
            if (start < at)
                sentences.Add((start, at));
            start = at;
        }

        return sentences;
    }
}
