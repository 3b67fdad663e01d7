using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Models;

/// <summary>What a person spends on models in a day (UTC) and how much they may.</summary>
public sealed class BudgetQueries(Db db)
{
    private const string Today =
        """
        -- budgets.today
        select b.daily_limit, coalesce(s.spent, 0) as spent, coalesce(s.spent_by_site, 0) as spent_by_site
        from (select (now() at time zone 'utc')::date as day) t
        left join public.budgets b on b.user_id = (select auth.uid())
        left join public.spending s on s.user_id = (select auth.uid()) and s.day = t.day
        """;

    private const string SetLimit =
        """
        -- budgets.set
        insert into public.budgets (user_id, daily_limit) values ((select auth.uid()), @Limit)
        on conflict (user_id) do update set daily_limit = excluded.daily_limit
        """;

    private const string LiftLimit =
        """
        -- budgets.lift
        delete from public.budgets where user_id = (select auth.uid())
        """;

    private const string Reserve =
        """
        -- budgets.reserve
        select outcome, day, own_limit, spent, spent_by_site from internal.reserve_spend(@UserId, @Amount, @PaidBySite, @SiteLimit)
        """;

    private const string Settle =
        """
        -- budgets.settle
        select internal.settle_spend(@UserId, @Day, @Reserved, @Actual, @PaidBySite)
        """;

    /// <summary>The caller's limit and what they spent today.</summary>
    public async Task<SpentToday> TodayAsync(Caller caller, CancellationToken cancellationToken) =>
        (await db.FirstOrDefaultAsync<SpentToday>(caller, Today, null, cancellationToken).ConfigureAwait(false))!;

    /// <summary>Sets the caller's limit for a day in US dollars, to the cent; null lifts it.</summary>
    /// <exception cref="Npgsql.PostgresException">23514: below 0 or above 100,000.</exception>
    public Task SetLimitAsync(Caller caller, decimal? limit, CancellationToken cancellationToken) =>
        limit is null
            ? db.ExecuteAsync(caller, LiftLimit, null, cancellationToken)
            : db.ExecuteAsync(caller, SetLimit, new { Limit = limit }, cancellationToken);

    /// <summary>Reserves what a call can cost at most, where it fits under the limits.</summary>
    /// <param name="userId">Who asks.</param>
    /// <param name="amount">US dollars; null where unknown.</param>
    /// <param name="paidBySite">Whether the site pays, and not a key of the person's.</param>
    /// <param name="siteLimit">What the site pays for a person and day; null without a limit.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<SpendOutcome> ReserveAsync(
        Guid userId, decimal? amount, bool paidBySite, decimal? siteLimit, CancellationToken cancellationToken) =>
        (await db.FirstOrDefaultAsync<SpendOutcome>(
            Caller.App, Reserve, new { UserId = userId, Amount = amount, PaidBySite = paidBySite, SiteLimit = siteLimit }, cancellationToken)
            .ConfigureAwait(false))!;

    /// <summary>What a call did cost takes the place of what was reserved.</summary>
    public Task SettleAsync(
        Guid userId, DateOnly day, decimal reserved, decimal actual, bool paidBySite, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            Caller.App, Settle, new { UserId = userId, Day = day, Reserved = reserved, Actual = actual, PaidBySite = paidBySite }, cancellationToken);
}

/// <summary>US dollars of one person and day (UTC).</summary>
public sealed record SpentToday
{
    /// <summary>The person's own limit; null where they set none.</summary>
    public decimal? DailyLimit { get; init; }

    /// <summary>Spent or reserved, all models; 0 also where no limit applied and nothing was counted.</summary>
    public required decimal Spent { get; init; }

    /// <summary>The part of it that the site pays.</summary>
    public required decimal SpentBySite { get; init; }
}

/// <summary>What came of a reservation.</summary>
public sealed record SpendOutcome
{
    /// <summary>No limit applies, or the call is free; nothing is counted.</summary>
    public const string Unlimited = "unlimited";

    /// <summary>Counted; <see cref="Spent"/> has it.</summary>
    public const string Reserved = "reserved";

    /// <summary>A limit applies and what the call costs is unknown.</summary>
    public const string NoPrice = "no_price";

    /// <summary>It would go past the person's own limit.</summary>
    public const string OverOwn = "over_own";

    /// <summary>It would go past what the site pays for a person.</summary>
    public const string OverSite = "over_site";

    /// <summary>One of the words above.</summary>
    public required string Outcome { get; init; }

    /// <summary>The day (UTC) it counts for.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>The person's own limit; null where they set none.</summary>
    public decimal? OwnLimit { get; init; }

    /// <summary>Spent or reserved today, all models; null where nothing is counted.</summary>
    public decimal? Spent { get; init; }

    /// <summary>The part of it that the site pays.</summary>
    public decimal? SpentBySite { get; init; }
}
