using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Accounts;

/// <summary>Makes rows of somebody's download the person's own. The page has made sure that it is they who ask.</summary>
public sealed class AccountImportQueries(Db db)
{
    private const string ImportSql =
        """
        -- Accounts.Import
        select added, full_up from internal.import_account(@UserId, @Section, @Rows::jsonb)
        """;

    /// <summary>
    /// What is brought in, in the order in which one needs the other. <c>test_cells</c> takes the rows of <c>test_runs</c>
    /// again; a prompt's row has its versions as <c>versions</c>.
    /// </summary>
    public static IReadOnlyList<string> Sections { get; } =
    [
        "prompts", "prompt_answers", "prompt_drafts", "labels", "test_cases", "prompt_assertions", "parameter_presets", "test_runs",
        "test_results", "test_cells", "test_verdicts", "collections", "user_favorites", "follows",
    ];

    /// <summary>Brings rows in, all or none. Bringing the same rows again adds nothing.</summary>
    /// <param name="userId">Whose they become.</param>
    /// <param name="section">One of <see cref="Sections"/>.</param>
    /// <param name="rows">A JSON list of objects as <see cref="AccountQueries.ExportAsync"/> wrote them.</param>
    /// <param name="cancellationToken">Brings none of these rows in.</param>
    /// <exception cref="Npgsql.PostgresException">22xxx or 23xxx: a row is not as this program writes it.</exception>
    public async Task<ImportedRows> ImportAsync(Guid userId, string section, string rows, CancellationToken cancellationToken) =>
        (await db.Patient.FirstOrDefaultAsync<ImportedRows>(
            Caller.App, ImportSql, new { UserId = userId, Section = section, Rows = rows }, cancellationToken).ConfigureAwait(false))!;
}

/// <summary>What became of rows that were brought in.</summary>
public sealed record ImportedRows
{
    /// <summary>How many are new.</summary>
    public required int Added { get; init; }

    /// <summary>How many a limit of the account kept out.</summary>
    public required int FullUp { get; init; }
}
