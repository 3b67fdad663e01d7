using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Tests;

/// <summary>Results of the caller's own tests. They are written once and never changed.</summary>
public sealed class TestResultQueries(Db db)
{
    // The cell ends in the statement that keeps its result: either both are there or neither. The same id again changes nothing.
    private const string Save =
        """
        -- test_results.save
        with kept as (
          insert into public.test_results (id, prompt_id, user_id, model, temperature, variable_values, resolved_prompt, result,
            tokens_used, response_time_ms, input_tokens, output_tokens, finish_reason, error, prompt_version, run_id, cell, case_id,
            case_name, model_id, parameters, sent, first_token_ms, cost, attempts, outcome)
          values (@Id, @PromptId, (select auth.uid()), @Model, @Temperature, @VariableValues::jsonb, @ResolvedPrompt, @Result,
            @TokensUsed, @ResponseTimeMs, @InputTokens, @OutputTokens, @FinishReason, @Error, @PromptVersion,
            (select r.id from public.test_runs r where r.id = @RunId), @Cell,
            (select c.id from public.test_cases c where c.id = @CaseId),
            @CaseName, @ModelId, @Parameters::jsonb, @Sent::jsonb, @FirstTokenMs, @Cost, @Attempts, @Outcome)
          on conflict do nothing)
        update public.test_cells c
        set state = @Outcome, error = @Error, result_id = @Id
        where c.run_id = @RunId and c.position = @Cell and c.user_id = (select auth.uid()) and c.attempt = @CellAttempt
        """;

    private const string Page =
        """
        -- test_results.page
        select r.id, r.prompt_id, r.model, r.temperature, r.variable_values::text, r.resolved_prompt, r.result, r.tokens_used,
          r.response_time_ms, r.input_tokens, r.output_tokens, r.finish_reason, r.error, r.created_at, r.prompt_version, r.run_id, r.cell, r.case_id, r.case_name, r.model_id, r.parameters::text,
          r.sent::text, r.first_token_ms, r.cost, r.attempts, r.outcome, r.starred
        from public.test_results r
        where r.prompt_id = @PromptId and r.user_id = (select auth.uid())
          and (@AfterId is null or (r.created_at, r.id) < (@AfterCreatedAt, @AfterId))
        order by r.created_at desc, r.id desc
        limit @Size
        """;

    private const string Delete =
        """
        -- test_results.delete
        delete from public.test_results where id = @Id and user_id = (select auth.uid())
        """;

    /// <summary>
    /// Keeps a result and ends its cell with it, where it has one. The same <see cref="NewTestResult.Id"/> again changes nothing.
    /// A test case that was deleted meanwhile leaves its name.
    /// </summary>
    /// <exception cref="Npgsql.PostgresException">42501: the prompt is not the caller's; 23514: a value out of range.</exception>
    public Task SaveAsync(Caller caller, NewTestResult result, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(result);
        return db.ExecuteAsync(
            caller,
            Save,
            result with
            {
                VariableValues = JsonText.Storable(result.VariableValues),
                Parameters = result.Parameters is { } parameters ? JsonText.Storable(parameters) : null,
                Sent = result.Sent is { } sent ? JsonText.Storable(sent) : null,
            },
            cancellationToken);
    }

    /// <summary>A page of the caller's results of one prompt, the latest first; 1 to 100 rows.</summary>
    public Task<IReadOnlyList<TestResult>> PageAsync(
        Caller caller, Guid promptId, TestResultCursor? after, int size, CancellationToken cancellationToken) =>
        db.QueryAsync<TestResult>(caller, Page, new
        {
            PromptId = promptId,
            AfterCreatedAt = after?.CreatedAt,
            AfterId = after?.Id,
            Size = Math.Clamp(size, 1, 100),
        }, cancellationToken);

    /// <summary>Deletes a result. False where there is none of the caller's.</summary>
    public async Task<bool> DeleteAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, Delete, new { Id = id }, cancellationToken).ConfigureAwait(false) > 0;
}
