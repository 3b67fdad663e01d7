using System.Text.Json;
using CsCheck;
using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Policies;

/// <summary>Whatever people type or paste is text: it is kept as it is, and is never SQL.</summary>
public sealed class TextTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public static TheoryData<string> Awkward =>
    [
        "'; drop table public.prompts; --", "\" or 1=1", "$1 @Title :name {0}", "\\'; select pg_sleep(10); --", "$$ end $$",
        "%_\\", "<script>alert(1)</script>", "{{name}}", "נקודה ‮reversed", "👩‍👩‍👧‍👦 ｆｕｌｌ", "line\r\nline\ttab", "\u200b zero width", "' || current_user || '",
    ];

    [Theory]
    [MemberData(nameof(Awkward))]
    public async Task Text_is_kept_as_it_was_typed(string text)
    {
        var person = Caller.User(await database.CreateUserAsync());
        var prompts = new PromptQueries(database.Db);
        var variables = JsonSerializer.Serialize(new[] { new { name = text } });

        var id = await prompts.CreateAsync(person, New(text, variables), _ct);

        var saved = (await prompts.FindAsync(person, id, _ct))!;
        Assert.Equal((text, text, text), (saved.Title, saved.Goal, saved.Template));
        Assert.Equal(text, JsonDocument.Parse(saved.Variables).RootElement[0].GetProperty("name").GetString());
        Assert.Equal(text, Assert.Single(await prompts.AnswersAsync(person, id, _ct)).Answer);
        Assert.Equal(id, Assert.Single(await new PromptListQueries(database.Db).PageAsync(person, new PromptFilter { Search = text }, PromptSort.Newest, null, 10, _ct)).Id);
    }

    // Not as attributes, which hold no half surrogate pairs either.
    public static TheoryData<string, string> Unstorable => new()
    {
        { "a\0b", "ab" },
        { "half \ud83d of a face", "half \ufffd of a face" },
        { "other half \ude00", "other half \ufffd" },
        { "a whole 😀 face", "a whole 😀 face" },
    };

    [Theory]
    [MemberData(nameof(Unstorable))]
    public async Task What_PostgreSQL_cannot_hold_is_left_out_and_the_rest_is_kept(string text, string kept)
    {
        var person = Caller.User(await database.CreateUserAsync());
        var prompts = new PromptQueries(database.Db);

        var id = await prompts.CreateAsync(person, New(text, "[]"), _ct);

        var saved = (await prompts.FindAsync(person, id, _ct))!;
        Assert.Equal((kept, kept, kept), (saved.Title, saved.Goal, saved.Template));
        Assert.Equal(kept, Assert.Single(await prompts.AnswersAsync(person, id, _ct)).Answer);
        Assert.Single(await new PromptListQueries(database.Db).PageAsync(person, new PromptFilter { Search = text }, PromptSort.Newest, null, 10, _ct));
        var template = await new PublishQueries(database.Db).PublishAsync(person, id, text, [text], _ct);
        var published = (await new GalleryQueries(database.Db).FindAsync(Caller.Anonymous, template, _ct))!;
        Assert.Equal(kept, published.Category);
        Assert.Equal([kept], published.Tags);
    }

    [Theory]
    [InlineData("""[{"name":"a\u0000b"}]""", "ab")]
    [InlineData("""[{"name":"\ud83d half"}]""", "\ufffd half")]
    [InlineData("""[{"name":"half \ude00"}]""", "half \ufffd")]
    [InlineData("""[{"name":"\ud83d\ud83d\ude00"}]""", "\ufffd😀")]
    [InlineData("""[{"name":"\\u0000 is a NUL"}]""", "\\u0000 is a NUL")]
    [InlineData("""[{"name":"\\\u0000"}]""", "\\")]
    [InlineData("""[{"name":"\u00e9\u0041"}]""", "éA")]
    public async Task JSON_with_escapes_that_jsonb_refuses_is_kept_without_them(string json, string name)
    {
        var person = Caller.User(await database.CreateUserAsync());
        var prompts = new PromptQueries(database.Db);

        var id = await prompts.CreateAsync(person, New("Title", json), _ct);
        var saved = (await prompts.FindAsync(person, id, _ct))!;
        Assert.Equal(name, JsonDocument.Parse(saved.Variables).RootElement[0].GetProperty("name").GetString());

        await prompts.UpdateAsync(person, new PromptEdit
        {
            Id = id, Title = "Title", Goal = "Goal", Template = "Text", Variables = json, BasedOn = saved.UpdatedAt,
        }, _ct);
        var result = new NewTestResult
        {
            PromptId = id, Model = "m", Temperature = 1, VariableValues = $$"""{"v":{{json}}}""", ResolvedPrompt = "a\0b",
        };
        await new TestResultQueries(database.Db).SaveAsync(person, result, _ct);
        var kept = Assert.Single(await new TestResultQueries(database.Db).PageAsync(person, id, null, 10, _ct));
        Assert.Equal(name, JsonDocument.Parse(kept.VariableValues).RootElement.GetProperty("v")[0].GetProperty("name").GetString());
        Assert.Equal("ab", kept.ResolvedPrompt);
    }

    [Fact]
    public async Task Any_string_a_program_can_hold_can_be_saved_and_looked_for()
    {
        var person = Caller.User(await database.CreateUserAsync());
        var prompts = new PromptQueries(database.Db);
        await Gen.Char.Array[0, 60].Select(signs => new string(signs)).SampleAsync(async text =>
        {
            var id = await prompts.CreateAsync(person, New("A title " + text, JsonSerializer.Serialize(new[] { text })), _ct);
            var saved = (await prompts.FindAsync(person, id, _ct))!;
            Assert.Equal(saved.Goal, JsonDocument.Parse(saved.Variables).RootElement[0].GetString());
            Assert.StartsWith("A title ", saved.Title, StringComparison.Ordinal);
            if (!string.IsNullOrWhiteSpace(text))
                Assert.Contains(id, (await new PromptListQueries(database.Db).PageAsync(person, new PromptFilter { Search = text }, PromptSort.Newest, null, 200, _ct)).Select(prompt => prompt.Id));
        }, iter: 100, threads: 1);

        NewPrompt New(string title, string variables) =>
            TextTests.New(title, variables) with { Goal = title["A title ".Length..] };
    }

    private static NewPrompt New(string text, string variables) => new()
    {
        Title = text,
        Goal = text,
        Template = text,
        Variables = variables,
        Answers = [new PromptAnswer { QuestionId = "q", QuestionText = text, Answer = text }],
    };
}
