using System.Text;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Policies;

/// <summary>Every column of every table × read, write, create: the few that are allowed are written out here.</summary>
public sealed class ColumnMatrixTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    // Per table, role and privilege the columns that are granted; what is not here is granted to nobody.
    private const string Expected =
        """
        public.budgets authenticated insert: user_id daily_limit
        public.budgets authenticated select: user_id daily_limit updated_at
        public.budgets authenticated update: daily_limit
        public.collection_templates authenticated insert: collection_id template_id note
        public.collection_templates authenticated select: collection_id template_id note position added_at
        public.collection_templates authenticated update: note position
        public.collections authenticated insert: owner_id name description is_shared
        public.collections authenticated select: id owner_id name description is_shared created_at updated_at deleted_at
        public.collections authenticated update: name description is_shared deleted_at
        public.follows authenticated insert: follower_id author_id
        public.follows authenticated select: follower_id author_id created_at
        public.key_models authenticated insert: key_id user_id name model input_price_per_million output_price_per_million priced_on context_tokens max_output_tokens
        public.key_models authenticated select: id key_id user_id name model input_price_per_million output_price_per_million priced_on context_tokens max_output_tokens created_at
        public.key_models authenticated update: name input_price_per_million output_price_per_million priced_on context_tokens max_output_tokens
        public.labels authenticated insert: id user_id name
        public.labels authenticated select: id user_id name created_at
        public.labels authenticated update: name
        public.parameter_presets authenticated insert: id user_id name temperatures parameters
        public.parameter_presets authenticated select: id user_id name temperatures parameters created_at
        public.parameter_presets authenticated update: name temperatures parameters
        public.prompt_answers authenticated insert: prompt_id question_id question_text answer position
        public.prompt_answers authenticated select: id prompt_id question_id question_text answer created_at position
        public.prompt_answers authenticated update: question_text answer
        public.prompt_assertions authenticated insert: prompt_id user_id assertions
        public.prompt_assertions authenticated select: prompt_id user_id assertions updated_at
        public.prompt_assertions authenticated update: assertions updated_at
        public.prompt_drafts authenticated insert: id user_id goal step state
        public.prompt_drafts authenticated select: id user_id goal step state revision created_at updated_at
        public.prompt_drafts authenticated update: goal step state
        public.prompt_labels authenticated insert: prompt_id user_id label_id
        public.prompt_labels authenticated select: prompt_id user_id label_id
        public.prompt_labels authenticated update: label_id
        public.prompt_links authenticated insert: prompt_id token
        public.prompt_links authenticated select: prompt_id token created_at
        public.prompt_templates anon select: id prompt_id user_id category tags likes_count uses_count created_at updated_at unlisted hidden_at
        public.prompt_templates authenticated insert: prompt_id user_id category tags unlisted
        public.prompt_templates authenticated select: id prompt_id user_id category tags likes_count uses_count created_at updated_at unlisted hidden_at
        public.prompt_templates authenticated update: category tags unlisted
        public.prompt_texts authenticated select: prompt_id hash text bytes
        public.prompt_versions authenticated select: id prompt_id number title goal template_hash variables note created_at
        public.prompts anon select: id user_id title goal template variables is_public created_at updated_at deleted_at origin_template_id
        public.prompts authenticated insert: id user_id title goal template variables is_public origin_template_id
        public.prompts authenticated select: id user_id title goal template variables is_public created_at updated_at deleted_at origin_template_id dismissed_findings
        public.prompts authenticated update: title goal template variables is_public deleted_at dismissed_findings
        public.provider_keys authenticated select: id user_id name provider endpoint hint created_at last_used_at
        public.provider_keys authenticated update: name
        public.result_links authenticated insert: result_id user_id token
        public.result_links authenticated select: result_id user_id token created_at
        public.spending authenticated select: user_id day spent spent_by_site
        public.template_reports authenticated select: id prompt_id user_id reason details created_at resolved_at outcome
        public.template_versions anon select: id template_id number note created_at prompt_version_id
        public.template_versions authenticated select: id template_id number note created_at prompt_version_id
        public.test_cases authenticated insert: id user_id prompt_id name variable_values assertions position
        public.test_cases authenticated select: id user_id prompt_id name variable_values assertions position created_at updated_at
        public.test_cases authenticated update: name variable_values assertions position updated_at
        public.test_cells authenticated insert: run_id position user_id prompt_id prompt_version model temperature case_id case_name variable_values resolved_prompt assertions
        public.test_cells authenticated select: run_id position user_id prompt_id prompt_version model temperature case_id case_name variable_values resolved_prompt assertions state attempt error started_at result_id
        public.test_cells authenticated update: state attempt error started_at result_id
        public.test_results authenticated insert: id prompt_id user_id model temperature variable_values resolved_prompt result tokens_used response_time_ms input_tokens output_tokens finish_reason error prompt_version run_id cell case_id case_name model_id parameters sent first_token_ms cost attempts outcome
        public.test_results authenticated select: id prompt_id user_id model temperature variable_values resolved_prompt result tokens_used response_time_ms created_at input_tokens output_tokens finish_reason error prompt_version run_id cell case_id case_name model_id parameters sent first_token_ms cost attempts outcome starred
        public.test_results authenticated update: starred
        public.test_runs authenticated insert: id user_id prompt_id parameters owner lease_until
        public.test_runs authenticated select: id user_id prompt_id parameters created_at ended_at owner lease_until stop_requested_at taken_over
        public.test_runs authenticated update: ended_at owner lease_until stop_requested_at
        public.test_verdicts authenticated insert: result_id user_id passed outcomes judge_cost
        public.test_verdicts authenticated select: result_id user_id passed outcomes judge_cost created_at
        public.test_verdicts authenticated update: passed outcomes judge_cost created_at
        public.user_avatars authenticated insert: user_id media_type image
        public.user_avatars authenticated select: user_id media_type image etag updated_at
        public.user_avatars authenticated update: media_type image
        public.user_favorites authenticated insert: user_id template_id
        public.user_favorites authenticated select: user_id template_id created_at
        public.users authenticated select: id email full_name avatar_url created_at updated_at
        public.users authenticated update: full_name avatar_url

        """;

    private const string Granted =
        """
        select format('%I.%I %s %s: %s', n.nspname, c.relname, r.role, v.verb, string_agg(a.attname, ' ' order by a.attnum))
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        cross join unnest(array['anon', 'authenticated', 'metaprompt_app', 'public']) as r (role)
        cross join unnest(array['select', 'insert', 'update', 'references']) as v (verb)
        where c.relkind in ('r', 'p', 'v', 'm', 'f')
          and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\_t%'
          and has_column_privilege(r.role, c.oid, a.attnum, v.verb)
        group by n.nspname, c.relname, r.role, v.verb
        """;

    private const string GeneratedAlways = "428C9";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Columns_are_granted_one_by_one_as_written_here()
    {
        var granted = new StringBuilder();
        foreach (var line in await Scene.ListAsync(database, Granted))
            granted.Append(line).Append('\n');
        Assert.Equal(Expected, granted.ToString(), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public async Task Nobody_can_write_a_column_that_is_not_on_the_list_even_in_their_own_rows()
    {
        var scene = await Scene.CreateAsync(database);
        var columns = await Scene.ListAsync(database,
            """
            select format('%I.%I.%I', n.nspname, c.relname, a.attname)
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where c.relkind = 'r' and (n.nspname in ('public', 'internal') or c.oid = 'auth.users'::regclass)
            """);
        var tables = await Scene.ListAsync(database, Scene.AllTables);
        var before = await scene.RowsAsync(tables);

        var written = new List<string>();
        foreach (var column in columns)
        {
            var cut = column.LastIndexOf('.');
            var (table, name) = (column[..cut], column[(cut + 1)..]);
            foreach (var actor in scene.Actors)
            {
                var outcome = await actor.TryAsync(database.AppDataSource, $"update {table} set {name} = {name}", _ct);
                // A generated column is refused before anybody's rights are looked at.
                if (outcome is not (Actor.Refused or GeneratedAlways))
                    written.Add($"{actor.Name} {column}".Replace("\"", "", StringComparison.Ordinal));
            }
        }

        string[] authenticated = ["owner", "stranger", "no claims"];
        var allowed = Expected.Split('\n').Where(line => line.Contains(" update:", StringComparison.Ordinal))
            .SelectMany(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..].Split(' ')
                .SelectMany(name => authenticated.Select(actor => $"{actor} {line.Split(' ')[0]}.{name}")));
        Assert.Equal(allowed.Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));
        // Nothing was given a new value; and to set a text to itself is no edit.
        Assert.Equal(before.Order(StringComparer.Ordinal), (await scene.RowsAsync(tables)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("public.prompt_templates", "likes_count = 1000000")]
    [InlineData("public.prompt_templates", "uses_count = 1000000")]
    [InlineData("public.prompt_templates", "created_at = '2000-01-01'")]
    [InlineData("public.prompt_templates", "prompt_id = gen_random_uuid()")]
    [InlineData("public.prompts", "created_at = '2000-01-01'")]
    [InlineData("public.prompts", "id = gen_random_uuid()")]
    [InlineData("public.prompts", "origin_template_id = null")]
    [InlineData("public.users", "email = 'boss@example.test'")]
    [InlineData("public.users", "created_at = '2000-01-01'")]
    [InlineData("public.test_results", "response_time_ms = 1")]
    [InlineData("public.user_favorites", "created_at = '2000-01-01'")]
    [InlineData("public.collections", "updated_at = '2000-01-01'")]
    [InlineData("public.collection_templates", "added_at = '2000-01-01'")]
    [InlineData("public.follows", "created_at = '2000-01-01'")]
    public async Task An_owner_cannot_improve_their_own_rows(string table, string change)
    {
        var scene = await Scene.CreateAsync(database);
        var tables = await Scene.ListAsync(database, Scene.AllTables);
        var before = await scene.RowsAsync(tables);

        Assert.Equal(Actor.Refused, await scene.Actors[1].TryAsync(database.AppDataSource, $"update {table} set {change}", _ct));

        Assert.Equal(before.Order(StringComparer.Ordinal), (await scene.RowsAsync(tables)).Order(StringComparer.Ordinal));
    }
}
