using System.Security.Cryptography;
using System.Text;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Wizard;

/// <summary>Where in the wizard a person is.</summary>
public enum WizardStep
{
    /// <summary>Says what the prompt is for.</summary>
    Goal,

    /// <summary>Answers what the goal leaves open.</summary>
    Questions,

    /// <summary>Edits and saves what was made of it.</summary>
    Template,
}

/// <summary>A title and template as they were before something replaced them.</summary>
public sealed record ReplacedTemplate(string Title, string Template, IReadOnlyList<PromptVariable> Declared, IReadOnlyList<SectionOrigin>? Origins = null);

/// <summary>
/// Everything a person has done in the wizard, from the goal to the edited template; no I/O. <see cref="WizardDraft"/> makes
/// text of it and back.
/// </summary>
public sealed partial class WizardState
{
    /// <summary>The most characters of a goal, as the database has it.</summary>
    public const int MaxGoal = 20_000;

    /// <summary>The most characters of a title.</summary>
    public const int MaxTitle = 255;

    /// <summary>The most characters of a template.</summary>
    public const int MaxTemplate = 500_000;

    private const int MaxAnswer = 20_000;

    private readonly List<AskedQuestion> _questions = [];
    private readonly Dictionary<string, AskedQuestion> _parked = new(StringComparer.Ordinal);
    private IReadOnlyList<string> _dismissed = [];
    private string _goal = "";
    private GoalReading? _reading;

    /// <summary>Where the person is.</summary>
    public WizardStep Step { get; set; }

    /// <summary>What the prompt is to do, in the person's words.</summary>
    public string Goal
    {
        get => _goal;
        set
        {
            value = CleanText.Of(value);
            if (value == _goal)
                return;

            _goal = value;
            _reading = null;
        }
    }

    /// <summary>What the goal says by itself.</summary>
    public GoalReading Reading => _reading ??= GoalReader.Read(Goal.Trim());

    /// <summary>The questions in the order they are shown.</summary>
    public IReadOnlyList<AskedQuestion> Questions => _questions;

    /// <summary>The most questions a person is asked about one goal.</summary>
    public const int MaxQuestions = 6;

    /// <summary>The goal that <see cref="Questions"/> were asked for; null before any.</summary>
    public string? AskedFor { get; internal set; }

    /// <summary>The model that asked; null for the wizard's own rules.</summary>
    public string? AskedBy { get; internal set; }

    /// <summary>Whether more questions were on their way when these were written down.</summary>
    public bool IsAskedInPart { get; internal set; }

    /// <summary>The prompt's title.</summary>
    public string Title { get; set; } = "";

    /// <summary>The template with its variables; null before there is one.</summary>
    public EditedTemplate? Edited { get; private set; }

    /// <summary>The template as it is now; null before there is one.</summary>
    public string? Template => Edited?.Text;

    /// <inheritdoc cref="EditedTemplate.Declared"/>
    public IReadOnlyList<PromptVariable> Declared => Edited?.Declared ?? [];

    /// <summary>The variables that the template uses.</summary>
    public IReadOnlyList<PromptVariable> Variables => Edited?.Variables ?? [];

    /// <summary>The keys of findings that are not shown any more; see <see cref="DismissedFindings"/>.</summary>
    public IReadOnlyList<string> Dismissed => _dismissed;

    /// <summary>The model that wrote the template; null for the composer.</summary>
    public string? ComposedBy { get; private set; }

    /// <summary>The template's sections as they were made, in order, each with the questions it came from.</summary>
    public IReadOnlyList<SectionOrigin> Origins { get; internal set; } = [];

    /// <summary>The template's sections as they are now, with what is known of where they came from.</summary>
    public IReadOnlyList<TemplateSection> Sections => TemplateSections.Of(Template ?? "", Origins);

    /// <summary>What is proposed for the template; null for nothing. It can be had again and is not kept in drafts.</summary>
    public Proposal? Proposal { get; set; }

    /// <summary>What "Undo" brings back; null where there is nothing to undo.</summary>
    public ReplacedTemplate? Replaced { get; internal set; }

    internal string? ComposedTitle { get; private set; }

    internal string? ComposedTemplate { get; private set; }

    internal string? ComposedFrom { get; private set; }

    internal IReadOnlyCollection<AskedQuestion> Parked => _parked.Values;

    /// <summary>Whether there is anything to lose.</summary>
    public bool IsWorthKeeping => !string.IsNullOrWhiteSpace(Goal) || Template is not null;

    /// <summary>Whether the questions fit the goal as it is now.</summary>
    public bool IsAsked => _questions.Count > 0 && AskedFor == Goal.Trim() && !IsAskedInPart;

    /// <summary>Whether the person changed the title or template by hand.</summary>
    public bool IsEdited => Template is not null && (Template != ComposedTemplate || Title != ComposedTitle);

    /// <summary>Whether goal or answers have changed since the template was made of them.</summary>
    public bool IsStale => Template is not null && ComposedFrom != Basis;

    /// <summary>Answered and skipped questions, for the composer.</summary>
    public IReadOnlyList<QuestionAnswer> Answers => [.. _questions.Select(asked => asked.ToAnswer()).OfType<QuestionAnswer>()];

    // What a template is made of, short enough to be kept beside it.
    private string Basis
    {
        get
        {
            var text = new StringBuilder(Goal.Trim());
            foreach (var answer in Answers)
                text.Append('\u0001').Append(answer.QuestionId).Append('\u0002').Append(answer.Answer).Append('\u0003').Append(answer.Assumption);
            return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
        }
    }

    /// <summary>What is in the way of saving, in words; null where nothing is.</summary>
    public string? Problem() =>
        string.IsNullOrWhiteSpace(Title) ? "Give the prompt a title: it is what you find it by."
        : Title.Trim().Length > MaxTitle ? $"The title has {Title.Trim().Length} characters; at most {MaxTitle} can be kept."
        : string.IsNullOrWhiteSpace(Template) ? "The template is empty. Write something, or compose it anew from your answers."
        : Template.Length > MaxTemplate ? $"The template has {Template.Length:N0} characters; at most {MaxTemplate:N0} can be kept."
        : GoalProblem();

    /// <summary>What is wrong with the goal, in words; null where nothing is.</summary>
    public string? GoalProblem() =>
        string.IsNullOrWhiteSpace(Goal) ? "Say in a sentence what the prompt should do."
        : Goal.Trim().Length > MaxGoal ? $"That is {Goal.Trim().Length:N0} characters; at most {MaxGoal:N0} can be kept. Say the task here and leave the material to a variable."
        : null;

    /// <summary>What is saved: the template with its variables, and the questions it came from; a skipped one with what is assumed.</summary>
    public NewPrompt ToPrompt() => new()
    {
        Title = Title.Trim(),
        Goal = Goal.Trim(),
        Template = Template ?? "",
        Variables = PromptVariables.ToJson(Variables),
        Answers = [.. Answers.Select(answer => new PromptAnswer
        {
            QuestionId = answer.QuestionId,
            QuestionText = CleanText.Cut(answer.QuestionText, 2000),
            Answer = CleanText.Cut(answer.Answer ?? $"Skipped. {answer.Assumption}".TrimEnd(), MaxAnswer),
        })],
    };

    internal void Restore(IEnumerable<AskedQuestion> questions, IEnumerable<AskedQuestion> parked, IEnumerable<string> dismissed)
    {
        _questions.AddRange(questions);
        foreach (var asked in parked)
            _parked.TryAdd(asked.Question.Id, asked);
        _dismissed = [.. dismissed.Select(DismissedFindings.Today).Distinct(StringComparer.Ordinal).Take(DismissedFindings.Most)];
    }

    internal void Restore(string? template, IReadOnlyList<PromptVariable> declared, string? composedTitle, string? composedTemplate, string? composedFrom, string? composedBy)
    {
        Edited = template is null ? null : new EditedTemplate(template, declared);
        (ComposedTitle, ComposedTemplate, ComposedFrom, ComposedBy) = (composedTitle, composedTemplate, composedFrom, composedBy);
    }
}
