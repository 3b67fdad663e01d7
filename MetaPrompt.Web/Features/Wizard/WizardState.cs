using System.Security.Cryptography;
using System.Text;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Prompting;

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
public sealed class WizardState
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
            value = WizardText.Clean(value);
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

    /// <summary>Asks by the wizard's own rules; answers given so far stay.</summary>
    public void AskByRules() => Ask(Prompting.Questions.For(Reading, Answers), null);

    /// <summary>
    /// Shows these questions. One that is shown already stays where it is, with its answer; one that is no longer asked is
    /// put aside with its answer and comes back with it. What a model asked and the person answered stays, whoever asks next.
    /// </summary>
    /// <param name="questions">What to ask.</param>
    /// <param name="by">The model that asks; null for the rules.</param>
    public void Ask(IReadOnlyList<Question> questions, string? by)
    {
        ArgumentNullException.ThrowIfNull(questions);
        var sameGoal = AskedFor == Goal.Trim();
        Arrange(questions, by, (asked, _) => sameGoal && asked.By is not null && asked.IsTouched);
        (AskedFor, AskedBy, IsAskedInPart) = (Goal.Trim(), by, false);
    }

    /// <summary>
    /// Takes what a model asks, at first or after an answer. What the person has answered or begun stays as it is and where it
    /// is; so does everything above the question they are at, which would otherwise move under their hands. Of the others, those
    /// the model no longer asks go, and new ones come at the end; at most six in all.
    /// </summary>
    /// <param name="questions">What is still to be asked.</param>
    /// <param name="by">The model.</param>
    /// <param name="at">The question the person is at; null for none.</param>
    /// <param name="inPart">Whether more of them are on their way: then nothing goes yet.</param>
    public void Adapt(IReadOnlyList<Question> questions, string by, string? at, bool inPart = false)
    {
        ArgumentNullException.ThrowIfNull(questions);
        var sameGoal = AskedFor == Goal.Trim();
        var place = at is null ? -1 : _questions.FindIndex(asked => asked.Question.Id == at);
        Arrange(questions, by, (asked, index) => sameGoal && (inPart || asked.IsTouched || index <= place));
        (AskedFor, AskedBy, IsAskedInPart) = (Goal.Trim(), by, inPart);
    }

    /// <summary>The questions there are will do: no more are awaited.</summary>
    public void EndAsking() => IsAskedInPart = false;

    /// <summary>The template as the answers so far make it, by the wizard's own rules.</summary>
    public ComposedPrompt Preview() => Composer.Compose(Reading, Answers);

    /// <summary>Takes a template made of the goal and answers as they are now. Where the person had edited the old one, "Undo" brings it back.</summary>
    /// <param name="composed">The template.</param>
    /// <param name="by">The model that wrote it; null for the composer.</param>
    public void Take(ComposedPrompt composed, string? by)
    {
        ArgumentNullException.ThrowIfNull(composed);
        Replaced = IsEdited ? Now() : null;
        Title = WizardText.Cut(WizardText.Clean(composed.Title).Trim(), MaxTitle);
        Edited = new EditedTemplate(WizardText.Clean(composed.Template), composed.Variables);
        (ComposedTitle, ComposedTemplate, ComposedFrom, ComposedBy) = (Title, Template, Basis, by);
        Proposal = null;
        Origins = by is null ? Composer.Sections(Reading, Answers) : composed.Sections;
        _dismissed = [];
    }

    /// <summary>Takes what the person accepted of a proposal; "Undo" brings back what it replaced.</summary>
    /// <param name="template">The template with the accepted changes in it.</param>
    /// <param name="variables">What the proposal says about variables; those that are known already keep their details.</param>
    /// <param name="origins">Where the proposal's sections come from.</param>
    public void Accept(string template, IReadOnlyList<PromptVariable> variables, IReadOnlyList<SectionOrigin> origins)
    {
        ArgumentNullException.ThrowIfNull(variables);
        ArgumentNullException.ThrowIfNull(origins);
        Replaced = Now();
        var before = Sections;
        Edited = new EditedTemplate(WizardText.Clean(template), [.. Variables, .. Declared.Concat(variables).Where(other => Variables.All(used => used.Name != other.Name))]);

        // A section the proposal brought comes from where the proposal says; any other from where it came before.
        var proposed = new Dictionary<string, SectionOrigin>(StringComparer.Ordinal);
        foreach (var origin in origins)
            proposed.TryAdd(origin.Text, origin);
        var known = TemplateSections.Of(Template!, TemplateSections.Origins(before));
        Origins = [.. known.Select(section => proposed.TryGetValue(section.Text, out var origin) && (section.IsEdited || section.QuestionIds.Count == 0) ? origin : new SectionOrigin(section.Text, section.QuestionIds))];
    }

    /// <summary>Leaves the edited template as it is, though answers have changed.</summary>
    public void KeepMine() => ComposedFrom = Basis;

    /// <summary>Brings back what <see cref="Take"/> replaced.</summary>
    public void Undo()
    {
        if (Replaced is not { } replaced)
            return;

        Title = replaced.Title;
        Edited = new EditedTemplate(replaced.Template, replaced.Declared);
        Origins = replaced.Origins ?? Origins;
        Replaced = null;
    }

    /// <summary>Takes the template as the person typed it.</summary>
    public void Edit(string? template) => Edited = (Edited ?? EditedTemplate.Empty).Write(WizardText.Clean(template));

    /// <summary>Takes the template with its variables as the person made them.</summary>
    public void Edit(EditedTemplate edited)
    {
        ArgumentNullException.ThrowIfNull(edited);
        if (Edited is { } before && Renamed(before, edited) is var (old, name))
            Origins = [.. Origins.Select(origin => origin with { Text = PromptTemplate.Parse(origin.Text).Rename(old, name) })];
        Edited = edited;
    }

    /// <summary>Stops showing a finding, as long as the words it is about stay.</summary>
    /// <param name="key">Its key; see <see cref="DismissedFindings"/>.</param>
    public void Dismiss(string key) => _dismissed = DismissedFindings.With(_dismissed, key);

    /// <summary>Shows all findings again.</summary>
    public void ShowAll() => _dismissed = [];

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
            QuestionText = WizardText.Cut(answer.QuestionText, 2000),
            Answer = WizardText.Cut(answer.Answer ?? $"Skipped. {answer.Assumption}".TrimEnd(), MaxAnswer),
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

    private void Arrange(IReadOnlyList<Question> questions, string? by, Func<AskedQuestion, int, bool> stays)
    {
        var wanted = new Dictionary<string, Question>(StringComparer.Ordinal);
        foreach (var question in questions)
            wanted.TryAdd(question.Id, question);

        var kept = new HashSet<string>(StringComparer.Ordinal);
        var before = _questions.ToList();
        _questions.Clear();
        foreach (var (index, asked) in before.Index())
        {
            var id = asked.Question.Id;
            if (stays(asked, index))
            {
                _questions.Add(asked);
                kept.Add(id);
                wanted.Remove(id);
            }
            else if (wanted.Remove(id, out var again))
            {
                _questions.Add(With(asked, again, by));
            }
            else if (asked.IsTouched)
            {
                _parked[id] = asked;
            }
        }

        foreach (var (id, question) in wanted)
            _questions.Add(_parked.Remove(id, out var known) ? With(known, question, by) : new AskedQuestion(question, by));
        while (_questions.Count > MaxQuestions && _questions.FindLastIndex(asked => !kept.Contains(asked.Question.Id) && !asked.IsTouched) is >= 0 and var last)
            _questions.RemoveAt(last);
    }

    private static AskedQuestion With(AskedQuestion known, Question question, string? by)
    {
        if (known.Question == question && known.By == by)
            return known;

        // An assumption nobody touched follows the question's new words.
        var again = new AskedQuestion(question, by);
        var assumption = known.Assumption == (known.Question.AssumptionIfSkipped ?? "") ? null : known.Assumption;
        again.Restore(known.Picked, known.Own, known.Skipped, assumption);
        return again;
    }

    private ReplacedTemplate Now() => new(Title, Template ?? "", Declared, Origins);

    // One name gone and one come, and the text is the old one with just that changed: what was known of sections goes along.
    private static (string Old, string New)? Renamed(EditedTemplate before, EditedTemplate edited)
    {
        var (gone, come) = (Names(before).Except(Names(edited)).ToList(), Names(edited).Except(Names(before)).ToList());
        return gone is [var old] && come is [var name] && PromptTemplate.Parse(before.Text).Rename(old, name) == edited.Text ? (old, name) : null;
    }

    private static IEnumerable<string> Names(EditedTemplate edited) => edited.Variables.Select(variable => variable.Name);
}
