using System.Net;
using System.Text.Json.Nodes;
using MetaPrompt.Data;
using MetaPrompt.Data.Accounts;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Accounts;

/// <summary>A person's picture, the download of everything of theirs, and its end.</summary>
public sealed class AccountDataTests(AccountDataTests.Shared shared) : IClassFixture<AccountDataTests.Shared>
{
    // Kept for the gallery's search out of rows that are in the download themselves.
    // And which prompts have a label is in the download with the label; cells come with their run, models with their key.
    // Failed sign-ins are counts of what others tried, gone after seven days and with the account.
    private static readonly string[] Derived =
        ["internal.gallery", "internal.gallery_ranks", "public.prompt_labels", "public.test_cells", "public.key_models", "internal.sign_in_failures"];

    private readonly TestDatabase _database = shared.Database;
    private readonly AccountSite _site = shared.Site;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string NewEmail() => $"{Guid.NewGuid():N}@example.test";

    [Fact]
    public async Task A_picture_is_shown_as_what_its_bytes_are_and_as_nothing_else()
    {
        var email = NewEmail();
        var browser = await _site.SignedUpAsync(email);
        var id = await IdAsync(email);

        using var uploaded = await browser.UploadAsync("/account", "picture", "Picture", Pictures.Png, "page.html", "text/html");
        Assert.Equal(HttpStatusCode.Redirect, uploaded.StatusCode);
        using var picture = await browser.GetAsync($"/avatars/{id}");

        Assert.Equal(HttpStatusCode.OK, picture.StatusCode);
        Assert.Equal("image/png", picture.Content.Headers.ContentType!.MediaType);
        Assert.Equal(Pictures.Png, await picture.Content.ReadAsByteArrayAsync(Stop));
        Assert.Equal("nosniff", picture.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("sandbox", picture.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        using var again = await browser.GetAsync($"/avatars/{id}", ("If-None-Match", picture.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Contains($"src=\"/avatars/{id}?v=", await browser.TextAsync("/account"), StringComparison.Ordinal);

        using var removed = await browser.SubmitAsync("/account", "remove-picture");
        using var gone = await browser.GetAsync($"/avatars/{id}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.DoesNotContain("/avatars/", await browser.TextAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_picture_or_too_large_is_refused_in_words()
    {
        var browser = await _site.SignedUpAsync(NewEmail());

        using var script = await browser.UploadAsync("/account", "picture", "Picture", [.. "<svg onload='alert(1)'/>"u8], "me.png", "image/png");
        Assert.Contains("no PNG, JPEG or WebP", await script.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        using var large = await browser.UploadAsync("/account", "picture", "Picture", [.. Pictures.Png, .. new byte[AvatarQueries.MaxBytes]], "me.png", "image/png");
        Assert.Contains("512 KB is the most", await large.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        using var none = await browser.UploadAsync("/account", "picture", "Picture", [], "empty.png", "image/png");
        Assert.Contains("Choose a file first", await none.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_is_others_to_see_once_its_person_has_published_something()
    {
        var email = NewEmail();
        var browser = await _site.SignedUpAsync(email);
        var id = await IdAsync(email);
        using var uploaded = await browser.UploadAsync("/account", "picture", "Picture", Pictures.Webp, "me.webp", "image/webp");
        var stranger = await _site.SignedUpAsync(NewEmail());

        Assert.Equal(HttpStatusCode.NotFound, (await _site.NewBrowser().GetAsync($"/avatars/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"/avatars/{id}")).StatusCode);
        await PublishAsync(id, await _database.CreatePromptAsync(id));
        Assert.Equal(HttpStatusCode.OK, (await _site.NewBrowser().GetAsync($"/avatars/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync($"/avatars/{id}")).StatusCode);
    }

    [Fact]
    public async Task The_download_has_every_row_of_ones_own_and_none_of_others()
    {
        var (email, otherEmail) = (NewEmail(), NewEmail());
        var browser = await _site.SignedUpAsync(email, "Own Person");
        await _site.SignedUpAsync(otherEmail, "Other Person");
        var (id, other) = (await IdAsync(email), await IdAsync(otherEmail));
        await FillAsync(id, other, "OWN");
        await FillAsync(other, id, "OTHER");

        using var answer = await browser.GetAsync("/account/export");
        var text = await answer.Content.ReadAsStringAsync(Stop);
        var json = JsonNode.Parse(text)!.AsObject();

        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Matches("^attachment; filename=\"?metaprompt-[0-9-]{10}.json\"?$", answer.Content.Headers.ContentDisposition!.ToString());
        Assert.DoesNotContain("OTHER", text, StringComparison.Ordinal);
        Assert.DoesNotContain(otherEmail, text, StringComparison.Ordinal);
        Assert.DoesNotContain("$2a$", text, StringComparison.Ordinal);
        Assert.Equal(email, json["profile"]![0]!["email"]!.GetValue<string>());
        Assert.Equal("OWN goal", json["prompts"]!.AsArray().Single(p => p!["deleted_at"] is null)!["goal"]!.GetValue<string>());
        Assert.Contains(json["prompts"]!.AsArray(), p => p!["deleted_at"] is not null);
        Assert.Equal((2, "Write about {{topic}}."), (json["prompt_versions"]!.AsArray().Count, json["prompt_versions"]![0]!["template"]!.GetValue<string>()));
        var link = Assert.Single(json["prompt_links"]!.AsArray())!.AsObject();
        Assert.Equal(["created_at", "prompt_id"], link.Select(field => field.Key).Order(StringComparer.Ordinal));
        Assert.Equal("OWN answer", json["prompt_answers"]![0]!["answer"]!.GetValue<string>());
        Assert.Equal("OWN result", json["test_results"]![0]!["result"]!.GetValue<string>());
        Assert.Equal("OWN", json["test_runs"]![0]!["cells"]![0]!["resolved_prompt"]!.GetValue<string>());
        Assert.Equal("OWN", json["provider_keys"]![0]!["models"]![0]!["name"]!.GetValue<string>());
        Assert.DoesNotContain("A-SECRET", text, StringComparison.Ordinal);
        Assert.DoesNotContain("A-TOKEN", text, StringComparison.Ordinal);
        Assert.False(json["result_links"]![0]!.AsObject().ContainsKey("token"));
        Assert.Equal("image/png", json["avatar"]![0]!["media_type"]!.GetValue<string>());
        Assert.Equal("OWN collection", json["collections"]![0]!["templates"]![0]!["note"]!.GetValue<string>());

        Assert.Equal(json["prompt_answers"]![0]!["prompt_id"]!.GetValue<string>(), json["labels"]![0]!["prompts"]![0]!.GetValue<string>());

        // The same number of rows as the tables have of theirs, whatever tables there are.
        foreach (var (table, column) in await TablesOfPeopleAsync())
        {
            if (Derived.Contains(table))
                continue;
            var section = table.Split('.')[1] switch
            {
                "user_avatars" => "avatar",
                "users" => "profile",
                var name => name,
            };
            var rows = await _database.OwnerScalarAsync<long>($"select count(*) from {table} where {column} = @id", ("id", id));
            if (table == "internal.administrators")
            {
                Assert.Equal(rows > 0, json["account"]![0]!["is_administrator"]!.GetValue<bool>());
                continue;
            }

            Assert.True(json.ContainsKey(section), $"the download has no section for {table}");
            Assert.True(rows > 0, $"this test puts nothing into {table}");
            Assert.Equal(rows, json[section]!.AsArray().Count);
        }
    }

    [Fact]
    public async Task The_download_of_many_rows_has_all_of_them_once()
    {
        var email = NewEmail();
        var browser = await _site.SignedUpAsync(email);
        var id = await IdAsync(email);
        await _database.OwnerAsync(
            "insert into public.prompts (user_id, title, goal, template) select @id, 'P' || n, 'g', 't' from generate_series(1, 450) n", ("id", id));

        using var answer = await browser.GetAsync("/account/export");
        var prompts = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!["prompts"]!.AsArray();

        Assert.Equal(450, prompts.Select(p => p!["title"]!.GetValue<string>()).Distinct().Count());
        Assert.Equal(450, prompts.Count);
    }

    [Fact]
    public async Task A_visitor_downloads_nothing()
    {
        using var answer = await _site.NewBrowser().GetAsync("/account/export");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    [Fact]
    public async Task Deleting_the_account_wants_the_password_and_the_words()
    {
        var email = NewEmail();
        var browser = await _site.SignedUpAsync(email);

        using var noWords = await browser.SubmitAsync("/account", "delete", ("Form.Secret", Browser.Good), ("Form.Words", "yes"));
        Assert.Contains("Type the words delete my account", WebUtility.HtmlDecode(await noWords.Content.ReadAsStringAsync(Stop)), StringComparison.Ordinal);
        using var wrong = await browser.SubmitAsync("/account", "delete", ("Form.Secret", "not it at all"), ("Form.Words", "delete my account"));
        Assert.Contains("not the password of this account", await wrong.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.True(await browser.IsSignedInAsync());
    }

    [Fact]
    public async Task Deleting_the_account_leaves_no_row_of_its_person_and_every_row_of_others()
    {
        var (email, otherEmail) = (NewEmail(), NewEmail());
        var browser = await _site.SignedUpAsync(email);
        var elsewhere = _site.NewBrowser();
        using var signedIn = await elsewhere.SignInAsync(email);
        await _site.SignedUpAsync(otherEmail);
        var (id, other) = (await IdAsync(email), await IdAsync(otherEmail));
        await FillAsync(id, other, "OWN");
        await FillAsync(other, id, "OTHER");
        var othersBefore = await CountsAsync(other);
        using var failed = await _site.NewBrowser().SignInAsync(email, "not it at all");

        using var deleted = await browser.SubmitAsync("/account", "delete", ("Form.Secret", Browser.Good), ("Form.Words", "Delete my account "));
        Assert.Equal("/login?done=deleted", new Uri(new Uri("http://localhost"), deleted.Headers.Location!).PathAndQuery);

        foreach (var (table, rows) in await CountsAsync(id))
            Assert.True(rows == 0, $"{rows} rows are left in {table}");
        Assert.Equal(0L, await _database.OwnerScalarAsync<long>("select count(*) from auth.users where id = @id", ("id", id)));
        Assert.Equal(0L, await _database.OwnerScalarAsync<long>("select count(*) from public.users where id = @id", ("id", id)));
        Assert.Equal(0L, await _database.OwnerScalarAsync<long>("select count(*) from internal.sign_in_attempts where email_hash = @hash", ("hash", EmailAddress.Hash(email))));
        // What others had of the deleted one's templates goes with those; all else of theirs stays.
        var shared = new[] { "public.user_favorites", "internal.template_uses", "public.follows" };
        Assert.Equal(othersBefore.Where(c => !shared.Contains(c.Table)), (await CountsAsync(other)).Where(c => !shared.Contains(c.Table)));

        Assert.False(await browser.IsSignedInAsync());
        Assert.False(await elsewhere.IsSignedInAsync());
        using var again = await _site.NewBrowser().SignInAsync(email);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        using var anew = await _site.NewBrowser().SignUpAsync(email);
        Assert.Equal(HttpStatusCode.Redirect, anew.StatusCode);
    }

    private Task<Guid> IdAsync(string email) => _database.OwnerScalarAsync<Guid>("select id from public.users where email = @email", ("email", email));

    private async Task<Guid> PublishAsync(Guid user, Guid prompt)
    {
        await _database.OwnerAsync("update public.prompts set is_public = true where id = @id", ("id", prompt));
        return await _database.OwnerScalarAsync<Guid>(
            "insert into public.prompt_templates (prompt_id, user_id) values (@prompt, @user) returning id", ("prompt", prompt), ("user", user));
    }

    // A row in every table that knows people. A table added later has to be filled here, or the test of the download fails.
    private async Task FillAsync(Guid user, Guid other, string mark)
    {
        var prompt = await _database.CreatePromptAsync(user, $"{mark} title", $"{mark} goal");
        var deleted = await _database.CreatePromptAsync(user, $"{mark} deleted", $"{mark} goal");
        await _database.OwnerAsync("update public.prompts set deleted_at = now() where id = @id", ("id", deleted));
        await _database.OwnerAsync("insert into public.prompt_answers (prompt_id, question_id, question_text, answer) values (@p, 'q', 'q', @a)", ("p", prompt), ("a", $"{mark} answer"));
        await _database.OwnerAsync(
            "insert into public.test_results (prompt_id, user_id, model, temperature, variable_values, resolved_prompt, result) values (@p, @u, 'm', 0, '{}', 'r', @r)",
            ("p", prompt), ("u", user), ("r", $"{mark} result"));
        await _database.OwnerAsync(
            """
            insert into public.test_runs (id, user_id, prompt_id) values (gen_random_uuid(), @u, @p);
            insert into public.test_cells (run_id, position, user_id, prompt_id, model, temperature, variable_values, resolved_prompt)
              select id, 0, @u, @p, 'm', 1, '{}', @m from public.test_runs where user_id = @u;
            insert into public.test_cases (user_id, prompt_id, position, name) values (@u, @p, 1, @m);
            insert into public.prompt_assertions (prompt_id, user_id) values (@p, @u);
            insert into public.test_verdicts (result_id, user_id, outcomes) select id, @u, '[]' from public.test_results where user_id = @u;
            insert into public.result_links (result_id, user_id, token) select id, @u, left(repeat(md5(@u::text || 'r'), 2), 43) from public.test_results where user_id = @u;
            insert into internal.deleted_results (id, user_id, prompt_id, result, link)
              values (gen_random_uuid(), @u, @p, jsonb_build_object('result', @m), jsonb_build_object('token', 'A-TOKEN'));
            insert into public.parameter_presets (user_id, name) values (@u, @m);
            insert into public.provider_keys (id, user_id, name, provider, endpoint, secret) values (gen_random_uuid(), @u, @m, 'openai', 'https://api.example.test/v1', 'A-SECRET');
            insert into public.key_models (key_id, user_id, name, model) select id, @u, @m, 'm' from public.provider_keys where user_id = @u;
            insert into public.budgets (user_id, daily_limit) values (@u, 5);
            insert into public.spending (user_id, day) values (@u, current_date);
            """,
            ("p", prompt), ("u", user), ("m", mark));
        await _database.OwnerAsync("insert into public.prompt_links (prompt_id, token) values (@p, left(repeat(md5(@p::text), 2), 43))", ("p", prompt));
        var template = await PublishAsync(user, prompt);
        await _database.OwnerAsync("insert into public.user_favorites (user_id, template_id) values (@u, @t)", ("u", user), ("t", template));
        await _database.OwnerAsync("insert into internal.template_uses (user_id, template_id) values (@u, @t)", ("u", user), ("t", template));
        await _database.OwnerAsync("insert into internal.template_uses (user_id, template_id) values (@u, @t)", ("u", other), ("t", template));
        await _database.OwnerAsync("insert into public.user_favorites (user_id, template_id) values (@u, @t)", ("u", other), ("t", template));
        await _database.OwnerAsync("insert into internal.administrators (user_id) values (@u)", ("u", user));
        await _database.OwnerAsync("insert into public.template_reports (prompt_id, user_id, reason, details) values (@p, @u, 'spam', @m)", ("p", prompt), ("u", user), ("m", mark));
        await _database.OwnerAsync(
            """
            insert into internal.hidden_templates (prompt_id, template_id, owner_id, reason, log_id, was_public, was_unlisted)
            values (gen_random_uuid(), gen_random_uuid(), @u, @m, 1, true, false)
            """, ("u", user), ("m", mark));
        await _database.OwnerAsync("insert into internal.reset_links (token_hash, user_id, expires_at) values (sha256(@u::text::bytea), @u, now())", ("u", user));
        await _database.OwnerAsync("insert into public.prompt_drafts (id, user_id, goal, step, state) values (gen_random_uuid(), @u, @g, 'Goal', '{}')", ("u", user), ("g", $"{mark} draft"));
        await _database.OwnerAsync(
            "with made as (insert into public.labels (user_id, name) values (@u, @n) returning id) insert into public.prompt_labels (prompt_id, user_id, label_id) select @p, @u, id from made",
            ("u", user), ("n", $"{mark} label"), ("p", prompt));
        await _database.OwnerAsync("insert into internal.following_visits (user_id, visited_at, seen_at) values (@u, now(), now())", ("u", user));
        await _database.OwnerAsync("insert into public.follows (follower_id, author_id) values (@u, @o)", ("u", user), ("o", other));
        await _database.OwnerAsync(
            """
            with made as (insert into public.collections (owner_id, name, description) values (@u, @n, @n) returning id)
            insert into public.collection_templates (collection_id, template_id, note) select id, @t, @n from made
            """, ("u", user), ("t", template), ("n", $"{mark} collection"));
        await new AvatarQueries(_database.Db).SaveAsync(Caller.User(user), "image/png", Pictures.Png, Stop);
    }

    private async Task<List<(string Table, long Rows)>> CountsAsync(Guid user)
    {
        var counts = new List<(string, long)>();
        foreach (var (table, column) in await TablesOfPeopleAsync())
            counts.Add((table, await _database.OwnerScalarAsync<long>($"select count(*) from {table} where {column} = @id", ("id", user))));
        return counts;
    }

    // Every table whose rows point at a person, found by their foreign keys and by the usual names.
    private async Task<List<(string Table, string Column)>> TablesOfPeopleAsync()
    {
        await using var command = _database.OwnerDataSource.CreateCommand(
            """
            select c.table_schema || '.' || c.table_name, c.column_name
            from information_schema.columns c
            join information_schema.tables t using (table_schema, table_name)
            where c.table_schema in ('public', 'internal') and t.table_type = 'BASE TABLE'
              and c.column_name in ('user_id', 'author_id', 'owner_id', 'follower_id') and c.data_type = 'uuid'
              -- Who follows is theirs; by whom they are followed is the others'.
              and (c.table_name, c.column_name) <> ('follows', 'author_id')
            order by 1
            """);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var tables = new List<(string, string)>();
        while (await reader.ReadAsync(Stop))
            tables.Add((reader.GetString(0), reader.GetString(1)));
        return tables;
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
