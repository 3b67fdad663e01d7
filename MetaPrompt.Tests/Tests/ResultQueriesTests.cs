using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Tests;

/// <summary>Single results: read, starred, deleted and brought back, and shared by a link.</summary>
public sealed class ResultQueriesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Whole =
        """
        select (select to_jsonb(r) from public.test_results r where r.id = @id)::text
          || (select to_jsonb(v) from public.test_verdicts v where v.result_id = @id)::text
          || (select to_jsonb(l) from public.result_links l where l.result_id = @id)::text
          || (select to_jsonb(c) from public.test_cells c where c.result_id = @id)::text
        """;

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly ResultQueries _results = new(database.Db);
    private readonly ResultLinkQueries _links = new(database.Db);

    [Fact]
    public async Task A_deleted_result_comes_back_as_it_was_with_verdict_link_star_and_cell()
    {
        var (person, prompt, id) = await CreateAsync();
        var token = (await _links.CreateAsync(person, id, _ct))!;
        await _results.StarAsync(person, [id], true, _ct);
        var before = await database.OwnerScalarAsync<string>(Whole, ("id", id));

        Assert.Equal([id], await _results.DeleteAsync(person, [id, Guid.NewGuid()], _ct));
        Assert.Empty(await _results.FindAsync(person, [id], _ct));
        Assert.Null(await _links.ReadAsync(Caller.Anonymous, token, _ct));
        Assert.Empty(await _results.DeleteAsync(person, [id], _ct));

        Assert.Equal([id], await _results.RestoreAsync(person, [id], _ct));
        Assert.Equal(before, await database.OwnerScalarAsync<string>(Whole, ("id", id)));
        Assert.Empty(await _results.RestoreAsync(person, [id], _ct));
        Assert.Equal(0L, await database.OwnerScalarAsync<long>("select count(*) from internal.deleted_results where prompt_id = @p", ("p", prompt)));
    }

    [Fact]
    public async Task A_result_comes_back_without_the_run_and_the_case_that_are_gone_and_leaves_a_newer_answer_of_its_cell()
    {
        var (person, prompt, id) = await CreateAsync();
        await _results.DeleteAsync(person, [id], _ct);
        var newer = await InsertAsync(person, prompt);
        await database.OwnerAsync("update public.test_cells set result_id = @n where prompt_id = @p", ("n", newer), ("p", prompt));
        await _results.RestoreAsync(person, [id], _ct);
        Assert.Equal(newer, await database.OwnerScalarAsync<Guid>("select result_id from public.test_cells where prompt_id = @p", ("p", prompt)));

        await _results.DeleteAsync(person, [id], _ct);
        await database.OwnerAsync("delete from public.test_runs where prompt_id = @p; delete from public.test_cases where prompt_id = @p", ("p", prompt));
        Assert.Equal([id], await _results.RestoreAsync(person, [id], _ct));
        var back = Assert.Single(await _results.FindAsync(person, [id], _ct));
        Assert.Equal((null, null, "Tea"), (back.RunId, back.CaseId, back.CaseName));
    }

    [Fact]
    public async Task Nobody_reads_stars_deletes_restores_or_shares_what_is_somebody_elses()
    {
        var (person, _, id) = await CreateAsync();
        var stranger = Caller.User(await database.CreateUserAsync());
        Assert.Empty(await _results.FindAsync(stranger, [id], _ct));
        Assert.Null(await _results.SentAsync(stranger, id, _ct));
        Assert.Empty(await _results.StarAsync(stranger, [id], true, _ct));
        Assert.Empty(await _results.DeleteAsync(stranger, [id], _ct));
        Assert.Equal("23503", (await Assert.ThrowsAsync<PostgresException>(() => _links.CreateAsync(stranger, id, _ct))).SqlState);
        Assert.Empty(await _results.ChoicesAsync(stranger, null, _ct));

        await _results.DeleteAsync(person, [id], _ct);
        Assert.Empty(await _results.RestoreAsync(stranger, [id], _ct));
        Assert.Equal([id], await _results.RestoreAsync(person, [id], _ct));
    }

    [Fact]
    public async Task What_is_deleted_ends_after_thirty_days()
    {
        var (person, prompt, id) = await CreateAsync();
        await _results.DeleteAsync(person, [id], _ct);
        await database.OwnerAsync("update internal.deleted_results set deleted_at = now() - interval '29 days' where id = @id; select internal.purge_deleted_prompts()", ("id", id));
        Assert.Equal(1L, await database.OwnerScalarAsync<long>("select count(*) from internal.deleted_results where prompt_id = @p", ("p", prompt)));
        await database.OwnerAsync("update internal.deleted_results set deleted_at = now() - interval '31 days' where id = @id; select internal.purge_deleted_prompts()", ("id", id));
        Assert.Empty(await _results.RestoreAsync(person, [id], _ct));
    }

    [Fact]
    public async Task Results_are_found_in_the_order_they_are_asked_for_with_all_that_is_known()
    {
        var (person, prompt, id) = await CreateAsync();
        var other = await InsertAsync(person, prompt);

        var found = await _results.FindAsync(person, [other, id], _ct);

        Assert.Equal([other, id], found.Select(result => result.Id));
        Assert.Equal((true, true, 0.0012m, 3, """{"top_p": 0.5}"""), (found[1].Passed, found[1].HasSent, found[1].Cost, found[1].Attempts, found[1].Parameters));
        Assert.Equal<(bool?, bool, decimal?, int?, string?)>((null, false, null, null, null), (found[0].Passed, found[0].HasSent, found[0].Cost, found[0].Attempts, found[0].Parameters));
        Assert.Contains("\"stream\": true", await _results.SentAsync(person, id, _ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Choices_are_what_there_are_results_of_and_of_one_prompt_its_versions_and_cases()
    {
        var (person, prompt, _) = await CreateAsync();
        await database.CreatePromptAsync(person.UserId!.Value, "Never tested");

        Assert.Equal([("model", "m"), ("prompt", "A prompt")], (await _results.ChoicesAsync(person, null, _ct)).Select(choice => (choice.Kind, choice.Name)));
        Assert.Equal(
            [("case", "Tea"), ("model", "m"), ("prompt", "A prompt"), ("version", "2")],
            (await _results.ChoicesAsync(person, prompt, _ct)).Select(choice => (choice.Kind, choice.Name)));
    }

    [Fact]
    public async Task A_versions_text_is_the_one_that_was_tested_and_the_present_one_where_it_is_not_known()
    {
        var (person, prompt, _) = await CreateAsync();
        await database.OwnerAsync("update public.prompts set template = 'Later words' where id = @p", ("p", prompt));

        var texts = await _results.TemplatesAsync(person, [(prompt, 1), (prompt, 0), (prompt, 77), (Guid.NewGuid(), 1)], _ct);

        Assert.Equal(
            [(0, "Later words", false), (1, "Write about {{topic}}.", true), (77, "Later words", false)],
            texts.OrderBy(text => text.Version).Select(text => (text.Version, text.Template, text.IsThatVersion)));
        Assert.Empty(await _results.TemplatesAsync(Caller.User(await database.CreateUserAsync()), [(prompt, 1)], _ct));
    }

    [Fact]
    public async Task Whoever_has_the_link_reads_the_result_until_it_is_taken_back()
    {
        var (owner, _, id) = await CreateAsync();
        var token = (await _links.CreateAsync(owner, id, _ct))!;
        Assert.Equal(token, await _links.CreateAsync(owner, id, _ct));

        foreach (var reader in new[] { Caller.Anonymous, Caller.User(await database.CreateUserAsync()), owner })
        {
            var shared = (await _links.ReadAsync(reader, token, _ct))!;
            Assert.Equal(("m", 0.5m, """{"top_p": 0.5}""", "Write about tea.", "Tea is good."), (shared.Model, shared.Temperature, shared.Parameters, shared.ResolvedPrompt, shared.Result));
        }

        Assert.False(await _links.RevokeAsync(owner, id, new string('a', 43), _ct));
        Assert.True(await _links.RevokeAsync(owner, id, token, _ct));
        Assert.False(await _links.RevokeAsync(owner, id, token, _ct));
        Assert.Null(await _links.ReadAsync(Caller.Anonymous, token, _ct));
        Assert.True(await _links.ReturnAsync(owner, id, token, _ct));
        Assert.NotNull(await _links.ReadAsync(Caller.Anonymous, token, _ct));
        Assert.Equal("23514", (await Assert.ThrowsAsync<PostgresException>(async () =>
        {
            await _links.RevokeAsync(owner, id, token, _ct);
            await _links.ReturnAsync(owner, id, "guessed", _ct);
        })).SqlState);
    }

    [Fact]
    public async Task A_result_of_a_prompt_that_is_deleted_or_hidden_by_a_moderator_is_not_read_by_link()
    {
        var (owner, prompt, id) = await CreateAsync();
        var token = (await _links.CreateAsync(owner, id, _ct))!;
        await new PromptQueries(database.Db).DeleteAsync(owner, prompt, _ct);
        Assert.Null(await _links.ReadAsync(Caller.Anonymous, token, _ct));
        Assert.Empty(await _results.FindAsync(owner, [id], _ct));
        await new PromptQueries(database.Db).RestoreAsync(owner, prompt, _ct);
        Assert.NotNull(await _links.ReadAsync(Caller.Anonymous, token, _ct));

        await database.OwnerAsync("insert into public.prompt_templates (prompt_id, user_id, hidden_at) values (@p, @u, now())", ("p", prompt), ("u", owner.UserId));
        Assert.Null(await _links.ReadAsync(Caller.Anonymous, token, _ct));
    }

    private async Task<(Caller Person, Guid Prompt, Guid Result)> CreateAsync()
    {
        var user = await database.CreateUserAsync();
        var prompt = await database.CreatePromptAsync(user);
        var (run, one, id) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await database.OwnerAsync(
            """
            insert into public.test_runs (id, user_id, prompt_id) values (@run, @u, @p);
            insert into public.test_cases (id, user_id, prompt_id, name, position) values (@case, @u, @p, 'Tea', 1);
            insert into public.test_results (id, prompt_id, user_id, model, temperature, variable_values, resolved_prompt, result, prompt_version, run_id, cell,
              case_id, case_name, parameters, sent, cost, attempts, outcome, created_at, input_tokens, response_time_ms)
            values (@id, @p, @u, 'm', 0.5, '{"topic":"tea"}', 'Write about tea.', 'Tea is good.', 2, @run, 0, @case, 'Tea', '{"top_p":0.5}', '{"stream":true}', 0.0012, 3,
              'done', '2026-03-04 05:06:07.891234Z', 11, 22);
            insert into public.test_cells (run_id, position, user_id, prompt_id, model, temperature, variable_values, resolved_prompt, state, result_id)
            values (@run, 0, @u, @p, 'm', 0.5, '{}', 'x', 'done', @id);
            insert into public.test_verdicts (result_id, user_id, passed, outcomes, judge_cost) values (@id, @u, true, '[{"type":"contains"}]', 0.5);
            """, ("run", run), ("u", user), ("p", prompt), ("case", one), ("id", id));
        return (Caller.User(user), prompt, id);
    }

    private async Task<Guid> InsertAsync(Caller person, Guid prompt) => await database.OwnerScalarAsync<Guid>(
        """
        insert into public.test_results (prompt_id, user_id, model, temperature, variable_values, resolved_prompt)
        values (@p, @u, 'm', 1, '{}', 'Plain') returning id
        """, ("p", prompt), ("u", person.UserId));
}
