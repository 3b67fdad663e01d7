using System.Globalization;
using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>A prompt as a reader found it, before its text is in our language. <see cref="Finish"/> is the one way out.</summary>
internal sealed partial class RawPrompt
{
    /// <summary>Its place in the file, from 1.</summary>
    public required int Row { get; init; }

    public required long Line { get; init; }

    public string? Title { get; init; }

    public string? Goal { get; init; }

    public required IReadOnlyList<RoleMessage> Messages { get; init; }

    public required PlaceholderDialect Dialect { get; init; }

    /// <summary>What the file declares of its variables; names are ours already.</summary>
    public IReadOnlyList<PromptVariable> Declared { get; init; } = [];

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What cannot be kept, a plain sentence each.</summary>
    public List<string> Notes { get; init; } = [];

    /// <summary>The prompt, or the problem that keeps it out.</summary>
    /// <param name="fallbackTitle">For a prompt without a name.</param>
    /// <param name="problem">The reason where null is returned.</param>
    public ReadPrompt? Finish(string fallbackTitle, out RowNote? problem)
    {
        problem = null;
        if (Messages.All(message => string.IsNullOrWhiteSpace(message.Text)))
            return Refuse("has no prompt", out problem);
        // Converting never makes a text half as long, so nothing is lost by looking first.
        if (Messages.Sum(message => (long)message.Text.Length) > 2L * ImportLimits.Template)
            return Refuse(TooLong(Messages.Sum(message => (long)message.Text.Length)), out problem);
        var notes = new List<string>(Notes);
        var builder = new TemplateBuilder();
        foreach (var (before, text, after) in MessageText.Join(Messages, notes))
        {
            builder.Text(before);
            DialectReader.Read(text, Dialect, builder);
            builder.Text(after);
        }

        var template = FileText.WithoutControls(builder.Template(), out var removed).Trim();
        if (removed > 0)
            notes.Add($"{removed} control character{(removed == 1 ? " was" : "s were")} left out");
        if (template.Length > ImportLimits.Template)
            return Refuse(TooLong(template.Length), out problem);
        notes.AddRange(builder.Notes);
        if (PromptTemplate.Parse(template).VariableNames.Count > ImportLimits.Names)
            return Refuse(TooMany, out problem);
        var variables = Variables(template, builder.Found);
        if (!ImportLimits.Fit(variables))
            return Refuse("has more text in its variables than can be kept", out problem);
        if (Declared.Where(variable => variables.All(used => used.Name != variable.Name)).Select(variable => variable.Name).ToList() is { Count: > 0 } unused)
            notes.Add($"its text does not use {Some(unused)}, so {(unused.Count == 1 ? "it was" : "they were")} left behind");
        return Finish(fallbackTitle, template, variables, notes);
    }

    /// <summary>"a, b, c and 4 more".</summary>
    internal static string Some(IReadOnlyCollection<string> names) => names.Count <= 4
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(3))} and {names.Count - 3} more";

    private ReadPrompt Finish(string fallbackTitle, string template, IReadOnlyList<PromptVariable> variables, List<string> notes)
    {
        var title = Lines.Collapse(FileText.WithoutControls(Title ?? "", out _));
        if (title.Length == 0)
            title = Lines.Collapse(FileText.WithoutControls(fallbackTitle, out _));
        if (title.Length == 0)
            title = "Untitled";
        if (title.Length > ImportLimits.Title)
        {
            title = Lines.Shorten(title, ImportLimits.Title);
            notes.Add($"title cut to {ImportLimits.Title} characters");
        }

        var goal = FileText.WithoutControls(Goal ?? "", out _).Trim();
        if (goal.Length > ImportLimits.Goal)
        {
            goal = Lines.Shorten(goal, ImportLimits.Goal);
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"goal cut to {ImportLimits.Goal:N0} characters"));
        }

        if (References(template, variables) is { } reference)
            notes.Add($"{reference} is text here: nothing is read from a file, an address or the environment");
        var prompt = new PortablePrompt
        {
            Title = title,
            Goal = goal.Length > 0 ? goal : GoalOf.Prompt(template, variables, title),
            Template = template,
            Variables = variables,
            Tags = Tags,
        };
        return new ReadPrompt(Row, Line, prompt, notes);
    }

    private List<PromptVariable> Variables(string template, IReadOnlyDictionary<string, PromptVariable> found)
    {
        var known = new Dictionary<string, PromptVariable>(StringComparer.Ordinal);
        foreach (var variable in Declared)
            known.TryAdd(variable.Name, variable);
        var result = new List<PromptVariable>();
        foreach (var variable in PromptVariables.Reconcile(template, known.Values))
        {
            var written = found.GetValueOrDefault(variable.Name);
            var label = variable.Label ?? written?.Label;
            result.Add(variable with { Label = label == variable.Name ? null : label, Default = variable.Default ?? written?.Default });
        }

        return result;
    }

    private static string? References(string template, IReadOnlyList<PromptVariable> variables)
    {
        foreach (var text in variables.Select(variable => variable.Default).Prepend(template))
        {
            if (text is not null && Reference().Match(text) is { Success: true } match)
                return Lines.Shorten(match.Value, 60);
        }

        return null;
    }

    private ReadPrompt? Refuse(string reason, out RowNote? problem)
    {
        problem = new RowNote(Row, Line, reason);
        return null;
    }

    /// <summary>The reason where a text is all placeholders.</summary>
    internal static readonly string TooMany = string.Create(CultureInfo.InvariantCulture, $"has more than {ImportLimits.Names:N0} variables, which nobody could fill in");

    internal static string TooLong(long length) =>
        string.Create(CultureInfo.InvariantCulture, $"has {length:N0} characters; at most {ImportLimits.Template:N0} are possible");

    [GeneratedRegex(@"\$\{(?:env|file):[^}\n]{0,200}\}|\{\{\s*env\.\w+\s*\}\}|\bfile://\S{1,200}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Reference();
}
