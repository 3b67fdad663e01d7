using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Policies;

/// <summary>
/// Two people with the same rows of every kind, and a third with nothing but an account: whoever tries something in the
/// name of the first must not touch the second.
/// </summary>
internal sealed class Scene
{
    /// <summary>Every table of every schema that is neither PostgreSQL's own nor an extension's, as the catalog knows them.</summary>
    public const string AllTables =
        """
        select format('%I.%I', n.nspname, c.relname)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm', 'f')
          and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\_t%'
          and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype = 'e')
        """;

    private const string ArrangeRows =
        """
        insert into public.prompts (id, user_id, title, goal, template, is_public, deleted_at) values
          (@PrivatePrompt, @Person, 'Private', 'Hidden goal', 'Hidden text', false, null),
          (@PublicPrompt, @Person, 'Public', 'Shown goal', 'Shown text', true, null),
          (@DeletedPrompt, @Person, 'Deleted', 'Gone goal', 'Gone text', true, now()),
          (@PlainPrompt, @Person, 'Plain', 'A goal', 'A text', false, null);
        insert into public.prompt_answers (prompt_id, question_id, question_text, answer)
          select p, 'audience', 'For whom?', 'A secret audience' from unnest(array[@PrivatePrompt, @PublicPrompt]) p;
        insert into public.test_results (id, prompt_id, user_id, model, temperature, variable_values, resolved_prompt)
          values (@Result, @PrivatePrompt, @Person, 'a model', 1, '{}', 'Hidden text');
        insert into public.test_runs (id, user_id, prompt_id) values (@Run, @Person, @PrivatePrompt);
        insert into public.test_cases (id, user_id, prompt_id, position) values (@Case, @Person, @PrivatePrompt, 1);
        insert into public.test_cells (run_id, position, user_id, prompt_id, model, temperature, variable_values, resolved_prompt)
          values (@Run, 0, @Person, @PrivatePrompt, 'a model', 1, '{}', 'Hidden text');
        insert into public.prompt_assertions (prompt_id, user_id) values (@PrivatePrompt, @Person);
        insert into public.test_verdicts (result_id, user_id, outcomes) values (@Result, @Person, '[]');
        insert into public.parameter_presets (user_id, name) values (@Person, 'Kept');
        insert into public.result_links (result_id, user_id, token) values (@Result, @Person, left(replace(@Person::text || @Person::text, '_', ''), 43));
        insert into internal.deleted_results (id, user_id, prompt_id, result)
          select @DeletedResult, @Person, @PrivatePrompt, to_jsonb(r) || jsonb_build_object('id', @DeletedResult) from public.test_results r where r.id = @Result;
        insert into public.prompt_templates (id, prompt_id, user_id, category) values
          (@PublicTemplate, @PublicPrompt, @Person, 'Writing'), (@PrivateTemplate, @PrivatePrompt, @Person, 'Writing');
        insert into public.prompt_drafts (id, user_id, goal, step, state) values (gen_random_uuid(), @Person, 'Hidden', 'Goal', '{}');
        insert into public.prompt_links (prompt_id, token) values (@PrivatePrompt, left(replace(@Person::text || @Person::text, '_', ''), 43));
        insert into public.user_avatars (user_id, media_type, image) values (@Person, 'image/png', '\x01');
        insert into internal.template_uses (template_id, user_id) values (@PublicTemplate, @Person);
        insert into internal.following_visits (user_id, visited_at, seen_at) values (@Person, now(), now());
        insert into public.collections (id, owner_id, name) values (@Collection, @Person, 'Kept');
        insert into public.template_reports (prompt_id, user_id, reason) values (@PublicPrompt, @Person, 'spam');
        insert into public.labels (id, user_id, name) values (@Label, @Person, 'Kept');
        insert into public.prompt_labels (prompt_id, user_id, label_id) values (@PrivatePrompt, @Person, @Label);
        insert into public.provider_keys (id, user_id, name, provider, endpoint, secret, hint)
          values (@Key, @Person, 'Mine', 'openai', 'https://api.example.test/v1', 'encrypted', 'abcd');
        insert into public.key_models (key_id, user_id, name, model) values (@Key, @Person, 'Own', 'own-1');
        insert into public.budgets (user_id, daily_limit) values (@Person, 1);
        insert into public.spending (user_id, day, spent) values (@Person, '2026-11-23', 0.5);
        """;

    private readonly TestDatabase _database;

    private Scene(TestDatabase database) => _database = database;

    /// <summary>Whose rows it is about.</summary>
    public People Owner { get; } = new();

    /// <summary>Who has the same rows and must never notice anything.</summary>
    public People Bystander { get; } = new();

    /// <summary>Who has an account and no rows.</summary>
    public Guid Stranger { get; } = Guid.NewGuid();

    /// <summary>Everybody who tries.</summary>
    public IReadOnlyList<Actor> Actors =>
        [Actor.Anonymous, Actor.Person("owner", Owner.Person), Actor.Person("stranger", Stranger), Actor.Nobody, Actor.App];

    /// <summary>Removes what there is and makes new rows.</summary>
    public static async Task<Scene> CreateAsync(TestDatabase database)
    {
        var scene = new Scene(database);
        await database.OwnerAsync("delete from auth.users; delete from internal.counter_deltas; delete from internal.gallery;");
        foreach (var id in new[] { scene.Owner.Person, scene.Bystander.Person, scene.Stranger })
        {
            await database.OwnerAsync(
                "insert into auth.users (id, email, raw_user_meta_data) values (@id, @email, '{\"full_name\":\"Some Body\"}')",
                ("id", id), ("email", $"{id}@example.test"));
        }

        foreach (var people in new[] { scene.Owner, scene.Bystander })
            await database.OwnerAsync(ArrangeRows, people.Parameters());
        await database.OwnerAsync(
            "insert into public.user_favorites (user_id, template_id) values (@a, @theirs), (@b, @mine)",
            ("a", scene.Owner.Person), ("theirs", scene.Bystander.PublicTemplate),
            ("b", scene.Bystander.Person), ("mine", scene.Owner.PublicTemplate));
        await database.OwnerAsync("insert into public.follows (follower_id, author_id) values (@a, @b), (@b, @a)", ("a", scene.Owner.Person), ("b", scene.Bystander.Person));
        await database.OwnerAsync(
            "insert into public.collection_templates (collection_id, template_id) values (@a, @theirs), (@b, @mine)",
            ("a", scene.Owner.Collection), ("theirs", scene.Bystander.PublicTemplate),
            ("b", scene.Bystander.Collection), ("mine", scene.Owner.PublicTemplate));
        return scene;
    }

    /// <summary>The first column of a query run as the owner of the database, sorted.</summary>
    public static async Task<IReadOnlyList<string>> ListAsync(TestDatabase database, string sql)
    {
        var values = new List<string>();
        await using var command = database.OwnerDataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            values.Add(reader.GetString(0));
        values.Sort(StringComparer.Ordinal);
        return values;
    }

    /// <summary>All rows of all tables as text, read past every policy.</summary>
    public async Task<IReadOnlySet<string>> RowsAsync(IEnumerable<string> tables)
    {
        var sql = string.Join("\nunion all\n", tables.Select(table => $"select '{table} ' || t::text from {table} t"));
        return (await ListAsync(_database, sql)).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>A person's id and those of their rows.</summary>
    internal sealed record People
    {
        public Guid Person { get; } = Guid.NewGuid();
        public Guid PrivatePrompt { get; } = Guid.NewGuid();
        public Guid PublicPrompt { get; } = Guid.NewGuid();
        public Guid DeletedPrompt { get; } = Guid.NewGuid();

        /// <summary>Private, and without a template.</summary>
        public Guid PlainPrompt { get; } = Guid.NewGuid();

        public Guid PublicTemplate { get; } = Guid.NewGuid();

        /// <summary>Of the private prompt: it was published once.</summary>
        public Guid PrivateTemplate { get; } = Guid.NewGuid();

        /// <summary>A private one.</summary>
        public Guid Collection { get; } = Guid.NewGuid();

        /// <summary>On the private prompt.</summary>
        public Guid Label { get; } = Guid.NewGuid();

        /// <summary>Of the private prompt.</summary>
        public Guid Result { get; } = Guid.NewGuid();

        /// <summary>Of the private prompt too, and deleted.</summary>
        public Guid DeletedResult { get; } = Guid.NewGuid();

        /// <summary>Of the private prompt, with one cell.</summary>
        public Guid Run { get; } = Guid.NewGuid();

        /// <summary>A test case of the private prompt.</summary>
        public Guid Case { get; } = Guid.NewGuid();

        /// <summary>At a provider.</summary>
        public Guid Key { get; } = Guid.NewGuid();

        /// <summary>For statements that name them.</summary>
        public (string Name, object? Value)[] Parameters() =>
        [
            (nameof(Person), Person), (nameof(PrivatePrompt), PrivatePrompt), (nameof(PublicPrompt), PublicPrompt),
            (nameof(DeletedPrompt), DeletedPrompt), (nameof(PlainPrompt), PlainPrompt),
            (nameof(PublicTemplate), PublicTemplate), (nameof(PrivateTemplate), PrivateTemplate), (nameof(Collection), Collection),
            (nameof(Label), Label), (nameof(Result), Result), (nameof(DeletedResult), DeletedResult), (nameof(Run), Run), (nameof(Case), Case),
            (nameof(Key), Key),
        ];

        /// <summary>Whether a row is theirs: it names them or one of their rows.</summary>
        public bool IsNamedIn(string row) =>
            Parameters().Any(parameter => row.Contains(parameter.Value!.ToString()!, StringComparison.Ordinal));
    }
}
