using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Tests;

/// <summary>
/// Runs and their cells. A cell is sent by whoever has begun it here, so that it is never sent twice; its result is written
/// by <see cref="TestResultQueries.SaveAsync"/>, which ends the cell in the same statement.
/// </summary>
public sealed class TestRunQueries(Db db)
{
    /// <summary>How many characters of an answer a list of cells carries.</summary>
    public const int Excerpt = 20_000;

    /// <summary>How long a run counts as carried out after its owner was last heard of, in seconds.</summary>
    public const int LeaseSeconds = 20;

    private const string Start =
        """
        -- test_runs.start
        with run as (
          insert into public.test_runs (id, user_id, prompt_id, parameters, owner, lease_until)
          values (@Id, (select auth.uid()), @PromptId, @Parameters::jsonb, @Owner, clock_timestamp() + make_interval(secs => @Seconds))
          on conflict do nothing
          returning id, user_id)
        insert into public.test_cells (run_id, position, user_id, prompt_id, prompt_version, model, temperature, case_id, case_name,
          variable_values, resolved_prompt, assertions)
        select run.id, c.position - 1, run.user_id, c.prompt_id, nullif(c.version, 0), c.model, c.temperature,
          nullif(c.case_id, '00000000-0000-0000-0000-000000000000'), nullif(c.case_name, ''), c.variable_values::jsonb,
          c.resolved_prompt, c.assertions::jsonb
        from run
        cross join unnest(@Prompts, @Versions, @Models, @Temperatures, @Cases, @CaseNames, @Values, @Resolved, @Assertions)
          with ordinality as c (prompt_id, version, model, temperature, case_id, case_name, variable_values, resolved_prompt, assertions, position)
        """;

    // A lease that has passed means that nobody carries the run out any more, whatever its row says. One that is longer than any
    // that is given was given before the clock was stepped back: whoever still carries the run out renews it within seconds.
    private const string Find =
        """
        -- test_runs.find
        select r.id, r.prompt_id, r.parameters::text, r.created_at, r.ended_at,
          coalesce(r.lease_until > clock_timestamp() and r.lease_until < clock_timestamp() + interval '1 minute', false) as live,
          internal.is_left_behind(r) as left_behind,
          (select count(*)::integer from public.test_cells c where c.run_id = r.id) as cells
        from public.test_runs r
        where r.id = @Id and r.user_id = (select auth.uid())
        """;

    private const string Cells =
        """
        -- test_cells.of_run
        select c.run_id, c.position, c.prompt_id, c.prompt_version, c.model, c.temperature, c.case_id, c.case_name,
          c.variable_values::text, c.resolved_prompt, c.assertions::text,
          case when c.state in ('queued', 'running') and not coalesce(r.lease_until > clock_timestamp() and r.lease_until < clock_timestamp() + interval '1 minute', false) then 'interrupted'
            else c.state end as state,
          c.attempt, c.error, t.id as result_id, left(t.result, @Excerpt) as answer, length(t.result) as answer_length,
          t.tokens_used, t.input_tokens, t.output_tokens, t.response_time_ms, t.first_token_ms, t.cost, t.finish_reason,
          t.sent::text, v.passed, v.outcomes::text
        from public.test_runs r
        join public.test_cells c on c.run_id = r.id
        left join public.test_results t on t.id = c.result_id
        left join public.test_verdicts v on v.result_id = t.id
        where r.id = @RunId and r.user_id = (select auth.uid()) and (@Position is null or c.position = @Position)
        order by c.position
        """;

    private const string OfPrompt =
        """
        -- test_runs.of_prompt
        select r.id, r.created_at, r.ended_at, coalesce(r.lease_until > clock_timestamp() and r.lease_until < clock_timestamp() + interval '1 minute', false) as live,
          s.cells, s.done, s.failed, s.passed, s.checked, s.cost
        from public.test_runs r
        cross join lateral (
          select count(*)::integer as cells,
            count(*) filter (where c.state = 'done')::integer as done,
            count(*) filter (where c.state = 'failed')::integer as failed,
            count(*) filter (where v.passed)::integer as passed,
            count(v.passed)::integer as checked,
            case when bool_and(t.id is null or t.cost is not null) then sum(t.cost) end as cost
          from public.test_cells c
          left join public.test_results t on t.id = c.result_id
          left join public.test_verdicts v on v.result_id = t.id
          where c.run_id = r.id) s
        where r.prompt_id = @PromptId and r.user_id = (select auth.uid())
        order by r.created_at desc, r.id desc
        limit @Size
        """;

    private const string BeginCell =
        """
        -- test_cells.begin
        update public.test_cells c
        set state = 'running', attempt = c.attempt + 1, started_at = clock_timestamp(), error = null
        from public.test_runs r
        where c.run_id = @RunId and c.position = @Position and c.user_id = (select auth.uid()) and c.state = 'queued'
          and r.id = c.run_id and r.owner = @Owner
        returning c.attempt
        """;

    private const string EndCells =
        """
        -- test_cells.end
        update public.test_cells c
        set state = @State, error = @Error
        where c.run_id = @RunId and c.position = any (@Positions) and c.user_id = (select auth.uid())
          and c.state in ('queued', 'running')
        """;

    // A program that was slow may answer the last cell of a run that another took over and has let go of since: it ended then.
    private const string End =
        """
        -- test_runs.end
        update public.test_runs r
        set owner = null, lease_until = null,
          ended_at = case when exists (
              select from public.test_cells c where c.run_id = r.id and c.state in ('queued', 'running', 'interrupted')) then null
            else clock_timestamp() end
        where r.id = @Id and r.user_id = (select auth.uid()) and (r.owner = @Owner or (r.owner is null and r.ended_at is null))
        """;

    // The lease ends now, and the owner's name stays: that is how runs look that somebody is to go on with.
    private const string HandOver =
        """
        -- test_runs.hand_over
        update public.test_runs r set lease_until = clock_timestamp()
        where r.id = @Id and r.user_id = (select auth.uid()) and r.owner = @Owner
          and exists (select from public.test_cells c where c.run_id = r.id and c.state = 'queued')
        """;

    private const string TakeLeft =
        """
        -- test_runs.take_left
        select id, user_id from internal.take_left_run(@Owner, @InHand, @Seconds)
        """;

    private const string RequestStop =
        """
        -- test_runs.stop
        update public.test_runs set stop_requested_at = clock_timestamp()
        where id = @Id and user_id = (select auth.uid()) and lease_until > clock_timestamp()
        """;

    // Unfinished cells of a run that somebody else carries out are theirs.
    private const string Rerun =
        """
        -- test_runs.rerun
        with run as (
          update public.test_runs r
          set owner = @Owner, lease_until = clock_timestamp() + make_interval(secs => @Seconds), ended_at = null, stop_requested_at = null
          where r.id = @Id and r.user_id = (select auth.uid())
            and (r.owner is null or r.owner = @Owner or not coalesce(r.lease_until > clock_timestamp() and r.lease_until < clock_timestamp() + interval '1 minute', false))
          returning r.id),
        mine as (
          select c.position
          from public.test_cells c
          join run on run.id = c.run_id
          where c.position = any (@Positions) and not (c.state in ('queued', 'running') and c.position = any (@Busy))
          for update of c)
        update public.test_cells c
        set state = 'queued', error = null
        from run, mine
        where c.run_id = run.id and c.position = mine.position
        returning c.position
        """;

    private const string Renew =
        """
        -- test_runs.renew
        select id, stop_requested from internal.renew_test_runs(@Owner, @Ids, @Seconds)
        """;

    /// <summary>Lays a run down, all cells queued. False where there is one of that id already, whoever's: nothing is changed then.</summary>
    /// <exception cref="Npgsql.PostgresException">23503: a prompt or test case is not the caller's; 23514: a value out of range.</exception>
    public async Task<bool> StartAsync(Caller caller, NewTestRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        return await db.ExecuteAsync(caller, Start, new
        {
            run.Id,
            run.PromptId,
            run.Parameters,
            run.Owner,
            Seconds = LeaseSeconds,
            Prompts = run.Cells.Select(cell => cell.PromptId).ToArray(),
            Versions = run.Cells.Select(cell => cell.PromptVersion ?? 0).ToArray(),
            Models = run.Cells.Select(cell => cell.Model).ToArray(),
            Temperatures = run.Cells.Select(cell => cell.Temperature).ToArray(),
            Cases = run.Cells.Select(cell => cell.CaseId ?? Guid.Empty).ToArray(),
            CaseNames = run.Cells.Select(cell => cell.CaseName ?? "").ToArray(),
            Values = run.Cells.Select(cell => JsonText.Storable(cell.VariableValues)).ToArray(),
            Resolved = run.Cells.Select(cell => cell.ResolvedPrompt).ToArray(),
            Assertions = run.Cells.Select(cell => JsonText.Storable(cell.Assertions)).ToArray(),
        }, cancellationToken).ConfigureAwait(false) > 0;
    }

    /// <summary>The caller's run; null where there is none.</summary>
    public Task<TestRun?> FindAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<TestRun>(caller, Find, new { Id = id }, cancellationToken);

    /// <summary>The cells of the caller's run in their order, or the one at <paramref name="position"/>; empty where there is none.</summary>
    public Task<IReadOnlyList<TestCell>> CellsAsync(Caller caller, Guid runId, int? position, CancellationToken cancellationToken) =>
        db.QueryAsync<TestCell>(caller, Cells, new { RunId = runId, Position = position, Excerpt }, cancellationToken);

    /// <summary>The caller's latest runs of a prompt, 1 to 100.</summary>
    public Task<IReadOnlyList<TestRunSummary>> OfPromptAsync(Caller caller, Guid promptId, int size, CancellationToken cancellationToken) =>
        db.QueryAsync<TestRunSummary>(caller, OfPrompt, new { PromptId = promptId, Size = Math.Clamp(size, 1, 100) }, cancellationToken);

    /// <summary>
    /// Takes a queued cell for sending. Returns the number of the attempt; null where it is not queued any more, or the run is
    /// not <paramref name="owner"/>'s: then it must not be sent.
    /// </summary>
    public Task<int?> BeginCellAsync(Caller caller, Guid runId, int position, Guid owner, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<int?>(caller, BeginCell, new { RunId = runId, Position = position, Owner = owner }, cancellationToken);

    /// <summary>Ends cells without a result: never sent, or nothing to keep. Those that have ended stay as they are.</summary>
    public Task EndCellsAsync(
        Caller caller, Guid runId, IReadOnlyCollection<int> positions, CellState state, string? error, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            caller, EndCells, new { RunId = runId, Positions = positions.ToArray(), State = NameOf(state), Error = error }, cancellationToken);

    /// <summary>
    /// Lets go of a run; it has ended unless a cell is unfinished, which is interrupted from then on. Of one that nobody carries
    /// out any more it only says that it has ended; another program's is left alone.
    /// </summary>
    public Task EndAsync(Caller caller, Guid id, Guid owner, CancellationToken cancellationToken) =>
        db.ExecuteAsync(caller, End, new { Id = id, Owner = owner }, cancellationToken);

    /// <summary>Lets go of a run whose queued cells another program is to go on with. False where it has none: nothing is changed then.</summary>
    public async Task<bool> HandOverAsync(Caller caller, Guid id, Guid owner, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, HandOver, new { Id = id, Owner = owner }, cancellationToken).ConfigureAwait(false) > 0;

    /// <summary>
    /// Takes over a run, whoever's, that a program which is gone has left; its queued cells are <paramref name="owner"/>'s to
    /// send from then on, and what was being answered is interrupted. Null where there is none.
    /// </summary>
    /// <param name="owner">Who will carry it out.</param>
    /// <param name="inHand">Runs that it is busy with: not these.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<LeftRun?> TakeLeftAsync(Guid owner, IReadOnlyCollection<Guid> inHand, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<LeftRun>(Caller.App, TakeLeft, new { Owner = owner, InHand = inHand.ToArray(), Seconds = LeaseSeconds }, cancellationToken);

    /// <summary>Asks whoever carries the run out to stop it. False where nobody does.</summary>
    public async Task<bool> RequestStopAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, RequestStop, new { Id = id }, cancellationToken).ConfigureAwait(false) > 0;

    /// <summary>
    /// Takes the run over and queues cells of it again. Returns those that are queued now; empty where another program carries
    /// the run out.
    /// </summary>
    /// <param name="caller">Whose run it is.</param>
    /// <param name="id">The run's.</param>
    /// <param name="positions">The cells to be run again.</param>
    /// <param name="busy">Cells that <paramref name="owner"/> has in hand: they are left alone.</param>
    /// <param name="owner">Who will carry it out.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<IReadOnlyList<int>> RerunAsync(
        Caller caller, Guid id, IReadOnlyCollection<int> positions, IReadOnlyCollection<int> busy, Guid owner, CancellationToken cancellationToken) =>
        db.QueryAsync<int>(
            caller,
            Rerun,
            new { Id = id, Positions = positions.ToArray(), Busy = busy.ToArray(), Owner = owner, Seconds = LeaseSeconds },
            cancellationToken);

    /// <summary>Says that <paramref name="owner"/> still carries these runs out. Returns those that are its own.</summary>
    public Task<IReadOnlyList<RenewedRun>> RenewAsync(Guid owner, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        db.QueryAsync<RenewedRun>(Caller.App, Renew, new { Owner = owner, Ids = ids.ToArray(), Seconds = LeaseSeconds }, cancellationToken);

    /// <summary>What a state is called in its column.</summary>
    public static string NameOf(CellState state) => state switch
    {
        CellState.Queued => "queued",
        CellState.Running => "running",
        CellState.Done => "done",
        CellState.Stopped => "stopped",
        CellState.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "No column says so."),
    };
}
