using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Wizard;

/// <summary>The part that makes, changes and takes back the template.</summary>
public sealed partial class WizardState
{
    /// <summary>The template as the answers so far make it, by the wizard's own rules.</summary>
    public ComposedPrompt Preview() => Composer.Compose(Reading, Answers);

    /// <summary>Takes a template made of the goal and answers as they are now. Where the person had edited the old one, "Undo" brings it back.</summary>
    /// <param name="composed">The template.</param>
    /// <param name="by">The model that wrote it; null for the composer.</param>
    public void Take(ComposedPrompt composed, string? by)
    {
        ArgumentNullException.ThrowIfNull(composed);
        Replaced = IsEdited ? Now() : null;
        Title = CleanText.Cut(CleanText.Of(composed.Title).Trim(), MaxTitle);
        Edited = new EditedTemplate(CleanText.Of(composed.Template), composed.Variables);
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
        Edited = new EditedTemplate(CleanText.Of(template), [.. Variables, .. Declared.Concat(variables).Where(other => Variables.All(used => used.Name != other.Name))]);

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
    public void Edit(string? template) => Edited = (Edited ?? EditedTemplate.Empty).Write(CleanText.Of(template));

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

    private ReplacedTemplate Now() => new(Title, Template ?? "", Declared, Origins);

    // One name gone and one come, and the text is the old one with just that changed: what was known of sections goes along.
    private static (string Old, string New)? Renamed(EditedTemplate before, EditedTemplate edited)
    {
        var (gone, come) = (Names(before).Except(Names(edited)).ToList(), Names(edited).Except(Names(before)).ToList());
        return gone is [var old] && come is [var name] && PromptTemplate.Parse(before.Text).Rename(old, name) == edited.Text ? (old, name) : null;
    }

    private static IEnumerable<string> Names(EditedTemplate edited) => edited.Variables.Select(variable => variable.Name);
}
