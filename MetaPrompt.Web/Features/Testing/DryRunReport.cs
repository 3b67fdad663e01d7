using MetaPrompt.Web.Models;
using MetaPrompt.Web.Prompting;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>What can be said of a prompt without asking a model. Nothing of it is kept.</summary>
public sealed record DryRunReport
{
    /// <summary>The prompt with its values.</summary>
    public required string Resolved { get; init; }

    /// <summary>Characters of it.</summary>
    public required int Characters { get; init; }

    /// <summary>Words of it: runs of letters between blanks.</summary>
    public required int Words { get; init; }

    /// <summary>Tokens, estimated.</summary>
    public required int Tokens { get; init; }

    /// <summary>What the rules notice in the template.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Placeholders that no value took the place of.</summary>
    public required IReadOnlyList<string> Unfilled { get; init; }

    /// <summary>What each configured model would cost to send it to, in US dollars; null where the price is unknown.</summary>
    public required IReadOnlyList<(ModelSettings Model, decimal? Dollars, bool Fits)> Models { get; init; }

    /// <summary>Looks at it. Takes a moment for long prompts: call it away from a circuit.</summary>
    public static DryRunReport Of(PromptTemplate template, IReadOnlyList<PromptVariable> variables, IReadOnlyDictionary<string, string> values, IReadOnlyList<ModelSettings> models)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(models);
        var resolved = template.Resolve(values);
        var tokens = TokenEstimate.Count(resolved);
        return new DryRunReport
        {
            Resolved = resolved,
            Characters = resolved.Length,
            Words = resolved.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length,
            Tokens = tokens,
            Findings = PromptChecks.Find(template.Text, variables),
            Unfilled = [.. template.VariableNames.Where(name => !values.ContainsKey(name))],
            Models = [.. models.Select(model => (model, model.InputPricePerMillion * tokens / 1_000_000m, model.ContextTokens is not { } most || tokens <= most))],
        };
    }
}
