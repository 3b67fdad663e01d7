using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Templates;

public sealed class PublishQueriesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly PublishQueries _publish = new(database.Db);
    private readonly GalleryQueries _gallery = new(database.Db);

    [Fact]
    public async Task A_published_prompt_is_in_the_gallery_with_its_authors_name_and_without_their_address()
    {
        var author = await database.CreateUserAsync(name: "Ada Lovelace");
        var prompt = await database.CreatePromptAsync(author, "Engine notes", "Explain an engine", "About {{engine}}.", """["engine", {"name": "reader"}, null]""");

        var id = await _publish.PublishAsync(Caller.User(author), prompt, " Science ", [" Machines", "machines", "", "History "], _ct);

        var template = (await _gallery.FindAsync(Caller.Anonymous, id, _ct))!;
        Assert.Equal((id, prompt, "Engine notes", "Explain an engine", "About {{engine}}.", "Science"), (template.Id, template.PromptId, template.Title, template.Goal, template.TemplateText, template.Category));
        Assert.Equal(["history", "machines"], template.Tags);
        Assert.Equal((author, "Ada Lovelace", 0, 0, false), (template.AuthorId, template.AuthorName, template.LikesCount, template.UsesCount, template.IsFavorite));
        var card = Assert.Single(await _gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { AuthorId = author }, _ct));
        Assert.Equal((id, "Engine notes", "Ada Lovelace"), (card.TemplateId, card.Title, card.AuthorName));
        Assert.Equal(["engine", "reader"], card.Variables);
    }

    [Fact]
    public async Task Publishing_again_changes_category_and_tags_and_keeps_the_address_and_the_time()
    {
        var (author, prompt) = await PromptAsync();
        var first = await _publish.PublishAsync(author, prompt, "Writing", ["one"], _ct);
        var before = (await _gallery.FindAsync(Caller.Anonymous, first, _ct))!;

        var second = await _publish.PublishAsync(author, prompt, null, ["two"], _ct);

        var after = (await _gallery.FindAsync(Caller.Anonymous, first, _ct))!;
        Assert.Equal(first, second);
        Assert.Null(after.Category);
        Assert.Equal(["two"], after.Tags);
        Assert.Equal(before.PublishedAt, after.PublishedAt);
        Assert.Empty(await _gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { AuthorId = author.UserId, Tag = "one" }, _ct));
        Assert.Single(await _gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { AuthorId = author.UserId, Tag = "two" }, _ct));
    }

    [Fact]
    public async Task Taking_a_prompt_back_keeps_its_likes_for_the_day_it_returns()
    {
        await using var own = await TestDatabase.CreateAsync();
        var author = Caller.User(await own.CreateUserAsync());
        var prompt = await own.CreatePromptAsync(author.UserId!.Value);
        var publish = new PublishQueries(own.Db);
        var gallery = new GalleryQueries(own.Db);
        var counters = new CounterQueries(own.Db);
        var id = await publish.PublishAsync(author, prompt, null, [], _ct);
        await new FavoriteQueries(own.Db).SetAsync(Caller.User(await own.CreateUserAsync()), id, favorite: true, _ct);
        await counters.FoldAsync(_ct);
        // One more that is not folded before the template goes.
        await new FavoriteQueries(own.Db).SetAsync(Caller.User(await own.CreateUserAsync()), id, favorite: true, _ct);

        Assert.True(await publish.UnpublishAsync(author, prompt, _ct));
        Assert.False(await publish.UnpublishAsync(author, prompt, _ct));
        await counters.FoldAsync(_ct);
        Assert.Equal(id, await publish.PublishAsync(author, prompt, null, [], _ct));

        Assert.Equal(2, (await gallery.FindAsync(Caller.Anonymous, id, _ct))!.LikesCount);
        Assert.Equal(2, Assert.Single(await gallery.SearchAsync(Caller.Anonymous, new TemplateSearch(), _ct)).LikesCount);
    }

    [Fact]
    public async Task An_edit_of_a_published_prompt_is_in_the_gallery_at_once()
    {
        var author = Caller.User(await database.CreateUserAsync());
        var prompts = new PromptQueries(database.Db);
        var prompt = await prompts.CreateAsync(author, new NewPrompt { Title = "Before", Goal = "g", Template = "t", Variables = "[]" }, _ct);
        var id = await _publish.PublishAsync(author, prompt, null, [], _ct);
        var saved = (await prompts.FindAsync(author, prompt, _ct))!;

        await prompts.UpdateAsync(author, new PromptEdit
        {
            Id = prompt, Title = "Afterwards", Goal = "g", Template = "t", Variables = """["new"]""", BasedOn = saved.UpdatedAt,
        }, _ct);

        var card = Assert.Single(await _gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { Query = "afterwards", AuthorId = author.UserId }, _ct));
        Assert.Equal((id, "Afterwards"), (card.TemplateId, card.Title));
        Assert.Equal(["new"], card.Variables);
        Assert.Empty(await _gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { Query = "before", AuthorId = author.UserId }, _ct));
        Assert.True((await _gallery.FindAsync(Caller.Anonymous, id, _ct))!.UpdatedAt > saved.UpdatedAt);
    }

    [Fact]
    public async Task An_author_who_changes_their_name_has_the_new_one_on_every_card()
    {
        var (author, prompt) = await PromptAsync();
        await _publish.PublishAsync(author, prompt, null, [], _ct);

        await database.Db.ExecuteAsync(author, "update public.users set full_name = 'Zuse Konrad'", null, _ct);

        var card = Assert.Single(await _gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { Query = "konrad" }, _ct));
        Assert.Equal("Zuse Konrad", card.AuthorName);
        Assert.Equal("Zuse Konrad", (await new AuthorQueries(database.Db).FindAsync(Caller.Anonymous, author.UserId!.Value, _ct))!.FullName);
    }

    [Fact]
    public async Task Too_many_or_too_long_tags_and_categories_are_refused_and_the_prompt_stays_private()
    {
        var (author, prompt) = await PromptAsync();
        foreach (var (category, tags, code) in new (string?, string[], string)[]
        {
            (null, [.. Enumerable.Range(0, 11).Select(i => $"tag{i}")], PostgresErrorCodes.CheckViolation),
            (null, [new string('t', 401)], PostgresErrorCodes.CheckViolation),
            (new string('c', 101), [], PostgresErrorCodes.StringDataRightTruncation),
        })
        {
            var refusal = await Assert.ThrowsAsync<PostgresException>(() => _publish.PublishAsync(author, prompt, category, tags, _ct));
            Assert.Equal(code, refusal.SqlState);
        }

        Assert.False((await new PromptQueries(database.Db).FindAsync(author, prompt, _ct))!.IsPublic);
        // Ten are not too many, and one may be as long as all.
        await _publish.PublishAsync(author, prompt, new string('c', 100), [new string('t', 382), .. Enumerable.Range(0, 9).Select(i => $"t{i}")], _ct);
    }

    [Fact]
    public async Task Only_ones_own_prompt_that_is_not_deleted_can_be_published_or_taken_back()
    {
        var (author, prompt) = await PromptAsync();
        var stranger = Caller.User(await database.CreateUserAsync());
        Assert.Equal("P0002", (await Assert.ThrowsAsync<PostgresException>(() => _publish.PublishAsync(stranger, prompt, null, [], _ct))).SqlState);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => _publish.PublishAsync(Caller.Anonymous, prompt, null, [], _ct))).SqlState);
        await _publish.PublishAsync(author, prompt, null, [], _ct);
        Assert.False(await _publish.UnpublishAsync(stranger, prompt, _ct));
        await new PromptQueries(database.Db).DeleteAsync(author, prompt, _ct);
        Assert.Equal("P0002", (await Assert.ThrowsAsync<PostgresException>(() => _publish.PublishAsync(author, prompt, null, [], _ct))).SqlState);
    }

    [Fact]
    public async Task Publishing_from_two_tabs_at_once_makes_one_template()
    {
        var (author, prompt) = await PromptAsync();

        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _publish.PublishAsync(author, prompt, "Writing", [$"tag{i}"], _ct)));

        Assert.Single(ids.Distinct());
        Assert.Single(await _gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { AuthorId = author.UserId }, _ct));
    }

    [Fact]
    public async Task A_like_is_no_edit_of_the_template()
    {
        await using var own = await TestDatabase.CreateAsync();
        var id = await new Planted { Author = await own.CreateUserAsync(), Category = "Writing" }.PlantAsync(own);
        await own.OwnerAsync("update public.prompt_templates set updated_at = '2020-01-01'");

        await new FavoriteQueries(own.Db).SetAsync(Caller.User(await own.CreateUserAsync()), id, favorite: true, _ct);
        Assert.Equal(1, await new CounterQueries(own.Db).FoldAsync(_ct));
        Assert.Equal(2020, (await own.OwnerScalarAsync<DateTime>("select updated_at from public.prompt_templates")).Year);

        await own.OwnerAsync("update public.prompt_templates set category = 'Code'");
        Assert.NotEqual(2020, (await own.OwnerScalarAsync<DateTime>("select updated_at from public.prompt_templates")).Year);
    }

    private async Task<(Caller Author, Guid Prompt)> PromptAsync()
    {
        var author = await database.CreateUserAsync(name: "Some Body");
        return (Caller.User(author), await database.CreatePromptAsync(author));
    }
}
