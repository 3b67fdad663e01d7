using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Templates;

/// <summary>Taking a template from the gallery, and counting that.</summary>
public sealed class UseTemplateTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly GalleryQueries _gallery = new(database.Db);

    [Fact]
    public async Task A_copy_is_ones_own_private_and_knows_where_it_came_from()
    {
        var planted = new Planted { Author = await database.CreateUserAsync(), Title = "Title", Goal = "Goal", Template = "Text {{a}}" };
        var id = await planted.PlantAsync(database);
        var person = Caller.User(await database.CreateUserAsync());

        var copy = (await new PromptQueries(database.Db).FindAsync(person, await _gallery.UseAsync(person, id, _ct), _ct))!;

        Assert.Equal(("Title", "Goal", "Text {{a}}", person.UserId!.Value, id), (copy.Title, copy.Goal, copy.Template, copy.UserId, copy.OriginTemplateId!.Value));
        Assert.False(copy.IsPublic);
    }

    [Fact]
    public async Task A_template_counts_as_used_once_per_person_and_day()
    {
        var id = await new Planted { Author = await database.CreateUserAsync() }.PlantAsync(database);
        var person = Caller.User(await database.CreateUserAsync());

        for (var i = 0; i < 3; i++)
            await _gallery.UseAsync(person, id, _ct);
        await database.Db.ExecuteAsync(person, "select public.increment_uses_count(@id)", new { id }, _ct);
        Assert.Equal(1, await UsesAsync(id));

        await _gallery.UseAsync(Caller.User(await database.CreateUserAsync()), id, _ct);
        Assert.Equal(2, await UsesAsync(id));

        await database.OwnerAsync("update internal.template_uses set used_on = used_on - 1 where user_id = @id", ("id", person.UserId));
        await _gallery.UseAsync(person, id, _ct);
        Assert.Equal(3, await UsesAsync(id));

        await new CounterQueries(database.Db).FoldAsync(_ct);
        Assert.Equal(3, await UsesAsync(id));
        Assert.Equal(3, await database.OwnerScalarAsync<int>("select uses_count from internal.gallery where template_id = @id", ("id", id)));
        Assert.Equal(0, await database.OwnerScalarAsync<int>("select likes_count from internal.gallery where template_id = @id", ("id", id)));
    }

    [Fact]
    public async Task Using_from_ten_tabs_at_once_counts_once_and_makes_ten_copies()
    {
        var id = await new Planted { Author = await database.CreateUserAsync() }.PlantAsync(database);
        var person = Caller.User(await database.CreateUserAsync());

        var copies = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _gallery.UseAsync(person, id, _ct)));

        Assert.Equal(10, copies.Distinct().Count());
        Assert.Equal(1, await UsesAsync(id));
    }

    [Fact]
    public async Task A_private_template_and_one_that_never_was_cannot_be_used_or_counted()
    {
        var id = await new Planted { Author = await database.CreateUserAsync(), IsPublic = false }.PlantAsync(database);
        var person = Caller.User(await database.CreateUserAsync());
        foreach (var unseen in new[] { id, Guid.NewGuid() })
        {
            Assert.Equal("P0002", (await Assert.ThrowsAsync<PostgresException>(() => _gallery.UseAsync(person, unseen, _ct))).SqlState);
            await database.Db.ExecuteAsync(person, "select public.increment_uses_count(@unseen)", new { unseen }, _ct);
            Assert.Equal(0L, await database.OwnerScalarAsync<long>("select count(*) from internal.counter_deltas where template_id = @id", ("id", unseen)));
        }

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => _gallery.UseAsync(Caller.Anonymous, id, _ct))).SqlState);
    }

    private async Task<int> UsesAsync(Guid id) => (await _gallery.FindAsync(Caller.Anonymous, id, _ct))!.UsesCount;
}
