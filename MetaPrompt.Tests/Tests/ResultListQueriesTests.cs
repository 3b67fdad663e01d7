using System.Globalization;
using CsCheck;
using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Tests;

/// <summary>The list of one's own results against brute force over generated ones, many of them made at the same moment.</summary>
public sealed class ResultListQueriesTests(ResultListQueriesTests.Results results) : IClassFixture<ResultListQueriesTests.Results>
{
    // A search, and what it asks for: all words of the first, the last as a beginning, none of the second.
    private static readonly (string Search, string[] Words, string[] Without)[] Searches =
    [
        ("alpha", ["alpha*"], []), ("ALPHA beta", ["alpha", "beta*"], []), ("bet", ["bet*"], []), ("\"gamma delta\"", ["gamma", "delta"], []),
        ("epee", ["epee*"], []), ("alpha -beta", ["alpha"], ["beta"]), ("nothing", ["nothing*"], []), ("%", ["%"], []),
    ];

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly ResultListQueries _lists = new(results.Database.Db);

    private static Gen<(ResultFilter Filter, int Search)> Filters { get; } =
        from search in Gen.Frequency((3, Gen.Const(-1)), (2, Gen.Int[0, Searches.Length - 1]))
        from prompt in Maybe(Gen.Int[0, 2])
        from version in Maybe(Gen.Int[1, 3])
        from model in Maybe(Gen.Int[0, 2])
        from case_ in Maybe(Gen.Int[0, 1])
        from run in Maybe(Gen.Int[0, 1])
        from day in Maybe(Gen.Int[0, 4])
        from days in Maybe(Gen.Int[0, 4])
        from status in Maybe(Gen.Enum<ResultStatus>())
        from starred in Gen.Frequency((5, Gen.Const(false)), (1, Gen.Const(true)))
        select (new ResultFilter
        {
            Search = search < 0 ? null : Searches[search].Search,
            PromptId = prompt is { } p ? Results.Prompts[p] : null,
            Version = version,
            Model = model is { } m ? Results.Models[m] : null,
            CaseId = case_ is { } c ? Results.Cases[c] : null,
            RunId = run is { } r ? Results.Runs[r] : null,
            From = day is { } first ? Results.FirstDay.AddDays(first) : null,
            To = days is { } last ? Results.FirstDay.AddDays(last) : null,
            Status = status,
            Starred = starred,
        }, search);

    [Fact]
    public async Task Pages_of_every_filter_in_either_order_together_are_what_brute_force_finds() =>
        await Gen.Select(Filters, Gen.Bool, Gen.Int[1, 60]).SampleAsync(async (asked, oldestFirst, size) =>
        {
            var all = new List<ResultListItem>();
            TestResultCursor? after = null;
            while (true)
            {
                var page = await _lists.PageAsync(results.Person, asked.Filter, oldestFirst, after, size, _ct);
                all.AddRange(page);
                if (page.Count < size)
                    break;
                after = new TestResultCursor(page[^1].CreatedAt, page[^1].Id);
            }

            var expected = results.Rows.Where(row => Answers(row, asked.Filter, asked.Search))
                .OrderBy(row => row.Minute).ThenBy(row => row.Id.ToString(), StringComparer.Ordinal).Select(row => row.Id).ToList();
            if (!oldestFirst)
                expected.Reverse();
            Assert.Equal(expected, all.Select(row => row.Id));
            Assert.Equal(expected.Count, await _lists.CountAsync(results.Person, asked.Filter, _ct));
        }, iter: 150, threads: 2);

    [Fact]
    public async Task A_stream_is_the_list_with_its_texts()
    {
        var filter = new ResultFilter { Model = Results.Models[0] };
        var rows = new List<ResultDetails>();
        await foreach (var row in _lists.StreamAsync(results.Person, filter, oldestFirst: false, _ct))
            rows.Add(row);

        var listed = await _lists.PageAsync(results.Person, filter, false, null, ResultListQueries.MostAtOnce, _ct);
        Assert.Equal(listed.Select(row => row.Id), rows.Select(row => row.Id));
        var known = results.Rows.ToDictionary(row => row.Id);
        Assert.All(rows, row => Assert.Equal((known[row.Id].Prompt, known[row.Id].Answer, known[row.Id].Passed, known[row.Id].Outcome), (row.ResolvedPrompt, row.Result, row.Passed, row.Outcome)));
    }

    [Fact]
    public async Task A_stream_may_be_left_before_its_end()
    {
        await foreach (var row in _lists.StreamAsync(results.Person, ResultFilter.None, oldestFirst: false, _ct))
        {
            Assert.NotNull(row.ResolvedPrompt);
            break;
        }

        Assert.Equal(results.Rows.Count, await _lists.CountAsync(results.Person, ResultFilter.None, _ct));
    }

    [Fact]
    public async Task Only_the_chosen_ones_are_found_by_their_ids_and_nobody_elses()
    {
        Guid[] ids = [results.Rows[3].Id, results.Rows[7].Id, Guid.NewGuid()];
        Assert.Equal(2, await _lists.CountAsync(results.Person, new ResultFilter { Ids = ids }, _ct));
        Assert.Equal(0, await _lists.CountAsync(results.Person, new ResultFilter { Ids = [] }, _ct));

        var stranger = Caller.User(await results.Database.CreateUserAsync());
        foreach (var filter in (ResultFilter[])[ResultFilter.None, new() { Ids = ids }, new() { Search = "alpha" }, new() { PromptId = Results.Prompts[0] }])
        {
            Assert.Empty(await _lists.PageAsync(stranger, filter, false, null, 50, _ct));
            Assert.Equal(0, await _lists.CountAsync(stranger, filter, _ct));
            await foreach (var row in _lists.StreamAsync(stranger, filter, false, _ct))
                Assert.Fail($"{row.Id} is somebody else's.");
        }
    }

    [Fact]
    public async Task Words_without_spaces_are_found_in_the_middle_of_a_line()
    {
        var person = await results.Database.CreateUserAsync();
        var prompt = await results.Database.CreatePromptAsync(person);
        await results.Database.OwnerAsync(
            "insert into public.test_results (prompt_id, user_id, model, temperature, variable_values, resolved_prompt, result) values (@p, @u, 'm', 1, '{}', 'x', '今日は東京で会議があります')",
            ("p", prompt), ("u", person));

        Assert.Equal(1, await _lists.CountAsync(Caller.User(person), new ResultFilter { Search = "東京" }, _ct));
        Assert.Equal(0, await _lists.CountAsync(Caller.User(person), new ResultFilter { Search = "大阪" }, _ct));
    }

    [Fact]
    public async Task Words_are_looked_up_in_the_index_and_a_page_is_read_in_its_order()
    {
        await using var connection = await results.Database.OwnerDataSource.OpenConnectionAsync(_ct);
        Assert.Contains(await ExplainAsync(connection,
            "select r.id from public.test_results r where internal.result_words(r.user_id, r.resolved_prompt, r.result) @@ 'alpha'"),
            line => line.Contains("test_results_words_idx", StringComparison.Ordinal));

        await using var set = new NpgsqlCommand("set enable_sort = off", connection);
        await set.ExecuteNonQueryAsync(_ct);
        Assert.Contains(await ExplainAsync(connection,
            $"""
            select r.id from public.test_results r where r.user_id = '{results.Person.UserId}'
              and r.prompt_id not in (select p.id from public.prompts p where p.deleted_at is not null)
              and (r.created_at, r.id) < (now(), '00000000-0000-0000-0000-000000000000') order by r.created_at desc, r.id desc limit 51
            """), line => line.Contains("ROW(created_at, id)", StringComparison.Ordinal));
    }

    private async Task<List<string>> ExplainAsync(NpgsqlConnection connection, string sql)
    {
        await using var explain = new NpgsqlCommand("explain " + sql, connection);
        await using var reader = await explain.ExecuteReaderAsync(_ct);
        var plan = new List<string>();
        while (await reader.ReadAsync(_ct))
            plan.Add(reader.GetString(0));
        return plan;
    }

    private static Gen<T?> Maybe<T>(Gen<T> gen)
        where T : struct => Gen.Frequency((5, Gen.Const((T?)null)), (1, gen.Select(value => (T?)value)));

    private static bool Answers(Made row, ResultFilter filter, int search)
    {
        if (search >= 0)
        {
            var (_, words, without) = Searches[search];
            var has = $"{row.Prompt} {row.Answer}".Replace("Épée", "epee", StringComparison.Ordinal).ToLowerInvariant().Split(' ', '.', '\n');
            if (!words.All(word => word.EndsWith('*') ? has.Any(one => one.StartsWith(word[..^1], StringComparison.Ordinal)) : has.Contains(word)) || without.Any(has.Contains))
                return false;
        }

        var day = Results.FirstDay.AddDays(row.Minute / 10);
        return (filter.PromptId is null || filter.PromptId == row.PromptId)
            && (filter.Version is null || filter.Version == row.Version)
            && (filter.Model is null || filter.Model == row.Model)
            && (filter.CaseId is null || filter.CaseId == row.CaseId)
            && (filter.RunId is null || filter.RunId == row.RunId)
            && (filter.From is null || day >= filter.From)
            && (filter.To is null || day <= filter.To)
            && (!filter.Starred || row.Starred)
            && (filter.Status switch
            {
                ResultStatus.Done => row.Outcome == ResultOutcome.Done,
                ResultStatus.Stopped => row.Outcome == ResultOutcome.Stopped,
                ResultStatus.Failed => row.Outcome == ResultOutcome.Failed,
                ResultStatus.Passed => row.Passed == true,
                ResultStatus.Broken => row.Passed == false,
                ResultStatus.Unchecked => row.Passed is null,
                _ => true,
            });
    }

    /// <summary>A result as it was made.</summary>
    internal sealed record Made(Guid Id, Guid PromptId, int? Version, string Model, Guid? CaseId, Guid? RunId, int Minute, string Prompt, string? Answer, ResultOutcome Outcome, bool? Passed, bool Starred);

    /// <summary>Three hundred results of a person, and as many of another with the same words.</summary>
    public sealed class Results : IAsyncLifetime
    {
        private static readonly string[] Words = ["alpha", "Beta", "beta.", "gamma", "delta", "Épée", "words", "alphabet"];

        internal static readonly Guid[] Prompts = [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()];
        internal static readonly Guid[] Cases = [Guid.NewGuid(), Guid.NewGuid()];
        internal static readonly Guid[] Runs = [Guid.NewGuid(), Guid.NewGuid()];
        internal static readonly string[] Models = ["one", "two", "three"];
        internal static readonly DateOnly FirstDay = new(2026, 3, 1);

        internal TestDatabase Database { get; } = new();

        internal Caller Person { get; private set; }

        internal List<Made> Rows { get; } = [];

        /// <inheritdoc/>
        public async ValueTask InitializeAsync()
        {
            await Database.InitializeAsync();
            var random = new Random(20261123);
            Person = Caller.User(await FillAsync(random, Prompts, Cases, Runs, Rows));
            await FillAsync(random, [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()], [Guid.NewGuid(), Guid.NewGuid()], [Guid.NewGuid(), Guid.NewGuid()], []);
            await Database.OwnerAsync("analyze");
        }

        /// <inheritdoc/>
        public ValueTask DisposeAsync() => Database.DisposeAsync();

        // Of the last prompt, which is deleted, nothing is listed.
        private async Task<Guid> FillAsync(Random random, Guid[] prompts, Guid[] cases, Guid[] runs, List<Made> made)
        {
            var person = await Database.CreateUserAsync();
            var deleted = Guid.NewGuid();
            foreach (var prompt in prompts.Append(deleted))
            {
                await Database.OwnerAsync(
                    "insert into public.prompts (id, user_id, title, goal, template, deleted_at) values (@i, @u, 'A prompt', 'A goal', 'A text', @d::timestamptz)",
                    ("i", prompt), ("u", person), ("d", prompt == deleted ? "2026-01-01" : null));
            }

            foreach (var run in runs)
                await Database.OwnerAsync("insert into public.test_runs (id, user_id, prompt_id) values (@i, @u, @p)", ("i", run), ("u", person), ("p", prompts[0]));
            foreach (var one in cases)
                await Database.OwnerAsync("insert into public.test_cases (id, user_id, prompt_id, position) values (@i, @u, @p, 1)", ("i", one), ("u", person), ("p", prompts[0]));
            string Text() => string.Join(' ', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Words[random.Next(Words.Length)]));
            for (var number = 0; number < 300; number++)
            {
                var prompt = random.Next(4) is var place && place < 3 ? prompts[place] : deleted;
                // Of before there were runs: no outcome.
                var old = random.Next(5) == 0;
                var outcome = old ? (ResultOutcome)(random.Next(2) * 2) : (ResultOutcome)random.Next(3);
                var row = new Made(
                    Guid.NewGuid(), prompt, random.Next(4) is var version && version > 0 ? version : null, Models[random.Next(3)],
                    random.Next(2) == 0 ? cases[random.Next(2)] : null, random.Next(2) == 0 ? runs[random.Next(2)] : null, random.Next(50),
                    Text(), random.Next(6) == 0 ? null : Text(), outcome, random.Next(3) switch { 0 => null, 1 => true, _ => false }, random.Next(4) == 0);
                await Database.OwnerAsync(
                    """
                    insert into public.test_results (id, prompt_id, user_id, model, temperature, variable_values, resolved_prompt, result, error, outcome,
                      prompt_version, case_id, run_id, starred, created_at)
                    values (@i, @p, @u, @model, 1, '{}', @prompt, @answer, @error, @outcome, @version, @case, @run, @starred,
                      '2026-03-01 00:00Z'::timestamptz + @minute / 10 * interval '1 day' + @minute % 10 * interval '143 minutes');
                    insert into public.test_verdicts (result_id, user_id, passed, outcomes) select @i, @u, @passed::boolean, '[]' where @passed::text is not null or @verdict;
                    """,
                    ("i", row.Id), ("p", prompt), ("u", person), ("model", row.Model), ("prompt", row.Prompt), ("answer", row.Answer),
                    ("error", outcome == ResultOutcome.Failed ? "It failed." : null), ("outcome", old ? null : outcome.ToString().ToLower(CultureInfo.InvariantCulture)),
                    ("version", row.Version), ("case", row.CaseId), ("run", row.RunId), ("starred", row.Starred), ("minute", row.Minute),
                    ("passed", row.Passed?.ToString()), ("verdict", random.Next(2) == 0));
                if (prompt != deleted)
                    made.Add(row);
            }

            return person;
        }
    }
}
