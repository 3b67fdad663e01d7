using System.Text;

namespace MetaPrompt.Web.Prompting;

/// <summary>Words of a template that somebody selected, to be made a variable.</summary>
public sealed record TemplateSelection
{
    private TemplateSelection()
    {
    }

    /// <summary>Where the words begin, blanks around them left out.</summary>
    public required int Start { get; init; }

    /// <summary>How many characters they have in the template.</summary>
    public required int Length { get; init; }

    /// <summary>The words as the model would read them.</summary>
    public required string Literal { get; init; }

    /// <summary>Where the same words stand, this place included.</summary>
    public required IReadOnlyList<int> Places { get; init; }

    /// <summary>A name for them, different from those the template uses.</summary>
    public required string SuggestedName { get; init; }

    /// <summary>Why they can be no variable, in words; null where they can.</summary>
    public required string? Problem { get; init; }

    private string Text { get; init; } = "";

    /// <summary>Looks at a stretch of a template; one that lies outside of it selects nothing.</summary>
    public static TemplateSelection Of(string text, int start, int length)
    {
        ArgumentNullException.ThrowIfNull(text);
        start = Math.Clamp(start, 0, text.Length);
        var end = Math.Clamp(start + Math.Max(0, length), start, text.Length);
        while (end > start && char.IsWhiteSpace(text[end - 1]))
            end--;
        while (start < end && char.IsWhiteSpace(text[start]))
            start++;
        var template = PromptTemplate.Parse(text);
        var problem = start == end ? "Select the words that should differ from use to use."
            : template.Parts.OfType<VariablePart>().Any(part => part.Start < end && part.Start + part.Length > start) ? "There is a variable in these words already. Select text without one."
            : null;
        var words = text[start..end];
        return new TemplateSelection
        {
            Text = text,
            Start = start,
            Length = end - start,
            Literal = PromptTemplate.Parse(words).Resolve(new Dictionary<string, string>()),
            Places = problem is null ? Find(template, words, start) : [],
            SuggestedName = problem is null ? VariableNames.Unique(VariableGuess.Name(text, start, words), [.. template.VariableNames]) : "",
            Problem = problem,
        };
    }

    /// <summary>The text with something else in these places.</summary>
    internal string Replace(IReadOnlyList<int> places, string by)
    {
        var result = new StringBuilder(Text.Length);
        var at = 0;
        foreach (var place in places)
        {
            result.Append(Text, at, place - at).Append(by);
            at = place + Length;
        }
        return result.Append(Text, at, Text.Length - at).ToString();
    }

    private static List<int> Find(PromptTemplate template, string words, int own)
    {
        var text = template.Text;
        var places = new List<int>();
        // "art" in "start" is another word, unless half a word was selected in the first place.
        var whole = IsWhole(text, own, words.Length);
        foreach (var part in template.Parts.OfType<TextPart>())
        {
            var end = part.Start + part.Length;
            for (var at = part.Start; at <= end - words.Length;)
            {
                var found = text.IndexOf(words, at, end - at, StringComparison.Ordinal);
                if (found < 0)
                    break;
                // Two places never share a character, and the selected one is always among them.
                if (found < own && found + words.Length > own)
                    found = own;
                var counts = found == own || ((!whole || IsWhole(text, found, words.Length)) && (found == 0 || text[found - 1] != '\\'));
                if (counts)
                    places.Add(found);
                at = counts ? found + words.Length : found + 1;
            }
        }
        return places;
    }

    private static bool IsWhole(string text, int start, int length) =>
        !(start > 0 && char.IsLetterOrDigit(text[start - 1]) && char.IsLetterOrDigit(text[start]))
        && !(start + length < text.Length && char.IsLetterOrDigit(text[start + length]) && char.IsLetterOrDigit(text[start + length - 1]));
}
