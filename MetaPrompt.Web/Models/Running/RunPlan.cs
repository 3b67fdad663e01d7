using MetaPrompt.Data;
using MetaPrompt.Web.Prompting.Assertions;

namespace MetaPrompt.Web.Models;

/// <summary>What a person asks the runner for: a grid of cells of their own prompts.</summary>
public sealed record RunPlan
{
    /// <summary>The most cells of a run.</summary>
    public const int MaxCells = 2000;

    /// <summary>
    /// The run's id. A page that makes it before the click asks for the same run however often the click arrives, and
    /// pays once.
    /// </summary>
    public Guid RunId { get; init; } = Guid.NewGuid();

    /// <summary>The signed-in person, who alone can see the run.</summary>
    public required Caller Caller { get; init; }

    /// <summary>The prompt from whose page the run is started.</summary>
    public required Guid PromptId { get; init; }

    /// <summary>What is asked for beyond the temperature, of every cell; a model that does not take something is not sent it.</summary>
    public RunParameters Parameters { get; init; } = RunParameters.None;

    /// <summary>1 to <see cref="MaxCells"/>; a cell's position is its place here.</summary>
    public required IReadOnlyList<PlannedCell> Cells { get; init; }
}

/// <summary>One prompt for one model: what a cell of a run asks.</summary>
public sealed record PlannedCell
{
    /// <summary>The prompt that is tested; the result is kept with it.</summary>
    public required Guid PromptId { get; init; }

    /// <summary>The number of the version whose text was filled in, as it was read with that text; null where unknown.</summary>
    public int? PromptVersion { get; init; }

    /// <summary>The model that answers.</summary>
    public required ModelSettings Model { get; init; }

    /// <summary>From 0 to 2; a model may take less.</summary>
    public required decimal Temperature { get; init; }

    /// <summary>The test case whose values these are; null where they were only typed.</summary>
    public Guid? CaseId { get; init; }

    /// <summary>What the test case is called.</summary>
    public string? CaseName { get; init; }

    /// <summary>The prompt with every variable filled in: the message that is sent.</summary>
    public required string ResolvedPrompt { get; init; }

    /// <summary>What the variables were filled with, by name.</summary>
    public required IReadOnlyDictionary<string, string> VariableValues { get; init; }

    /// <summary>What is asked of the answer: those of the test case and those of the prompt.</summary>
    public IReadOnlyList<Assertion> Assertions { get; init; } = [];
}
