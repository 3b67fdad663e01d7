using System.Globalization;
using System.Text.Json;
using MetaPrompt.Web.Prompting;

namespace MetaPrompt.Web.Models;

/// <summary>The part that reads questions, whole or while they are still coming.</summary>
internal static partial class WizardReplies
{
    private const int MaxSuggestion = 160;
    private const int MaxSuggestions = 5;

    private static readonly HashSet<string> KnownSlots =
    [
        Slots.Audience, Slots.Purpose, Slots.Tone, Slots.Length, Slots.Format, Slots.Constraints, Slots.Language,
        Slots.Example, Slots.Inputs, Slots.Scope, Slots.Criteria, Slots.Failure,
    ];

    /// <summary>The questions of the reply; or null, and what is wrong with it.</summary>
    public static IReadOnlyList<Question>? Questions(string reply, IReadOnlyList<QuestionAnswer> answers, IReadOnlyList<Question> open, out string problem)
    {
        problem = "it holds no JSON object with a list called \"questions\".";
        using var json = FindJson(reply);
        if (json is null || List(json.RootElement) is not { } list)
            return null;

        var questions = Read(list, answers, open);
        var given = list.GetArrayLength();

        // No question at all is an answer too, once something has been answered.
        if (questions.Count == 0 && (given > 0 || answers.Count == 0))
        {
            problem = given == 0
                ? "it asks no question, and nothing has been asked yet."
                : "no question in it has a text, a reason and at least two suggestions and is new.";
            return null;
        }

        return questions;
    }

    /// <summary>The questions that are complete in a reply that is still growing; null where none is.</summary>
    public static IReadOnlyList<Question>? QuestionsSoFar(string reply, IReadOnlyList<QuestionAnswer> answers, IReadOnlyList<Question> open)
    {
        reply = WithoutThoughts(reply);
        var start = reply.Contains("<think", StringComparison.OrdinalIgnoreCase) ? -1 : ListStart(reply);
        if (start < 0 || CompleteUntil(reply, start) is not { } end || Parse(reply[start..end] + "]") is not { } json)
            return null;

        using (json)
            return json.RootElement.ValueKind == JsonValueKind.Array && Read(json.RootElement, answers, open) is { Count: > 0 } questions ? questions : null;
    }

    private static List<Question> Read(JsonElement list, IReadOnlyList<QuestionAnswer> answers, IReadOnlyList<Question> open)
    {
        var ids = answers.Select(answer => answer.QuestionId).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var texts = answers.Select(answer => answer.QuestionText).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var questions = new List<Question>();
        foreach (var entry in list.EnumerateArray())
        {
            if (ReadQuestion(entry) is not { } question || !texts.Add(question.Text))
                continue;

            // The same words under another name are the question that is on the page already.
            var id = open.FirstOrDefault(shown => string.Equals(shown.Text, question.Text, StringComparison.OrdinalIgnoreCase))?.Id ?? question.Id;
            for (var number = 2; !ids.Add(id); number++)
                id = string.Create(CultureInfo.InvariantCulture, $"{question.Id}-{number}");
            questions.Add(question with { Id = id });
        }

        return [.. questions.Take(Math.Max(0, WizardPrompts.MaxQuestions - answers.Count))];
    }

    // Where the list of questions begins; below zero where it has not begun.
    private static int ListStart(string reply)
    {
        var name = reply.IndexOf("\"questions\"", StringComparison.Ordinal);
        if (name >= 0)
            return reply.IndexOf('[', name);

        var first = reply.AsSpan().IndexOfAny('{', '[');
        return first >= 0 && reply[first] == '[' ? first : -1;
    }

    // The end of the last complete entry of the list that begins there; null where none is.
    private static int? CompleteUntil(string reply, int start)
    {
        int? end = null;
        var (depth, inText) = (0, false);
        for (var at = start; at < reply.Length; at++)
        {
            switch (reply[at])
            {
                case '\\' when inText:
                    at++;
                    break;
                case '"':
                    inText = !inText;
                    break;
                case '{' or '[' when !inText:
                    depth++;
                    break;
                case '}' or ']' when !inText:
                    if (--depth == 0)
                        return end;
                    if (depth == 1)
                        end = at + 1;
                    break;
            }
        }

        return end;
    }

    private static Question? ReadQuestion(JsonElement entry)
    {
        var text = Sentence(entry, "text", "question");
        var why = Sentence(entry, "why", "reason");
        var suggestions = Suggestions(entry);
        if (text.Length == 0 || why.Length == 0 || suggestions.Count < 2)
            return null;

        var slot = Sentence(entry, "slot").ToLowerInvariant();
        var id = Identifier().Replace(Sentence(entry, "id").ToLowerInvariant(), "-").Trim('-');
        var assumption = Sentence(entry, "assumption", "assumption_if_skipped");
        return new Question
        {
            Id = id.Length is > 0 and <= 60 ? id : "question",
            Text = text,
            Why = why,
            Slot = KnownSlots.Contains(slot) ? slot : Slots.Scope,
            Suggestions = suggestions,
            AssumptionIfSkipped = assumption.Length > 0 ? assumption : null,
        };
    }

    private static List<string> Suggestions(JsonElement entry)
    {
        var suggestions = new List<string>();
        if (Property(entry, "suggestions", "options") is not { ValueKind: JsonValueKind.Array } list)
            return suggestions;

        foreach (var item in list.EnumerateArray())
        {
            var text = item.ValueKind == JsonValueKind.String
                ? Cut(Clean(item.GetString() ?? "", int.MaxValue), MaxSuggestion)
                : Cut(Sentence(item, "text", "label"), MaxSuggestion);
            if (text.Length > 0 && !suggestions.Contains(text, StringComparer.OrdinalIgnoreCase) && suggestions.Count < MaxSuggestions)
                suggestions.Add(text);
        }

        return suggestions;
    }
}
