using System.Text.Json;
using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;
using TestCase = MetaPrompt.Data.Tests.TestCase;

namespace MetaPrompt.Tests.Tests;

public sealed class TestCaseQueriesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly TestCaseQueries _cases = new(database.Db);

    [Fact]
    public async Task Cases_come_back_as_they_were_kept_in_their_order()
    {
        var (person, prompt) = await PromptAsync();
        TestCase[] kept = [New("Grün 日本", 1) with { VariableValues = """{"topic": "tea\n{{x}}"}""", Assertions = """[{"type": "is-json"}]""" }, New("First", 0)];

        await _cases.SaveAsync(person, prompt, kept, _ct);

        Assert.Equal([kept[1], kept[0]], await _cases.ListAsync(person, prompt, _ct));
    }

    [Fact]
    public async Task Saving_changes_the_rows_that_are_given_and_no_others()
    {
        var (person, prompt) = await PromptAsync();
        TestCase[] kept = [New("A", 0), New("B", 1), New("C", 2)];
        await _cases.SaveAsync(person, prompt, kept, _ct);

        await _cases.SaveAsync(person, prompt, [kept[1] with { Name = "B2", VariableValues = """{"topic": "milk"}""" }, New("D", 3)], _ct);

        var rows = await _cases.ListAsync(person, prompt, _ct);
        Assert.Equal(["A", "B2", "C", "D"], rows.Select(row => row.Name));
        Assert.Equal("""{"topic": "milk"}""", rows[1].VariableValues);
        await _cases.SaveAsync(person, prompt, [], _ct);
        Assert.Equal(rows, await _cases.ListAsync(person, prompt, _ct));
    }

    [Fact]
    public async Task Cases_are_put_into_another_order()
    {
        var (person, prompt) = await PromptAsync();
        TestCase[] kept = [New("A", 0), New("B", 1), New("C", 2)];
        await _cases.SaveAsync(person, prompt, kept, _ct);

        await _cases.OrderAsync(person, prompt, [kept[2].Id, kept[0].Id, kept[1].Id], _ct);

        Assert.Equal([("C", 0), ("A", 1), ("B", 2)], (await _cases.ListAsync(person, prompt, _ct)).Select(row => (row.Name, row.Position)));
    }

    [Fact]
    public async Task A_deleted_case_is_back_when_it_is_saved_again_and_its_result_keeps_the_name()
    {
        var (person, prompt) = await PromptAsync();
        TestCase[] kept = [New("A", 0), New("B", 1)];
        await _cases.SaveAsync(person, prompt, kept, _ct);
        await database.OwnerAsync(
            "insert into public.test_results (prompt_id, user_id, model, temperature, variable_values, resolved_prompt, case_id, case_name) select prompt_id, user_id, 'm', 1, '{}', 'x', id, name from public.test_cases where id = @id",
            ("id", kept[0].Id));

        Assert.Equal(1, await _cases.DeleteAsync(person, prompt, [kept[0].Id, Guid.NewGuid()], _ct));
        Assert.Equal(["B"], (await _cases.ListAsync(person, prompt, _ct)).Select(row => row.Name));
        Assert.Equal("A", await database.OwnerScalarAsync<string>("select case_name from public.test_results where prompt_id = @id and case_id is null", ("id", prompt)));

        await _cases.SaveAsync(person, prompt, [kept[0]], _ct);
        Assert.Equal(kept, await _cases.ListAsync(person, prompt, _ct));
    }

    [Fact]
    public async Task Nobody_reads_changes_orders_or_deletes_the_cases_of_somebody_else()
    {
        var (person, prompt) = await PromptAsync();
        var (stranger, own) = await PromptAsync();
        var kept = New("A", 0);
        await _cases.SaveAsync(person, prompt, [kept], _ct);
        await _cases.SaveAssertionsAsync(person, prompt, """[{"type": "is-json"}]""", _ct);

        Assert.Empty(await _cases.ListAsync(stranger, prompt, _ct));
        Assert.Equal("[]", await _cases.AssertionsAsync(stranger, prompt, _ct));
        Assert.Equal(0, await _cases.DeleteAsync(stranger, prompt, [kept.Id], _ct));
        await _cases.OrderAsync(stranger, prompt, [Guid.NewGuid(), kept.Id], _ct);
        await Assert.ThrowsAsync<PostgresException>(() => _cases.SaveAsync(stranger, prompt, [New("X", 0)], _ct));
        await _cases.SaveAsync(stranger, own, [kept with { Name = "Mine now" }], _ct);
        await Assert.ThrowsAsync<PostgresException>(() => _cases.SaveAssertionsAsync(stranger, prompt, "[]", _ct));

        Assert.Equal([kept], await _cases.ListAsync(person, prompt, _ct));
        Assert.Equal("""[{"type": "is-json"}]""", await _cases.AssertionsAsync(person, prompt, _ct));
    }

    [Fact]
    public async Task A_case_stays_with_its_prompt()
    {
        var (person, prompt) = await PromptAsync();
        var other = await database.CreatePromptAsync(person.UserId!.Value);
        var kept = New("A", 0);
        await _cases.SaveAsync(person, prompt, [kept], _ct);

        await _cases.SaveAsync(person, other, [kept with { Name = "Moved" }], _ct);
        await _cases.DeleteAsync(person, other, [kept.Id], _ct);

        Assert.Equal([kept], await _cases.ListAsync(person, prompt, _ct));
    }

    [Fact]
    public async Task There_are_at_most_a_thousand_cases_and_fifty_assertions()
    {
        var (person, prompt) = await PromptAsync();
        await _cases.SaveAsync(person, prompt, [.. Enumerable.Range(0, 1_000).Select(number => New($"{number}", number))], _ct);

        var full = await Assert.ThrowsAsync<PostgresException>(() => _cases.SaveAsync(person, prompt, [New("One more", 1_000)], _ct));
        var assertions = $"[{string.Join(',', Enumerable.Repeat("""{"type":"is-json"}""", 51))}]";
        var refused = await Assert.ThrowsAsync<PostgresException>(() => _cases.SaveAssertionsAsync(person, prompt, assertions, _ct));

        Assert.Equal(("54000", "23514"), (full.SqlState, refused.SqlState));
        Assert.Equal(1_000, (await _cases.ListAsync(person, prompt, _ct)).Count);
    }

    [Fact]
    public async Task Signs_that_no_database_takes_do_not_lose_the_rest()
    {
        var (person, prompt) = await PromptAsync();

        await _cases.SaveAsync(person, prompt, [New(new string('n', 199) + "😀", 0) with { VariableValues = JsonSerializer.Serialize(new { topic = "a\0b\ud83d" }) }], _ct);

        var row = Assert.Single(await _cases.ListAsync(person, prompt, _ct));
        Assert.Equal(new string('n', 199), row.Name);
        Assert.Equal("""{"topic": "ab�"}""", row.VariableValues);
    }

    [Fact]
    public async Task The_assertions_for_all_cases_are_kept_last_and_are_none_at_first()
    {
        var (person, prompt) = await PromptAsync();

        Assert.Equal("[]", await _cases.AssertionsAsync(person, prompt, _ct));
        await _cases.SaveAssertionsAsync(person, prompt, """[{"type": "is-json"}]""", _ct);
        await _cases.SaveAssertionsAsync(person, prompt, """[{"type": "contains", "value": "x"}]""", _ct);

        Assert.Equal("""[{"type": "contains", "value": "x"}]""", await _cases.AssertionsAsync(person, prompt, _ct));
    }

    private static TestCase New(string name, int position) => new() { Id = Guid.NewGuid(), Name = name, VariableValues = "{}", Assertions = "[]", Position = position };

    private async Task<(Caller Person, Guid Prompt)> PromptAsync()
    {
        var user = await database.CreateUserAsync();
        return (Caller.User(user), await database.CreatePromptAsync(user));
    }
}
