using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Prompts;

public sealed class PromptQueriesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly PromptQueries _prompts = new(database.Db);

    [Fact]
    public async Task A_new_prompt_is_found_as_it_was_saved_and_is_private()
    {
        var (person, id) = await CreateAsync(new NewPrompt
        {
            Title = "Newsletter", Goal = "A monthly letter", Template = "Write to {{readers}}.", Variables = """[{"name": "readers"}]""",
        });

        var prompt = (await _prompts.FindAsync(person, id, _ct))!;

        Assert.Equal((id, person.UserId!.Value, "Newsletter", "A monthly letter", "Write to {{readers}}."), (prompt.Id, prompt.UserId, prompt.Title, prompt.Goal, prompt.Template));
        Assert.Equal("""[{"name": "readers"}]""", prompt.Variables);
        Assert.False(prompt.IsPublic);
        Assert.Equal(DateTimeKind.Utc, prompt.CreatedAt.Kind);
        Assert.Null(prompt.TemplateId);
        Assert.Empty(prompt.Tags);
    }

    [Fact]
    public async Task Answers_come_back_in_the_order_they_were_asked()
    {
        var (person, id) = await CreateAsync(New("Title") with
        {
            Answers = [.. Enumerable.Range(1, 12).Select(i => new PromptAnswer { QuestionId = $"q{13 - i}", QuestionText = $"Question {i}?", Answer = i == 3 ? "" : $"Answer {i}" })],
        });

        var answers = await _prompts.AnswersAsync(person, id, _ct);

        Assert.Equal(Enumerable.Range(1, 12).Select(i => ($"q{13 - i}", $"Question {i}?", i == 3 ? "" : $"Answer {i}")), answers.Select(a => (a.QuestionId, a.QuestionText, a.Answer)));
    }

    [Fact]
    public async Task A_prompt_whose_answers_cannot_be_saved_is_not_saved_either()
    {
        var person = await PersonAsync();
        var tooLong = New("Title") with { Answers = [new PromptAnswer { QuestionId = "q", QuestionText = "?", Answer = new string('a', 20_001) }] };

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => _prompts.CreateAsync(person, tooLong, _ct));

        Assert.Equal(PostgresErrorCodes.CheckViolation, refusal.SqlState);
        Assert.Empty(await new PromptListQueries(database.Db).PageAsync(person, PromptFilter.None, PromptSort.Newest, null, 10, _ct));
    }

    [Theory]
    [InlineData(" \t", "[]", PostgresErrorCodes.CheckViolation)]
    [InlineData("Title", "{}", PostgresErrorCodes.CheckViolation)]
    [InlineData("Title", "null", PostgresErrorCodes.CheckViolation)]
    [InlineData("Title", "not json", PostgresErrorCodes.InvalidTextRepresentation)]
    public async Task A_blank_title_and_variables_that_are_no_list_are_refused(string title, string variables, string code)
    {
        var person = await PersonAsync();
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => _prompts.CreateAsync(person, New(title) with { Variables = variables }, _ct));
        Assert.Equal(code, refusal.SqlState);
    }

    [Fact]
    public async Task A_text_without_end_is_refused_and_the_longest_allowed_one_is_kept()
    {
        var person = await PersonAsync();
        var longest = New("Title") with { Goal = new string('é', 20_000), Template = new string('ü', 500_000) };

        var id = await _prompts.CreateAsync(person, longest, _ct);
        Assert.Equal(longest.Template, (await _prompts.FindAsync(person, id, _ct))!.Template);
        // And the gallery takes it.
        await new PublishQueries(database.Db).PublishAsync(person, id, null, [], _ct);

        await Assert.ThrowsAsync<PostgresException>(() => _prompts.CreateAsync(person, longest with { Goal = longest.Goal + "é" }, _ct));
        await Assert.ThrowsAsync<PostgresException>(() => _prompts.CreateAsync(person, longest with { Template = longest.Template + "ü" }, _ct));
    }

    [Fact]
    public async Task An_edit_changes_the_texts_and_the_time_of_change()
    {
        var (person, id) = await CreateAsync(New("Old"));
        var before = (await _prompts.FindAsync(person, id, _ct))!;

        var changedAt = await _prompts.UpdateAsync(person, Edit(before, "New"), _ct);

        var after = (await _prompts.FindAsync(person, id, _ct))!;
        Assert.Equal(("New", changedAt!.Value), (after.Title, after.UpdatedAt));
        Assert.True(after.UpdatedAt > before.UpdatedAt);
        Assert.Equal(before.CreatedAt, after.CreatedAt);
    }

    [Fact]
    public async Task An_edit_that_began_from_an_older_state_changes_nothing()
    {
        var (person, id) = await CreateAsync(New("Old"));
        var before = (await _prompts.FindAsync(person, id, _ct))!;
        Assert.NotNull(await _prompts.UpdateAsync(person, Edit(before, "From one tab"), _ct));

        Assert.Null(await _prompts.UpdateAsync(person, Edit(before, "From the other tab"), _ct));

        Assert.Equal("From one tab", (await _prompts.FindAsync(person, id, _ct))!.Title);
    }

    [Fact]
    public async Task Of_two_edits_at_the_same_moment_one_is_kept_and_the_other_is_told()
    {
        var (person, id) = await CreateAsync(New("Old"));
        var before = (await _prompts.FindAsync(person, id, _ct))!;

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _prompts.UpdateAsync(person, Edit(before, $"Tab {i}"), _ct)));

        Assert.Single(results, result => result is not null);
    }

    [Fact]
    public async Task Publishing_and_taking_back_is_no_edit()
    {
        var (person, id) = await CreateAsync(New("Title"));
        var before = (await _prompts.FindAsync(person, id, _ct))!;
        var publish = new PublishQueries(database.Db);

        await publish.PublishAsync(person, id, "Writing", [], _ct);
        await publish.UnpublishAsync(person, id, _ct);
        await _prompts.DeleteAsync(person, id, _ct);
        await _prompts.RestoreAsync(person, id, _ct);

        Assert.Equal(before.UpdatedAt, (await _prompts.FindAsync(person, id, _ct))!.UpdatedAt);
        Assert.NotNull(await _prompts.UpdateAsync(person, Edit(before, "Still mine to edit"), _ct));
    }

    [Fact]
    public async Task A_stranger_neither_finds_edits_copies_deletes_nor_restores()
    {
        var (owner, id) = await CreateAsync(New("Mine") with { Answers = [new PromptAnswer { QuestionId = "q", QuestionText = "?", Answer = "a" }] });
        await new PublishQueries(database.Db).PublishAsync(owner, id, null, [], _ct);
        var before = (await _prompts.FindAsync(owner, id, _ct))!;
        var stranger = await PersonAsync();

        Assert.Null(await _prompts.FindAsync(stranger, id, _ct));
        Assert.Empty(await _prompts.AnswersAsync(stranger, id, _ct));
        Assert.Empty(await new PromptListQueries(database.Db).PageAsync(stranger, PromptFilter.None, PromptSort.Newest, null, 10, _ct));
        Assert.Null(await _prompts.UpdateAsync(stranger, Edit(before, "Yours"), _ct));
        Assert.Equal("P0002", (await Assert.ThrowsAsync<PostgresException>(() => _prompts.DuplicateAsync(stranger, id, Guid.NewGuid(), _ct))).SqlState);
        Assert.False(await _prompts.DeleteAsync(stranger, id, _ct));
        await _prompts.DeleteAsync(owner, id, _ct);
        Assert.False(await _prompts.RestoreAsync(stranger, id, _ct));
        Assert.NotNull((await _prompts.FindAsync(owner, id, _ct))!.DeletedAt);
    }

    [Fact]
    public async Task A_visitor_has_no_prompts()
    {
        // Published ones are there to be read, but they are not the visitor's.
        var (person, id) = await CreateAsync(New("Published"));
        await new PublishQueries(database.Db).PublishAsync(person, id, null, [], _ct);

        Assert.Null(await _prompts.FindAsync(Caller.Anonymous, id, _ct));
        await Assert.ThrowsAsync<PostgresException>(() => new PromptListQueries(database.Db).PageAsync(Caller.Anonymous, PromptFilter.None, PromptSort.Newest, null, 10, _ct));
        await Assert.ThrowsAsync<PostgresException>(() => _prompts.DeleteAsync(Caller.Anonymous, id, _ct));
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => _prompts.CreateAsync(Caller.Anonymous, New("Title"), _ct));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    [Theory]
    [InlineData("LETTER", 1)]
    [InlineData("monthly", 1)]
    [InlineData("{{readers}}", 1)]
    [InlineData("100%", 1)]
    [InlineData("%", 1)]
    [InlineData("_", 0)]
    [InlineData("  letter  ", 1)]
    [InlineData("  ", 2)]
    [InlineData("nothing", 0)]
    public async Task Searching_ones_prompts_looks_for_the_text_as_it_stands(string search, int found)
    {
        var person = await PersonAsync();
        await _prompts.CreateAsync(person, new NewPrompt { Title = "Letter", Goal = "A monthly one, 100% mine", Template = "For {{readers}}.", Variables = "[]" }, _ct);
        await _prompts.CreateAsync(person, New("Other"), _ct);

        Assert.Equal(found, (await new PromptListQueries(database.Db).PageAsync(person, new PromptFilter { Search = search }, PromptSort.Newest, null, 10, _ct)).Count);
    }

    [Fact]
    public async Task The_list_says_how_often_a_prompt_was_tested_and_whether_it_is_published()
    {
        var (person, id) = await CreateAsync(New("Title"));
        var results = new TestResultQueries(database.Db);
        for (var i = 0; i < 3; i++)
            await results.SaveAsync(person, new NewTestResult { PromptId = id, Model = "m", Temperature = 1, VariableValues = "{}", ResolvedPrompt = "x" }, _ct);
        var template = await new PublishQueries(database.Db).PublishAsync(person, id, null, [], _ct);

        var row = Assert.Single(await new PromptListQueries(database.Db).PageAsync(person, PromptFilter.None, PromptSort.Newest, null, 10, _ct));

        Assert.Equal((3, true, template), (row.Tests, row.IsPublic, row.TemplateId!.Value));
    }

    [Fact]
    public async Task A_copy_has_the_answers_and_is_private_and_ones_own()
    {
        var (person, id) = await CreateAsync(New(new string('t', 255)) with { Answers = [new PromptAnswer { QuestionId = "q", QuestionText = "?", Answer = "a" }] });
        await new PublishQueries(database.Db).PublishAsync(person, id, null, [], _ct);

        var copy = (await _prompts.FindAsync(person, await _prompts.DuplicateAsync(person, id, Guid.NewGuid(), _ct), _ct))!;

        Assert.EndsWith("t (copy)", copy.Title, StringComparison.Ordinal);
        Assert.False(copy.IsPublic);
        Assert.Equal("a", Assert.Single(await _prompts.AnswersAsync(person, copy.Id, _ct)).Answer);
        Assert.Equal(2, (await new PromptListQueries(database.Db).PageAsync(person, PromptFilter.None, PromptSort.Newest, null, 10, _ct)).Count);
    }

    [Fact]
    public async Task A_deleted_prompt_is_in_no_list_and_comes_back_as_it_was()
    {
        var (person, id) = await CreateAsync(New("Title"));
        var template = await new PublishQueries(database.Db).PublishAsync(person, id, "Writing", ["tag"], _ct);
        var gallery = new GalleryQueries(database.Db);

        Assert.True(await _prompts.DeleteAsync(person, id, _ct));
        Assert.False(await _prompts.DeleteAsync(person, id, _ct));
        Assert.Empty(await new PromptListQueries(database.Db).PageAsync(person, PromptFilter.None, PromptSort.Newest, null, 10, _ct));
        Assert.Null(await gallery.FindAsync(Caller.Anonymous, template, _ct));
        Assert.Null(await _prompts.UpdateAsync(person, Edit((await _prompts.FindAsync(person, id, _ct))!, "No"), _ct));

        Assert.True(await _prompts.RestoreAsync(person, id, _ct));
        Assert.False(await _prompts.RestoreAsync(person, id, _ct));
        Assert.Single(await new PromptListQueries(database.Db).PageAsync(person, PromptFilter.None, PromptSort.Newest, null, 10, _ct));
        Assert.Equal(["tag"], (await gallery.FindAsync(Caller.Anonymous, template, _ct))!.Tags);
    }

    [Fact]
    public async Task What_was_deleted_over_thirty_days_ago_ends_with_all_that_hangs_on_it()
    {
        await using var own = await TestDatabase.CreateAsync();
        var person = await own.CreateUserAsync();
        var prompts = new PromptQueries(own.Db);
        var answer = new PromptAnswer { QuestionId = "q", QuestionText = "?", Answer = "a" };
        var old = await prompts.CreateAsync(Caller.User(person), New("Old") with { Answers = [answer] }, _ct);
        var fresh = await prompts.CreateAsync(Caller.User(person), New("Fresh"), _ct);
        var kept = await prompts.CreateAsync(Caller.User(person), New("Kept"), _ct);
        await own.OwnerAsync("update public.prompts set deleted_at = now() - interval '30 days 1 minute' where id = @id", ("id", old));
        await own.OwnerAsync("update public.prompts set deleted_at = now() - interval '29 days 23 hours' where id = @id", ("id", fresh));

        Assert.Equal(1, await new CounterQueries(own.Db).PurgeDeletedPromptsAsync(_ct));
        Assert.Equal(0, await new CounterQueries(own.Db).PurgeDeletedPromptsAsync(_ct));

        Assert.Null(await prompts.FindAsync(Caller.User(person), old, _ct));
        Assert.True(await prompts.RestoreAsync(Caller.User(person), fresh, _ct));
        Assert.NotNull(await prompts.FindAsync(Caller.User(person), kept, _ct));
        Assert.Equal(0L, await own.OwnerScalarAsync<long>("select count(*) from public.prompt_answers"));
    }

    private static NewPrompt New(string title) => new() { Title = title, Goal = "A goal", Template = "A text", Variables = "[]" };

    private static PromptEdit Edit(Prompt from, string title) => new()
    {
        Id = from.Id, Title = title, Goal = from.Goal, Template = from.Template, Variables = from.Variables, BasedOn = from.UpdatedAt,
    };

    private async Task<Caller> PersonAsync() => Caller.User(await database.CreateUserAsync());

    private async Task<(Caller Person, Guid Id)> CreateAsync(NewPrompt prompt)
    {
        var person = await PersonAsync();
        return (person, await _prompts.CreateAsync(person, prompt, _ct));
    }
}
