using MetaPrompt.Data;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Templates;

/// <summary>What a template was made from, what was made from it, and copies of one's own.</summary>
public sealed class TemplateContextTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly TemplateContextQueries _contexts = new(database.Db);
    private readonly GalleryQueries _gallery = new(database.Db);

    [Fact]
    public async Task An_origin_shows_the_published_templates_made_from_it_the_most_liked_first()
    {
        var origin = await PlantAsync();
        var few = await MadeFromAsync(origin, likes: 1);
        var many = await MadeFromAsync(origin, likes: 9);
        var hidden = await MadeFromAsync(origin, likes: 99, isPublic: false);

        var made = await _contexts.DescendantsAsync(Caller.Anonymous, origin.Id, 10, _ct);

        Assert.Equal([many.Id, few.Id], made.Select(template => template.Id));
        Assert.Equal(2, (await _contexts.FindAsync(Caller.Anonymous, origin.Id, _ct))!.Descendants);
        Assert.DoesNotContain(hidden.Id, made.Select(template => template.Id));
        Assert.Single(await _contexts.DescendantsAsync(Caller.Anonymous, origin.Id, -5, _ct));
    }

    [Fact]
    public async Task A_template_names_its_origin_while_that_is_public()
    {
        var origin = await PlantAsync("The first <one>");
        var made = await MadeFromAsync(origin);
        var context = (await _contexts.FindAsync(Caller.Anonymous, made.Id, _ct))!;
        Assert.Equal((origin.Id, "The first <one>", false), (context.OriginId!.Value, context.OriginTitle, context.Unlisted));

        await database.OwnerAsync("update public.prompts set is_public = false where id = @id", ("id", origin.PromptId));
        context = (await _contexts.FindAsync(Caller.Anonymous, made.Id, _ct))!;
        Assert.Equal((null, null), (context.OriginId, context.OriginTitle));
        Assert.Null(await _contexts.FindAsync(Caller.Anonymous, origin.Id, _ct));
        Assert.Empty(await _contexts.DescendantsAsync(Caller.Anonymous, origin.Id, 10, _ct));
    }

    [Fact]
    public async Task A_person_sees_their_own_latest_copy_and_nobody_elses()
    {
        var template = await PlantAsync();
        var (person, other) = (Caller.User(await database.CreateUserAsync()), Caller.User(await database.CreateUserAsync()));
        await _gallery.UseAsync(person, template.Id, _ct);
        var latest = await _gallery.UseAsync(person, template.Id, _ct);

        Assert.Equal(latest, (await _contexts.FindAsync(person, template.Id, _ct))!.CopyId);
        Assert.Null((await _contexts.FindAsync(other, template.Id, _ct))!.CopyId);
        Assert.Null((await _contexts.FindAsync(Caller.Anonymous, template.Id, _ct))!.CopyId);
    }

    [Fact]
    public async Task Testing_takes_the_copy_that_still_says_the_same_and_else_a_new_one()
    {
        var template = await PlantAsync();
        var person = Caller.User(await database.CreateUserAsync());

        var first = await _contexts.CopyToTestAsync(person, template.Id, _ct);
        Assert.Equal(first, await _contexts.CopyToTestAsync(person, template.Id, _ct));

        await database.OwnerAsync("update public.prompts set template = 'Mine now' where id = @id", ("id", first));
        var second = await _contexts.CopyToTestAsync(person, template.Id, _ct);
        Assert.NotEqual(first, second);
        Assert.Equal(second, await _contexts.CopyToTestAsync(person, template.Id, _ct));

        await database.OwnerAsync("update public.prompts set is_public = false where id = @id", ("id", template.PromptId));
        Assert.Equal("P0002", (await Assert.ThrowsAsync<PostgresException>(() => _contexts.CopyToTestAsync(person, template.Id, _ct))).SqlState);
    }

    [Fact]
    public async Task Counters_are_those_of_this_moment()
    {
        var template = await PlantAsync();
        var person = Caller.User(await database.CreateUserAsync());
        await new FavoriteQueries(database.Db).SetAsync(person, template.Id, true, _ct);
        await _gallery.UseAsync(person, template.Id, _ct);

        var counts = (await _contexts.CountsAsync(person, template.Id, _ct))!;
        Assert.Equal((1, 1, true), (counts.LikesCount, counts.UsesCount, counts.IsFavorite));
        Assert.False((await _contexts.CountsAsync(Caller.Anonymous, template.Id, _ct))!.IsFavorite);
        Assert.Equal([template.Id], await _contexts.FavoritesAmongAsync(person, [template.Id, Guid.NewGuid()], _ct));
        Assert.Empty(await _contexts.FavoritesAmongAsync(Caller.Anonymous, [template.Id], _ct));
        Assert.Null(await _contexts.CountsAsync(person, Guid.NewGuid(), _ct));
    }

    [Fact]
    public async Task An_unlisted_template_can_be_read_and_taken_by_its_link_and_counts_nothing()
    {
        var template = await PlantAsync(isPublic: false);
        await database.OwnerAsync("update public.prompt_templates set unlisted = true where id = @id", ("id", template.Id));
        var person = Caller.User(await database.CreateUserAsync());

        Assert.True((await _contexts.FindAsync(person, template.Id, _ct))!.Unlisted);
        await _gallery.UseAsync(person, template.Id, _ct);
        Assert.Equal(0, (await _contexts.CountsAsync(person, template.Id, _ct))!.UsesCount);
    }

    private async Task<Planted> PlantAsync(string title = "A title", int likes = 0, bool isPublic = true)
    {
        var planted = new Planted { Author = await database.CreateUserAsync(), Title = title, Likes = likes, IsPublic = isPublic };
        await planted.PlantAsync(database);
        return planted;
    }

    private async Task<Planted> MadeFromAsync(Planted origin, int likes = 0, bool isPublic = true)
    {
        var made = await PlantAsync("Made", likes, isPublic);
        await database.OwnerAsync("update public.prompts set origin_template_id = @origin where id = @id", ("origin", origin.Id), ("id", made.PromptId));
        return made;
    }
}
