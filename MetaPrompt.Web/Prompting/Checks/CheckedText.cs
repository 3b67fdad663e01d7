using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Checks;

/// <summary>A template prepared for the rules: parsed, cut into sentences, with what is quoted or pasted blanked out.</summary>
internal sealed partial class CheckedText
{
    public CheckedText(string template, IReadOnlyList<PromptVariable> declared)
    {
        Template = PromptTemplate.Parse(template);
        Text = template;
        Declared = declared;
        Types = new Dictionary<string, VariableType>(StringComparer.Ordinal);
        foreach (var variable in declared)
            Types.TryAdd(variable.Name, variable.Type);
        // Same length as the text, so that every index found in it is one of the text.
        Prose = Blank(template);
    }

    public PromptTemplate Template { get; }

    public string Text { get; }

    public IReadOnlyList<PromptVariable> Declared { get; }

    public Dictionary<string, VariableType> Types { get; }

    /// <summary>The text with code, quotations and placeholders blanked.</summary>
    public string Prose { get; }

    public IEnumerable<VariablePart> Variables => Template.Parts.OfType<VariablePart>();

    /// <summary>Whether a variable holds pasted material rather than a word or two.</summary>
    public bool IsLong(string name) => Types.TryGetValue(name, out var type) ? type is VariableType.LongText or VariableType.Json : VariableGuess.IsMaterialName(name);

    /// <summary>Sentences and lines of the prose, with their place.</summary>
    public IEnumerable<(int Start, string Sentence)> Sentences()
    {
        foreach (Match match in Sentence().Matches(Prose))
        {
            var lead = match.Length - match.Value.TrimStart().Length;
            if (match.Length > lead)
                yield return (match.Index + lead, match.Value[lead..].TrimEnd());
        }
    }

    /// <summary>Whether the placeholder stands apart from the instructions: in tags, quotes or a fence, or on its own line.</summary>
    public bool IsDelimited(VariablePart variable)
    {
        var before = variable.Start == 0 ? '\n' : Text[variable.Start - 1];
        var end = variable.Start + variable.Length;
        var after = end >= Text.Length ? '\n' : Text[end];
        if (before is '"' or '“' or '\'' or '`' or '«' or '„' && after is '"' or '”' or '\'' or '`' or '»' or '“')
            return true;
        if (before is '>' && after is '<')
            return true;
        var lineStart = variable.Start == 0 ? 0 : Text.LastIndexOf('\n', variable.Start - 1) + 1;
        var lineEnd = Text.IndexOf('\n', end);
        lineEnd = lineEnd < 0 ? Text.Length : lineEnd;
        return string.IsNullOrWhiteSpace(Text[lineStart..variable.Start]) && string.IsNullOrWhiteSpace(Text[end..lineEnd]);
    }

    private static string Blank(string text) => Hidden().Replace(text, match => Spaces(match.Value));

    private static string Spaces(string hidden) => string.Create(hidden.Length, hidden, (span, source) =>
    {
        for (var at = 0; at < span.Length; at++)
            span[at] = source[at] == '\n' ? '\n' : ' ';
    });

    [GeneratedRegex("```.*?(?:```|\\z)|`[^`\\n]+`|“[^”\\n]{0,200}”|\"[^\"\\n]{0,200}\"|«[^»\\n]{0,200}»|\\{\\{[^{}\\n]{0,80}\\}\\}|\\{\"[^\\n]*|</?[\\p{L}_][\\p{L}\\p{N}_-]*>", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Hidden();

    [GeneratedRegex("[^.!?\\n]+(?:[.!?](?=\\S)[^.!?\\n]*)*[.!?]*", RegexOptions.CultureInvariant)]
    private static partial Regex Sentence();
}
