using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Prompting;

namespace MetaPrompt.Web.Features.Library;

/// <summary>Looks at what would become public for what should not: keys, passwords, addresses of people.</summary>
public static class PublishGuard
{
    private const string Rule = "secret-or-pii";

    /// <summary>What looks secret or personal in title, goal, template and the variables' details. None of it is certain.</summary>
    public static IReadOnlyList<Finding> Find(string title, string goal, string template, IReadOnlyList<PromptVariable> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        var details = string.Join("\n", variables.SelectMany(variable => new[] { variable.Label, variable.Help, variable.Default, variable.Example }.Concat(variable.Choices)).OfType<string>());
        return
        [
            .. In(template, null, variables),
            .. In(title, "In the title", []),
            .. In(goal, "In the goal", []),
            .. In(details, "In the variables’ details", []),
        ];
    }

    /// <inheritdoc cref="Find(string, string, string, IReadOnlyList{PromptVariable})"/>
    public static IReadOnlyList<Finding> Find(Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Find(prompt.Title, prompt.Goal, prompt.Template, PromptVariables.FromJson(prompt.Variables));
    }

    private static IEnumerable<Finding> In(string text, string? place, IReadOnlyList<PromptVariable> variables) =>
        PromptChecks.Find(text, variables).Where(finding => finding.Rule == Rule)
            .Select(finding => place is null ? finding : finding with { Message = $"{place}: {finding.Message}", Length = 0, Mend = null });
}
