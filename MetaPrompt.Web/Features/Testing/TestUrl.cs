using System.Globalization;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>The test page's address: it holds the run that is shown, so that a reload shows it again.</summary>
public static class TestUrl
{
    /// <summary>The test page of a prompt, with a run where there is one.</summary>
    public static string Of(Guid promptId, Guid? runId = null) => runId is null
        ? string.Create(CultureInfo.InvariantCulture, $"/prompts/{promptId}/test")
        : string.Create(CultureInfo.InvariantCulture, $"/prompts/{promptId}/test?run={runId}");

    /// <summary>What the prompt said in a version.</summary>
    public static string Version(Guid promptId, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"/prompts/{promptId}/versions?to={number}");
}
