using MetaPrompt.Web.Prompting;

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
        Title = WizardText.Cut(WizardText.Clean(composed.Title).Trim(), MaxTitle);
        Declared = [.. composed.Variables];
        SetTemplate(WizardText.Clean(composed.Template));
        (ComposedTitle, ComposedTemplate, ComposedFrom, ComposedBy) = (Title, Template, Basis, by);
        Proposal = null;
        Origins = by is null ? Composer.Sections(Reading, Answers) : composed.Sections;
        _dismissed.Clear();
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
        Declared = [.. Variables, .. Declared.Concat(variables).Where(other => Variables.All(used => used.Name != other.Name))];
        SetTemplate(WizardText.Clean(template));

        // A section the proposal brought comes from where the proposal says; any other from where it came before.
        var proposed = new Dictionary<string, SectionOrigin>(StringComparer.Ordinal);
        foreach (var origin in origins)
            proposed.TryAdd(origin.Text, origin);
        var known = TemplateSections.Of(Template!, TemplateSections.Origins(before));
        Origins = [.. known.Select(section => proposed.TryGetValue(section.Text, out var origin) && (section.IsEdited || section.QuestionIds.Count == 0) ? origin : new SectionOrigin(section.Text, section.QuestionIds))];
    }

    /// <summary>Leaves the edited template as it is, though answers have changed.</summary>
    public void KeepMine() => ComposedFrom = Basis;

    /// <summary>Brings back what <see cref="Take"/> or a mend replaced.</summary>
    public void Undo()
    {
        if (Replaced is not { } replaced)
            return;

        Title = replaced.Title;
        Declared = replaced.Declared;
        Origins = replaced.Origins ?? Origins;
        SetTemplate(replaced.Template);
        Replaced = null;
    }

    /// <summary>Takes the template as the person typed it.</summary>
    public void Edit(string? template) => SetTemplate(WizardText.Clean(template));

    /// <summary>Takes a finding's mend; "Undo" brings back what it replaced.</summary>
    public void Apply(Mend mend)
    {
        ArgumentNullException.ThrowIfNull(mend);
        Replaced = Now();
        SetTemplate(WizardText.Clean(mend.Template));
    }

    /// <summary>Changes a variable; a new name is changed everywhere in the template.</summary>
    /// <returns>What is wrong with the new name, in words; null where it was done.</returns>
    public string? Change(string name, PromptVariable changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        if (changed.Name != name)
        {
            if (!PromptTemplate.IsName(changed.Name))
                return "Use letters, digits and _ only, and start with a letter.";
            if (Variables.Any(other => other.Name == changed.Name))
                return $"There is already a variable {PromptTemplate.Placeholder(changed.Name)}.";
        }

        // Reconciled first: a variable the template brought in by itself is declared by being changed.
        Declared = [.. Variables.Select(variable => variable.Name == name ? changed : variable), .. Declared.Where(unused => unused.Name != changed.Name && Variables.All(used => used.Name != unused.Name))];
        if (changed.Name != name)
            Origins = [.. Origins.Select(origin => origin with { Text = PromptTemplate.Parse(origin.Text).Rename(name, changed.Name) })];
        SetTemplate(changed.Name == name ? Template ?? "" : PromptTemplate.Parse(Template ?? "").Rename(name, changed.Name));
        return null;
    }

    /// <summary>What the rules notice, without what the person has dismissed.</summary>
    public IReadOnlyList<Finding> Findings(int? contextTokens)
    {
        var template = Template ?? "";
        return [.. PromptChecks.Find(template, Variables, contextTokens).Where(finding => !_dismissed.Contains(Key(finding, template)))];
    }

    /// <summary>Stops showing a finding, as long as the words it is about stay.</summary>
    public void Dismiss(Finding finding) => _dismissed.Add(Key(finding, Template ?? ""));

    private ReplacedTemplate Now() => new(Title, Template ?? "", Declared, Origins);

    private void SetTemplate(string template)
    {
        Template = template;
        Variables = PromptVariables.Reconcile(template, Declared);
    }

    private static string Key(Finding finding, string template)
    {
        var start = Math.Clamp(finding.Start, 0, template.Length);
        return string.Concat(finding.Rule, " ", template.AsSpan(start, Math.Clamp(finding.Length, 0, Math.Min(200, template.Length - start))));
    }
}
