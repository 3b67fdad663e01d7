using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Library;

/// <summary>What two versions of a prompt are compared in.</summary>
public static class VersionTexts
{
    /// <summary>What changed from one version to the other: title, goal, template, variables.</summary>
    public static Difference Between(PromptVersion old, PromptVersion current)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(current);
        return Difference.Of(
            new ComparedText("Title", old.Title, current.Title),
            new ComparedText("Goal", old.Goal, current.Goal),
            new ComparedText("Template", old.Template, current.Template),
            new ComparedText("Variables", Lines(old.Template, PromptVariables.FromJson(old.Variables)), Lines(current.Template, PromptVariables.FromJson(current.Variables))));
    }

    /// <summary>What saving a draft over another version of its prompt would change.</summary>
    public static Difference Between(Prompt other, PromptDraft mine)
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(mine);
        return Difference.Of(
            new ComparedText("Title", other.Title, mine.Title.Trim()),
            new ComparedText("Goal", other.Goal.Trim(), mine.Goal.Trim()),
            new ComparedText("Template", CleanText.Of(other.Template), mine.Template),
            new ComparedText("Variables", Lines(other.Template, PromptVariables.FromJson(other.Variables)), Lines(mine.Template, mine.Variables)));
    }

    /// <summary>Variables as a reader sees them, a line each, so that a changed detail is a changed word.</summary>
    public static string Lines(string template, IReadOnlyList<PromptVariable> variables) =>
        string.Join('\n', PromptVariables.Reconcile(template, variables).Select(Line));

    private static string Line(PromptVariable variable) => string.Join(" · ", new[]
    {
        PromptTemplate.Placeholder(variable.Name),
        Given(null, variable.Label),
        VariableWords.Type(variable.Type),
        variable.Choices.Count == 0 ? null : "one of " + string.Join(", ", variable.Choices),
        variable.Required ? null : "optional",
        variable.MaxLength is { } longest ? $"at most {longest}" : null,
        Given("starts as ", variable.Default),
        Given("for example ", variable.Example),
        Given(null, variable.Help),
    }.OfType<string>());

    private static string? Given(string? before, string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : before + string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
