using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Prompts;

public sealed class DraftQueriesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly DraftQueries _drafts = new(database.Db);

    [Fact]
    public async Task A_draft_comes_back_as_it_was_written_last()
    {
        var person = Caller.User(await database.CreateUserAsync());
        var draft = New("Summarise", "first");

        Assert.Equal(1, await _drafts.SaveAsync(person, draft, 0, _ct));
        Assert.Equal(2, await _drafts.SaveAsync(person, draft with { State = "second", Step = "Template" }, 1, _ct));

        var found = await _drafts.FindAsync(person, draft.Id, _ct);
        Assert.Equal(("second", "Template", "Summarise", 2), (found!.State, found.Step, found.Goal, found.Revision));
        Assert.Equal(draft.Id, Assert.Single(await _drafts.ListAsync(person, _ct)).Id);
    }

    [Fact]
    public async Task Who_has_not_seen_the_latest_revision_overwrites_nothing()
    {
        var person = Caller.User(await database.CreateUserAsync());
        var draft = New("Goal", "mine");
        await _drafts.SaveAsync(person, draft, 0, _ct);
        await _drafts.SaveAsync(person, draft with { State = "the other device's" }, 1, _ct);

        Assert.Null(await _drafts.SaveAsync(person, draft with { State = "late" }, 1, _ct));
        Assert.Null(await _drafts.SaveAsync(person, draft with { State = "late" }, 0, _ct));

        Assert.Equal("the other device's", (await _drafts.FindAsync(person, draft.Id, _ct))!.State);
    }

    [Fact]
    public async Task Of_two_that_write_at_the_same_moment_one_is_told()
    {
        var person = Caller.User(await database.CreateUserAsync());
        var draft = New("Goal", "start");
        await _drafts.SaveAsync(person, draft, 0, _ct);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _drafts.SaveAsync(person, draft with { State = $"tab {i}" }, 1, _ct)));

        Assert.Equal(2, Assert.Single(outcomes, revision => revision is not null));
    }

    [Fact]
    public async Task A_deleted_draft_is_gone_and_one_that_is_written_again_is_made_anew()
    {
        var person = Caller.User(await database.CreateUserAsync());
        var draft = New("Goal", "text");
        await _drafts.SaveAsync(person, draft, 0, _ct);

        Assert.True(await _drafts.DeleteAsync(person, draft.Id, _ct));
        Assert.False(await _drafts.DeleteAsync(person, draft.Id, _ct));
        Assert.Null(await _drafts.FindAsync(person, draft.Id, _ct));
        Assert.Equal(1, await _drafts.SaveAsync(person, draft, 7, _ct));
    }

    [Fact]
    public async Task Nobody_reads_changes_or_deletes_anothers_draft()
    {
        var (ada, ben) = (Caller.User(await database.CreateUserAsync()), Caller.User(await database.CreateUserAsync()));
        var draft = New("Ada's", "Ada's state");
        await _drafts.SaveAsync(ada, draft, 0, _ct);

        Assert.Null(await _drafts.FindAsync(ben, draft.Id, _ct));
        Assert.Empty(await _drafts.ListAsync(ben, _ct));
        Assert.False(await _drafts.DeleteAsync(ben, draft.Id, _ct));
        await Assert.ThrowsAsync<PostgresException>(() => _drafts.SaveAsync(ben, draft with { State = "Ben's" }, 1, _ct));
        await Assert.ThrowsAsync<PostgresException>(() => _drafts.SaveAsync(Caller.Anonymous, New("x", "y"), 0, _ct));

        Assert.Equal("Ada's state", (await _drafts.FindAsync(ada, draft.Id, _ct))!.State);
    }

    [Fact]
    public async Task Two_hundred_drafts_are_enough()
    {
        var person = await database.CreateUserAsync();
        await database.OwnerAsync(
            "insert into public.prompt_drafts (id, user_id, goal, step, state) select gen_random_uuid(), @u, 'g', 'Goal', '{}' from generate_series(1, 200)", ("u", person));

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => _drafts.SaveAsync(Caller.User(person), New("one more", "x"), 0, _ct));

        Assert.Equal("54000", refusal.SqlState);
    }

    private static NewDraft New(string goal, string state) => new(Guid.NewGuid(), goal, "Goal", state);
}
