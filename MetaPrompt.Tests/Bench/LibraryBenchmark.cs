using System.Diagnostics;
using System.Globalization;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Prompts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// The list of one's own prompts: ten thousand of one person beside a hundred thousand of others, through the query classes as
/// the app's login, and beside it the statement that the list had before it had orders and filters.
/// </summary>
internal sealed class LibraryBenchmark : IBenchmark
{
    private const int Times = 60;

    private const string Before =
        """
        -- prompts.page
        select p.id, p.title, left(p.goal, 300) as goal, p.variables::text, p.is_public, p.created_at, p.updated_at,
          t.id as template_id, coalesce(t.unlisted, false) as unlisted, t.hidden_at,
          (select count(*)::int from public.test_results r where r.prompt_id = p.id) as tests, 0 as variables_count
        from public.prompts p
        left join public.prompt_templates t on t.prompt_id = p.id
        where p.user_id = (select auth.uid()) and p.deleted_at is null
          and (@Search is null
            or position(lower(@Search) in lower(p.title)) > 0
            or position(lower(@Search) in lower(p.goal)) > 0
            or position(lower(@Search) in lower(p.template)) > 0)
          and (@AfterId is null or (p.created_at, p.id) < (@AfterCreatedAt, @AfterId))
        order by p.created_at desc, p.id desc
        limit @Size
        """;

    // The person's own rows lie between the others', a tenth of them published; a template has about 1,300 characters.
    private const string Fill =
        """
        insert into public.users (email, full_name) select 'person' || n || '@example.org', 'Person ' || n from generate_series(1, 50) n;

        with words as (select array['review','release','notes','summary','email','contract','lesson','plan','query','test',
          'story','invoice','customer','support','ticket','report','meeting','interview','recipe','budget'] as w),
        people as (select id, row_number() over (order by email) as r from public.users where email like 'person%')
        insert into public.prompts (user_id, title, goal, template, variables, is_public, created_at, updated_at)
        select u.id, 'Write a ' || w[1 + (n * 7) % 20] || ' for the ' || w[1 + (n * 13) % 20] || ' number ' || n,
          'Turn a ' || w[1 + (n * 3) % 20] || ' into a ' || w[1 + (n * 11) % 20] || ' that people read',
          (select string_agg('Say what the {{reader}} can do with the ' || w[1 + (n * 31 + k * 17) % 20] || ' and the ' || w[1 + (n + k * k) % 20] || '. ', '') from generate_series(1, 20) k),
          '["reader"]', n % 10 = 3, now() - n * interval '1 minute', now() - (n * 7919 % 100000) * interval '1 minute'
        from words, generate_series(1, 110000) n
        join people u on u.r = case when n % 11 = 0 then 1 else 2 + n % 49 end;

        insert into public.prompt_templates (prompt_id, user_id, category) select id, user_id, 'Writing' from public.prompts where is_public;

        insert into public.test_results (prompt_id, user_id, model, temperature, variable_values, resolved_prompt, result)
        select p.id, p.user_id, 'm', 1, '{}', 'A resolved prompt', 'A result'
        from public.prompts p, generate_series(1, abs(hashtext(p.id::text)) % 6) where abs(hashtext(p.id::text)) % 3 = 0;

        insert into public.labels (user_id, name) select id, 'Label ' || n from public.users, generate_series(1, 10) n where email like 'person%';
        insert into public.prompt_labels (prompt_id, user_id, label_id)
        select p.id, p.user_id, l.id from public.prompts p join public.labels l on l.user_id = p.user_id
        where abs(hashtext(p.id::text || l.name)) % 8 = 0 and l.name <> 'Label 10' or abs(hashtext(p.id::text)) % 2000 = 0;

        vacuum analyze;
        """;

    /// <inheritdoc/>
    public string Name => "library";

    /// <inheritdoc/>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = RunningProgram.TemporaryFolder();
        try
        {
            var settings = DatabaseSettings.Read(
                new ConfigurationBuilder().AddInMemoryCollection([new("Embedded:DataFolder", Path.Combine(folder.FullName, "postgres"))]).Build(), "/");
            await using var database = await RunningDatabase.StartAsync(settings, NullLoggerFactory.Instance, cancellationToken);
            await using var owner = NpgsqlDataSource.Create(database.OwnerConnectionString!);
            foreach (var statement in Fill.Split(";\n\n"))
            {
                await using var fill = owner.CreateCommand(statement);
                fill.CommandTimeout = 600;
                await fill.ExecuteNonQueryAsync(cancellationToken);
            }

            await using var find = owner.CreateCommand("select user_id from public.prompts group by 1 order by count(*) desc limit 1");
            await MeasureAsync(output, new Db(database.App), Caller.User((Guid)(await find.ExecuteScalarAsync(cancellationToken))!), cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(TextWriter output, Db db, Caller me, CancellationToken cancellationToken)
    {
        var lists = new PromptListQueries(db);
        var labels = new LabelQueries(db);
        var known = await labels.ListAsync(me, cancellationToken);
        var (many, few) = (known.Single(label => label.Name == "Label 1"), known.Single(label => label.Name == "Label 10"));
        var deep = new Dictionary<PromptSort, PromptCursor>();
        foreach (var sort in Enum.GetValues<PromptSort>())
            deep[sort] = PromptCursor.After((await lists.PageAsync(me, PromptFilter.None, sort, null, 9_000, cancellationToken))[^1]);
        var ids = await lists.IdsAsync(me, PromptFilter.None, cancellationToken);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{ids.Count} prompts of one's own; {many.Name} is on {many.Prompts} of them, {few.Name} on {few.Prompts}"));

        Task Page(PromptFilter filter, PromptSort sort = PromptSort.Newest, bool isDeep = false) =>
            lists.PageAsync(me, filter, sort, isDeep ? deep[sort] : null, 51, cancellationToken);
        Task Old(string? search, PromptCursor? after = null) => db.QueryAsync<PromptListItem>(
            me, Before, new { Search = search, AfterCreatedAt = after?.CreatedAt, AfterId = after?.Id, Size = 51 }, cancellationToken);

        List<(string Name, Func<Task> Run)> cases =
        [
            ("nothing (role switch and select 1)", () => db.QueryAsync<int>(me, "select 1", null, cancellationToken)),
            ("before: first page", () => Old(null)),
            ("before: deep page", () => Old(null, deep[PromptSort.Newest])),
            ("before: search, many hits", () => Old("invoice")),
            ("before: search, one hit", () => Old("number 54989")),
            ("before: search, no hit", () => Old("xylophone")),
        ];
        foreach (var sort in Enum.GetValues<PromptSort>())
        {
            cases.Add(($"{sort}: first page", () => Page(PromptFilter.None, sort)));
            cases.Add(($"{sort}: deep page", () => Page(PromptFilter.None, sort, isDeep: true)));
        }

        cases.AddRange(
        [
            ("search, many hits", () => Page(new() { Search = "invoice" })),
            ("search, one hit", () => Page(new() { Search = "number 54989" })),
            ("search, no hit", () => Page(new() { Search = "xylophone" })),
            ("search, no hit: count", () => lists.CountAsync(me, new() { Search = "xylophone" }, cancellationToken)),
            ("label on many", () => Page(new() { Labels = [many.Id] })),
            ("label on few", () => Page(new() { Labels = [few.Id] })),
            ("two labels, by title", () => Page(new() { Labels = [many.Id, few.Id] }, PromptSort.Title)),
            ("without a label", () => Page(new() { Unlabelled = true })),
            ("public", () => Page(new() { Visibility = PromptVisibility.Public })),
            ("unlisted (none)", () => Page(new() { Visibility = PromptVisibility.Unlisted })),
            ("count all", () => lists.CountAsync(me, PromptFilter.None, cancellationToken)),
            ("ids of all", () => lists.IdsAsync(me, PromptFilter.None, cancellationToken)),
            ("labels with counts", () => labels.ListAsync(me, cancellationToken)),
            ("labels of all chosen", () => labels.OfAsync(me, ids, cancellationToken)),
        ]);

        await output.WriteLineAsync($"{"query",-36} {"p50 ms",8} {"p95 ms",8}");
        foreach (var (name, run) in cases)
        {
            var times = new double[Times];
            for (var time = -5; time < Times; time++)
            {
                var start = Stopwatch.GetTimestamp();
                await run();
                if (time >= 0)
                    times[time] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }

            Array.Sort(times);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name,-36} {times[Times / 2],8:F2} {times[Times * 95 / 100],8:F2}"));
        }
    }
}
