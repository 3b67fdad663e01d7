using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Accounts;

/// <summary>The download of one account, brought into another one, into itself, and forged.</summary>
public sealed class AccountImportTests(AccountImportTests.Shared shared) : IClassFixture<AccountImportTests.Shared>
{
    // What is a row's own here and does not follow from the file: ids given anew, and the moment it was brought in.
    private static readonly Dictionary<string, string[]> GivenAnew = new()
    {
        ["prompts"] = ["is_public"],
        ["prompt_versions"] = ["id"],
        ["prompt_answers"] = [],
        ["prompt_drafts"] = [],
        ["labels"] = ["id", "created_at"],
        ["test_cases"] = [],
        ["prompt_assertions"] = ["updated_at"],
        ["parameter_presets"] = ["id", "created_at"],
        ["test_runs"] = [],
        ["test_results"] = [],
        ["test_verdicts"] = [],
        ["collections"] = ["id", "created_at", "updated_at", "is_shared"],
        ["user_favorites"] = [],
        ["follows"] = ["created_at"],
    };

    private readonly TestDatabase _database = shared.Database;
    private readonly AccountSite _site = shared.Site;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_account_has_all_of_it_afterwards_and_the_same_file_again_adds_nothing()
    {
        var (from, fromId) = await SomebodyAsync();
        var (to, toId) = await SomebodyAsync();
        await FillAsync(fromId);
        var file = await DownloadAsync(from);

        var first = await BringAsync(to, file);
        var brought = JsonNode.Parse(await DownloadAsync(to))!.AsObject();
        var again = await BringAsync(to, file);

        Assert.Contains("Brought in", first, StringComparison.Ordinal);
        Assert.Contains("All of it is here already", again, StringComparison.Ordinal);
        var mine = JsonNode.Parse(file)!.AsObject();
        var names = await NamesAsync(mine, fromId, toId);
        foreach (var (section, anew) in GivenAnew)
        {
            Assert.NotEmpty(mine[section]!.AsArray());
            var expected = Comparable(mine[section]!.AsArray(), anew, names);
            Assert.Equal(expected, Comparable(brought[section]!.AsArray(), anew, []));
        }

        Assert.Equal(brought["prompts"]!.ToJsonString(), JsonNode.Parse(await DownloadAsync(to))!["prompts"]!.ToJsonString());
        Assert.Equal(0L, await _database.OwnerScalarAsync<long>("select count(*) from public.prompts where user_id = @id and is_public", ("id", toId)));
    }

    [Fact]
    public async Task Brought_into_the_same_account_it_doubles_nothing_and_brings_back_what_is_gone()
    {
        var (browser, id) = await SomebodyAsync();
        await FillAsync(id);
        var file = await DownloadAsync(browser);

        Assert.Contains("All of it is here already", await BringAsync(browser, file), StringComparison.Ordinal);
        await _database.OwnerAsync("delete from public.test_cases where user_id = @id; delete from public.labels where user_id = @id", ("id", id));
        Assert.Contains("Brought in", await BringAsync(browser, file), StringComparison.Ordinal);

        Assert.Equal(1L, await _database.OwnerScalarAsync<long>("select count(*) from public.test_cases where user_id = @id", ("id", id)));
        Assert.Equal(1L, await _database.OwnerScalarAsync<long>("select count(*) from public.prompt_labels where user_id = @id", ("id", id)));
        Assert.Equal(1L, await _database.OwnerScalarAsync<long>("select count(*) from public.prompts where user_id = @id", ("id", id)));
    }

    [Fact]
    public async Task A_forged_file_reaches_nothing_of_others()
    {
        var (victim, victimId) = await SomebodyAsync();
        var (thief, thiefId) = await SomebodyAsync();
        await FillAsync(victimId);
        var before = await DownloadAsync(victim);
        var forged = JsonNode.Parse(before)!.AsObject();
        // Only the parts: their prompt is not in the file, so everything else points at the victim's own.
        forged["prompts"] = new JsonArray();
        forged["prompt_versions"] = new JsonArray();

        await BringAsync(thief, forged.ToJsonString());

        Assert.Equal(WithoutMoment(before), WithoutMoment(await DownloadAsync(victim)));
        foreach (var table in new[] { "prompts", "test_results", "test_cases", "prompt_assertions", "test_runs", "test_cells", "test_verdicts", "prompt_labels" })
            Assert.Equal(0L, await _database.OwnerScalarAsync<long>($"select count(*) from public.{table} where user_id = @id", ("id", thiefId)));
    }

    [Theory]
    [InlineData("", "Choose a file first")]
    [InlineData("no JSON at all", "no download of an account")]
    [InlineData("[]", "no download of an account")]
    [InlineData("""{"format":"metaprompt.account/1"}""", "nothing in that file")]
    [InlineData("""{"format":"metaprompt.account/1","prompts":[1,null,[]],"labels":"x"}""", "nothing in that file")]
    [InlineData("""{"format":"metaprompt.account/1","prompts":[{}]}""", "not as this program writes it")]
    [InlineData("""{"format":"metaprompt.account/1","prompts":[{"id":"x"}]}""", "not as this program writes it")]
    [InlineData("""{"format":"metaprompt.account/1","labels":[{"name":"fine"}],"test_runs":[{"id":7}]}""", "not as this program writes it")]
    [InlineData("""{"format":"metaprompt.account/1","prompt_drafts":[{"id":"7d5c7f3e-8f7d-4c0e-9a55-0d2b7d9b8f11","goal":"\u0000","step":"Goal","state":"{}"}]}""", "not as this program writes it")]
    public async Task What_is_no_such_file_is_refused_in_words(string file, string words)
    {
        var (browser, id) = await SomebodyAsync();
        Assert.Contains(words, await BringAsync(browser, file), StringComparison.Ordinal);
        Assert.Equal(0L, await _database.OwnerScalarAsync<long>("select count(*) from public.prompts where user_id = @id", ("id", id)));
    }

    [Fact]
    public async Task A_full_list_keeps_the_rest_out_and_says_so()
    {
        var (browser, id) = await SomebodyAsync();
        await _database.OwnerAsync("insert into public.labels (user_id, name) select @id, 'L' || n from generate_series(1, 199) n", ("id", id));

        var page = await BringAsync(browser, """{"format":"metaprompt.account/1","labels":[{"name":"one"},{"name":"two"}],"parameter_presets":[{"name":"P","temperatures":[0.5],"parameters":{}}]}""");

        Assert.Contains("Some lists have a most", page, StringComparison.Ordinal);
        // One new, none left out, one without room.
        Assert.Matches("labels</th>\\s*<td class=\"number\">1</td>\\s*<td class=\"number\">0</td>\\s*<td class=\"number\">1</td>", page);
        Assert.Equal(200L, await _database.OwnerScalarAsync<long>("select count(*) from public.labels where user_id = @id", ("id", id)));
        Assert.Equal(1L, await _database.OwnerScalarAsync<long>("select count(*) from public.parameter_presets where user_id = @id", ("id", id)));
    }

    private async Task<(Browser Browser, Guid Id)> SomebodyAsync()
    {
        var email = $"{Guid.NewGuid():N}@example.test";
        var browser = await _site.SignedUpAsync(email);
        return (browser, await _database.OwnerScalarAsync<Guid>("select id from public.users where email = @email", ("email", email)));
    }

    private static async Task<string> DownloadAsync(Browser browser)
    {
        using var answer = await browser.GetAsync("/account/export");
        return await answer.Content.ReadAsStringAsync(Stop);
    }

    private static async Task<string> BringAsync(Browser browser, string file)
    {
        using var answer = await browser.UploadAsync("/account/import", "import", "File", Encoding.UTF8.GetBytes(file), "metaprompt.json", "application/json");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Stop));
    }

    private static string WithoutMoment(string file)
    {
        var json = JsonNode.Parse(file)!.AsObject();
        foreach (var moment in new[] { "exported_at", "sessions", "account" })
            json.Remove(moment);
        return json.ToJsonString();
    }

    private async Task<Dictionary<string, string>> NamesAsync(JsonObject file, Guid from, Guid to)
    {
        var names = new Dictionary<string, string> { [from.ToString()] = to.ToString() };
        foreach (var section in new[] { "prompts", "prompt_answers", "prompt_drafts", "test_cases", "test_runs", "test_results" })
        {
            foreach (var row in file[section]!.AsArray())
            {
                var id = row!["id"]!.GetValue<string>();
                names[id] = (await _database.OwnerScalarAsync<Guid>("select internal.imported_id(@to, @id)", ("to", to), ("id", Guid.Parse(id)))).ToString();
            }
        }

        return names;
    }

    private static List<string> Comparable(JsonArray rows, string[] anew, Dictionary<string, string> names)
    {
        var texts = new List<string>();
        foreach (var row in rows)
        {
            var copy = row!.DeepClone().AsObject();
            foreach (var name in anew)
                copy.Remove(name);
            if (copy["templates"] is JsonArray templates)
            {
                foreach (var template in templates)
                    template!.AsObject().Remove("added_at");
            }

            var text = new StringBuilder(copy.ToJsonString());
            foreach (var (name, here) in names)
                text.Replace(name, here);
            texts.Add(text.ToString());
        }

        texts.Sort(StringComparer.Ordinal);
        return texts;
    }

    // One of each kind, tied together: three versions, an answered run with its verdict, somebody else's template collected.
    private async Task FillAsync(Guid user)
    {
        var prompt = await _database.CreatePromptAsync(user, "First", "A goal");
        await _database.OwnerAsync("update public.prompts set title = 'Second' where id = @p", ("p", prompt));
        await _database.OwnerAsync("update public.prompts set template = 'Say {{words}} twice.' where id = @p", ("p", prompt));
        await _database.OwnerAsync(
            """
            insert into public.prompt_answers (prompt_id, question_id, question_text, answer, position) values (@p, 'q', 'Who?', 'All', 2);
            insert into public.prompt_drafts (id, user_id, goal, step, state) values (gen_random_uuid(), @u, 'later', 'Goal', '{}');
            with made as (insert into public.labels (user_id, name) values (@u, 'Work') returning id)
              insert into public.prompt_labels (prompt_id, user_id, label_id) select @p, @u, id from made;
            insert into public.test_cases (user_id, prompt_id, position, name, variable_values, assertions) values (@u, @p, 3, 'short', '{"words": "a"}', '[]');
            insert into public.prompt_assertions (prompt_id, user_id, assertions) values (@p, @u, '[]');
            insert into public.parameter_presets (user_id, name, temperatures, parameters) values (@u, 'Calm', '{0,0.5}', '{"seed": 1}');
            insert into public.test_runs (id, user_id, prompt_id, ended_at) values (gen_random_uuid(), @u, @p, now());
            insert into public.test_results (prompt_id, user_id, model, temperature, variable_values, resolved_prompt, result, prompt_version, run_id, cell,
                case_id, case_name, cost, outcome, starred)
              select @p, @u, 'm', 0.5, '{"words": "a"}', 'Say a twice.', 'a a', 3, r.id, 0, c.id, 'short', 0.0012, 'done', true
              from public.test_runs r join public.test_cases c using (user_id) where r.user_id = @u;
            insert into public.test_cells (run_id, position, user_id, prompt_id, prompt_version, model, temperature, case_id, variable_values, resolved_prompt, result_id)
              select t.run_id, 0, @u, @p, 3, 'm', 0.5, t.case_id, '{"words": "a"}', 'Say a twice.', t.id from public.test_results t where t.user_id = @u;
            update public.test_cells set state = 'done' where user_id = @u;
            insert into public.test_verdicts (result_id, user_id, passed, outcomes) select id, @u, true, '[]' from public.test_results where user_id = @u;
            """,
            ("p", prompt), ("u", user));
        await _database.OwnerAsync(
            """
            insert into public.user_favorites (user_id, template_id) select @u, template_id from internal.gallery order by template_id limit 1;
            insert into public.follows (follower_id, author_id) select @u, author_id from internal.gallery order by template_id limit 1;
            with made as (insert into public.collections (owner_id, name, description) values (@u, 'Kept', 'for later') returning id)
              insert into public.collection_templates (collection_id, template_id, note)
              select m.id, g.template_id, 'good' from made m, (select template_id from internal.gallery order by template_id limit 1) g;
            """,
            ("u", user));
    }

    public sealed class Shared : IAsyncLifetime
    {
        internal TestDatabase Database { get; } = new() { IsFilled = true };

        internal AccountSite Site { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await Database.InitializeAsync();
            Site = new AccountSite(Database);
        }

        public async ValueTask DisposeAsync()
        {
            await Site.DisposeAsync();
            await Database.DisposeAsync();
        }
    }
}
