namespace MetaPrompt.Web.Features.Testing.Cases;

/// <summary>Addresses of test cases.</summary>
public static class CaseUrl
{
    /// <summary>The cases of a prompt as a CSV file.</summary>
    public static string Csv(Guid promptId) => $"/prompts/{promptId}/cases.csv";
}
