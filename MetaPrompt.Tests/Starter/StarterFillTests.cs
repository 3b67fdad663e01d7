using MetaPrompt.Data;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Starter;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Starter;

public sealed class StarterFillTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_thirty_are_in_the_gallery_under_the_built_in_author()
    {
        await using var database = await TestDatabase.CreateAsync();

        var fill = await StarterGallery.FillAsync(database.OwnerDataSource, Stop);

        Assert.Equal(new StarterFill(30, 0), fill);
        var cards = await database.Db.QueryAsync<Card>(
            Caller.Anonymous, "select id, title from public.get_popular_templates(100, null)", null, Stop);
        Assert.Equal(StarterGallery.All.Select(t => (t.TemplateId, t.Title)).Order(), cards.Select(card => (card.Id, card.Title)).Order());
        var author = await database.Db.FirstOrDefaultAsync<Author>(
            Caller.Anonymous, "select full_name, templates from public.get_author(@Id)", new { StarterGallery.Author.Id }, Stop);
        Assert.Equal(new Author { FullName = "MetaPrompt", Templates = 30 }, author);
    }

    [Fact]
    public async Task What_a_visitor_reads_is_what_the_file_says()
    {
        await using var database = await TestDatabase.CreateFilledAsync();
        var file = StarterGallery.All.Single(template => template.Slug == "moderate-a-comment");

        var page = await database.Db.FirstOrDefaultAsync<Page>(
            Caller.Anonymous, "select goal, template, variables::text as variables, category, tags from public.get_template(@TemplateId)", new { file.TemplateId }, Stop);

        Assert.NotNull(page);
        Assert.Equal((file.Goal, file.Template, file.Category), (page.Goal, page.Template, page.Category));
        Assert.Equal(file.Tags.Order(), page.Tags.Order());
        Assert.Equal(
            file.Variables.Select(v => (v.Name, v.Label, v.Help, v.Type, v.Required, v.Example)),
            MetaPrompt.Web.Prompting.PromptVariables.FromJson(page.Variables).Select(v => (v.Name, v.Label, v.Help, v.Type, v.Required, v.Example)));
    }

    [Fact]
    public async Task A_second_start_changes_nothing()
    {
        await using var database = await TestDatabase.CreateFilledAsync();
        var before = await StateAsync(database);

        var fill = await StarterGallery.FillAsync(database.OwnerDataSource, Stop);

        Assert.Equal(new StarterFill(0, 0), fill);
        Assert.Equal(before, await StateAsync(database));
    }

    [Fact]
    public async Task What_a_moderator_hid_stays_hidden_at_the_next_start_also_where_its_file_has_changed()
    {
        await using var database = await TestDatabase.CreateFilledAsync();
        var (hidden, changed) = (StarterGallery.All[0], StarterGallery.All[1]);
        var moderator = await database.CreateUserAsync();
        await database.OwnerAsync("insert into internal.administrators (user_id) values (@u)", ("u", moderator));
        var moderation = new MetaPrompt.Data.Moderation.ModerationQueries(database.Db);
        foreach (var template in new[] { hidden, changed })
            Assert.NotNull(await moderation.HideAsync(Caller.User(moderator), template.TemplateId, "Out of date", Stop));
        await database.OwnerAsync("update internal.starter_templates set fingerprint = 'older' where slug = @slug", ("slug", changed.Slug));

        Assert.Equal(new StarterFill(0, 1), await StarterGallery.FillAsync(database.OwnerDataSource, Stop));

        Assert.Equal(28L, await database.OwnerScalarAsync<long>("select count(*) from internal.gallery"));
        Assert.Equal(28L, await database.OwnerScalarAsync<long>("select count(*) from public.prompts where is_public"));
        Assert.NotNull(await moderation.RestoreAsync(Caller.User(moderator), changed.TemplateId, "", Stop));
        Assert.Equal(29L, await database.OwnerScalarAsync<long>("select count(*) from internal.gallery"));
    }

    [Fact]
    public async Task Nodes_that_start_together_fill_it_once()
    {
        await using var database = await TestDatabase.CreateAsync();

        var fills = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => StarterGallery.FillAsync(database.OwnerDataSource, Stop)));

        Assert.Equal(30, fills.Sum(fill => fill.Added));
        Assert.Equal(0, fills.Sum(fill => fill.Updated));
        Assert.Equal(30, await database.OwnerScalarAsync<long>("select count(*) from public.prompt_templates"));
    }

    [Theory]
    [InlineData("delete from public.prompts where id = @id")]
    [InlineData("update public.prompts set deleted_at = now() where id = @id")]
    [InlineData("update public.prompts set is_public = false where id = @id")]
    public async Task What_an_administrator_took_away_does_not_come_back_even_when_its_file_changes(string sql)
    {
        await using var database = await TestDatabase.CreateFilledAsync();
        var gone = StarterGallery.All[7];
        await database.OwnerAsync(sql, ("id", gone.PromptId));

        await StarterGallery.FillAsync(database.OwnerDataSource, Stop);
        await StarterGallery.FillAsync(
            database.OwnerDataSource, StarterGallery.All.Select(t => t == gone ? t with { Template = t.Template + "\nMore." } : t), Stop);

        Assert.Equal(29, await database.OwnerScalarAsync<long>("select count(*) from internal.gallery"));
        Assert.False(await database.OwnerScalarAsync<bool>("select exists (select from internal.gallery where template_id = @id)", ("id", gone.TemplateId)));
    }

    [Fact]
    public async Task Templates_of_a_built_in_author_who_was_deleted_stay_away()
    {
        await using var database = await TestDatabase.CreateFilledAsync();
        await database.OwnerAsync("delete from public.users where id = @id", ("id", StarterGallery.Author.Id));

        Assert.Equal(new StarterFill(0, 0), await StarterGallery.FillAsync(database.OwnerDataSource, Stop));

        Assert.Equal(0, await database.OwnerScalarAsync<long>("select count(*) from public.users"));
    }

    [Fact]
    public async Task A_changed_file_rewrites_its_template_and_keeps_its_likes()
    {
        await using var database = await TestDatabase.CreateFilledAsync();
        var old = StarterGallery.All[3];
        await database.OwnerAsync("update public.prompt_templates set likes_count = 12 where id = @id", ("id", old.TemplateId));
        var changed = old with { Title = "Quite another title", Category = "Elsewhere", Tags = ["new", "tags"], Template = "Do it for {{codebook}}." };

        var fill = await StarterGallery.FillAsync(database.OwnerDataSource, StarterGallery.All.Select(t => t == old ? changed : t), Stop);

        Assert.Equal(new StarterFill(0, 1), fill);
        var page = await database.Db.FirstOrDefaultAsync<Page>(
            Caller.Anonymous, "select title, template, category, tags, likes_count from public.get_template(@TemplateId)", new { old.TemplateId }, Stop);
        Assert.Equal(("Quite another title", "Do it for {{codebook}}.", "Elsewhere", 12), (page!.Title, page.Template, page.Category, page.LikesCount));
        Assert.Equal(["new", "tags"], page.Tags);
        Assert.Equal("Elsewhere", await database.OwnerScalarAsync<string>("select category from internal.gallery where template_id = @id", ("id", old.TemplateId)));
    }

    [Fact]
    public async Task A_file_that_comes_later_is_added_to_the_others()
    {
        await using var database = await TestDatabase.CreateAsync();
        await StarterGallery.FillAsync(database.OwnerDataSource, StarterGallery.All.Skip(1), Stop);

        Assert.Equal(new StarterFill(1, 0), await StarterGallery.FillAsync(database.OwnerDataSource, Stop));
    }

    [Fact]
    public async Task A_file_that_is_gone_leaves_its_template_where_it_is()
    {
        await using var database = await TestDatabase.CreateFilledAsync();

        Assert.Equal(new StarterFill(0, 0), await StarterGallery.FillAsync(database.OwnerDataSource, StarterGallery.All.Skip(1), Stop));

        Assert.Equal(30, await database.OwnerScalarAsync<long>("select count(*) from internal.gallery"));
    }

    [Fact]
    public async Task The_built_in_author_has_no_account()
    {
        await using var database = await TestDatabase.CreateFilledAsync();

        Assert.Equal(0, await database.OwnerScalarAsync<long>("select count(*) from auth.users"));
    }

    [Fact]
    public async Task The_login_of_the_app_can_neither_fill_nor_read_the_journal()
    {
        await using var database = await TestDatabase.CreateAsync();

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => StarterGallery.FillAsync(database.AppDataSource, Stop));

        Assert.Equal("42501", refusal.SqlState);
    }

    private static Task<string> StateAsync(TestDatabase database) => database.OwnerScalarAsync<string>(
        """
        select string_agg(p::text || t::text || s::text, '' order by s.slug)
        from internal.starter_templates s
        join public.prompts p on p.id = s.prompt_id
        join public.prompt_templates t on t.id = s.template_id
        """);

    private sealed record Card
    {
        public required Guid Id { get; init; }
        public required string Title { get; init; }
    }

    private sealed record Author
    {
        public required string FullName { get; init; }
        public required long Templates { get; init; }
    }

    private sealed record Page
    {
        public string Title { get; init; } = "";
        public string Goal { get; init; } = "";
        public string Template { get; init; } = "";
        public string Variables { get; init; } = "";
        public string Category { get; init; } = "";
        public string[] Tags { get; init; } = [];
        public int LikesCount { get; init; }
    }
}
