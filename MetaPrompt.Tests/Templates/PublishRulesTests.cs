using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Templates;

/// <summary>Three visibilities, what was looked at, how often, and copies: held whichever way a prompt becomes public.</summary>
public sealed class PublishRulesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Long =
        "You are a patient librarian. Read the question in {{question}} and recommend three books, each with its author, the year it appeared and one sentence that says whom it suits best.";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly PublishQueries _publish = new(database.Db);
    private readonly GalleryQueries _gallery = new(database.Db);
    private readonly PromptQueries _prompts = new(database.Db);

    [Fact]
    public async Task An_unlisted_prompt_is_read_by_whoever_has_the_link_and_found_nowhere()
    {
        var (author, prompt) = await PromptAsync();

        var id = (await PublishAsync(author, prompt, PromptVisibility.Unlisted))!.Value;

        Assert.NotNull(await _gallery.FindAsync(Caller.Anonymous, id, _ct));
        Assert.Empty(await _gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { AuthorId = author.UserId }, _ct));
        Assert.Equal(0, await database.Db.FirstOrDefaultAsync<int>(Caller.Anonymous, "select count(*)::int from public.prompts where id = @Id", new { Id = prompt }, _ct));
        Assert.Equal(PromptVisibility.Unlisted, (await _prompts.FindAsync(author, prompt, _ct))!.Visibility);
        Assert.Equal(PromptVisibility.Unlisted, Assert.Single(await new PromptListQueries(database.Db).PageAsync(author, PromptFilter.None, PromptSort.Newest, null, 5, _ct)).Visibility);
    }

    [Fact]
    public async Task From_public_to_unlisted_and_back_the_template_keeps_its_address_and_its_likes()
    {
        var (author, prompt) = await PromptAsync();
        var id = (await PublishAsync(author, prompt, PromptVisibility.Public))!.Value;
        await new FavoriteQueries(database.Db).SetAsync(Caller.User(await database.CreateUserAsync()), id, favorite: true, _ct);

        Assert.Equal(id, await PublishAsync(author, prompt, PromptVisibility.Unlisted));
        Assert.Empty(await _gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { AuthorId = author.UserId }, _ct));
        Assert.Equal(1, (await _gallery.FindAsync(Caller.Anonymous, id, _ct))!.LikesCount);
        Assert.Equal(id, await PublishAsync(author, prompt, PromptVisibility.Public));

        Assert.Equal(id, Assert.Single(await _gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { AuthorId = author.UserId }, _ct)).TemplateId);
        Assert.Equal(PromptVisibility.Public, (await _prompts.FindAsync(author, prompt, _ct))!.Visibility);
    }

    [Theory]
    [InlineData(PromptVisibility.Public)]
    [InlineData(PromptVisibility.Unlisted)]
    public async Task Made_private_again_nobody_reads_it_by_its_link(PromptVisibility before)
    {
        var (author, prompt) = await PromptAsync();
        var id = (await PublishAsync(author, prompt, before))!.Value;

        Assert.True(await _publish.UnpublishAsync(author, prompt, _ct));
        Assert.False(await _publish.UnpublishAsync(author, prompt, _ct));

        Assert.Null(await _gallery.FindAsync(Caller.Anonymous, id, _ct));
    }

    [Fact]
    public async Task What_was_not_looked_at_is_not_published()
    {
        var (author, prompt) = await PromptAsync();
        var looked = (await _prompts.FindAsync(author, prompt, _ct))!;
        await _prompts.UpdateAsync(author, new PromptEdit { Id = prompt, Title = "t", Goal = "g", Template = "My key is secret", Variables = "[]", BasedOn = looked.UpdatedAt }, _ct);

        Assert.Null(await _publish.PublishAsync(author, new Publication { PromptId = prompt, BasedOn = looked.UpdatedAt }, _ct));

        Assert.Equal(PromptVisibility.Private, (await _prompts.FindAsync(author, prompt, _ct))!.Visibility);
    }

    [Fact]
    public async Task The_note_is_there_for_the_transaction_and_no_longer()
    {
        await using var own = await TestDatabase.CreateAsync();
        await own.OwnerAsync("create table public.noted (note text)");
        await own.OwnerAsync(
            """
            create function public.note() returns trigger language plpgsql security definer as $$
            begin insert into public.noted values (current_setting('metaprompt.version_note', true)); return null; end $$;
            create trigger note after update of is_public on public.prompts for each row execute function public.note();
            """);
        var me = Caller.User(await own.CreateUserAsync());
        var id = await own.CreatePromptAsync(me.UserId!.Value);
        var prompts = new PromptQueries(own.Db);
        await new PublishQueries(own.Db).PublishAsync(me, new Publication { PromptId = id, Note = "  First'; drop table x --  ", BasedOn = (await prompts.FindAsync(me, id, _ct))!.UpdatedAt }, _ct);
        await new PublishQueries(own.Db).PublishAsync(me, id, null, [], _ct);

        Assert.Equal("First'; drop table x --|", await own.OwnerScalarAsync<string>("select string_agg(note, '|') from public.noted"));
    }

    [Fact]
    public async Task Ten_new_publications_an_hour_are_the_most_and_the_refusal_says_until_when()
    {
        var author = Caller.User(await database.CreateUserAsync());
        var ids = new List<Guid>();
        for (var i = 0; i < 11; i++)
            ids.Add(await database.CreatePromptAsync(author.UserId!.Value, $"Prompt {i}", template: $"Text {i}"));
        foreach (var id in ids.Take(10))
            await _publish.PublishAsync(author, id, null, [], _ct);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => _publish.PublishAsync(author, ids[10], null, [], _ct));
        Assert.Equal(PublishRefusal.TooMany, refusal.SqlState);
        Assert.InRange(PublishRefusal.PossibleAt(refusal)!.Value, DateTime.UtcNow.AddMinutes(55), DateTime.UtcNow.AddMinutes(61));

        // Neither a change, nor taking one back and showing it again, nor what is private counts.
        await _publish.PublishAsync(author, ids[0], "Changed", [], _ct);
        await _publish.UnpublishAsync(author, ids[0], _ct);
        await _publish.PublishAsync(author, ids[0], "Changed", [], _ct);
        // No other way round it.
        foreach (var way in new[]
        {
            "update public.prompts set is_public = true where id = @Id",
            "insert into public.prompts (user_id, title, goal, template, is_public) select user_id, title, goal, template, true from public.prompts where id = @Id",
            "insert into public.prompt_templates (prompt_id, user_id, unlisted) select id, user_id, true from public.prompts where id = @Id",
        })
        {
            Assert.Equal(PublishRefusal.TooMany, (await Assert.ThrowsAsync<PostgresException>(() => database.Db.ExecuteAsync(author, way, new { Id = ids[10] }, _ct))).SqlState);
        }

        // An hour later there is room, until thirty are there within the day; deleting makes none.
        await database.OwnerAsync("update internal.publications set published_at = now() - interval '61 minutes' where user_id = @u", ("u", author.UserId));
        await _publish.PublishAsync(author, ids[10], null, [], _ct);
        await database.OwnerAsync("insert into internal.publications (prompt_id, user_id, counted) select gen_random_uuid(), @u, true from generate_series(1, 19)", ("u", author.UserId));
        await database.OwnerAsync("update internal.publications set published_at = now() - interval '5 hours' where user_id = @u", ("u", author.UserId));
        await database.Db.ExecuteAsync(author, "delete from public.prompts", null, _ct);
        var last = await database.CreatePromptAsync(author.UserId!.Value);
        var daily = await Assert.ThrowsAsync<PostgresException>(() => _publish.PublishAsync(author, last, null, [], _ct));
        Assert.InRange(PublishRefusal.PossibleAt(daily)!.Value, DateTime.UtcNow.AddHours(18.9), DateTime.UtcNow.AddHours(19.1));
    }

    [Fact]
    public async Task Administrators_and_the_import_are_not_limited()
    {
        var author = await database.CreateUserAsync();
        await database.OwnerAsync("insert into internal.administrators (user_id) values (@u)", ("u", author));
        for (var i = 0; i < 12; i++)
            await _publish.PublishAsync(Caller.User(author), await database.CreatePromptAsync(author, template: $"Text {i}"), null, [], _ct);

        var imported = await database.CreateUserAsync();
        await new ImportQueries(database.OwnerDataSource).InsertAsync(
            imported, [.. Enumerable.Range(0, 40).Select(i => new ImportedPrompt { Title = $"t{i}", Goal = "g", Template = $"Imported {i}", Variables = "[]" })],
            new ImportPublication("Imported"), _ct);
        await _publish.PublishAsync(Caller.User(imported), await database.CreatePromptAsync(imported), null, [], _ct);
    }

    [Fact]
    public async Task Many_publications_at_once_do_not_slip_through_together()
    {
        var author = Caller.User(await database.CreateUserAsync());
        var ids = new List<Guid>();
        for (var i = 0; i < 14; i++)
            ids.Add(await database.CreatePromptAsync(author.UserId!.Value, template: $"Text {i}"));

        await Task.WhenAll(ids.Select(async id =>
        {
            try
            {
                await _publish.PublishAsync(author, id, null, [], _ct);
            }
            catch (PostgresException refusal) when (refusal.SqlState == PublishRefusal.TooMany)
            {
                return;
            }
        }));

        Assert.Equal(10L, await database.OwnerScalarAsync<long>("select count(*) from public.prompts where user_id = @u and is_public", ("u", author.UserId)));
    }

    [Fact]
    public async Task An_exact_copy_of_a_strangers_template_is_refused_until_it_is_changed()
    {
        var (first, theirs) = await PromptAsync(Long);
        var original = await _publish.PublishAsync(first, theirs, null, [], _ct);
        var copy = Caller.User(await database.CreateUserAsync());
        // Case, signs, line ends, invisible characters and the name of the variable are no change.
        var prompt = await database.CreatePromptAsync(copy.UserId!.Value, template: Long.ToUpperInvariant().Replace("{{QUESTION}}", "{{ask}}", StringComparison.Ordinal).Replace(". ", "!\n\n", StringComparison.Ordinal).Replace("THREE", "TH\u200BREE", StringComparison.Ordinal));

        foreach (var publish in new Func<Task>[]
        {
            () => _publish.PublishAsync(copy, prompt, null, [], _ct),
            () => database.Db.ExecuteAsync(copy, "update public.prompts set is_public = true", null, _ct),
        })
        {
            var refusal = await Assert.ThrowsAsync<PostgresException>(publish);
            Assert.Equal((PublishRefusal.Copy, original), (refusal.SqlState, PublishRefusal.CopyOf(refusal)));
        }

        // Nor by publishing something else first and writing the copy over it.
        var other = await database.CreatePromptAsync(copy.UserId!.Value, template: "Something else");
        await _publish.PublishAsync(copy, other, null, [], _ct);
        Assert.Equal(PublishRefusal.Copy, (await Assert.ThrowsAsync<PostgresException>(() => database.Db.ExecuteAsync(copy, "update public.prompts set template = @T where id = @Id", new { T = Long, Id = other }, _ct))).SqlState);

        await database.Db.ExecuteAsync(copy, "update public.prompts set template = @T where id = @Id", new { T = Long + " Add a fourth that is out of print.", Id = prompt }, _ct);
        await _publish.PublishAsync(copy, prompt, null, [], _ct);
        // One's own words one may publish twice.
        await _publish.PublishAsync(first, await database.CreatePromptAsync(first.UserId!.Value, template: Long), null, [], _ct);
    }

    private async Task<Guid?> PublishAsync(Caller author, Guid prompt, PromptVisibility visibility) =>
        await _publish.PublishAsync(author, new Publication
        {
            PromptId = prompt, Visibility = visibility, BasedOn = (await _prompts.FindAsync(author, prompt, _ct))!.UpdatedAt,
        }, _ct);

    private async Task<(Caller Author, Guid Prompt)> PromptAsync(string template = "Write about {{topic}}.")
    {
        var author = await database.CreateUserAsync(name: "Some Body");
        return (Caller.User(author), await database.CreatePromptAsync(author, template: template));
    }
}
