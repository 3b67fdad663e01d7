using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Prompts;

public sealed class PromptBatchQueriesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string LongText = "Write a letter to {{reader}} that explains in plain words what changed this month, what they have to do about it, by when, and whom they may ask if anything is unclear.";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly PromptBatchQueries _batch = new(database.Db);
    private readonly PromptQueries _prompts = new(database.Db);
    private readonly PublishQueries _publish = new(database.Db);

    [Fact]
    public async Task Many_are_deleted_and_come_back_together_and_only_ones_own()
    {
        var (person, ids) = await PersonAsync(3);
        var (_, theirs) = await PersonAsync(1);
        await _prompts.DeleteAsync(person, ids[2], _ct);

        var gone = await _batch.DeleteAsync(person, [.. ids, .. theirs], _ct);

        Assert.Equal(ids[..2].ToHashSet(), gone.Select(prompt => prompt.Id).ToHashSet());
        Assert.Equal(2, (await _batch.RestoreAsync(person, [.. gone.Select(prompt => prompt.Id)], _ct)).Count);
        Assert.Equal(ids[..2], (await _batch.FindAsync(person, ids, _ct)).Select(prompt => prompt.Id));
        Assert.Equal(1L, await database.OwnerScalarAsync<long>("select count(*) from public.prompts where id = @id and deleted_at is null", ("id", theirs[0])));
    }

    [Fact]
    public async Task Many_are_published_with_one_category_and_each_keeps_its_tags()
    {
        var (person, ids) = await PersonAsync(3);
        await _publish.PublishAsync(person, ids[0], "Old", ["kept"], _ct);
        await _publish.UnpublishAsync(person, ids[0], _ct);

        var outcomes = await PublishAsync(person, ids, "Writing");

        Assert.All(outcomes, outcome => Assert.Null(outcome.Refusal));
        var now = await _batch.FindAsync(person, ids, _ct);
        Assert.All(now, prompt => Assert.Equal((PromptVisibility.Public, "Writing"), (prompt.Visibility, prompt.Category)));
        Assert.Equal(["kept"], now[0].Tags);
        Assert.Equal(outcomes.Select(outcome => outcome.TemplateId), now.Select(prompt => prompt.TemplateId));
    }

    [Fact]
    public async Task What_one_rule_refuses_does_not_stop_the_others_and_each_says_why()
    {
        var (other, theirs) = await PersonAsync(1, LongText);
        await _publish.PublishAsync(other, theirs[0], null, [], _ct);
        var (person, ids) = await PersonAsync(13);
        await database.OwnerAsync("update public.prompts set template = @t where id = @id", ("t", LongText), ("id", ids[0]));
        var looked = await LookAsync(person, ids);
        await database.OwnerAsync("update public.prompts set title = 'Changed meanwhile' where id = @id", ("id", ids[1]));

        var outcomes = await _batch.PublishAsync(person, [.. looked, looked[0] with { Id = theirs[0] }], null, _ct);

        Assert.Equal(
            [PublishRefusal.Copy, PublishOutcome.Changed, .. Enumerable.Repeat<string?>(null, 10), PublishRefusal.TooMany, PublishOutcome.Changed],
            outcomes.Select(outcome => outcome.Refusal));
        Assert.NotNull(outcomes[12].RefusalHint);
        Assert.Equal(10L, await database.OwnerScalarAsync<long>("select count(*) from public.prompts where user_id = @u and is_public", ("u", person.UserId)));
    }

    [Fact]
    public async Task A_category_without_end_is_an_error_and_nothing_is_published()
    {
        var (person, ids) = await PersonAsync(2);

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => PublishAsync(person, ids, new string('c', 101)));

        Assert.All(await _batch.FindAsync(person, ids, _ct), prompt => Assert.Equal(PromptVisibility.Private, prompt.Visibility));
    }

    [Fact]
    public async Task Many_are_made_private_and_shown_again_to_whom_they_were_shown()
    {
        var (person, ids) = await PersonAsync(3);
        await PublishAsync(person, ids[..1], "Writing");
        var unlisted = (await LookAsync(person, ids[1..2]))[0] with { IsPublic = false };
        await _batch.PublishAsync(person, [unlisted], null, _ct);

        var seen = await _batch.SeenAsync(person, ids, _ct);
        var hidden = await _batch.MakePrivateAsync(person, ids, _ct);
        Assert.Equal(ids[..2].ToHashSet(), hidden.ToHashSet());
        Assert.Empty(await _batch.SeenAsync(person, ids, _ct));

        await _batch.PublishAsync(person, seen, null, _ct);
        Assert.Equal(
            [PromptVisibility.Public, PromptVisibility.Unlisted, PromptVisibility.Private],
            (await _batch.FindAsync(person, ids, _ct)).Select(prompt => prompt.Visibility));
    }

    [Fact]
    public async Task Near_duplicates_of_each_are_found_in_one_go()
    {
        var (other, theirs) = await PersonAsync(1, LongText + " Sign with a name.");
        await _publish.PublishAsync(other, theirs[0], null, [], _ct);
        var (person, ids) = await PersonAsync(2);
        await database.OwnerAsync("update public.prompts set template = @t where id = @id", ("t", LongText), ("id", ids[0]));

        var near = await _batch.NearAsync(person, ids, _ct);

        Assert.NotEmpty(near[ids[0]]);
        Assert.Empty(near[ids[1]]);
    }

    private async Task<IReadOnlyList<PublishOutcome>> PublishAsync(Caller person, Guid[] ids, string? category) =>
        await _batch.PublishAsync(person, await LookAsync(person, ids), category, _ct);

    private async Task<SeenPrompt[]> LookAsync(Caller person, Guid[] ids) =>
        [.. (await _batch.FindAsync(person, ids, _ct)).Select(prompt => new SeenPrompt { Id = prompt.Id, BasedOn = prompt.UpdatedAt, IsPublic = true })];

    private async Task<(Caller Person, Guid[] Prompts)> PersonAsync(int prompts, string template = "A text")
    {
        var person = await database.CreateUserAsync();
        var ids = new Guid[prompts];
        for (var number = 0; number < prompts; number++)
            ids[number] = await database.CreatePromptAsync(person, $"Prompt {number}", template: prompts == 1 ? template : $"{template} {number} of {person}");
        return (Caller.User(person), ids);
    }
}
