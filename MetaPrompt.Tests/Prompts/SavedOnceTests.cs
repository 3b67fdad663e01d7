using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Prompts;

/// <summary>A prompt that is saved, or duplicated, again under the id of the first attempt is one prompt.</summary>
public sealed class SavedOnceTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly PromptQueries _prompts = new(database.Db);

    [Fact]
    public async Task The_same_again_changes_nothing()
    {
        var person = await PersonAsync();
        var prompt = New("Notes");

        var first = await _prompts.CreateAsync(person, prompt, _ct);
        var saved = await _prompts.FindAsync(person, first, _ct);

        Assert.Equal(prompt.Id, first);
        Assert.Equal(first, await _prompts.CreateAsync(person, prompt, _ct));
        Assert.Equal(saved, await _prompts.FindAsync(person, first, _ct), (one, other) => one! with { Tags = [] } == other! with { Tags = [] });
        Assert.Equal(["a1", "a2"], (await _prompts.AnswersAsync(person, first, _ct)).Select(answer => answer.Answer));
        Assert.Equal(1L, await CountAsync(person));
    }

    [Fact]
    public async Task Two_attempts_at_the_same_moment_are_one_prompt()
    {
        var person = await PersonAsync();
        // Which key a conflict shows itself at is a matter of luck: often enough for each.
        for (var round = 1; round <= 40; round++)
        {
            var prompt = New("Notes");

            var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _prompts.CreateAsync(person, prompt, _ct)));

            Assert.All(ids, id => Assert.Equal(prompt.Id, id));
            Assert.Equal(round, await CountAsync(person));
            Assert.Equal(2, (await _prompts.AnswersAsync(person, ids[0], _ct)).Count);
        }
    }

    [Fact]
    public async Task What_was_written_between_two_attempts_is_what_the_prompt_says_and_the_first_is_its_first_version()
    {
        var person = await PersonAsync();
        var prompt = New("Notes");
        var id = await _prompts.CreateAsync(person, prompt, _ct);

        Assert.Equal(id, await _prompts.CreateAsync(person, prompt with { Template = "More", Answers = [Answer("a3")] }, _ct));

        var saved = (await _prompts.FindAsync(person, id, _ct))!;
        Assert.Equal(("More", 2), (saved.Template, saved.Version));
        Assert.Equal("a3", Assert.Single(await _prompts.AnswersAsync(person, id, _ct)).Answer);
        Assert.Equal(1L, await CountAsync(person));
    }

    [Theory]
    [InlineData("edited")]
    [InlineData("published")]
    [InlineData("deleted")]
    [InlineData("somebody else's")]
    public async Task What_has_become_something_else_since_is_never_written_over(string how)
    {
        var person = await PersonAsync();
        var prompt = New("Notes");
        var owner = how == "somebody else's" ? await PersonAsync() : person;
        var id = await _prompts.CreateAsync(owner, prompt, _ct);
        var saved = (await _prompts.FindAsync(owner, id, _ct))!;
        if (how == "edited")
            await _prompts.UpdateAsync(owner, new PromptEdit { Id = id, Title = "Edited", Goal = "g", Template = "t", Variables = "[]", BasedOn = saved.UpdatedAt }, _ct);
        else if (how == "published")
            await new PublishQueries(database.Db).PublishAsync(owner, id, null, [], _ct);
        else if (how == "deleted")
            await _prompts.DeleteAsync(owner, id, _ct);
        var before = (await _prompts.FindAsync(owner, id, _ct))!;

        var other = await _prompts.CreateAsync(person, prompt with { Title = "Another" }, _ct);

        Assert.NotEqual(id, other);
        Assert.Equal("Another", (await _prompts.FindAsync(person, other, _ct))!.Title);
        Assert.Equal(2, (await _prompts.AnswersAsync(person, other, _ct)).Count);
        var after = (await _prompts.FindAsync(owner, id, _ct))!;
        Assert.Equal((before.Title, before.Template, before.UpdatedAt, before.Version), (after.Title, after.Template, after.UpdatedAt, after.Version));
    }

    [Theory]
    [InlineData("select public.create_prompt('t', 'g', 'x', '[]', '{}', '{}', '{}')")]
    [InlineData("select public.create_prompt(title => 't', goal => 'g', template => 'x', variables => '[]', question_ids => '{}', question_texts => '{}', answers => '{}')")]
    public async Task Who_calls_it_without_an_id_gets_a_prompt_each_time(string call)
    {
        var person = await PersonAsync();

        Assert.NotEqual(
            await database.Db.FirstOrDefaultAsync<Guid>(person, call, null, _ct),
            await database.Db.FirstOrDefaultAsync<Guid>(person, call, null, _ct));
        Assert.Equal(2L, await CountAsync(person));
    }

    [Fact]
    public async Task An_import_that_is_tried_again_puts_there_what_is_missing_alone()
    {
        var person = await PersonAsync();
        var transfer = new TransferQueries(database.Db);
        var (one, two) = (Imported("One"), Imported("Two"));
        await transfer.InsertAsync(person, [one], _ct);

        Assert.Equal([one.Id, two.Id], await transfer.InsertAsync(person, [one, two], _ct));
        Assert.Equal(2L, await CountAsync(person));
    }

    [Fact]
    public async Task Duplicated_again_there_is_one_copy()
    {
        var person = await PersonAsync();
        var original = await _prompts.CreateAsync(person, New("Notes"), _ct);
        await new LabelQueries(database.Db).AddAsync(person, "mine", [original], _ct);
        var id = Guid.NewGuid();

        var copies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _prompts.DuplicateAsync(person, original, id, _ct)));

        Assert.All(copies, copy => Assert.Equal(id, copy));
        Assert.Equal(2L, await CountAsync(person));
        Assert.Equal(["a1", "a2"], (await _prompts.AnswersAsync(person, id, _ct)).Select(answer => answer.Answer));
        Assert.Equal(1L, await database.OwnerScalarAsync<long>("select count(*) from public.prompt_labels where prompt_id = @id", ("id", id)));
    }

    [Fact]
    public async Task A_copy_that_was_edited_since_and_whose_original_is_gone_is_still_the_copy()
    {
        var person = await PersonAsync();
        var original = await _prompts.CreateAsync(person, New("Notes"), _ct);
        var copy = (await _prompts.FindAsync(person, await _prompts.DuplicateAsync(person, original, Guid.NewGuid(), _ct), _ct))!;
        await _prompts.UpdateAsync(person, new PromptEdit { Id = copy.Id, Title = "Edited", Goal = "g", Template = "t", Variables = "[]", BasedOn = copy.UpdatedAt }, _ct);
        await _prompts.DeleteAsync(person, original, _ct);

        Assert.Equal(copy.Id, await _prompts.DuplicateAsync(person, original, copy.Id, _ct));
        Assert.Equal("Edited", (await _prompts.FindAsync(person, copy.Id, _ct))!.Title);
        Assert.Equal(2L, await CountAsync(person));
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("somebody else's")]
    [InlineData("the original's")]
    public async Task Where_the_id_is_no_copys_any_more_there_is_another(string how)
    {
        var person = await PersonAsync();
        var original = await _prompts.CreateAsync(person, New("Notes"), _ct);
        var taken = how switch
        {
            "deleted" => await _prompts.DuplicateAsync(person, original, Guid.NewGuid(), _ct),
            "the original's" => original,
            _ => await _prompts.CreateAsync(await PersonAsync(), New("Theirs"), _ct),
        };
        if (how == "deleted")
            await _prompts.DeleteAsync(person, taken, _ct);

        var copy = await _prompts.DuplicateAsync(person, original, taken, _ct);

        Assert.NotEqual(taken, copy);
        Assert.Equal("Notes (copy)", (await _prompts.FindAsync(person, copy, _ct))!.Title);
        Assert.Equal(2, (await _prompts.AnswersAsync(person, copy, _ct)).Count);
    }

    [Fact]
    public async Task Who_duplicates_without_an_id_gets_a_copy_each_time()
    {
        var person = await PersonAsync();
        var original = await _prompts.CreateAsync(person, New("Notes"), _ct);

        for (var time = 0; time < 2; time++)
            await database.Db.FirstOrDefaultAsync<Guid>(person, "select public.duplicate_prompt(@Id)", new { Id = original }, _ct);

        Assert.Equal(3L, await CountAsync(person));
    }

    private static ImportedPrompt Imported(string title) => new() { Title = title, Goal = "g", Template = title, Variables = "[]" };

    private static NewPrompt New(string title) => new()
    {
        Id = Guid.NewGuid(), Title = title, Goal = "A goal", Template = $"A text {Guid.NewGuid()}", Variables = "[]", Answers = [Answer("a1"), Answer("a2")],
    };

    private static PromptAnswer Answer(string text) => new() { QuestionId = "q", QuestionText = "?", Answer = text };

    private async Task<Caller> PersonAsync() => Caller.User(await database.CreateUserAsync());

    private Task<long> CountAsync(Caller person) =>
        database.OwnerScalarAsync<long>("select count(*) from public.prompts where user_id = @id", ("id", person.UserId));
}
