using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Tests;

/// <summary>How many of a prompt's results pass their checks, by version and model, and which test cases began to fail.</summary>
public sealed class ResultRateQueries(Db db)
{
    private const string Rates =
        """
        -- results.rates
        select r.prompt_version as version, r.model, count(*)::int as results, count(v.passed)::int as checked,
          count(*) filter (where v.passed)::int as passed, sum(r.cost) as cost, count(*) filter (where r.cost is null)::int as unknown_costs,
          percentile_cont(0.5) within group (order by r.response_time_ms)::int as median_ms
        from public.test_results r
        left join public.test_verdicts v on v.result_id = r.id
        where r.user_id = (select auth.uid()) and r.prompt_id = @PromptId
        group by r.prompt_version, r.model
        order by r.prompt_version desc nulls last, r.model
        """;

    // Of each test case, model and temperature the latest verdict on each version counts, and is held against that on the version
    // checked before.
    private const string Flips =
        """
        -- results.flips
        with checked as (
          select distinct on (r.case_id, r.model, r.temperature, r.prompt_version)
            r.case_id, r.model, r.temperature, r.prompt_version, r.id, v.passed
          from public.test_results r
          join public.test_verdicts v on v.result_id = r.id and v.passed is not null
          where r.user_id = (select auth.uid()) and r.prompt_id = @PromptId and r.case_id is not null and r.prompt_version is not null
          order by r.case_id, r.model, r.temperature, r.prompt_version, r.created_at desc, r.id desc
        ), compared as (
          select c.*, lag(c.passed) over w as passed_before, lag(c.id) over w as id_before, lag(c.prompt_version) over w as version_before,
            not coalesce(bool_or(c.passed) over (w rows between 1 following and unbounded following), false) as fails_now
          from checked c
          window w as (partition by c.case_id, c.model, c.temperature order by c.prompt_version)
        )
        select c.case_id, coalesce(nullif(t.name, ''), 'Case ' || t.position) as case_name, c.model, c.temperature,
          c.version_before, c.prompt_version as version, c.id_before, c.id, c.fails_now
        from compared c
        join public.test_cases t on t.id = c.case_id
        where c.passed_before and not c.passed
        order by c.fails_now desc, c.prompt_version desc, t.position, c.model, c.temperature
        limit 200
        """;

    /// <summary>A row for each version and model of a prompt of the caller's, the newest version first; unknown versions last.</summary>
    public Task<IReadOnlyList<ResultRate>> RatesAsync(Caller caller, Guid promptId, CancellationToken cancellationToken) =>
        db.QueryAsync<ResultRate>(caller, Rates, new { PromptId = promptId }, cancellationToken);

    /// <summary>
    /// Test cases that passed on a version and failed on the next one that was checked, with the same model and temperature: those
    /// that still fail first, then the newest; 200 at most.
    /// </summary>
    public Task<IReadOnlyList<ResultFlip>> FlipsAsync(Caller caller, Guid promptId, CancellationToken cancellationToken) =>
        db.QueryAsync<ResultFlip>(caller, Flips, new { PromptId = promptId }, cancellationToken);
}

/// <summary>What a model's results of a version came to.</summary>
public sealed record ResultRate
{
    /// <summary>Null where it is unknown which version was run.</summary>
    public int? Version { get; init; }

    public required string Model { get; init; }
    public required int Results { get; init; }

    /// <summary>Those whose checks said something.</summary>
    public required int Checked { get; init; }

    /// <summary>Those whose checks all held.</summary>
    public required int Passed { get; init; }

    /// <summary>US dollars of those whose cost is known; null where none is.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Results whose cost is unknown.</summary>
    public required int UnknownCosts { get; init; }

    /// <summary>Milliseconds that half of the results took at most; null where no time is known.</summary>
    public int? MedianMs { get; init; }
}

/// <summary>A test case that passed on one version and failed on the next.</summary>
public sealed record ResultFlip
{
    public required Guid CaseId { get; init; }
    public required string CaseName { get; init; }
    public required string Model { get; init; }
    public required decimal Temperature { get; init; }

    /// <summary>The version on which it passed.</summary>
    public required int VersionBefore { get; init; }

    /// <summary>The next version that was checked, on which it failed.</summary>
    public required int Version { get; init; }

    /// <summary>The result that passed.</summary>
    public required Guid IdBefore { get; init; }

    /// <summary>The result that failed.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whether it passed on no later version.</summary>
    public required bool FailsNow { get; init; }
}
