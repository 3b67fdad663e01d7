using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Moderation;

/// <summary>Reporting templates to the moderators: one's own reports and nobody else's.</summary>
public sealed class ReportQueries(Db db)
{
    private const string Report =
        """
        -- reports.report
        select public.report_template(@TemplateId, @Reason, @Details)
        """;

    private const string Withdraw =
        """
        -- reports.withdraw
        select public.withdraw_report(@TemplateId)
        """;

    private const string Own =
        """
        -- reports.own
        select reason, details, created_at from public.own_report(@TemplateId)
        """;

    /// <summary>Reports a template, or changes the open report the caller has made of it. Returns the report's id.</summary>
    /// <exception cref="Npgsql.PostgresException">
    /// P0002: there is no such template; 22023: it is the caller's own; 23514: no known reason, or too many words; PT429: too many.
    /// </exception>
    public Task<Guid> ReportAsync(Caller caller, Guid templateId, string reason, string details, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<Guid>(caller, Report, new { TemplateId = templateId, Reason = reason, Details = details }, cancellationToken);

    /// <summary>Withdraws the caller's open report; false where there is none.</summary>
    public Task<bool> WithdrawAsync(Caller caller, Guid templateId, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<bool>(caller, Withdraw, new { TemplateId = templateId }, cancellationToken);

    /// <summary>The caller's open report of a template; null where there is none.</summary>
    public Task<OwnReport?> OwnAsync(Caller caller, Guid templateId, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<OwnReport>(caller, Own, new { TemplateId = templateId }, cancellationToken);
}

/// <summary>What a person reported and nobody has decided yet. Source: <c>own_report</c>.</summary>
public sealed record OwnReport
{
    /// <summary>spam, harmful, personal_data, copyright, broken or other.</summary>
    public required string Reason { get; init; }

    /// <summary>In the person's own words; may be empty.</summary>
    public required string Details { get; init; }

    public required DateTime CreatedAt { get; init; }
}
