using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Tests;

public sealed class PresetQueriesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly PresetQueries _queries = new(database.Db);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_preset_comes_back_as_it_was_saved_and_others_do_not_see_it()
    {
        var person = await PersonAsync();
        var id = await _queries.SaveAsync(person, Preset("Careful", 0, 0.25m), Cancel);

        var kept = Assert.Single(await _queries.AllAsync(person, Cancel));
        Assert.Equal((id, "Careful", """{"seed": 7}"""), (kept.Id, kept.Name, kept.Parameters));
        Assert.Equal([0m, 0.25m], kept.Temperatures);
        var stranger = await PersonAsync();
        Assert.Empty(await _queries.AllAsync(stranger, Cancel));
        Assert.False(await _queries.RenameAsync(stranger, id, "Mine", Cancel));
        Assert.False(await _queries.DeleteAsync(stranger, id, Cancel));
    }

    [Fact]
    public async Task Saving_under_a_name_that_is_there_writes_over_it()
    {
        var person = await PersonAsync();
        var id = await _queries.SaveAsync(person, Preset("Bold", 1), Cancel);

        Assert.Equal(id, await _queries.SaveAsync(person, Preset("bold", 2), Cancel));

        var kept = Assert.Single(await _queries.AllAsync(person, Cancel));
        Assert.Equal(("bold", 2m), (kept.Name, kept.Temperatures[0]));
    }

    [Fact]
    public async Task A_hundred_are_the_most_and_one_of_them_can_still_be_written_over()
    {
        var person = await PersonAsync();
        for (var number = 0; number < 100; number++)
            await _queries.SaveAsync(person, Preset($"Preset {number}"), Cancel);

        Assert.Equal("54000", (await Assert.ThrowsAsync<PostgresException>(() => _queries.SaveAsync(person, Preset("One more"), Cancel))).SqlState);
        await _queries.SaveAsync(person, Preset("Preset 7", 1.5m), Cancel);

        Assert.Equal([1.5m], (await _queries.AllAsync(person, Cancel)).Single(preset => preset.Name == "Preset 7").Temperatures);
    }

    [Fact]
    public async Task A_deleted_preset_comes_back_under_its_id_and_a_taken_name_is_refused()
    {
        var person = await PersonAsync();
        var preset = Preset("Gone");
        var id = await _queries.SaveAsync(person, preset, Cancel);
        await _queries.SaveAsync(person, Preset("Other"), Cancel);
        Assert.Equal("23505", (await Assert.ThrowsAsync<PostgresException>(() => _queries.RenameAsync(person, id, "OTHER", Cancel))).SqlState);
        Assert.True(await _queries.RenameAsync(person, id, "Gone soon", Cancel));

        Assert.True(await _queries.DeleteAsync(person, id, Cancel));
        await _queries.SaveAsync(person, preset with { Id = id }, Cancel);

        Assert.Equal([("Gone", id)], (await _queries.AllAsync(person, Cancel)).Where(one => one.Name != "Other").Select(one => (one.Name, one.Id)));
    }

    private static Preset Preset(string name, params decimal[] temperatures) => new() { Name = name, Temperatures = temperatures, Parameters = """{"seed":7}""" };

    private async Task<Caller> PersonAsync() => Caller.User(await database.CreateUserAsync());
}
