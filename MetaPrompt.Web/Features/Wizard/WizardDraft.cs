using System.Text.Json.Serialization;
using System.Text.Json;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Wizard;

/// <summary>The wizard's state as text for the browser to keep. What comes back may be old, broken or made up: reading never fails.</summary>
public static class WizardDraft
{
    private const int Version = 1;
    private const int MaxLength = 4_000_000;
    private const int MaxQuestions = 40;
    private const int MaxSections = 400;
    private const int MaxText = 1_000_000;

    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    /// <summary>The state as JSON.</summary>
    public static string Write(WizardState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return JsonSerializer.Serialize(new Stored
        {
            Version = Version,
            Step = state.Step.ToString(),
            Goal = state.Goal,
            AskedFor = state.AskedFor,
            AskedBy = state.AskedBy,
            AskedInPart = state.IsAskedInPart,
            Questions = [.. state.Questions.Select(From)],
            Parked = state.Parked.Count == 0 ? null : [.. state.Parked.Select(From)],
            Title = state.Title,
            Template = state.Template,
            Variables = PromptVariables.ToJson(state.Declared),
            ComposedTitle = state.ComposedTitle,
            ComposedTemplate = state.ComposedTemplate,
            ComposedFrom = state.ComposedFrom,
            ComposedBy = state.ComposedBy,
            Origins = From(state.Origins),
            Dismissed = state.Dismissed.Count == 0 ? null : [.. state.Dismissed],
            Replaced = state.Replaced is not { } replaced ? null
                : new StoredReplaced { Title = replaced.Title, Template = replaced.Template, Variables = PromptVariables.ToJson(replaced.Declared), Origins = From(replaced.Origins ?? []) },
        }, Json);
    }

    /// <summary>The state that <see cref="Write"/> wrote; null where the text is something else or holds nothing worth going on with.</summary>
    public static WizardState? Read(string? json)
    {
        if (string.IsNullOrWhiteSpace(json) || json.Length > MaxLength)
            return null;

        Stored? stored;
        try
        {
            stored = JsonSerializer.Deserialize<Stored>(json, Json);
        }
        catch (JsonException)
        {
            // Somebody else's text under our name: there is no draft.
            return null;
        }

        return stored is { Version: Version } ? Read(stored) : null;
    }

    private static WizardState? Read(Stored stored)
    {
        var state = new WizardState
        {
            Goal = Text(stored.Goal) ?? "",
            Title = Text(stored.Title) ?? "",
            AskedFor = Text(stored.AskedFor),
            AskedBy = Text(stored.AskedBy),
            IsAskedInPart = stored.AskedInPart,
            Replaced = stored.Replaced is { Template: not null } replaced
                ? new ReplacedTemplate(Text(replaced.Title) ?? "", Text(replaced.Template)!, PromptVariables.FromJson(replaced.Variables), Origins(replaced.Origins))
                : null,
            Origins = Origins(stored.Origins),
        };
        state.Restore(
            Questions(stored.Questions),
            Questions(stored.Parked),
            (stored.Dismissed ?? []).OfType<string>().Take(200));
        state.Restore(
            Text(stored.Template), PromptVariables.FromJson(stored.Variables),
            Text(stored.ComposedTitle), Text(stored.ComposedTemplate), stored.ComposedFrom, Text(stored.ComposedBy));

        var step = Enum.TryParse<WizardStep>(stored.Step, out var known) && Enum.IsDefined(known) ? known : WizardStep.Goal;
        state.Step = step switch
        {
            WizardStep.Template when state.Template is not null => step,
            WizardStep.Goal => step,
            _ => state.Questions.Count > 0 ? WizardStep.Questions : WizardStep.Goal,
        };
        return state.IsWorthKeeping ? state : null;
    }

    private static IEnumerable<AskedQuestion> Questions(List<StoredQuestion?>? stored)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var one in (stored ?? []).Take(MaxQuestions))
        {
            if (string.IsNullOrWhiteSpace(one?.Id) || string.IsNullOrWhiteSpace(one.Text) || !seen.Add(one.Id))
                continue;

            var asked = new AskedQuestion(new Question
            {
                Id = one.Id,
                Text = CleanText.Of(one.Text),
                Why = CleanText.Of(one.Why),
                Slot = one.Slot ?? "",
                Suggestions = [.. (one.Suggestions ?? []).OfType<string>().Select(CleanText.Of).Where(text => text.Length > 0).Distinct().Take(10)],
                AssumptionIfSkipped = one.AssumptionIfSkipped is null ? null : CleanText.Of(one.AssumptionIfSkipped),
            }, Text(one.By));
            asked.Restore(one.Picked, Text(one.Own), one.Skipped, one.Assumption);
            yield return asked;
        }
    }

    private static List<SectionOrigin> Origins(List<StoredOrigin?>? stored) =>
        [.. (stored ?? []).Take(MaxSections).OfType<StoredOrigin>().Select(one => new SectionOrigin(Text(one.Text) ?? "", [.. (one.From ?? []).OfType<string>().Take(MaxQuestions)]))];

    private static List<StoredOrigin?>? From(IReadOnlyList<SectionOrigin> origins) =>
        origins.Count is 0 or > MaxSections ? null : [.. origins.Select(origin => new StoredOrigin { Text = origin.Text, From = origin.QuestionIds.Count == 0 ? null : [.. origin.QuestionIds] })];

    private static StoredQuestion From(AskedQuestion asked) => new()
    {
        Id = asked.Question.Id,
        Text = asked.Question.Text,
        Why = asked.Question.Why,
        Slot = asked.Question.Slot,
        By = asked.By,
        Suggestions = [.. asked.Question.Suggestions],
        AssumptionIfSkipped = asked.Question.AssumptionIfSkipped,
        Picked = asked.Picked,
        Own = asked.Own.Length == 0 ? null : asked.Own,
        Skipped = asked.Skipped,
        Assumption = asked.Assumption == (asked.Question.AssumptionIfSkipped ?? "") ? null : asked.Assumption,
    };

    private static string? Text(string? text) =>
        text is null ? null : CleanText.Of(text.Length <= MaxText ? text : text[..MaxText]);

    private sealed record Stored
    {
        public int Version { get; init; }
        public string? Step { get; init; }
        public string? Goal { get; init; }
        public string? AskedFor { get; init; }
        public string? AskedBy { get; init; }
        public bool AskedInPart { get; init; }
        public List<StoredQuestion?>? Questions { get; init; }
        public List<StoredQuestion?>? Parked { get; init; }
        public string? Title { get; init; }
        public string? Template { get; init; }
        public string? Variables { get; init; }
        public string? ComposedTitle { get; init; }
        public string? ComposedTemplate { get; init; }
        public string? ComposedFrom { get; init; }
        public string? ComposedBy { get; init; }
        public List<StoredOrigin?>? Origins { get; init; }
        public List<string?>? Dismissed { get; init; }
        public StoredReplaced? Replaced { get; init; }
    }

    private sealed record StoredQuestion
    {
        public string? Id { get; init; }
        public string? Text { get; init; }
        public string? Why { get; init; }
        public string? Slot { get; init; }
        public string? By { get; init; }
        public List<string?>? Suggestions { get; init; }
        public string? AssumptionIfSkipped { get; init; }
        public string? Picked { get; init; }
        public string? Own { get; init; }
        public bool Skipped { get; init; }
        public string? Assumption { get; init; }
    }

    private sealed record StoredReplaced
    {
        public string? Title { get; init; }
        public string? Template { get; init; }
        public string? Variables { get; init; }
        public List<StoredOrigin?>? Origins { get; init; }
    }

    private sealed record StoredOrigin
    {
        public string? Text { get; init; }
        public List<string?>? From { get; init; }
    }
}
