using MetaPrompt.Data;

namespace MetaPrompt.Web.Models;

/// <summary>One prompt for one model: what a person asks the runner for.</summary>
public sealed record RunRequest
{
    /// <summary>
    /// The run's id. A page that makes it before the click asks for the same run however often the click arrives, and
    /// pays once.
    /// </summary>
    public Guid RunId { get; init; } = Guid.NewGuid();

    /// <summary>The prompt that is tested; the result is kept with it.</summary>
    public required Guid PromptId { get; init; }

    /// <summary>The number of the version whose text was filled in, as it was read with that text; null where unknown.</summary>
    public int? PromptVersion { get; init; }

    /// <summary>The signed-in person, who alone can see the run.</summary>
    public required Caller Caller { get; init; }

    /// <summary>The model that answers.</summary>
    public required ModelSettings Model { get; init; }

    /// <summary>From 0 to 2; a model may take less.</summary>
    public required decimal Temperature { get; init; }

    /// <summary>The prompt with every variable filled in: the one message that is sent.</summary>
    public required string ResolvedPrompt { get; init; }

    /// <summary>What the variables were filled with, by name.</summary>
    public required IReadOnlyDictionary<string, string> VariableValues { get; init; }
}

/// <summary>Where a run stands.</summary>
public enum RunState
{
    /// <summary>Waiting its turn, being answered, or being kept.</summary>
    Running,

    /// <summary>The model ended its answer.</summary>
    Done,

    /// <summary>The person or a shutdown ended it; what had arrived is kept.</summary>
    Stopped,

    /// <summary>It could not be answered to the end; <see cref="PromptRun.Failure"/> says why. What had arrived is kept.</summary>
    Failed,
}
