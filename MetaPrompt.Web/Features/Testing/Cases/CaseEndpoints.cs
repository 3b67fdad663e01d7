using System.Text;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Testing.Cases;

/// <summary>The download behind "Export CSV".</summary>
public static class CaseEndpoints
{
    /// <summary>Maps <c>GET /prompts/{id}/cases.csv</c>, for the prompt's owner.</summary>
    public static void MapTestCases(this WebApplication app) => app.MapGet("/prompts/{id:guid}/cases.csv", DownloadAsync).RequireAuthorization();

    private static async Task<IResult> DownloadAsync(HttpContext http, Guid id, PromptQueries prompts, TestCaseQueries cases, CancellationToken cancellationToken)
    {
        var caller = http.User.Caller();
        if (await prompts.FindAsync(caller, id, cancellationToken).ConfigureAwait(false) is not { DeletedAt: null } prompt)
            return Results.NotFound();
        var rows = await cases.ListAsync(caller, id, cancellationToken).ConfigureAwait(false);
        var variables = PromptVariables.Reconcile(prompt.Template, PromptVariables.FromJson(prompt.Variables));
        http.Response.Headers.CacheControl = "no-store";
        // The byte order mark tells Excel that it is UTF-8.
        byte[] content = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(CaseSheet.Write([.. rows.Select(CaseDraft.Of)], variables))];
        return Results.File(content, "text/csv; charset=utf-8", "test-cases.csv");
    }
}
