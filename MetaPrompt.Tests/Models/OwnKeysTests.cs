using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Models;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Tests.Policies;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Prompting.Assertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Models;

public sealed class OwnKeysTests(TestDatabase database) : ModelTest, IClassFixture<TestDatabase>
{
    private const string Key = "sk-own-3141592653589793-tail";

    private static readonly EndpointRules Allowing = new() { AllowHttp = true, AllowPrivateAddresses = true };

    private readonly EphemeralDataProtectionProvider _protection = new();
    private readonly LogLines _log = new();

    [Fact]
    public async Task A_persons_model_is_called_with_their_key_and_the_sites_with_its_own()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var node = Node(server.Settings());
        var caller = await PersonAsync();
        await node.UseAsync(caller, server.Endpoint, "Mine", Key);

        var models = await node.Catalog.ForAsync(caller, Cancel);
        Assert.Equal(["Scripted", "Mine"], models.Select(model => model.Name));
        foreach (var model in models)
            await node.Catalog.Client(model).GetResponseAsync("Hello", cancellationToken: Cancel);

        Assert.Equal(["Bearer sk-scripted-secret", "Bearer " + Key], server.Requests.Select(request => request.Headers["Authorization"]));
        Assert.False(models[0].IsOwn);
        Assert.True(models[1].IsOwn);
    }

    [Fact]
    public async Task Anthropics_key_goes_into_its_own_header_and_its_list_of_models_is_read()
    {
        await using var server = await ScriptedAnthropic.StartAsync();
        using var node = Node();
        var caller = await PersonAsync();
        var key = await node.AddAsync(caller, server.Endpoint, "Mine", Key, ModelSettings.Anthropic);

        var listed = Assert.Single(await node.Keys.TestAsync(caller, key, Cancel));
        await node.Keys.UseAsync(caller, node.Keys.Suggested(key.Id, key.Name, listed, []), Cancel);
        var model = (await node.Catalog.FindAsync(caller, "CLAUDE-scripted", Cancel))!;
        await node.Catalog.Client(model).GetResponseAsync("Hello", cancellationToken: Cancel);

        Assert.Equal((200_000, 64_000, "CLAUDE-SCRIPTED"), (listed.ContextTokens, listed.MaxOutputTokens, listed.Title));
        Assert.Equal(Key, Assert.Single(server.Listings)["X-Api-Key"]);
        Assert.Equal(Key, Assert.Single(server.Requests).Headers["X-Api-Key"]);
        Assert.False(server.Requests[0].Headers.ContainsKey("Authorization"));
        Assert.Equal(64_000, server.Requests[0].Json.GetProperty("max_tokens").GetInt32());
    }

    [Fact]
    public async Task Nobody_sees_or_uses_the_key_or_models_of_somebody_else()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var node = Node();
        var (caller, stranger) = (await PersonAsync(), await PersonAsync());
        var key = await node.UseAsync(caller, server.Endpoint, "Mine", Key);

        Assert.Empty(await node.Catalog.ForAsync(stranger, Cancel));
        Assert.Empty(await node.Catalog.ForAsync(Caller.Anonymous, Cancel));
        Assert.Null(await node.Catalog.FindAsync(stranger, "Mine", Cancel));
        Assert.Empty((await node.Keys.ListAsync(stranger, Cancel)).Keys);
        await Assert.ThrowsAsync<EntryProblem>(() => node.Keys.TestAsync(stranger, key, Cancel));
        await Assert.ThrowsAsync<EntryProblem>(() => node.Keys.RenameAsync(stranger, key.Id, "Theirs", Cancel));
        await Assert.ThrowsAsync<EntryProblem>(() => node.Keys.ReplaceAsync(stranger, key.Id, "sk-other-key-of-a-stranger", Cancel));
        await Assert.ThrowsAsync<EntryProblem>(() => node.Keys.UseAsync(stranger, new() { KeyId = key.Id, Name = "Theirs", Model = "scripted-1" }, Cancel));
        Assert.Null(await node.Keys.RemoveAsync(stranger, key.Id, Cancel));
        Assert.False(await node.Keys.StopUsingAsync(stranger, key.Id, "scripted-1", Cancel));
        Assert.Empty(server.Listings);
        Assert.Equal("Mine", Assert.Single(await node.Catalog.ForAsync(caller, Cancel)).Name);
    }

    [Fact]
    public async Task A_row_moved_to_somebody_else_decrypts_to_nothing()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var node = Node();
        var (caller, thief) = (await PersonAsync(), await PersonAsync());
        var key = await node.UseAsync(caller, server.Endpoint, "Mine", Key);
        await database.OwnerAsync(
            """
            delete from public.key_models where key_id = @key;
            update public.provider_keys set user_id = @thief where id = @key;
            insert into public.key_models (key_id, user_id, name, model) values (@key, @thief, 'Stolen', 'scripted-1')
            """,
            ("key", key.Id), ("thief", thief.UserId));

        Assert.Empty(await node.Catalog.ForAsync(thief, Cancel));
        Assert.Contains("can no longer be read", (await Assert.ThrowsAsync<EntryProblem>(() => node.Keys.TestAsync(thief, key, Cancel))).Message, StringComparison.Ordinal);
        Assert.Contains(_log.Lines, line => line.Contains("cannot be decrypted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_a_secret_outside_a_copy_of_the_database_opens_no_key()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var node = Node("a long text that is in no database");
        using var copy = Node();
        using var other = Node("another long text, of somebody else");
        var caller = await PersonAsync();
        await node.UseAsync(caller, server.Endpoint, "Mine", Key);

        Assert.Equal(Key, (await node.Catalog.FindAsync(caller, "Mine", Cancel))!.ApiKey);
        Assert.Null(await copy.Catalog.FindAsync(caller, "Mine", Cancel));
        Assert.Null(await other.Catalog.FindAsync(caller, "Mine", Cancel));
        var brief = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["OwnKeys:Secret"] = "short" }).Build();
        Assert.Equal("OwnKeys:Secret", Assert.Throws<SettingsException>(() => KeyVault.Read(brief)).Setting);
    }

    [Fact]
    public async Task Which_keys_can_be_read_is_one_question_however_many_there_are()
    {
        using var node = Node("a long text that is in no database");
        var caller = await PersonAsync();
        for (var number = 0; number < 4; number++)
            await node.AddAsync(caller, "http://127.0.0.1:9000/v1", $"Key {number}", Key);
        await node.AddAsync(caller, "http://127.0.0.1:9000/v1", "No secret", null);
        await using var proxy = new RoundTrips(database.AppConnectionString);
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString);
        using var later = new OneNode(this, Allowing, [], "another long text, set since then", new Db(source));
        await later.Catalog.ForAsync(caller, Cancel);

        var before = proxy.Count;
        var (keys, _) = await later.Keys.ListAsync(caller, Cancel);

        Assert.Equal(3, proxy.Count - before);
        Assert.Equal([true, true, true, true, false], keys.Select(key => key.IsUnreadable));
        Assert.All((await node.Keys.ListAsync(caller, Cancel)).Keys, key => Assert.False(key.IsUnreadable));
    }

    [Fact]
    public async Task A_model_whose_key_cannot_be_read_is_named_where_models_are_chosen_and_where_it_is_wanted()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var node = Node("a long text that is in no database");
        using var later = new OneNode(this, Allowing, [server.Settings("Site")], "another long text, set since then");
        var caller = await PersonAsync();
        var key = await node.UseAsync(caller, server.Endpoint, "Mine", Key);
        await node.Keys.UseAsync(caller, new() { KeyId = key.Id, Name = "Site", Model = "scripted-2" }, Cancel);
        var mine = (await node.Catalog.FindAsync(caller, "Mine", Cancel))!;

        Assert.Empty(await node.Catalog.UnreadableAsync(caller, Cancel));
        Assert.Equal(["Mine"], await later.Catalog.UnreadableAsync(caller, Cancel));
        Assert.Empty(await later.Catalog.UnreadableAsync(Caller.Anonymous, Cancel));
        Assert.Equal(["Site"], (await later.Catalog.ForAsync(caller, Cancel)).Select(model => model.Name));

        var prompt = await database.CreatePromptAsync(caller.UserId!.Value);
        var budget = new Budget(new BudgetQueries(database.Db), new BudgetSettings(), _log.For<Budget>());
        using var runner = new PromptRunner(
            later.Catalog, budget, new TestRunQueries(database.Db), (_, _, _, _, _) => Task.CompletedTask, (_, _, _, _) => Task.CompletedTask, Limits, Clock, _log.For<PromptRunner>());
        var run = await runner.StartAsync(new RunPlan
        {
            Caller = caller,
            PromptId = prompt,
            Cells = [new PlannedCell { PromptId = prompt, Model = mine, Temperature = 1, ResolvedPrompt = "Say hello.", VariableValues = new Dictionary<string, string>() }],
        }, Cancel);
        await run!.Completion.WaitAsync(Cancel);
        Assert.Contains("API key for Mine cannot be read any more", run.Cells[0].Failure, StringComparison.Ordinal);

        var grader = new ResultGrader(later.Catalog, budget, new VerdictQueries(database.Db), Limits, Clock, _log.For<ResultGrader>());
        var grade = await grader.GradeAsync(
            new GradeRequest { Caller = caller, ResultId = Guid.NewGuid(), Prompt = "Hello?", Answer = "Hello.", Assertions = [new Assertion { Type = AssertionType.Judge, Value = "Kind?", Model = "mine" }] }, Cancel);
        Assert.Contains("API key for mine cannot be read any more", grade.Outcomes[0].Why, StringComparison.Ordinal);
        Assert.Empty(server.Requests);

        await later.Keys.ReplaceAsync(caller, key.Id, "sk-another-key-27182818-next", Cancel);
        Assert.Empty(await later.Catalog.UnreadableAsync(caller, Cancel));
        Assert.NotNull(await later.Catalog.FindAsync(caller, "Mine", Cancel));
    }

    [Fact]
    public async Task The_key_is_in_no_column_log_line_or_text()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Error(401, $"Incorrect API key provided: {Key}"));
        using var node = Node();
        var caller = await PersonAsync();
        var key = await node.UseAsync(caller, server.Endpoint, "Mine", Key);
        var model = (await node.Catalog.FindAsync(caller, "Mine", Cancel))!;
        var failure = await Assert.ThrowsAsync<ModelFailure>(() => node.Catalog.Client(model).GetResponseAsync("Hello", cancellationToken: Cancel));
        _log.Write(failure.ToString());
        var removed = (await node.Keys.RemoveAsync(caller, key.Id, Cancel))!;
        await node.Keys.RestoreAsync(caller, removed, Cancel);
        _log.Write(new EnteredKey { Name = "Mine", Provider = "openai", Key = Key }.ToString());
        _log.Write($"{removed} {model} {JsonSerializer.Serialize(model)} {JsonSerializer.Serialize(removed)} {JsonSerializer.Serialize(await node.Keys.ListAsync(caller, Cancel))}");

        var row = await database.OwnerScalarAsync<string>("select k::text from public.provider_keys k where id = @id", ("id", key.Id));
        Assert.DoesNotContain("3141592653589793", row, StringComparison.Ordinal);
        Assert.Contains("tail", row, StringComparison.Ordinal);
        Assert.DoesNotContain(_log.Lines, line => line.Contains("3141592653589793", StringComparison.Ordinal));
        Assert.Equal(FailureKind.RefusedKey, failure.Kind);
        Assert.Contains("Replace the key on the page Models", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_host_logs_no_key_at_any_level()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(_log.Provider());
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["OwnKeys:AllowHttp"] = "true", ["OwnKeys:AllowedHosts"] = "127.0.0.1", ["Ollama:Endpoint"] = "none" });
        builder.Services.AddSingleton(database.Db);
        builder.AddModels();
        builder.Services.AddSingleton<IDataProtectionProvider>(_protection);
        await using var app = builder.Build();
        await app.StartAsync(Cancel);
        var (keys, runner, caller) = (app.Services.GetRequiredService<OwnKeys>(), app.Services.GetRequiredService<PromptRunner>(), await PersonAsync());

        var id = await keys.AddAsync(caller, new() { Name = "Mine", Provider = ModelSettings.OpenAi, Endpoint = server.Endpoint, Key = Key }, Cancel);
        var listed = await keys.TestAsync(caller, Assert.Single((await keys.ListAsync(caller, Cancel)).Keys), Cancel);
        await keys.UseAsync(caller, keys.Suggested(id, "Mine", listed[0], []), Cancel);
        var model = (await app.Services.GetRequiredService<ModelCatalog>().FindAsync(caller, "scripted-1", Cancel))!;
        var promptId = await database.CreatePromptAsync(caller.UserId!.Value);
        await RunOneAsync(runner, caller, promptId, model);
        server.Answer = _ => ScriptedAnswer.Error(401, $"Incorrect API key provided: {Key}");
        await RunOneAsync(runner, caller, promptId, model);
        await app.StopAsync(Cancel);

        Assert.Equal(2, server.Requests.Count(request => request.Headers["Authorization"] == "Bearer " + Key));
        Assert.NotEmpty(_log.Lines);
        Assert.DoesNotContain(_log.Lines, line => line.Contains("3141592653589793", StringComparison.Ordinal));
        Assert.Equal(0, await database.OwnerScalarAsync<long>("select count(*) from public.test_results r where r::text like '%3141592653589793%'"));
        Assert.Equal(2, await database.OwnerScalarAsync<long>("select count(*) from public.test_results where user_id = @id", ("id", caller.UserId)));
    }

    private static async Task RunOneAsync(PromptRunner runner, Caller caller, Guid promptId, ModelSettings model)
    {
        var run = await runner.StartAsync(new RunPlan
        {
            Caller = caller,
            PromptId = promptId,
            Cells = [new PlannedCell { PromptId = promptId, Model = model, Temperature = 1, ResolvedPrompt = "Say hello.", VariableValues = new Dictionary<string, string>() }],
        }, Cancel);
        await run!.Completion.WaitAsync(Cancel);
    }

    [Fact]
    public async Task The_secret_can_be_read_by_nobody_but_the_program()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var node = Node();
        var caller = await PersonAsync();
        await node.UseAsync(caller, server.Endpoint, "Mine", Key);

        foreach (var sql in new[] { "select secret from public.provider_keys", "select * from public.provider_keys", "select * from internal.list_own_models(auth.uid())", "update public.provider_keys set endpoint = 'https://evil.example'" })
            Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => database.Db.QueryAsync<string>(caller, sql, null, Cancel))).SqlState);
        Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => database.Db.QueryAsync<string>(Caller.App, "select secret from public.provider_keys", null, Cancel))).SqlState);
    }

    [Fact]
    public async Task A_replaced_or_removed_key_is_out_of_use_here_at_once_and_at_other_nodes_within_half_a_minute()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var here = Node();
        using var there = Node();
        var caller = await PersonAsync();
        var key = await here.UseAsync(caller, server.Endpoint, "Mine", Key);
        Assert.Equal(Key, (await there.Catalog.FindAsync(caller, "Mine", Cancel))!.ApiKey);
        var client = here.Catalog.Client((await here.Catalog.FindAsync(caller, "Mine", Cancel))!);

        await here.Keys.ReplaceAsync(caller, key.Id, "sk-another-key-27182818-next", Cancel);
        var model = (await here.Catalog.FindAsync(caller, "Mine", Cancel))!;
        Assert.NotSame(client, here.Catalog.Client(model));
        await here.Catalog.Client(model).GetResponseAsync("Hello", cancellationToken: Cancel);
        Assert.Equal("Bearer sk-another-key-27182818-next", Assert.Single(server.Requests).Headers["Authorization"]);
        Assert.Equal("next", Assert.Single((await here.Keys.ListAsync(caller, Cancel)).Keys).Hint);
        Clock.Advance(OwnModels.Believed);
        Assert.Equal("sk-another-key-27182818-next", (await there.Catalog.FindAsync(caller, "Mine", Cancel))!.ApiKey);

        await here.Keys.RemoveAsync(caller, key.Id, Cancel);
        Assert.Null(await here.Catalog.FindAsync(caller, "Mine", Cancel));
        Clock.Advance(OwnModels.Believed);
        Assert.Null(await there.Catalog.FindAsync(caller, "Mine", Cancel));
        Assert.Equal(0, await database.OwnerScalarAsync<long>("select count(*) from public.provider_keys where user_id = @id", ("id", caller.UserId)));
    }

    [Fact]
    public async Task Between_looks_at_the_database_nothing_is_asked()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var node = Node();
        var caller = await PersonAsync();
        await node.UseAsync(caller, server.Endpoint, "Mine", Key);

        var first = await node.Catalog.FindAsync(caller, "Mine", Cancel);
        Assert.Same(first, await node.Catalog.FindAsync(caller, "mine", Cancel));
        Assert.Same(node.Catalog.Client(first!), node.Catalog.Client(first!));
        Clock.Advance(OwnModels.Believed);
        var again = await node.Catalog.FindAsync(caller, "Mine", Cancel);
        Assert.NotSame(first, again);
        // The same settings: the client stays.
        Assert.Same(node.Catalog.Client(first!), node.Catalog.Client(again!));
    }

    [Fact]
    public async Task Removing_a_key_can_be_undone_with_its_models_prices_and_days()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var node = Node();
        var caller = await PersonAsync();
        var key = await node.UseAsync(caller, server.Endpoint, "Mine", Key);
        var priced = new KeyModel { KeyId = key.Id, Name = "Mine", Model = "scripted-1", InputPricePerMillion = 0.15m, OutputPricePerMillion = 0.6m, PricedOn = new(2026, 11, 23), ContextTokens = 128_000, MaxOutputTokens = 4096 };
        await node.Keys.ChangeAsync(caller, priced, Cancel);

        var removed = await node.Keys.RemoveAsync(caller, key.Id, Cancel);
        Assert.Empty((await node.Keys.ListAsync(caller, Cancel)).Models);
        await node.Keys.RestoreAsync(caller, removed!, Cancel);

        Assert.Equal(priced, Assert.Single((await node.Keys.ListAsync(caller, Cancel)).Models));
        var model = (await node.Catalog.FindAsync(caller, "Mine", Cancel))!;
        Assert.Equal((Key, 0.15m, 0.6m, new DateOnly(2026, 11, 23), 128_000, 4096), (model.ApiKey, model.InputPricePerMillion, model.OutputPricePerMillion, model.PricedOn, model.ContextTokens, model.MaxOutputTokens));
        Assert.Equal("The key is back already.", (await Assert.ThrowsAsync<EntryProblem>(() => node.Keys.RestoreAsync(caller, removed!, Cancel))).Message);
    }

    [Fact]
    public async Task Names_are_unique_for_a_person_and_shadow_no_model_of_the_site()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var node = Node(server.Settings());
        var caller = await PersonAsync();
        var key = await node.UseAsync(caller, server.Endpoint, "Mine", Key);

        async Task RefusedAsync(string field, string name, string model = "other")
        {
            var problem = await Assert.ThrowsAsync<EntryProblem>(() => node.Keys.UseAsync(caller, new() { KeyId = key.Id, Name = name, Model = model }, Cancel));
            Assert.Equal(field, problem.Field);
        }

        await RefusedAsync("Name", "SCRIPTED");
        await RefusedAsync("Name", "mine");
        await RefusedAsync("Name", " ");
        await RefusedAsync("Name", new string('n', 51));
        await RefusedAsync("Model", "Third", "scripted-1");
        await RefusedAsync("Model", "Third", " ");
        Assert.Equal("Name", (await Assert.ThrowsAsync<EntryProblem>(() => node.AddAsync(caller, server.Endpoint, "mine", Key))).Field);

        // A model that the site gets later comes first; the person's own waits for another name.
        node.Catalog.Replace([server.Settings("Mine")]);
        Assert.False(Assert.Single(await node.Catalog.ForAsync(caller, Cancel)).IsOwn);
        Assert.False((await node.Catalog.FindAsync(caller, "Mine", Cancel))!.IsOwn);
    }

    [Fact]
    public async Task A_suggested_name_is_free_and_short_enough_and_a_routers_prices_are_taken_over()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var node = Node(server.Settings("gpt-4o"));
        var id = Guid.NewGuid();

        Assert.Equal("gpt-4o (Work)", node.Keys.Suggested(id, "Work", new("gpt-4o"), []).Name);
        Assert.Equal("gpt-4o (2)", node.Keys.Suggested(id, "Work", new("gpt-4o"), ["gpt-4o (work)"]).Name);
        var longest = node.Keys.Suggested(id, "Work", new(new string('x', 80) + "-end"), []);
        Assert.Equal(50, longest.Name.Length);
        Assert.EndsWith("-end", longest.Name, StringComparison.Ordinal);
        var routed = node.Keys.Suggested(id, "Work", new("a/b") { InputPricePerMillion = 0.15m, OutputPricePerMillion = 0.6m }, []);
        Assert.Equal((0.15m, 0.6m, new DateOnly(2026, 11, 22)), (routed.InputPricePerMillion, routed.OutputPricePerMillion, routed.PricedOn));
    }

    [Fact]
    public async Task What_is_entered_is_looked_at_before_anything_is_kept()
    {
        using var node = Node();
        var caller = await PersonAsync();

        async Task RefusedAsync(string field, string? endpoint, string? key, string name = "Mine", string provider = ModelSettings.OpenAi) =>
            Assert.Equal(field, (await Assert.ThrowsAsync<EntryProblem>(() =>
                node.Keys.AddAsync(caller, new() { Name = name, Provider = provider, Endpoint = endpoint, Key = key }, Cancel))).Field);

        await RefusedAsync("Name", null, Key, " ");
        await RefusedAsync("Provider", null, Key, provider: "gemini");
        await RefusedAsync("Key", null, null);
        await RefusedAsync("Key", null, "sk-with a space");
        await RefusedAsync("Key", null, "sk-schlüssel");
        await RefusedAsync("Key", null, "", provider: ModelSettings.Anthropic);
        await RefusedAsync("Endpoint", "https://169.254.169.254", Key);
        Assert.Empty((await node.Keys.ListAsync(caller, Cancel)).Keys);
    }

    [Fact]
    public async Task Where_they_are_switched_off_no_key_can_be_added()
    {
        using var node = Node(new EndpointRules { Enabled = false });

        Assert.False(node.Keys.Enabled);
        await Assert.ThrowsAsync<EntryProblem>(async () => await node.AddAsync(await PersonAsync(), "http://127.0.0.1/v1", "Mine", Key));
    }

    [Fact]
    public async Task A_server_that_wants_no_key_gets_none_and_a_short_key_has_no_hint()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var node = Node();
        var caller = await PersonAsync();

        var open = await node.UseAsync(caller, server.Endpoint, "Open", null);
        var brief = await node.AddAsync(caller, server.Endpoint, "Short", "secret");
        await node.Keys.TestAsync(caller, open, Cancel);
        await node.Catalog.Client((await node.Catalog.FindAsync(caller, "Open", Cancel))!).GetResponseAsync("Hello", cancellationToken: Cancel);

        Assert.False(Assert.Single(server.Requests).Headers.ContainsKey("Authorization"));
        Assert.False(Assert.Single(server.Listings).ContainsKey("Authorization"));
        Assert.Null(open.Hint);
        Assert.Null(brief.Hint);
    }

    [Fact]
    public async Task A_key_that_is_used_says_when()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var node = Node();
        var caller = await PersonAsync();
        var key = await node.UseAsync(caller, server.Endpoint, "Mine", Key);
        Assert.Null(key.LastUsedAt);

        await new ProviderKeyQueries(database.Db).NoteUseAsync(key.Id, Cancel);

        Assert.NotNull(Assert.Single((await node.Keys.ListAsync(caller, Cancel)).Keys).LastUsedAt);
    }

    [Fact]
    public async Task A_provider_that_refuses_the_key_or_has_no_list_is_told_plainly()
    {
        var server = await ScriptedOpenAi.StartAsync();
        using var node = Node();
        var caller = await PersonAsync();
        var key = await node.AddAsync(caller, server.Address + "/nothing/here", "Elsewhere", Key);

        var nothing = await Assert.ThrowsAsync<ModelFailure>(() => node.Keys.TestAsync(caller, key, Cancel));
        Assert.Contains("no list of models at", nothing.Message, StringComparison.Ordinal);
        Assert.Contains("by hand", nothing.Message, StringComparison.Ordinal);

        var port = new Uri(server.Address).Port;
        await server.DisposeAsync();
        var away = await Assert.ThrowsAsync<ModelFailure>(() => node.Keys.TestAsync(caller, key, Cancel));
        Assert.Equal(FailureKind.Unreachable, away.Kind);
        Assert.Contains($"127.0.0.1:{port}", away.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stricter_settings_keep_a_kept_endpoint_from_being_called()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        using var before = Node();
        using var after = Node(new EndpointRules());
        var caller = await PersonAsync();
        var key = await before.UseAsync(caller, server.Endpoint, "Mine", Key);

        var call = await Assert.ThrowsAsync<ModelFailure>(async () => await after.Catalog.Client((await after.Catalog.FindAsync(caller, "Mine", Cancel))!).GetResponseAsync("Hello", cancellationToken: Cancel));
        var test = await Assert.ThrowsAsync<ModelFailure>(() => after.Keys.TestAsync(caller, key, Cancel));

        Assert.Equal((FailureKind.EndpointRefused, FailureKind.EndpointRefused), (call.Kind, test.Kind));
        Assert.Empty(server.Requests);
        Assert.Empty(server.Listings);
    }

    [Fact]
    public async Task Twenty_keys_are_the_most()
    {
        using var node = Node();
        var caller = await PersonAsync();
        await database.OwnerAsync(
            "insert into public.provider_keys (id, user_id, name, provider, endpoint) select gen_random_uuid(), @id, 'Key ' || n, 'openai', 'https://api.example.test/v1' from generate_series(1, 20) n",
            ("id", caller.UserId));

        Assert.Contains("20 keys are the most", (await Assert.ThrowsAsync<EntryProblem>(() => node.AddAsync(caller, "http://127.0.0.1:9000/v1", "Mine", Key))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Earlier_answers_of_a_prompt_say_how_long_the_next_will_be()
    {
        var caller = await PersonAsync();
        var prompt = await database.CreatePromptAsync(caller.UserId!.Value);
        await database.OwnerAsync(
            """
            insert into public.test_results (prompt_id, user_id, model, temperature, variable_values, resolved_prompt, output_tokens)
            select @prompt, @id, m, 1, '{}', 'A text', n from (values ('A', 10), ('A', 30), ('A', null), ('A', 0), ('B', 7)) v (m, n)
            """,
            ("prompt", prompt), ("id", caller.UserId));

        var earlier = await new EarlierOutputQueries(database.Db).OfPromptAsync(caller, prompt, Cancel);

        Assert.Equal([("A", 10, 30, 2), ("B", 7, 7, 1)], earlier.OrderBy(one => one.Model).Select(one => (one.Model, one.Least, one.Most, one.Answers)));
        Assert.Empty(await new EarlierOutputQueries(database.Db).OfPromptAsync(await PersonAsync(), prompt, Cancel));
    }

    private async Task<Caller> PersonAsync() => Caller.User(await database.CreateUserAsync());

    private OneNode Node(params ModelSettings[] site) => new(this, Allowing, site);

    private OneNode Node(string secret) => new(this, Allowing, [], secret);

    private OneNode Node(EndpointRules rules) => new(this, rules, []);

    /// <summary>What one process of several has.</summary>
    private sealed class OneNode : IDisposable
    {
        public OneNode(OwnKeysTests test, EndpointRules rules, ModelSettings[] site, string? secret = null, Db? db = null)
        {
            db ??= test.Db;
            var (queries, models, guard) = (new ProviderKeyQueries(db), new KeyModelQueries(db), new EndpointGuard(rules, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("8.8.8.8")])));
            var vault = new KeyVault(test._protection, secret);
            var own = new OwnModels(queries, vault, test.Clock, test._log.For<OwnModels>());
            Catalog = new ModelCatalog(site, Limits, test.Clock, own, guard);
            Keys = new OwnKeys(queries, models, own, Catalog, guard, vault, test.Clock);
        }

        public ModelCatalog Catalog { get; }

        public OwnKeys Keys { get; }

        public async Task<ProviderKey> AddAsync(Caller caller, string endpoint, string name, string? key, string provider = ModelSettings.OpenAi)
        {
            var id = await Keys.AddAsync(caller, new() { Name = name, Provider = provider, Endpoint = endpoint, Key = key }, Cancel);
            return (await Keys.ListAsync(caller, Cancel)).Keys.Single(one => one.Id == id);
        }

        /// <summary>A key with one model of the same name.</summary>
        public async Task<ProviderKey> UseAsync(Caller caller, string endpoint, string name, string? key)
        {
            var added = await AddAsync(caller, endpoint, name, key);
            await Keys.UseAsync(caller, new() { KeyId = added.Id, Name = name, Model = "scripted-1" }, Cancel);
            return added;
        }

        public void Dispose() => Catalog.Dispose();
    }

    private Db Db => database.Db;

    /// <summary>All that was logged, with exceptions.</summary>
    private sealed class LogLines
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> Lines => _lines;

        public void Write(string line) => _lines.Enqueue(line);

        public ILogger<T> For<T>() => new Of<T>(this);

        public ILoggerProvider Provider() => new Everything(this);

        private sealed class Everything(LogLines lines) : ILoggerProvider
        {
            public ILogger CreateLogger(string categoryName) => new Of<LogLines>(lines);

            public void Dispose()
            {
            }
        }

        private sealed class Of<T>(LogLines lines) : ILogger<T>
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Write($"{formatter(state, exception)} {exception}");
        }
    }
}
