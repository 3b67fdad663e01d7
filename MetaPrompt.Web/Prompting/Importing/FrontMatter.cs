using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>A block of YAML between two lines <c>---</c>, and the text below it.</summary>
/// <param name="Values">The block's values; an empty map where there is none.</param>
/// <param name="Exists">Whether there is a block.</param>
/// <param name="Body">The rest.</param>
/// <param name="BodyLine">The line of the file where the rest begins.</param>
internal sealed partial record FrontMatter(DataNode Values, bool Exists, string Body, long BodyLine)
{
    /// <summary>Cuts a text in two. A text without a block is all body.</summary>
    /// <exception cref="FormatException">The block is no YAML, or is never closed.</exception>
    public static FrontMatter Split(string text)
    {
        if (Opening().Match(text) is not { Success: true } opening)
            return new FrontMatter(DataNode.Map(), false, text, 1);
        var start = opening.Length;
        var closing = Closing().Match(text, start);
        if (!closing.Success)
        {
            // A rule at the top of a text is no block.
            return new FrontMatter(DataNode.Map(), false, text, 1);
        }

        var above = Lines(text, start);
        var values = YamlTree.Read(text[start..closing.Index], above);
        if (!values.IsMap)
            return new FrontMatter(DataNode.Map(), false, text, 1);
        var body = closing.Index + closing.Length;
        return new FrontMatter(values, true, text[body..], Lines(text, body) + 1);
    }

    /// <summary>The keys that nobody asked for, for the report.</summary>
    public IReadOnlyList<string> Others(params string[] known) => Others(Values, known);

    /// <inheritdoc cref="Others(string[])"/>
    public static IReadOnlyList<string> Others(DataNode map, params string[] known) =>
        [.. map.Entries.Where(entry => !known.Contains(entry.Key, StringComparer.Ordinal)).Select(entry => Importing.Lines.Shorten(Importing.Lines.Collapse(entry.Key), 40))];

    private static long Lines(string text, int end) => text.AsSpan(0, end).Count('\n');

    // Comments and empty lines may stand above it, as a licence does.
    [GeneratedRegex(@"\A(?:#[^\n]*\n|[ \t]*\n){0,200}---[ \t]*\n", RegexOptions.CultureInvariant)]
    private static partial Regex Opening();

    [GeneratedRegex(@"^---[ \t]*(?:\n|\z)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Closing();
}
