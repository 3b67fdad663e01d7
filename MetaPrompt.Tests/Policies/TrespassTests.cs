using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Policies;

/// <summary>What somebody would try who can send any SQL as themselves: each attempt fails, and nothing has changed.</summary>
public sealed class TrespassTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Nothing = "0";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Theory]
    // Giving a row away, or taking one.
    [InlineData("owner", "update public.prompts set user_id = @Stranger where id = @PlainPrompt", Actor.Refused)]
    [InlineData("owner", "update public.prompt_templates set user_id = @Stranger where id = @PublicTemplate", Actor.Refused)]
    [InlineData("owner", "update public.user_favorites set user_id = @Stranger", Actor.Refused)]
    [InlineData("stranger", "update public.prompts set user_id = @Stranger where id = @PlainPrompt", Actor.Refused)]
    [InlineData("stranger", "update public.prompts set title = 'Mine now' where id = @PublicPrompt", Nothing)]
    [InlineData("stranger", "update public.prompts set is_public = true where id = @PrivatePrompt", Nothing)]
    [InlineData("stranger", "update public.prompts set deleted_at = null where id = @DeletedPrompt", Nothing)]
    [InlineData("stranger", "delete from public.prompt_templates where id = @PublicTemplate", Nothing)]
    [InlineData("stranger", "update public.users set full_name = 'Fool' where id = @Person", Nothing)]
    // Writing in somebody else's name.
    [InlineData("stranger", "insert into public.prompts (user_id, title, goal, template) values (@Person, 't', 'g', 't')", Actor.Refused)]
    [InlineData("stranger", "insert into public.user_favorites (user_id, template_id) values (@Person, @PublicTemplate)", Actor.Refused)]
    [InlineData("stranger", "insert into public.prompt_templates (prompt_id, user_id) values (@PlainPrompt, @Person)", Actor.Refused)]
    [InlineData("anon", "insert into public.user_favorites (user_id, template_id) values (@Person, @PublicTemplate)", Actor.Refused)]
    [InlineData("no claims", "insert into public.prompts (user_id, title, goal, template) values (null, 't', 'g', 't')", Actor.Refused)]
    // Hanging something of one's own on a stranger's row.
    [InlineData("stranger", "insert into public.prompt_templates (prompt_id, user_id) values (@PlainPrompt, @Stranger)", PostgresErrorCodes.ForeignKeyViolation)]
    [InlineData("stranger", "insert into public.test_results (prompt_id, user_id, model, temperature, variable_values, resolved_prompt) values (@PublicPrompt, @Stranger, 'm', 1, '{}', 'x')", Actor.Refused)]
    [InlineData("stranger", "insert into public.test_results (prompt_id, user_id, model, temperature, variable_values, resolved_prompt) values (@PlainPrompt, @Stranger, 'm', 1, '{}', 'x')", Actor.Refused)]
    [InlineData("stranger", "insert into public.prompt_answers (prompt_id, question_id, question_text, answer) values (@PublicPrompt, 'q', 'q', 'a')", Actor.Refused)]
    [InlineData("stranger", "insert into public.prompt_answers (prompt_id, question_id, question_text, answer) values (@PlainPrompt, 'q', 'q', 'a')", Actor.Refused)]
    [InlineData("stranger", "insert into public.user_favorites (user_id, template_id) values (@Stranger, @PrivateTemplate)", Actor.Refused)]
    [InlineData("stranger", "insert into public.user_favorites (user_id, template_id) values (@Stranger, gen_random_uuid())", Actor.Refused)]
    [InlineData("stranger", "insert into public.prompt_labels (prompt_id, user_id, label_id) values (@PlainPrompt, @Stranger, @Label)", PostgresErrorCodes.ForeignKeyViolation)]
    [InlineData("stranger", "insert into public.prompt_labels (prompt_id, user_id, label_id) values (@PublicPrompt, @Person, @Label)", Actor.Refused)]
    [InlineData("stranger", "update public.labels set name = 'Fool' where id = @Label", Nothing)]
    [InlineData("stranger", "insert into public.result_links (result_id, user_id, token) values (@Result, @Stranger, repeat('b', 43))", PostgresErrorCodes.UniqueViolation)]
    [InlineData("stranger", "select count(*) from public.delete_results(array[@Result::uuid])", Nothing)]
    [InlineData("stranger", "select count(*) from public.restore_results(array[@DeletedResult::uuid])", Nothing)]
    [InlineData("stranger", "select count(*) from public.find_results('hidden')", Nothing)]
    [InlineData("no claims", "select count(*) from public.delete_results(array[@Result::uuid])", Nothing)]
    [InlineData("no claims", "select count(*) from public.restore_results(array[@DeletedResult::uuid])", Nothing)]
    [InlineData("no claims", "select count(*) from public.find_results('hidden')", Nothing)]
    [InlineData("owner", "select count(*) from public.find_results('hidden')", "1")]
    [InlineData("owner", "update public.labels set user_id = @Stranger where id = @Label", Actor.Refused)]
    // Counters.
    [InlineData("owner", "insert into public.prompt_templates (prompt_id, user_id, likes_count) values (@PlainPrompt, @Person, 99)", Actor.Refused)]
    [InlineData("owner", "insert into internal.counter_deltas (template_id, likes) values (@PublicTemplate, 99)", Actor.Refused)]
    [InlineData("owner", "select public.increment_likes_count(@PublicTemplate)", Actor.Refused)]
    [InlineData("owner", "select internal.fold_counters()", Actor.Refused)]
    [InlineData("anon", "select public.increment_uses_count(@PublicTemplate)", Actor.Refused)]
    // Somebody else's prompts by the functions for one's own.
    [InlineData("stranger", "select public.publish_prompt(@PlainPrompt, 'Writing', '{}')", "P0002")]
    [InlineData("stranger", "select public.publish_prompt(@PublicPrompt, 'Defaced', '{}')", "P0002")]
    [InlineData("owner", "select public.publish_prompt(@DeletedPrompt, 'Writing', '{}')", "P0002")]
    [InlineData("stranger", "select count(refusal) from public.publish_prompts(array[@PlainPrompt::uuid], array[now()], array['public'])", "1")]
    [InlineData("no claims", "select count(refusal) from public.publish_prompts(array[@PlainPrompt::uuid], array[now()], array['public'])", "1")]
    [InlineData("stranger", "select public.duplicate_prompt(@PublicPrompt)", "P0002")]
    [InlineData("stranger", "select public.duplicate_prompt(@PlainPrompt)", "P0002")]
    [InlineData("stranger", "select public.use_template(@PrivateTemplate)", "P0002")]
    [InlineData("stranger", "select public.use_template(gen_random_uuid())", "P0002")]
    [InlineData("no claims", "select public.use_template(@PublicTemplate)", Actor.Refused)]
    [InlineData("no claims", "select public.create_prompt('t', 'g', 't', '[]', '{}', '{}', '{}')", Actor.Refused)]
    // Reading.
    [InlineData("anon", "select count(*) from public.prompts where id = @PrivatePrompt", Nothing)]
    [InlineData("stranger", "select count(*) from public.prompts where template like '%Hidden%'", Nothing)]
    [InlineData("stranger", "select count(*) from public.prompt_answers", Nothing)]
    [InlineData("stranger", "select count(*) from public.get_template(@PrivateTemplate)", Nothing)]
    [InlineData("owner", "select count(*) from public.get_template(@PrivateTemplate)", Nothing)]
    [InlineData("anon", "select count(email) from public.users", Actor.Refused)]
    [InlineData("stranger", "select count(*) from public.users where id = @Person", Nothing)]
    // A policy may not be spied on by what runs before it.
    [InlineData("stranger", "select count(*) from public.prompts where 1 / (case when template = 'Hidden text' then 0 else 1 end) = 1", "2")]
    // Emptying, changing, leaving.
    [InlineData("owner", "truncate public.prompts cascade", Actor.Refused)]
    [InlineData("owner", "alter table public.prompts disable row level security", Actor.Refused)]
    [InlineData("owner", "create policy open on public.prompts for select to authenticated using (true)", Actor.Refused)]
    [InlineData("owner", "create table public.mine (id int)", Actor.Refused)]
    [InlineData("owner", "create function internal.mine() returns int language sql as 'select 1'", Actor.Refused)]
    [InlineData("owner", "set local session_replication_role = replica", Actor.Refused)]
    [InlineData("owner", "copy public.prompts to program 'true'", Actor.Refused)]
    [InlineData("owner", "select count(*) from pg_authid", Actor.Refused)]
    [InlineData("app login", "select count(*) from public.prompts", Actor.Refused)]
    [InlineData("app login", "select public.use_template(@PublicTemplate)", Actor.Refused)]
    // Becoming somebody with more rights.
    [InlineData("owner", "set role postgres", Actor.Refused)]
    [InlineData("owner", "set role service_role", Actor.Refused)]
    [InlineData("owner", "select set_config('role', 'service_role', true)", Actor.Refused)]
    [InlineData("owner", "set session authorization postgres", Actor.Refused)]
    [InlineData("anon", "set role postgres", Actor.Refused)]
    [InlineData("app login", "set role pg_read_all_data", Actor.Refused)]
    [InlineData("app login", "alter role metaprompt_app bypassrls", Actor.Refused)]
    [InlineData("app login", "grant service_role to metaprompt_app", Actor.Refused)]
    public async Task An_attempt_leads_nowhere(string who, string sql, string outcome)
    {
        var scene = await Scene.CreateAsync(database);
        var tables = await Scene.ListAsync(database, Scene.AllTables);
        var before = await scene.RowsAsync(tables);

        var actor = scene.Actors.Single(actor => actor.Name == who);
        Assert.Equal(outcome, await actor.TryAsync(
            database.AppDataSource, sql, _ct, [.. scene.Owner.Parameters()!, ("Stranger", scene.Stranger)]));

        Assert.Equal(before.Order(StringComparer.Ordinal), (await scene.RowsAsync(tables)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"sub":null}""", "2")]
    [InlineData("""{"role":"service_role"}""", "2")]
    [InlineData("""{"role":"postgres","sub":"00000000-0000-0000-0000-000000000000"}""", "2")]
    [InlineData("""{"user_id":"@Person"}""", "2")]
    [InlineData("""{"SUB":"@Person"}""", "2")]
    [InlineData("""[{"sub":"@Person"}]""", "2")]
    [InlineData("\"@Person\"", "2")]
    [InlineData("""{"sub":["@Person"]}""", PostgresErrorCodes.InvalidTextRepresentation)]
    [InlineData("""{"sub":"' or true --"}""", PostgresErrorCodes.InvalidTextRepresentation)]
    [InlineData("""{"sub":"@Person'"}""", PostgresErrorCodes.InvalidTextRepresentation)]
    [InlineData("""{"sub":""}""", PostgresErrorCodes.InvalidTextRepresentation)]
    [InlineData("not json", PostgresErrorCodes.InvalidTextRepresentation)]
    [InlineData("""{"sub":"@Person","sub":"00000000-0000-0000-0000-000000000000"}""", "2")]
    public async Task Claims_that_are_not_a_persons_show_published_prompts_at_most(string claims, string outcome)
    {
        var scene = await Scene.CreateAsync(database);
        var forged = new Actor("forged", "authenticated", claims.Replace("@Person", scene.Owner.Person.ToString(), StringComparison.Ordinal));

        Assert.Equal(outcome, await forged.TryAsync(database.AppDataSource, "select count(*) from public.prompts", _ct));
    }

    [Fact]
    public async Task A_visitor_with_a_persons_claims_is_still_a_visitor()
    {
        var scene = await Scene.CreateAsync(database);
        var forged = new Actor("forged", "anon", Actor.Person("", scene.Owner.Person).Claims);

        Assert.Equal("2", await forged.TryAsync(database.AppDataSource, "select count(*) from public.prompts", _ct));
        Assert.Equal(Actor.Refused, await forged.TryAsync(database.AppDataSource, "select count(*) from public.prompt_answers", _ct));
        Assert.Equal(Actor.Refused, await forged.TryAsync(database.AppDataSource, "select count(*) from public.users", _ct));
    }

    [Theory]
    [InlineData("unpublished")]
    [InlineData("deleted")]
    public async Task A_template_taken_back_is_nowhere_to_be_seen_any_more(string how)
    {
        await using var own = await TestDatabase.CreateAsync();
        var prompts = new PromptQueries(own.Db);
        var gallery = new GalleryQueries(own.Db);
        var favorites = new FavoriteQueries(own.Db);
        var publish = new PublishQueries(own.Db);
        var author = await own.CreateUserAsync(name: "Ada");
        var fan = Caller.User(await own.CreateUserAsync());
        var prompt = await own.CreatePromptAsync(author, "Unmistakable", "Goal", "Text");
        var template = await publish.PublishAsync(Caller.User(author), prompt, "Writing", ["tag"], _ct);
        await favorites.SetAsync(fan, template, favorite: true, _ct);
        Assert.Equal(8, await SeenAsync());

        if (how == "deleted")
            Assert.True(await prompts.DeleteAsync(Caller.User(author), prompt, _ct));
        else
            Assert.True(await publish.UnpublishAsync(Caller.User(author), prompt, _ct));

        Assert.Equal(0, await SeenAsync());
        await Assert.ThrowsAsync<PostgresException>(() => gallery.UseAsync(fan, template, _ct));
        var latecomer = Caller.User(await own.CreateUserAsync());
        await Assert.ThrowsAsync<PostgresException>(() => favorites.SetAsync(latecomer, template, favorite: true, _ct));

        // In how many of eight ways somebody else can see it.
        async Task<int> SeenAsync()
        {
            var seen = 0;
            foreach (var caller in new[] { Caller.Anonymous, fan })
            {
                seen += await gallery.FindAsync(caller, template, _ct) is null ? 0 : 1;
                seen += (await gallery.SearchAsync(caller, new TemplateSearch { Query = "unmistakable" }, _ct)).Count;
                seen += await new AuthorQueries(own.Db).FindAsync(caller, author, _ct) is null ? 0 : 1;
            }

            seen += (await favorites.PageAsync(fan, null, 10, _ct)).Count;
            seen += (int)await own.OwnerScalarAsync<long>("select count(*) from public.get_popular_templates()");
            Assert.Equal(seen == 0 ? 0 : 1, (await gallery.CategoriesAsync(Caller.Anonymous, _ct)).Count);
            return seen;
        }
    }

    [Fact]
    public async Task Whoever_may_not_see_a_test_result_cannot_page_or_delete_it()
    {
        var scene = await Scene.CreateAsync(database);
        var results = new TestResultQueries(database.Db);
        var mine = Assert.Single(await results.PageAsync(Caller.User(scene.Owner.Person), scene.Owner.PrivatePrompt, null, 10, _ct));

        foreach (var other in new[] { scene.Stranger, scene.Bystander.Person })
        {
            Assert.Empty(await results.PageAsync(Caller.User(other), scene.Owner.PrivatePrompt, null, 10, _ct));
            Assert.False(await results.DeleteAsync(Caller.User(other), mine.Id, _ct));
        }

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => results.DeleteAsync(Caller.Anonymous, mine.Id, _ct));
        Assert.Equal(Actor.Refused, refusal.SqlState);
        Assert.Single(await results.PageAsync(Caller.User(scene.Owner.Person), scene.Owner.PrivatePrompt, null, 10, _ct));
    }
}
