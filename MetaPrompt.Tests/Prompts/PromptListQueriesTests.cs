using CsCheck;
using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Prompts;

/// <summary>The list of one's own prompts against brute force over generated ones, many of them alike in what they are sorted by.</summary>
public sealed class PromptListQueriesTests(PromptListQueriesTests.Library library) : IClassFixture<PromptListQueriesTests.Library>
{
    private static readonly string[] Searches = ["alpha", "BETA", "%", "_", "{{topic}}", "gamma delta", "é", "nothing"];

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly PromptListQueries _lists = new(library.Database.Db);

    private static Gen<PromptFilter> Filters { get; } =
        from search in Gen.Frequency((3, Gen.Const((string?)null)), (2, Gen.Int[0, Searches.Length - 1].Select(index => (string?)Searches[index])))
        from labels in Gen.Frequency((3, Gen.Const(Array.Empty<int>())), (2, Gen.Int[0, 3].Array[1, 2]))
        from unlabelled in Gen.Frequency((4, Gen.Const(false)), (1, Gen.Const(true)))
        from visibility in Gen.Frequency((3, Gen.Const((PromptVisibility?)null)), (2, Gen.Enum<PromptVisibility>().Select(one => (PromptVisibility?)one)))
        select new PromptFilter
        {
            Search = search, Labels = unlabelled ? [] : [.. labels.Select(label => Library.LabelIds[label])], Unlabelled = unlabelled, Visibility = visibility,
        };

    [Fact]
    public async Task Pages_of_every_order_and_filter_together_are_what_brute_force_finds_in_that_order() =>
        await Gen.Select(Filters, Gen.Enum<PromptSort>(), Gen.Int[1, 60]).SampleAsync(async (filter, sort, size) =>
        {
            var all = new List<Guid>();
            PromptCursor? after = null;
            while (true)
            {
                var page = await _lists.PageAsync(library.Person, filter, sort, after, size, _ct);
                all.AddRange(page.Select(item => item.Id));
                if (page.Count < size)
                    break;
                after = PromptCursor.After(page[^1]);
            }

            var expected = Sorted(library.Prompts.Where(prompt => Answers(prompt, filter)), sort).Select(prompt => prompt.Id).ToList();
            Assert.Equal(expected, all);
            Assert.Equal(expected.Count, await _lists.CountAsync(library.Person, filter, _ct));
            Assert.Equal(expected.ToHashSet(), (await _lists.IdsAsync(library.Person, filter, _ct)).ToHashSet());
        }, iter: 150, threads: 2);

    [Theory]
    [InlineData("prompts_user_id_created_at_idx", "p.created_at desc, p.id desc", "(p.created_at, p.id) < (now(), '00000000-0000-0000-0000-000000000000')")]
    [InlineData("prompts_user_id_updated_at_idx", "p.updated_at desc, p.id desc", "(p.updated_at, p.id) < (now(), '00000000-0000-0000-0000-000000000000')")]
    [InlineData("prompts_user_id_title_idx", "p.title collate \"und-x-icu\", p.id", "(p.title collate \"und-x-icu\", p.id) > ('m', '00000000-0000-0000-0000-000000000000')")]
    public async Task A_page_is_read_from_where_the_one_before_ended_by_the_orders_index_under_row_level_security(string index, string order, string after)
    {
        await using var connection = await library.Database.AppDataSource.OpenConnectionAsync(_ct);
        await using var transaction = await connection.BeginTransactionAsync(_ct);
        await using (var role = new Npgsql.NpgsqlCommand("select set_config('role', 'authenticated', true), set_config('request.jwt.claims', $1, true), set_config('enable_sort', 'off', true)", connection))
        {
            role.Parameters.AddWithValue(library.Person.Claims);
            await role.ExecuteNonQueryAsync(_ct);
        }

        await using var explain = new Npgsql.NpgsqlCommand(
            $"explain select p.id from public.prompts p where p.user_id = (select auth.uid()) and p.deleted_at is null and {after} order by {order} limit 51", connection);
        var plan = new List<string>();
        await using (var reader = await explain.ExecuteReaderAsync(_ct))
        {
            while (await reader.ReadAsync(_ct))
                plan.Add(reader.GetString(0));
        }

        Assert.Contains(plan, line => line.Contains(index, StringComparison.Ordinal));
        Assert.Contains(plan, line => line.Contains("Index Cond", StringComparison.Ordinal) && line.Contains("ROW(", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_lists_counts_or_chooses_what_is_somebody_elses()
    {
        var stranger = Caller.User(await library.Database.CreateUserAsync());
        foreach (var filter in (PromptFilter[])[PromptFilter.None, new() { Labels = [Library.LabelIds[0]] }, new() { Visibility = PromptVisibility.Public }])
        {
            foreach (var sort in Enum.GetValues<PromptSort>())
                Assert.Empty(await _lists.PageAsync(stranger, filter, sort, null, 50, _ct));
            Assert.Equal(0, await _lists.CountAsync(stranger, filter, _ct));
            Assert.Empty(await _lists.IdsAsync(stranger, filter, _ct));
        }
    }

    private static bool Answers(Made prompt, PromptFilter filter) =>
        (filter.Search is null || prompt.Texts.Any(text => text.Contains(filter.Search, StringComparison.OrdinalIgnoreCase)))
        && filter.Labels.Distinct().All(prompt.Labels.Contains)
        && (!filter.Unlabelled || prompt.Labels.Count == 0)
        && (filter.Visibility is null || filter.Visibility == prompt.Visibility);

    private static IEnumerable<Made> Sorted(IEnumerable<Made> prompts, PromptSort sort) => sort switch
    {
        PromptSort.Changed => prompts.OrderByDescending(prompt => prompt.Changed).ThenByDescending(prompt => prompt.Id.ToString(), StringComparer.Ordinal),
        PromptSort.Title => prompts.OrderBy(prompt => prompt.TitlePlace).ThenBy(prompt => prompt.Id.ToString(), StringComparer.Ordinal),
        PromptSort.Tested => prompts.OrderByDescending(prompt => prompt.Tests).ThenByDescending(prompt => prompt.Id.ToString(), StringComparer.Ordinal),
        _ => prompts.OrderByDescending(prompt => prompt.Created).ThenByDescending(prompt => prompt.Id.ToString(), StringComparer.Ordinal),
    };

    /// <summary>A prompt as it was made.</summary>
    internal sealed record Made(Guid Id, string[] Texts, int TitlePlace, int Created, int Changed, int Tests, IReadOnlySet<Guid> Labels, PromptVisibility Visibility);

    /// <summary>Two hundred prompts of a person, and as many of another with the same words.</summary>
    public sealed class Library : IAsyncLifetime
    {
        // As people sort them: signs, then letters whatever their case and accents, lower case first.
        private static readonly string[] Titles = ["{{topic}}", "100% alpha", "alpha", "Alpha", "älpha", "alphabet", "Beta", "gamma_delta", "Zeta"];
        private static readonly string[] Words = ["alpha", "Beta", "100%", "snake_case", "{{topic}}", "gamma delta", "Épée", "words"];

        internal static readonly Guid[] LabelIds = [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()];

        internal TestDatabase Database { get; } = new();

        internal Caller Person { get; private set; }

        internal List<Made> Prompts { get; } = [];

        /// <inheritdoc/>
        public async ValueTask InitializeAsync()
        {
            await Database.InitializeAsync();
            var random = new Random(20261122);
            Person = Caller.User(await FillAsync(random, LabelIds, Prompts));
            await FillAsync(random, [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()], []);
            await Database.OwnerAsync("analyze");
        }

        /// <inheritdoc/>
        public ValueTask DisposeAsync() => Database.DisposeAsync();

        private async Task<Guid> FillAsync(Random random, Guid[] labels, List<Made> made)
        {
            var person = await Database.CreateUserAsync();
            for (var label = 0; label < labels.Length; label++)
                await Database.OwnerAsync("insert into public.labels (id, user_id, name) values (@i, @u, @n)", ("i", labels[label]), ("u", person), ("n", $"Label {label}"));
            for (var number = 0; number < 200; number++)
            {
                var title = random.Next(Titles.Length);
                string[] texts = [Titles[title], Words[random.Next(Words.Length)], Words[random.Next(Words.Length)]];
                var prompt = new Made(
                    Guid.NewGuid(), texts, title, random.Next(20), random.Next(20), random.Next(3) == 0 ? random.Next(1, 4) : 0,
                    labels.Where(_ => random.Next(4) == 0).ToHashSet(), (PromptVisibility)random.Next(3));
                await Database.OwnerAsync(
                    """
                    insert into public.prompts (id, user_id, title, goal, template, is_public, created_at, updated_at, deleted_at)
                    values (@i, @u, @title, @goal, @template, @public, '2026-01-01'::timestamptz + @created * interval '1 minute', '2026-01-01'::timestamptz + @changed * interval '1 minute', @deleted::timestamptz);
                    insert into public.test_results (prompt_id, user_id, model, temperature, variable_values, resolved_prompt)
                    select @i, @u, 'm', 1, '{}', 'x' from generate_series(1, @tests);
                    insert into public.prompt_labels (prompt_id, user_id, label_id) select @i, @u, l from unnest(@labels) l;
                    insert into public.prompt_templates (prompt_id, user_id, unlisted) select @i, @u, @unlisted where @template_too;
                    """,
                    ("i", prompt.Id), ("u", person), ("title", texts[0]), ("goal", texts[1]), ("template", texts[2]),
                    ("public", prompt.Visibility == PromptVisibility.Public), ("created", prompt.Created), ("changed", prompt.Changed),
                    ("deleted", number % 10 == 0 ? "2026-02-01" : null), ("tests", prompt.Tests), ("labels", prompt.Labels.ToArray()),
                    ("unlisted", prompt.Visibility == PromptVisibility.Unlisted), ("template_too", prompt.Visibility != PromptVisibility.Private || random.Next(3) == 0));
                if (number % 10 != 0)
                    made.Add(prompt);
            }

            return person;
        }
    }
}
