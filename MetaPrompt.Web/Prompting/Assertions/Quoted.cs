namespace MetaPrompt.Web.Prompting.Assertions;

/// <summary>Pieces of text in a sentence: on one line, cut, in quotation marks.</summary>
internal static class Quoted
{
    private const int Longest = 80;

    /// <summary>“The beginning of the text…”.</summary>
    public static string Text(string text) => $"“{Cut(text)}”";

    /// <summary>“…the end of the text”.</summary>
    public static string End(string text)
    {
        var line = Line(text);
        if (line.Length <= Longest)
            return $"“{line}”";
        var from = line.Length - Longest + 1;
        return $"“…{line[(char.IsLowSurrogate(line[from]) ? from + 1 : from)..].TrimStart()}”";
    }

    /// <summary>“…what is around a place in the text…”.</summary>
    public static string Around(string text, int at, int length)
    {
        const int Context = 24;
        var from = Math.Max(0, at - Context);
        var to = Math.Min(text.Length, at + Math.Min(length, Longest) + Context);
        if (from > 0 && char.IsLowSurrogate(text[from]))
            from++;
        if (to < text.Length && char.IsLowSurrogate(text[to]))
            to--;
        return $"“{(from > 0 ? "…" : "")}{Line(text[from..to])}{(to < text.Length ? "…" : "")}”";
    }

    /// <summary>The beginning of the text without quotation marks.</summary>
    public static string Cut(string text)
    {
        // Only what can be shown is made one line: an answer may be a book.
        var more = text.Length > 4 * Longest;
        var line = Line(more ? text[..(char.IsHighSurrogate(text[4 * Longest - 1]) ? 4 * Longest - 1 : 4 * Longest)] : text);
        if (line.Length <= Longest)
            return more ? line + "…" : line;
        return line[..(char.IsHighSurrogate(line[Longest - 2]) ? Longest - 2 : Longest - 1)].TrimEnd() + "…";
    }

    private static string Line(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
