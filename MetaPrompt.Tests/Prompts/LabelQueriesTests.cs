using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Prompts;

public sealed class LabelQueriesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly LabelQueries _labels = new(database.Db);
    private readonly PromptQueries _prompts = new(database.Db);

    [Fact]
    public async Task A_label_is_made_with_its_first_prompts_and_found_again_whatever_its_case()
    {
        var (person, ids) = await PersonAsync(3);

        var first = await _labels.AddAsync(person, "  Work  in progress ", ids[..2], _ct);
        var second = await _labels.AddAsync(person, "work in PROGRESS", ids, _ct);

        Assert.Equal((2, 1), (first.Added, second.Added));
        Assert.Equal(first.Id, second.Id);
        var label = Assert.Single(await _labels.ListAsync(person, _ct));
        Assert.Equal(("Work in progress", 3), (label.Name, label.Prompts));
    }

    [Fact]
    public async Task Prompts_that_are_deleted_or_not_ones_own_are_neither_labelled_nor_counted()
    {
        var (person, ids) = await PersonAsync(2);
        var (_, theirs) = await PersonAsync(1);
        await _prompts.DeleteAsync(person, ids[0], _ct);

        var done = await _labels.AddAsync(person, "Mine", [.. ids, .. theirs, Guid.NewGuid()], _ct);

        Assert.Equal((1, 0), (done.Added, done.Full));
        await _prompts.RestoreAsync(person, ids[0], _ct);
        Assert.Equal(1, Assert.Single(await _labels.ListAsync(person, _ct)).Prompts);
        await _prompts.DeleteAsync(person, ids[1], _ct);
        Assert.Equal(0, Assert.Single(await _labels.ListAsync(person, _ct)).Prompts);
    }

    [Fact]
    public async Task A_prompt_with_twenty_labels_takes_no_other_and_does_not_keep_the_rest_from_theirs()
    {
        var (person, ids) = await PersonAsync(2);
        for (var number = 1; number <= LabelQueries.MostOfPrompt; number++)
            await _labels.AddAsync(person, $"Label {number}", [ids[0]], _ct);

        var done = await _labels.AddAsync(person, "One more", ids, _ct);

        Assert.Equal((1, 1), (done.Added, done.Full));
        Assert.Equal(0, (await _labels.AddAsync(person, "Label 7", [ids[0]], _ct)).Full);
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => database.OwnerAsync(
            "insert into public.prompt_labels (prompt_id, user_id, label_id) values (@p, @u, @l)", ("p", ids[0]), ("u", person.UserId), ("l", done.Id)));
        Assert.Equal("prompt_labels_limit", refusal.ConstraintName);
    }

    [Fact]
    public async Task Two_hundred_labels_are_the_most_and_each_of_them_can_still_be_put_on()
    {
        var (person, ids) = await PersonAsync(1);
        await database.OwnerAsync("insert into public.labels (user_id, name) select @u, 'Label ' || n from generate_series(1, 200) n", ("u", person.UserId));

        Assert.Equal(1, (await _labels.AddAsync(person, "label 200", ids, _ct)).Added);
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => _labels.AddAsync(person, "Label 201", ids, _ct));

        Assert.Equal("labels_limit", refusal.ConstraintName);
    }

    [Theory]
    [InlineData(" \t ", PostgresErrorCodes.CheckViolation)]
    [InlineData("123456789012345678901234567890123456789012345678901", PostgresErrorCodes.StringDataRightTruncation)]
    public async Task A_blank_or_endless_name_is_refused(string name, string code)
    {
        var (person, ids) = await PersonAsync(1);
        Assert.Equal(code, (await Assert.ThrowsAsync<PostgresException>(() => _labels.AddAsync(person, name, ids, _ct))).SqlState);
    }

    [Fact]
    public async Task Renaming_to_another_labels_name_is_refused_and_merging_puts_the_prompts_together()
    {
        var (person, ids) = await PersonAsync(3);
        var work = (await _labels.AddAsync(person, "Work", ids[..2], _ct)).Id;
        var job = (await _labels.AddAsync(person, "Job", ids[1..], _ct)).Id;

        Assert.Equal("labels_user_id_name_key", (await Assert.ThrowsAsync<PostgresException>(() => _labels.RenameAsync(person, job, "WORK", _ct))).ConstraintName);
        Assert.True(await _labels.RenameAsync(person, job, "JOB", _ct));
        Assert.True(await _labels.MergeAsync(person, job, work, _ct));

        var label = Assert.Single(await _labels.ListAsync(person, _ct));
        Assert.Equal(("Work", 3), (label.Name, label.Prompts));
        Assert.False(await _labels.MergeAsync(person, work, work, _ct));
    }

    [Fact]
    public async Task A_deleted_label_comes_back_on_the_prompts_it_was_on()
    {
        var (person, ids) = await PersonAsync(3);
        var id = (await _labels.AddAsync(person, "Work", ids[..2], _ct)).Id;

        var on = await _labels.DeleteAsync(person, id, _ct);
        Assert.Equal(ids[..2].ToHashSet(), on.ToHashSet());
        Assert.Empty(await _labels.ListAsync(person, _ct));
        Assert.Empty(await _labels.DeleteAsync(person, id, _ct));

        await _labels.RestoreAsync(person, id, "Work", on, _ct);
        var label = Assert.Single(await _labels.ListAsync(person, _ct));
        Assert.Equal((id, 2), (label.Id, label.Prompts));
    }

    [Fact]
    public async Task Which_labels_some_prompts_have_and_taking_one_off()
    {
        var (person, ids) = await PersonAsync(3);
        var all = (await _labels.AddAsync(person, "All", ids, _ct)).Id;
        var some = (await _labels.AddAsync(person, "Some", ids[..1], _ct)).Id;

        Assert.Equal(new Dictionary<Guid, int> { [all] = 2, [some] = 1 }, await _labels.OfAsync(person, ids[..2], _ct));
        Assert.Equal(2, await _labels.RemoveAsync(person, all, ids[..2], _ct));
        Assert.Equal(1, (await _labels.ListAsync(person, _ct)).Single(label => label.Id == all).Prompts);
    }

    [Fact]
    public async Task A_copy_of_a_prompt_has_its_labels()
    {
        var (person, ids) = await PersonAsync(1);
        var id = (await _labels.AddAsync(person, "Work", ids, _ct)).Id;

        var copy = await _prompts.DuplicateAsync(person, ids[0], Guid.NewGuid(), _ct);

        Assert.Equal(1, (await _labels.OfAsync(person, [copy], _ct))[id]);
    }

    [Fact]
    public async Task A_stranger_sees_changes_and_uses_nothing_of_it()
    {
        var (owner, ids) = await PersonAsync(1);
        var id = (await _labels.AddAsync(owner, "Work", ids, _ct)).Id;
        var (stranger, theirs) = await PersonAsync(1);
        var own = (await _labels.AddAsync(stranger, "Own", theirs, _ct)).Id;

        Assert.Equal("Own", Assert.Single(await _labels.ListAsync(stranger, _ct)).Name);
        Assert.Empty(await _labels.OfAsync(stranger, ids, _ct));
        Assert.False(await _labels.RenameAsync(stranger, id, "Fool", _ct));
        Assert.Empty(await _labels.DeleteAsync(stranger, id, _ct));
        Assert.Equal(0, await _labels.RemoveAsync(stranger, id, ids, _ct));
        Assert.False(await _labels.MergeAsync(stranger, id, own, _ct));
        Assert.Equal(PostgresErrorCodes.ForeignKeyViolation, (await Assert.ThrowsAsync<PostgresException>(() => _labels.MergeAsync(stranger, own, id, _ct))).SqlState);
        Assert.Equal(1, Assert.Single(await _labels.ListAsync(owner, _ct)).Prompts);
    }

    private async Task<(Caller Person, Guid[] Prompts)> PersonAsync(int prompts)
    {
        var person = await database.CreateUserAsync();
        var ids = new Guid[prompts];
        for (var number = 0; number < prompts; number++)
            ids[number] = await database.CreatePromptAsync(person, $"Prompt {number}");
        return (Caller.User(person), ids);
    }
}
