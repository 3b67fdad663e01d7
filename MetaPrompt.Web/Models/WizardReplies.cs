using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MetaPrompt.Web.Prompting;

namespace MetaPrompt.Web.Models;

/// <summary>
/// Reads what a model replied to the wizard: forgiving in form (fences, thoughts, text around the JSON, other names for
/// the same field), strict in substance. What cannot be used is told as a sentence that the model can act on.
/// </summary>
internal static partial class WizardReplies
{
    private const int MaxSentence = 400;
    private const int MaxTitle = 80;

    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 32 };

    /// <summary>The template of the reply; or null, and what is wrong with it.</summary>
    public static ComposedPrompt? Template(string reply, GoalReading goal, IReadOnlyList<QuestionAnswer> answers, out string problem)
    {
        reply = WithoutThoughts(reply);
        if (TemplateIn(reply, out problem) is not { } template)
            return null;

        template = WithAssumptions(template, answers, out var assumptions);

        // What the model lists counts only where the template says it too.
        if (Section(reply, "prompt_assumptions") is { } listed)
            assumptions.AddRange(Sentences(listed).Where(sentence => Holds(template, sentence)));
        return Composed(reply, template, goal, answers) with { Assumptions = [.. assumptions.Distinct(StringComparer.OrdinalIgnoreCase)] };
    }

    /// <summary>The revised template or section of the reply; or null, and what is wrong with it.</summary>
    public static ComposedPrompt? Revised(string reply, GoalReading goal, IReadOnlyList<QuestionAnswer> answers, Revision revision, out string problem)
    {
        reply = WithoutThoughts(reply);
        if (TemplateIn(reply, out problem) is not { } template)
            return null;

        // Asked for a section, a model may send everything: what is around the section is cut off where it is the same.
        if (revision.Section is { } section && revision.Template.IndexOf(section, StringComparison.Ordinal) is > 0 and var at
            && revision.Template[..at].TrimEnd() is var before && template.StartsWith(before, StringComparison.Ordinal)
            && revision.Template[(at + section.Length)..].TrimStart() is var after && template.EndsWith(after.TrimEnd(), StringComparison.Ordinal)
            && template.Length > before.Length + after.TrimEnd().Length)
            template = template[before.Length..^after.TrimEnd().Length].Trim();
        return Composed(reply, template, goal, answers);
    }

    /// <summary>The beginning of what a model said where something else was asked for, as one line.</summary>
    public static string Quote(string reply) =>
        Cut(Spaces().Replace(Clean(WithoutThoughts(reply), int.MaxValue), " "), 160);

    private static string? TemplateIn(string reply, out string problem)
    {
        problem = "it holds no template between <prompt_template> and </prompt_template>.";
        if (Section(reply, "prompt_template") is not { Length: > 0 } template)
            return null;
        if (!Blocks().IsMatch(template))
            return WithLegalNames(Clean(template, int.MaxValue));

        problem = "the template uses conditions or loops. Only {{name}} is known; say in words what depends on what.";
        return null;
    }

    private static ComposedPrompt Composed(string reply, string template, GoalReading goal, IReadOnlyList<QuestionAnswer> answers)
    {
        var title = Clean(Section(reply, "prompt_title") ?? "", int.MaxValue).ReplaceLineEndings(" ").Trim(' ', '"', '“', '”', '#', '*');
        return new ComposedPrompt
        {
            Title = Cut(title.Length > 0 ? title : goal.Goal.Trim().ReplaceLineEndings(" "), MaxTitle),
            Template = template,
            Variables = PromptVariables.Reconcile(template, PromptVariables.FromJson(WithoutFence(Section(reply, "prompt_variables") ?? ""))),
            Assumptions = [],
            Sections = Origins(template, Section(reply, "prompt_origins"), answers),
        };
    }

    // What the model says of its paragraphs, as far as it fits; the assumption of a skip stands word for word and needs no telling.
    private static IReadOnlyList<SectionOrigin> Origins(string template, string? listed, IReadOnlyList<QuestionAnswer> answers)
    {
        using var json = FindJson(listed ?? "");
        var told = json?.RootElement.ValueKind == JsonValueKind.Array
            ? json.RootElement.EnumerateArray().Select(entry => (Begins: Sentence(entry, "begins", "starts").TrimEnd('.', '…', ' '), Ids: Ids(entry))).Where(entry => entry.Begins.Length > 2).ToList()
            : [];
        return
        [
            .. TemplateSections.Of(template, []).Select(section => new SectionOrigin(section.Text,
            [
                .. answers.Where(answer => (answer is { Skipped: true, Assumption.Length: > 0 } && Holds(section.Text, answer.Assumption))
                    || told.Exists(entry => entry.Ids.Contains(answer.QuestionId, StringComparer.OrdinalIgnoreCase) && Holds(section.Text, entry.Begins))).Select(answer => answer.QuestionId),
            ])),
        ];

        static List<string> Ids(JsonElement entry) => Property(entry, "answers", "from") is { ValueKind: JsonValueKind.Array } list
            ? [.. list.EnumerateArray().Where(id => id.ValueKind == JsonValueKind.String).Select(id => id.GetString() ?? "")]
            : [];
    }

    /// <summary>The part of a growing reply that is the template so far: without a half-arrived closing tag.</summary>
    public static string TemplateSoFar(string reply)
    {
        const string Opening = "<prompt_template>";
        const string Closing = "</prompt_template>";
        var start = reply.IndexOf(Opening, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
            return "";

        start += Opening.Length;
        var end = reply.IndexOf(Closing, start, StringComparison.OrdinalIgnoreCase);
        if (end < 0)
        {
            end = reply.Length;
            var tag = reply.LastIndexOf('<');
            if (tag >= start && Closing.StartsWith(reply.AsSpan(tag), StringComparison.OrdinalIgnoreCase))
                end = tag;
        }

        return reply[start..end].TrimStart('\r', '\n');
    }

    // A skipped question's assumption was promised to the person; where the model forgot it, it is added.
    private static string WithAssumptions(string template, IReadOnlyList<QuestionAnswer> answers, out List<string> assumptions)
    {
        assumptions = [.. answers.Where(answer => answer.Skipped).Select(answer => Spaces().Replace(answer.Assumption ?? "", " ").Trim()).Where(text => text.Length > 0)];
        var forgotten = new List<string>();
        foreach (var assumption in assumptions)
        {
            if (!Holds(template, assumption))
                forgotten.Add(assumption);
        }

        return forgotten.Count > 0 ? $"{template}\n\n{string.Join(' ', forgotten)}" : template;
    }

    private static bool Holds(string template, string sentence) =>
        Spaces().Replace(template, " ").Contains(Spaces().Replace(sentence, " "), StringComparison.OrdinalIgnoreCase);

    // {{pull requests}} is no placeholder, and what a person would have to mend by hand.
    private static string WithLegalNames(string template) => Placeholder().Replace(template, match =>
    {
        var inner = match.Groups[1].Value;
        return PromptTemplate.IsName(inner.Trim()) ? match.Value
            : VariableNames.Normalise(inner) is { Length: > 0 } name ? PromptTemplate.Placeholder(name)
            : match.Value;
    });

    private static IEnumerable<string> Sentences(string list)
    {
        using var json = FindJson(list);
        return json?.RootElement.ValueKind == JsonValueKind.Array
            ? [.. json.RootElement.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => Clean(item.GetString() ?? "", MaxSentence)).Where(text => text.Length > 0)]
            : [.. list.Split('\n').Select(line => line.Trim(' ', '\r', '-', '*', '•')).Where(line => line.Length > 2)];
    }

    private static string? Section(string reply, string tag)
    {
        var start = reply.IndexOf($"<{tag}>", StringComparison.OrdinalIgnoreCase);
        if (start < 0)
            return null;

        start += tag.Length + 2;
        var end = reply.IndexOf($"</{tag}>", start, StringComparison.OrdinalIgnoreCase);
        return end < 0 ? null : reply[start..end].Trim();
    }

    private static JsonElement? List(JsonElement root)
    {
        var list = root.ValueKind == JsonValueKind.Array ? root : Property(root, "questions");
        return list is { ValueKind: JsonValueKind.Array } ? list : null;
    }

    internal static JsonDocument? FindJson(string reply)
    {
        reply = WithoutThoughts(reply);
        for (var start = reply.AsSpan().IndexOfAny('{', '['); start >= 0;)
        {
            var end = reply.LastIndexOf(reply[start] == '{' ? '}' : ']');
            if (end > start && Parse(reply[start..(end + 1)]) is { } json)
                return json;

            var next = reply.AsSpan(start + 1).IndexOfAny('{', '[');
            if (next < 0 || start > 2000)
                break;
            start += 1 + next;
        }

        return null;
    }

    private static JsonDocument? Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text, Lenient);
        }
        catch (JsonException)
        {
            // Not JSON from here to there: the caller looks further, or says so.
            return null;
        }
    }

    private static string WithoutThoughts(string reply) => Thoughts().Replace(reply, "");

    private static string WithoutFence(string text) => Fence().Replace(text.Trim(), "");

    private static string Sentence(JsonElement entry, params ReadOnlySpan<string> names) =>
        Property(entry, names) is { ValueKind: JsonValueKind.String } value
            ? Cut(Clean(value.GetString() ?? "", int.MaxValue), MaxSentence)
            : "";

    private static JsonElement? Property(JsonElement entry, params ReadOnlySpan<string> names)
    {
        if (entry.ValueKind != JsonValueKind.Object)
            return null;

        foreach (var name in names)
        {
            if (entry.TryGetProperty(name, out var value))
                return value;
        }

        return null;
    }

    // Control signs other than line ends and tabs can be stored nowhere and mean nothing.
    internal static string Clean(string text, int limit)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.ReplaceLineEndings("\n").EnumerateRunes())
        {
            if (!Rune.IsControl(rune) || rune.Value is '\n' or '\t')
                clean.Append(rune.ToString());
        }

        return Cut(clean.ToString().Trim(), limit);
    }

    private static string Cut(string text, int limit) =>
        text.Length <= limit ? text : text[..(char.IsHighSurrogate(text[limit - 2]) ? limit - 2 : limit - 1)].TrimEnd() + "…";

    [GeneratedRegex(@"<think(?:ing)?>.*?</think(?:ing)?>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Thoughts();

    [GeneratedRegex(@"^```[a-zA-Z]*\s*|\s*```$")]
    private static partial Regex Fence();

    [GeneratedRegex(@"(?<!\\)\{\{\s*[#/^!>&]|(?<!\\)\{%")]
    private static partial Regex Blocks();

    [GeneratedRegex(@"(?<!\\)\{\{([^{}\r\n]{1,80})\}\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"[^a-z0-9_-]+")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
