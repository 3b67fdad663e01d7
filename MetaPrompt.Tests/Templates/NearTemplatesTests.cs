using MetaPrompt.Data;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Templates;

public sealed class NearTemplatesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Text =
        """
        I want you to act as a travel guide. I will write you my location in {{location}} and you will suggest a place to visit near
        it. In some cases I will also give you the type of places I will visit. You will also suggest places of a similar type that
        are close to my first location, each with its opening hours and what it costs to get in.
        """;

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly PublishQueries _publish = new(database.Db);

    [Fact]
    public async Task A_prompt_that_says_nearly_the_same_is_found_with_its_author_and_how_near_it_is()
    {
        var author = await database.CreateUserAsync(name: "Ada Lovelace");
        var near = await new Planted { Author = author, Title = "Travel guide", Template = Text, Category = "Travel" }.PlantAsync(database);
        await new Planted { Author = author, Title = "Another", Template = "Translate the letter in {{letter}} into plain French and keep every name as it is written there." }.PlantAsync(database);
        var me = Caller.User(await database.CreateUserAsync());

        var found = await _publish.NearAsync(me, await MineAsync(me, Text.Replace("close to", "a short walk from", StringComparison.Ordinal)), _ct);

        var one = Assert.Single(found);
        Assert.Equal((near, "Travel guide", "Ada Lovelace", "Travel"), (one.TemplateId, one.Title, one.AuthorName, one.Category));
        Assert.InRange(one.Similarity, 0.85f, 0.99f);
        Assert.Equal((false, false, false), (one.SameText, one.IsOwn, one.IsOrigin));
    }

    [Fact]
    public async Task The_same_words_in_other_signs_are_the_same_text()
    {
        await using var own = await TestDatabase.CreateAsync();
        var near = await new Planted { Author = await own.CreateUserAsync(), Template = Text }.PlantAsync(own);
        var me = Caller.User(await own.CreateUserAsync());
        var copy = await new GalleryQueries(own.Db).UseAsync(me, near, _ct);
        await own.OwnerAsync("update public.prompts set template = upper(template) where id = @id", ("id", copy));

        var one = Assert.Single(await new PublishQueries(own.Db).NearAsync(me, copy, _ct));

        Assert.Equal((near, 1f, true, false, true), (one.TemplateId, one.Similarity, one.SameText, one.IsOwn, one.IsOrigin));
    }

    [Fact]
    public async Task What_is_private_unlisted_hidden_deleted_or_this_very_prompt_is_not_found()
    {
        await using var own = await TestDatabase.CreateAsync();
        var publish = new PublishQueries(own.Db);
        var author = await own.CreateUserAsync();
        await new Planted { Author = author, Template = Text, IsPublic = false }.PlantAsync(own);
        var unlisted = new Planted { Author = author, Template = Text, IsPublic = false };
        await unlisted.PlantAsync(own);
        await own.OwnerAsync("update public.prompt_templates set unlisted = true where id = @id", ("id", unlisted.Id));
        var deleted = new Planted { Author = author, Template = Text };
        await deleted.PlantAsync(own);
        await own.OwnerAsync("update public.prompts set deleted_at = now() where id = @id", ("id", deleted.PromptId));
        var changed = new Planted { Author = author, Template = Text };
        await changed.PlantAsync(own);
        await own.OwnerAsync("update public.prompts set template = 'Quite another thing to say' where id = @id", ("id", changed.PromptId));
        var me = Caller.User(author);
        var mine = await own.CreatePromptAsync(author, template: Text);
        await publish.PublishAsync(me, mine, null, [], _ct);

        Assert.Empty(await publish.NearAsync(me, mine, _ct));
        // And nobody asks about a prompt of somebody else.
        Assert.Empty(await publish.NearAsync(Caller.User(await own.CreateUserAsync()), mine, _ct));
        await own.OwnerAsync("update public.prompts set deleted_at = null where id = @id", ("id", deleted.PromptId));
        Assert.True(Assert.Single(await publish.NearAsync(me, mine, _ct)).IsOwn);
    }

    [Fact]
    public async Task Chinese_is_compared_sign_by_sign()
    {
        const string Chinese = "请你扮演一位旅行指南,我会告诉你我的位置,你会推荐附近值得参观的地方,并说明开放时间和门票价格。";
        var near = await new Planted { Author = await database.CreateUserAsync(), Template = Chinese }.PlantAsync(database);
        var me = Caller.User(await database.CreateUserAsync());

        var one = Assert.Single(await _publish.NearAsync(me, await MineAsync(me, Chinese.Replace("门票价格", "门票", StringComparison.Ordinal)), _ct));

        Assert.Equal(near, one.TemplateId);
        Assert.InRange(one.Similarity, 0.85f, 0.99f);
    }

    [Theory]
    [InlineData("")]
    [InlineData("!!!")]
    [InlineData("one")]
    [InlineData("' or 1=1 -- {{'}} \\")]
    public async Task A_text_of_hardly_any_words_is_no_trouble(string template)
    {
        var me = Caller.User(await database.CreateUserAsync());
        var mine = await MineAsync(me, template);

        await _publish.PublishAsync(me, mine, null, [], _ct);

        Assert.DoesNotContain(await _publish.NearAsync(me, mine, _ct), near => near.SameText && near.IsOwn);
        Assert.NotNull(await _publish.SuggestAsync(me, mine, _ct));
    }

    [Fact]
    public async Task Words_that_are_tags_are_suggested_the_most_used_first_with_the_category_of_their_templates()
    {
        await using var own = await TestDatabase.CreateAsync();
        var author = await own.CreateUserAsync();
        await Planted.PlantAsync(own, [
            .. Enumerable.Range(0, 3).Select(i => new Planted { Author = author, Category = "Coding", Tags = ["code review", "python"] }),
            .. Enumerable.Range(0, 2).Select(i => new Planted { Author = author, Category = "Coding", Tags = ["python"] }),
            .. Enumerable.Range(0, 6).Select(i => new Planted { Author = author, Category = "Travel", Tags = ["journeys"] }),
            new Planted { Author = author, Category = "Secret", Tags = ["review"], IsPublic = false },
        ]);
        var me = Caller.User(await own.CreateUserAsync());
        var mine = await own.CreatePromptAsync(me.UserId!.Value, "Helps with a code-review", "Find mistakes", "Review the Python in {{code}}.");

        var terms = await new PublishQueries(own.Db).SuggestAsync(me, mine, _ct);

        Assert.Equal(["python", "code review"], terms.Tags);
        Assert.Equal(["Coding", "Travel"], terms.Categories);
        Assert.Empty((await new PublishQueries(own.Db).SuggestAsync(Caller.User(author), mine, _ct)).Tags);
    }

    private Task<Guid> MineAsync(Caller me, string template) => database.CreatePromptAsync(me.UserId!.Value, template: template);
}
