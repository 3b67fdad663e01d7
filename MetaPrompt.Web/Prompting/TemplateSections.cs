namespace MetaPrompt.Web.Prompting;

/// <summary>A section as it was made, and the questions whose answers it says.</summary>
/// <param name="Text">Its text then.</param>
/// <param name="QuestionIds">Whose answers it says; empty where it comes from the goal alone.</param>
public sealed record SectionOrigin(string Text, IReadOnlyList<string> QuestionIds);

/// <summary>A section of a template: a paragraph, or a tagged block with all its lines.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="Text">Its text.</param>
/// <param name="QuestionIds">Whose answers it says, as far as is known.</param>
/// <param name="IsEdited">Whether it was changed since it was made.</param>
public sealed record TemplateSection(int Start, string Text, IReadOnlyList<string> QuestionIds, bool IsEdited)
{
    /// <summary>Where it ends.</summary>
    public int End => Start + Text.Length;
}

/// <summary>Cuts templates into sections and follows where each came from through edits by hand.</summary>
public static class TemplateSections
{
    // Beyond this nobody reads section by section, and comparing them all would cost more than it tells.
    private const int Most = 400;

    /// <summary>
    /// The template's sections, in order. An untouched section keeps the answers it came from; one that was rewritten in its
    /// place keeps them too and is marked; one that is new comes from nowhere.
    /// </summary>
    /// <param name="template">The template now.</param>
    /// <param name="origins">Its sections as they were made, in order.</param>
    public static IReadOnlyList<TemplateSection> Of(string template, IReadOnlyList<SectionOrigin> origins)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(origins);
        var sections = Cut(template);
        if (origins.Count == 0 || sections.Count > Most || origins.Count > Most)
            return sections;

        var matched = Match(sections, origins);
        var result = new List<TemplateSection>(sections.Count);
        for (var index = 0; index < sections.Count; index++)
        {
            var section = sections[index];
            result.Add(matched[index] is { } origin ? section with { QuestionIds = origins[origin].QuestionIds, IsEdited = origins[origin].Text != section.Text } : section);
        }

        return result;
    }

    /// <summary>The sections with what is known of them, to be remembered.</summary>
    public static IReadOnlyList<SectionOrigin> Origins(IEnumerable<TemplateSection> sections) =>
        [.. sections.Select(section => new SectionOrigin(section.Text, section.QuestionIds))];

    private static List<TemplateSection> Cut(string template)
    {
        var sections = new List<TemplateSection>();
        string? closing = null;
        var (start, end) = (-1, 0);
        for (var at = 0; at <= template.Length;)
        {
            var stop = template.IndexOf('\n', at) is >= 0 and var found ? found : template.Length;
            var line = template.AsSpan(at, stop - at).Trim();
            if (line.IsEmpty && closing is null)
                Flush();
            else if (!line.IsEmpty)
                (start, end) = (start < 0 ? at : start, at + template.AsSpan(at, stop - at).TrimEnd().Length);

            if (closing is not null)
                closing = line.EndsWith(closing, StringComparison.Ordinal) ? null : closing;
            else
                closing = Opens(line) is { } tag && template.AsSpan(Math.Min(stop + 1, template.Length)).Contains(tag, StringComparison.Ordinal) ? tag : null;
            at = stop + 1;
        }

        Flush();
        return sections;

        void Flush()
        {
            if (start >= 0)
                sections.Add(new TemplateSection(start, template[start..end], [], false));
            start = -1;
        }
    }

    // What ends a block whose first line this is; null for an ordinary line.
    private static string? Opens(ReadOnlySpan<char> line)
    {
        if (line.StartsWith("```", StringComparison.Ordinal))
            return "```";
        if (line.Length < 3 || line[0] != '<' || line[^1] != '>' || !char.IsLetter(line[1]) || line[^2] == '/')
            return null;

        var name = line[1..^1];
        return name.IndexOfAnyExcept(TagLetters) < 0 ? $"</{name}>" : null;
    }

    private static readonly System.Buffers.SearchValues<char> TagLetters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    // Which origin each section is: the same text where it can be, in the same order; between two of those, as many as there
    // were are taken for the same ones rewritten.
    private static int?[] Match(List<TemplateSection> sections, IReadOnlyList<SectionOrigin> origins)
    {
        var lengths = new int[sections.Count + 1, origins.Count + 1];
        for (var i = sections.Count - 1; i >= 0; i--)
        {
            for (var j = origins.Count - 1; j >= 0; j--)
                lengths[i, j] = sections[i].Text == origins[j].Text ? lengths[i + 1, j + 1] + 1 : Math.Max(lengths[i + 1, j], lengths[i, j + 1]);
        }

        var matched = new int?[sections.Count];
        int section = 0, origin = 0, fromSection = 0, fromOrigin = 0;
        while (section < sections.Count && origin < origins.Count)
        {
            if (sections[section].Text == origins[origin].Text)
            {
                Pair(section, origin);
                matched[section] = origin;
                (fromSection, fromOrigin) = (++section, ++origin);
            }
            else if (lengths[section + 1, origin] >= lengths[section, origin + 1])
            {
                section++;
            }
            else
            {
                origin++;
            }
        }

        Pair(sections.Count, origins.Count);
        return matched;

        void Pair(int untilSection, int untilOrigin)
        {
            if (untilSection - fromSection != untilOrigin - fromOrigin)
                return;
            for (var step = 0; fromSection + step < untilSection; step++)
                matched[fromSection + step] = fromOrigin + step;
        }
    }
}
