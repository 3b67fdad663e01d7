using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Tests;

/// <summary>What assertions said of the caller's results. A result has one verdict; checked again, the later one stays.</summary>
public sealed class VerdictQueries(Db db)
{
    private const string Save =
        """
        -- test_verdicts.save
        insert into public.test_verdicts (result_id, user_id, passed, outcomes, judge_cost)
        values (@ResultId, (select auth.uid()), @Passed, @Outcomes::jsonb, @JudgeCost)
        on conflict (result_id) do update
          set passed = excluded.passed, outcomes = excluded.outcomes, judge_cost = excluded.judge_cost, created_at = now()
        """;

    private const string Of =
        """
        -- test_verdicts.of
        select v.result_id, v.passed, v.outcomes::text, v.judge_cost, v.created_at
        from public.test_verdicts v
        where v.result_id = any (@Results) and v.user_id = (select auth.uid())
        """;

    /// <summary>Keeps a verdict.</summary>
    /// <exception cref="Npgsql.PostgresException">42501, 23503: the result is not the caller's, or gone; 23514: more than 100 outcomes.</exception>
    public Task SaveAsync(Caller caller, NewVerdict verdict, CancellationToken cancellationToken) =>
        db.ExecuteAsync(caller, Save, verdict with { Outcomes = JsonText.Storable(verdict.Outcomes) }, cancellationToken);

    /// <summary>The verdicts on these results, by result; what was never checked is not there.</summary>
    public async Task<IReadOnlyDictionary<Guid, Verdict>> OfAsync(Caller caller, IReadOnlyCollection<Guid> results, CancellationToken cancellationToken) =>
        (await db.QueryAsync<Verdict>(caller, Of, new { Results = results.ToArray() }, cancellationToken).ConfigureAwait(false))
            .ToDictionary(verdict => verdict.ResultId);
}

/// <summary>A verdict to keep.</summary>
public record NewVerdict
{
    public required Guid ResultId { get; init; }

    /// <summary>Whether every assertion was kept; null where one could not be checked and none was broken.</summary>
    public bool? Passed { get; init; }

    /// <summary>JSON list of assertions, each with <c>passed</c> and <c>why</c>.</summary>
    public required string Outcomes { get; init; }

    /// <summary>US dollars for models that judged; null where none did, or its price is unknown.</summary>
    public decimal? JudgeCost { get; init; }
}

/// <summary>A verdict. Source: <c>test_verdicts</c>.</summary>
public sealed record Verdict : NewVerdict
{
    public required DateTime CreatedAt { get; init; }
}
