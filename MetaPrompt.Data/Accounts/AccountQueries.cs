using System.Runtime.CompilerServices;
using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Accounts;

/// <summary>Everything of one person: to take away, or to remove. The page has made sure that it is they who ask.</summary>
public sealed class AccountQueries(Db db)
{
    private const string ExportSql =
        """
        -- Accounts.Export
        select id, data::text as data from internal.export_account(@UserId, @Section, @AfterId, @PageSize)
        """;

    private const string DeleteSql =
        """
        -- Accounts.Delete
        select internal.delete_account(@UserId, @EmailHash)
        """;

    /// <summary>The parts of a person's data, in the order of the download.</summary>
    public static IReadOnlyList<string> Sections { get; } =
    [
        "account", "profile", "avatar", "prompts", "prompt_versions", "prompt_links", "prompt_answers", "prompt_drafts",
        "test_results", "test_runs", "test_cases", "prompt_assertions", "test_verdicts", "result_links", "deleted_results",
        "parameter_presets", "provider_keys", "budgets", "spending", "labels", "prompt_templates", "template_versions", "user_favorites", "template_uses", "follows",
        "following_visits", "collections", "template_reports", "publications", "hidden_templates", "sessions", "reset_links",
    ];

    // One row each, or few small ones: not paged, and their ids are not their own.
    private static readonly HashSet<string> Unpaged = ["account", "profile", "avatar", "following_visits", "sessions", "reset_links", "budgets", "spending"];

    /// <summary>Every row of one section as JSON, fetched page by page: memory holds one page, however much there is.</summary>
    public async IAsyncEnumerable<string> ExportAsync(
        Guid userId, string section, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A test result may be megabytes, so may a draft or a version; a collection and a label come with all that is in them.
        var size = section is "test_results" or "test_runs" or "deleted_results" or "prompt_drafts" or "prompt_versions" or "collections" or "labels" ? 20 : 200;
        Guid? after = null;
        while (true)
        {
            var rows = await db.Patient.QueryAsync<ExportRow>(
                Caller.App, ExportSql, new ExportPage(userId, section, after, size), cancellationToken).ConfigureAwait(false);
            foreach (var row in rows)
                yield return row.Data;
            if (rows.Count < size || Unpaged.Contains(section))
                yield break;
            after = rows[^1].Id;
        }
    }

    /// <summary>Deletes the account and every row of its person, sessions included; false where there is none.</summary>
    public async Task<bool> DeleteAsync(Guid userId, string email, CancellationToken cancellationToken) =>
        await db.FirstOrDefaultAsync<bool>(
            Caller.App, DeleteSql, new { UserId = userId, EmailHash = EmailAddress.Hash(email) }, cancellationToken)
            .ConfigureAwait(false);

    private sealed record ExportPage(Guid UserId, string Section, Guid? AfterId, int PageSize);

    private sealed record ExportRow
    {
        public required Guid Id { get; init; }
        public required string Data { get; init; }
    }
}
