using System.Globalization;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>The test page's address: it holds the run that is shown, the cell that is open and the one beside it, so that a reload shows them again.</summary>
public static class TestUrl
{
    /// <summary>The test page of a prompt, with a run where there is one.</summary>
    /// <param name="promptId">The prompt.</param>
    /// <param name="runId">The run that is shown.</param>
    /// <param name="cell">The position of the cell that is open.</param>
    /// <param name="with">The position of the cell it is compared with.</param>
    public static string Of(Guid promptId, Guid? runId = null, int? cell = null, int? with = null) =>
        string.Create(CultureInfo.InvariantCulture, $"/prompts/{promptId}/test")
        + (runId is null ? "" : string.Create(CultureInfo.InvariantCulture, $"?run={runId}"))
        + (runId is null || cell is null ? "" : string.Create(CultureInfo.InvariantCulture, $"&cell={cell}"))
        + (runId is null || cell is null || with is null ? "" : string.Create(CultureInfo.InvariantCulture, $"&with={with}"));

    /// <summary>What the prompt said in a version.</summary>
    public static string Version(Guid promptId, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"/prompts/{promptId}/versions?to={number}");

    /// <summary>All results of the prompt.</summary>
    public static string Results(Guid promptId) => string.Create(CultureInfo.InvariantCulture, $"/results?prompt={promptId}");
}
