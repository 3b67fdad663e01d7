using System.Globalization;
using MetaPrompt.Web.Prompting;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>Which text is tested: a prompt as it is now, or as a version of it said.</summary>
/// <param name="PromptId">The prompt.</param>
/// <param name="Version">The number of an earlier version; null for the prompt as it is now.</param>
public readonly record struct TextChoice(Guid PromptId, int? Version);

/// <summary>A text that is tested, read.</summary>
public sealed record TestedText
{
    /// <summary>What was chosen.</summary>
    public required TextChoice Choice { get; init; }

    /// <summary>The number of the version whose text it is, also where the prompt is tested as it is now; null where unknown.</summary>
    public required int? Version { get; init; }

    /// <summary>The prompt's title.</summary>
    public required string Title { get; init; }

    /// <summary>Its text.</summary>
    public required PromptTemplate Template { get; init; }

    /// <summary>The variables it uses.</summary>
    public required IReadOnlyList<PromptVariable> Variables { get; init; }

    /// <summary>A text from what the database keeps of it.</summary>
    public static TestedText Of(TextChoice choice, int? version, string title, string template, string variables) => new()
    {
        Choice = choice,
        Version = version,
        Title = title,
        Template = PromptTemplate.Parse(template),
        Variables = PromptVariables.Reconcile(template, PromptVariables.FromJson(variables)),
    };

    /// <summary>What it is called beside others: the prompt's own versions by number, other prompts by title.</summary>
    public string Name(Guid promptId) =>
        Choice.PromptId != promptId ? Title
        : Choice.Version is { } version ? string.Create(CultureInfo.InvariantCulture, $"Version {version}")
        : "As it is now";

    /// <summary>The variables of all texts, each once, as the first one that has it describes it.</summary>
    public static IReadOnlyList<PromptVariable> VariablesOf(IEnumerable<TestedText> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return [.. texts.SelectMany(text => text.Variables).DistinctBy(variable => variable.Name, StringComparer.Ordinal)];
    }
}
