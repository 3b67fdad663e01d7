using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Tests;

/// <summary>Pass rates and test cases that flip, against what is counted by hand.</summary>
public sealed class ResultRateQueriesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly ResultRateQueries _rates = new(database.Db);

    [Fact]
    public async Task Rates_are_what_brute_force_counts_and_what_is_unknown_is_not_counted_as_nothing()
    {
        var (person, prompt, _) = await CreateAsync();
        var random = new Random(5);
        var rows = Enumerable.Range(0, 120).Select(_ => (
            Version: random.Next(4) is var version && version > 0 ? version : (int?)null, Model: random.Next(2) == 0 ? "one" : "two",
            Passed: random.Next(3) switch { 0 => (bool?)null, 1 => true, _ => false }, Cost: random.Next(4) == 0 ? (decimal?)null : random.Next(100) / 1000m,
            Time: random.Next(5) == 0 ? (int?)null : random.Next(1, 4) * 100)).ToList();
        foreach (var row in rows)
            await InsertAsync(person, prompt, null, row.Model, row.Version, row.Passed, cost: row.Cost, time: row.Time);

        var rates = await _rates.RatesAsync(person, prompt, _ct);

        var expected = rows.GroupBy(row => (row.Version, row.Model)).OrderByDescending(group => group.Key.Version ?? -1).ThenBy(group => group.Key.Model, StringComparer.Ordinal).ToList();
        Assert.Equal(expected.Select(group => group.Key), rates.Select(rate => (rate.Version, rate.Model)));
        foreach (var (group, rate) in expected.Zip(rates))
        {
            Assert.Equal(
                (group.Count(), group.Count(row => row.Passed is not null), group.Count(row => row.Passed == true), group.Sum(row => row.Cost), group.Count(row => row.Cost is null)),
                (rate.Results, rate.Checked, rate.Passed, rate.Cost, rate.UnknownCosts));
            var times = group.Select(row => row.Time).OfType<int>().Order().ToList();
            Assert.Equal((int)Math.Round((times[(times.Count - 1) / 2] + times[times.Count / 2]) / 2.0), rate.MedianMs);
        }

        Assert.Empty(await _rates.RatesAsync(Caller.User(await database.CreateUserAsync()), prompt, _ct));
    }

    [Fact]
    public async Task A_case_that_passed_on_a_version_and_failed_on_the_next_is_marked()
    {
        var (person, prompt, cases) = await CreateAsync();
        // Passes, is not tested on version 2, fails on 3: that is the next one that was checked.
        var good = await InsertAsync(person, prompt, cases[0], "one", 1, true);
        var bad = await InsertAsync(person, prompt, cases[0], "one", 3, false);
        // And still fails.
        await InsertAsync(person, prompt, cases[0], "one", 4, false);
        // Another model, and another temperature, are other stories.
        await InsertAsync(person, prompt, cases[0], "two", 1, true);
        await InsertAsync(person, prompt, cases[0], "one", 1, false, temperature: 1);
        await InsertAsync(person, prompt, cases[0], "one", 3, false, temperature: 1);
        // Fails and is mended.
        await InsertAsync(person, prompt, cases[1], "one", 1, true);
        await InsertAsync(person, prompt, cases[1], "one", 2, false);
        await InsertAsync(person, prompt, cases[1], "one", 3, true);
        // The latest on a version counts.
        await InsertAsync(person, prompt, cases[2], "one", 1, true);
        await InsertAsync(person, prompt, cases[2], "one", 2, false);
        await InsertAsync(person, prompt, cases[2], "one", 2, true);
        await InsertAsync(person, prompt, cases[2], "one", 3, false, temperature: 1);

        var flips = await _rates.FlipsAsync(person, prompt, _ct);

        Assert.Equal(
            [("Case A", "one", 1, 3, true), ("Case B", "one", 1, 2, false)],
            flips.Select(flip => (flip.CaseName, flip.Model, flip.VersionBefore, flip.Version, flip.FailsNow)));
        Assert.Equal((good, bad), (flips[0].IdBefore, flips[0].Id));
        Assert.Empty(await _rates.FlipsAsync(Caller.User(await database.CreateUserAsync()), prompt, _ct));
    }

    private async Task<(Caller Person, Guid Prompt, Guid[] Cases)> CreateAsync()
    {
        var user = await database.CreateUserAsync();
        var prompt = await database.CreatePromptAsync(user);
        Guid[] cases = [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()];
        await database.OwnerAsync(
            "insert into public.test_cases (id, user_id, prompt_id, name, position) select c, @u, @p, 'Case ' || chr(64 + n::int), n from unnest(@c) with ordinality as x (c, n)",
            ("u", user), ("p", prompt), ("c", cases));
        return (Caller.User(user), prompt, cases);
    }

    private int _made;

    private async Task<Guid> InsertAsync(
        Caller person, Guid prompt, Guid? testCase, string model, int? version, bool? passed, decimal temperature = 0, decimal? cost = null, int? time = null)
    {
        var id = Guid.NewGuid();
        await database.OwnerAsync(
            """
            insert into public.test_results (id, prompt_id, user_id, model, temperature, variable_values, resolved_prompt, prompt_version, case_id, cost, response_time_ms, created_at)
            values (@i, @p, @u, @m, @t, '{}', 'x', @v, @c, @cost, @time, '2026-01-01'::timestamptz + @n * interval '1 minute');
            insert into public.test_verdicts (result_id, user_id, passed, outcomes) select @i, @u, @passed::boolean, '[]' where @passed::text is not null;
            """,
            ("i", id), ("p", prompt), ("u", person.UserId), ("m", model), ("t", temperature), ("v", version), ("c", testCase), ("cost", cost), ("time", time),
            ("passed", passed?.ToString()), ("n", _made++));
        return id;
    }
}
