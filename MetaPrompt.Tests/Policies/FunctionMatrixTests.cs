using System.Text;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Policies;

/// <summary>Every function of our own × who may execute it: written out here, compared with the catalog, and tried.</summary>
public sealed class FunctionMatrixTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Expected =
        """
        function                                                                                                anon  authenticated  metaprompt_app
        internal.add_data_protection_key(text, text)                                                            -     -              execute
        internal.add_provider_key(uuid, uuid, text, text, text, text, text)                                     -     -              execute
        internal.advise_search(text, text, text, uuid)                                                          exec  execute        -
        internal.all_of(tsquery[])                                                                              -     -              -
        internal.applied_migrations()                                                                           -     -              execute
        internal.author_cards(uuid, text, text, uuid, integer)                                                  exec  execute        -
        internal.author_sitemap(uuid, integer)                                                                  exec  execute        -
        internal.author_sitemap_starts(integer)                                                                 exec  execute        -
        internal.avatar_url_follows()                                                                           -     -              -
        internal.band(integer, bigint, bigint, bigint)                                                          -     -              -
        internal.bands(bigint[])                                                                                -     -              -
        internal.begin_sign_in(bytea)                                                                           -     -              execute
        internal.clear_sign_ins(bytea)                                                                          -     -              execute
        internal.collection_cards(uuid, integer, uuid, integer)                                                 exec  execute        -
        internal.confirm_sign_up(bytea)                                                                         -     -              execute
        internal.count_daily(uuid, date)                                                                        -     execute        -
        internal.count_draft_revision()                                                                         -     -              -
        internal.count_facets(text, text, text, uuid)                                                           exec  execute        -
        internal.count_favorite()                                                                               -     -              -
        internal.count_gallery_labels()                                                                         -     -              -
        internal.count_gallery_rows()                                                                           -     -              -
        internal.count_publication(uuid, uuid)                                                                  -     -              -
        internal.count_use(uuid)                                                                                -     execute        -
        internal.create_local_account(text, text, text)                                                         -     -              execute
        internal.create_pending_sign_up(text, text, text, bytea)                                                -     -              execute
        internal.create_reset_link(text, bytea)                                                                 -     -              execute
        internal.data_protection_key_ring()                                                                     -     -              execute
        internal.delete_account(uuid, bytea)                                                                    -     -              execute
        internal.delete_prompt_version(uuid, integer)                                                           -     execute        -
        internal.delete_results(uuid[])                                                                         -     execute        -
        internal.dismiss_reports(uuid, text)                                                                    -     execute        -
        internal.drop_gone_favorites()                                                                          -     execute        -
        internal.drop_old_prompt_versions(uuid)                                                                 -     -              -
        internal.drop_unused_texts(uuid)                                                                        -     -              -
        internal.end_deleted_collections()                                                                      -     -              -
        internal.exact_search(text, text)                                                                       -     -              -
        internal.export_account(uuid, text, uuid, integer)                                                      -     -              execute
        internal.facet_matches(tsquery, text, integer, integer[], integer[])                                    -     -              -
        internal.favorite_cards(timestamp with time zone, uuid, integer)                                        -     execute        -
        internal.favorite_counts()                                                                              -     execute        -
        internal.find_by_likes(tsquery, text, uuid, text, uuid, integer, uuid[], integer[], integer[])          -     -              -
        internal.find_by_newest(tsquery, text, uuid, text, uuid, integer, uuid[], integer[], integer[])         -     -              -
        internal.find_by_trending(tsquery, text, uuid, text, uuid, integer, uuid[], integer[], integer[])       -     -              -
        internal.find_by_uses(tsquery, text, uuid, text, uuid, integer, uuid[], integer[], integer[])           -     -              -
        internal.find_favorites(text, text, text, uuid, integer)                                                -     execute        -
        internal.find_local_account(text)                                                                       -     -              execute
        internal.find_pending_sign_up(bytea)                                                                    -     -              execute
        internal.find_provider_key(uuid, uuid)                                                                  -     -              execute
        internal.find_reset_link(bytea)                                                                         -     -              execute
        internal.find_results(text)                                                                             -     execute        -
        internal.find_session(bytea)                                                                            -     -              execute
        internal.fingerprint_follows()                                                                          -     -              -
        internal.first_prompt_versions()                                                                        -     -              -
        internal.fold_counters()                                                                                -     -              execute
        internal.fold_gallery_counts()                                                                          -     -              execute
        internal.fold_text(text)                                                                                -     -              -
        internal.followed_by_caller(integer)                                                                    -     execute        -
        internal.following_cards(timestamp with time zone, uuid, integer)                                       -     execute        -
        internal.forget_last_sign_in(bytea)                                                                     -     -              execute
        internal.gallery_categories()                                                                           exec  execute        -
        internal.gallery_count(text, text)                                                                      -     -              -
        internal.gallery_finds(text, text, text, uuid)                                                          -     -              -
        internal.gallery_follows_author()                                                                       -     -              -
        internal.gallery_follows_prompt()                                                                       -     -              -
        internal.gallery_follows_template()                                                                     -     -              -
        internal.gallery_follows_templates()                                                                    -     -              -
        internal.gallery_has(tsquery, text, integer[], integer[])                                               -     -              -
        internal.gallery_has_all(tsquery[], text)                                                               -     -              -
        internal.gallery_labels(text, text[])                                                                   -     -              -
        internal.gallery_largest(text, integer)                                                                 -     -              -
        internal.guard_public_prompt()                                                                          -     -              -
        internal.guard_template()                                                                               -     -              -
        internal.hide_template(uuid, text)                                                                      -     execute        -
        internal.import_account(uuid, text, jsonb)                                                              -     -              execute
        internal.import_prompt(uuid, jsonb)                                                                     -     -              -
        internal.import_row(uuid, text, jsonb)                                                                  -     -              -
        internal.imported_id(uuid, uuid)                                                                        -     -              -
        internal.imported_prompt(uuid, uuid)                                                                    -     -              -
        internal.imported_time(timestamp with time zone)                                                        -     -              -
        internal.is_administrator()                                                                             exec  execute        -
        internal.is_hidden(uuid)                                                                                -     execute        -
        internal.is_left_behind(test_runs)                                                                      -     execute        -
        internal.learn_search_words(integer)                                                                    -     -              execute
        internal.lease_remote_session(bytea)                                                                    -     -              execute
        internal.limit_collections()                                                                            -     -              -
        internal.limit_drafts()                                                                                 -     -              -
        internal.limit_follows()                                                                                -     -              -
        internal.limit_key_models()                                                                             -     -              -
        internal.limit_labels()                                                                                 -     -              -
        internal.limit_parameter_presets()                                                                      -     -              -
        internal.limit_prompt_labels()                                                                          -     -              -
        internal.limit_provider_keys()                                                                          -     -              -
        internal.limit_test_cases()                                                                             -     -              -
        internal.list_own_models(uuid)                                                                          -     -              execute
        internal.list_provider_secrets(uuid)                                                                    -     -              execute
        internal.list_sessions(uuid)                                                                            -     -              execute
        internal.may_read_template(uuid)                                                                        -     -              -
        internal.may_reset(bytea)                                                                               -     -              execute
        internal.mirror_changed_address()                                                                       -     -              -
        internal.mirror_deleted_account()                                                                       -     -              -
        internal.mirror_new_account()                                                                           -     -              -
        internal.moderation_count()                                                                             -     execute        -
        internal.moderation_items(boolean, timestamp with time zone, uuid, integer)                             -     execute        -
        internal.moderation_notice(uuid)                                                                        -     execute        -
        internal.monitor_indexes()                                                                              -     execute        -
        internal.monitor_migrations()                                                                           -     execute        -
        internal.monitor_nodes()                                                                                -     execute        -
        internal.monitor_run_failures()                                                                         -     execute        -
        internal.monitor_runs()                                                                                 -     execute        -
        internal.monitor_server()                                                                               -     execute        -
        internal.monitor_sessions()                                                                             -     execute        -
        internal.monitor_sign_in_failures()                                                                     -     execute        -
        internal.monitor_statements()                                                                           -     execute        -
        internal.monitor_tables()                                                                               -     execute        -
        internal.move_gallery_tier(integer)                                                                     -     -              execute
        internal.near_templates(uuid)                                                                           -     execute        -
        internal.normalised_text(text)                                                                          -     -              -
        internal.note_following_visit(boolean)                                                                  -     execute        -
        internal.note_key_use(uuid)                                                                             -     -              execute
        internal.note_sign_in_failure(text, bytea, inet, text)                                                  -     -              execute
        internal.open_session(bytea, uuid, text, text, timestamp with time zone)                                -     -              execute
        internal.own_collections(uuid)                                                                          -     execute        -
        internal.own_report(uuid)                                                                               -     execute        -
        internal.pair_galleries(uuid[])                                                                         -     -              -
        internal.pair_missing_galleries(integer)                                                                -     -              execute
        internal.pairs_of(tsquery)                                                                              -     -              -
        internal.parse_result_search(text)                                                                      -     -              -
        internal.parse_search(text)                                                                             -     -              -
        internal.phrase_candidates(integer[], integer[], integer)                                               -     -              -
        internal.place_in_collection()                                                                          -     -              -
        internal.popular_templates(integer, character varying)                                                  exec  execute        -
        internal.prompt_version_follows()                                                                       -     -              -
        internal.purge_accounts()                                                                               -     -              execute
        internal.purge_deleted_prompts()                                                                        -     -              execute
        internal.purge_template_uses()                                                                          -     -              execute
        internal.queue_changed_words()                                                                          -     -              -
        internal.queue_search_words()                                                                           -     -              -
        internal.rank_best(text, tsquery, tsquery, tsquery, text, integer, text, uuid, integer[], integer[])    -     -              -
        internal.read_author(uuid)                                                                              exec  execute        -
        internal.read_avatar(uuid)                                                                              exec  execute        -
        internal.read_collection(uuid)                                                                          exec  execute        -
        internal.read_marks(text)                                                                               exec  execute        -
        internal.read_moderation_log(text, uuid, uuid, bigint, integer)                                         -     execute        -
        internal.read_shared_prompt(text)                                                                       exec  execute        -
        internal.read_shared_result(text)                                                                       exec  execute        -
        internal.read_template(uuid)                                                                            exec  execute        -
        internal.read_template_context(uuid)                                                                    exec  execute        -
        internal.read_template_counts(uuid)                                                                     exec  execute        -
        internal.read_template_descendants(uuid, integer)                                                       exec  execute        -
        internal.read_template_version(uuid, integer)                                                           exec  execute        -
        internal.read_template_versions(uuid)                                                                   exec  execute        -
        internal.record_local_sign_in(uuid, text)                                                               -     -              execute
        internal.refresh_fingerprint(uuid)                                                                      -     -              -
        internal.refresh_galleries(uuid[])                                                                      -     -              -
        internal.refresh_gallery(uuid)                                                                          -     -              -
        internal.refuse_change()                                                                                -     -              -
        internal.refuse_copy(uuid, text)                                                                        -     -              -
        internal.remove_provider_key(uuid, uuid)                                                                -     -              execute
        internal.renew_remote_session(bytea, text, timestamp with time zone)                                    -     -              execute
        internal.renew_test_runs(uuid, uuid[], integer)                                                         -     -              execute
        internal.replace_provider_secret(uuid, uuid, text, text)                                                -     -              execute
        internal.replace_word(text, text, text)                                                                 -     -              -
        internal.report_template(uuid, character varying, text)                                                 -     execute        -
        internal.request_review(uuid, text)                                                                     -     execute        -
        internal.require_administrator()                                                                        -     -              -
        internal.reserve_spend(uuid, numeric, boolean, numeric)                                                 -     -              execute
        internal.restore_results(uuid[])                                                                        -     execute        -
        internal.restore_template(uuid, text)                                                                   -     execute        -
        internal.result_words(uuid, text, text)                                                                 -     execute        -
        internal.revoke_session(bytea)                                                                          -     -              execute
        internal.revoke_sessions(uuid, bytea)                                                                   -     -              execute
        internal.search_gallery(text, text, text, uuid, text, text, uuid, integer)                              exec  execute        -
        internal.search_terms(text)                                                                             -     -              -
        internal.search_text(text)                                                                              -     -              -
        internal.set_local_password(uuid, text)                                                                 -     -              execute
        internal.settle_spend(uuid, date, numeric, numeric, boolean)                                            -     -              execute
        internal.shingles(text)                                                                                 -     -              -
        internal.show_again(internal.hidden_templates)                                                          -     -              -
        internal.similar_cards(uuid, integer)                                                                   exec  execute        -
        internal.spelling_of(text)                                                                              -     -              -
        internal.statement_figures()                                                                            -     -              execute
        internal.suggest_authors(integer)                                                                       -     execute        -
        internal.suggest_gallery(text, integer)                                                                 exec  execute        -
        internal.suggest_terms(uuid)                                                                            -     execute        -
        internal.take_left_run(uuid, uuid[], integer)                                                           -     -              execute
        internal.take_node_lease(text, uuid, integer)                                                           -     -              execute
        internal.template_sitemap(timestamp with time zone, uuid, integer)                                      exec  execute        -
        internal.template_sitemap_starts(integer)                                                               exec  execute        -
        internal.title_key(tsvector, tsvector)                                                                  -     -              -
        internal.title_search(tsvector, text)                                                                   -     -              -
        internal.touch_updated_at()                                                                             -     -              -
        internal.trending(integer, timestamp with time zone)                                                    -     -              -
        internal.undo_moderation(bigint)                                                                        -     execute        -
        internal.unspaced_signs()                                                                               -     -              -
        internal.use_reset_link(bytea, text)                                                                    -     -              execute
        internal.version_follows_prompt()                                                                       -     -              -
        internal.version_follows_template()                                                                     -     -              -
        internal.watch_plans()                                                                                  -     execute        -
        internal.withdraw_report(uuid)                                                                          -     execute        -
        internal.word_deletes(text)                                                                             -     -              -
        internal.word_neighbours(text, boolean, integer)                                                        -     -              -
        internal.words_search(regconfig, text, boolean)                                                         -     -              -
        internal.write_prompt_version(uuid)                                                                     -     -              -
        internal.write_template_version(uuid)                                                                   -     -              -
        public.advise_search(text, text, text, uuid)                                                            exec  execute        -
        public.author_sitemap(uuid, integer)                                                                    exec  execute        -
        public.author_sitemap_starts(integer)                                                                   exec  execute        -
        public.author_templates(uuid, text, text, uuid, integer)                                                exec  execute        -
        public.collect_template(uuid, uuid[], uuid[], text, boolean)                                            -     execute        -
        public.collection_contents(uuid, integer, uuid, integer)                                                exec  execute        -
        public.copy_to_test(uuid)                                                                               -     execute        -
        public.count_favorites()                                                                                -     execute        -
        public.create_prompt(character varying, text, text, jsonb, text[], text[], text[], uuid)                -     execute        -
        public.daily_counts(uuid, date)                                                                         -     execute        -
        public.delete_prompt_version(uuid, integer)                                                             -     execute        -
        public.delete_results(uuid[])                                                                           -     execute        -
        public.dismiss_reports(uuid, text)                                                                      -     execute        -
        public.duplicate_prompt(uuid, uuid)                                                                     -     execute        -
        public.favorite_templates(timestamp with time zone, uuid, integer)                                      -     execute        -
        public.find_results(text)                                                                               -     execute        -
        public.followed_authors(integer)                                                                        -     execute        -
        public.following_templates(timestamp with time zone, uuid, integer)                                     -     execute        -
        public.gallery_categories()                                                                             exec  execute        -
        public.get_author(uuid)                                                                                 exec  execute        -
        public.get_avatar(uuid)                                                                                 exec  execute        -
        public.get_collection(uuid)                                                                             exec  execute        -
        public.get_popular_templates(integer, character varying)                                                exec  execute        -
        public.get_shared_prompt(text)                                                                          exec  execute        -
        public.get_shared_result(text)                                                                          exec  execute        -
        public.get_template(uuid)                                                                               exec  execute        -
        public.get_template_context(uuid)                                                                       exec  execute        -
        public.get_template_counts(uuid)                                                                        exec  execute        -
        public.get_template_descendants(uuid, integer)                                                          exec  execute        -
        public.get_template_version(uuid, integer)                                                              exec  execute        -
        public.get_template_versions(uuid)                                                                      exec  execute        -
        public.hide_template(uuid, text)                                                                        -     execute        -
        public.increment_likes_count(uuid)                                                                      -     -              -
        public.increment_uses_count(uuid)                                                                       -     execute        -
        public.is_administrator()                                                                               exec  execute        -
        public.list_collections(uuid)                                                                           -     execute        -
        public.moderation_count()                                                                               -     execute        -
        public.moderation_items(boolean, timestamp with time zone, uuid, integer)                               -     execute        -
        public.moderation_notice(uuid)                                                                          -     execute        -
        public.move_in_collection(uuid, uuid, boolean)                                                          -     execute        -
        public.near_templates(uuid)                                                                             -     execute        -
        public.own_report(uuid)                                                                                 -     execute        -
        public.publish_prompt(uuid, character varying, text[], text, text)                                      -     execute        -
        public.publish_prompts(uuid[], timestamp with time zone[], text[], character varying)                   -     execute        -
        public.read_moderation_log(text, uuid, uuid, bigint, integer)                                           -     execute        -
        public.remove_gone_favorites()                                                                          -     execute        -
        public.report_template(uuid, character varying, text)                                                   -     execute        -
        public.request_review(uuid, text)                                                                       -     execute        -
        public.restore_results(uuid[])                                                                          -     execute        -
        public.restore_template(uuid, text)                                                                     -     execute        -
        public.return_to_collection(uuid, uuid, text, integer)                                                  -     execute        -
        public.search_favorites(text, text, text, uuid, integer)                                                -     execute        -
        public.search_marks(text)                                                                               exec  execute        -
        public.search_templates(text, text, text, uuid, text, text, uuid, integer)                              exec  execute        -
        public.similar_templates(uuid, integer)                                                                 exec  execute        -
        public.suggest_templates(text, integer)                                                                 exec  execute        -
        public.suggest_terms(uuid)                                                                              -     execute        -
        public.suggested_authors(integer)                                                                       -     execute        -
        public.template_facets(text, text, text, uuid)                                                          exec  execute        -
        public.template_sitemap(timestamp with time zone, uuid, integer)                                        exec  execute        -
        public.template_sitemap_starts(integer)                                                                 exec  execute        -
        public.undo_moderation(bigint)                                                                          -     execute        -
        public.unpublish_prompt(uuid)                                                                           -     execute        -
        public.use_template(uuid, integer)                                                                      -     execute        -
        public.visit_following(boolean)                                                                         -     execute        -
        public.withdraw_report(uuid)                                                                            -     execute        -

        """;

    private const string Own =
        """
        from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        where n.nspname not in ('pg_catalog', 'information_schema', 'auth')
          and not exists (select from pg_depend d where d.objid = p.oid and d.classid = 'pg_proc'::regclass and d.deptype = 'e')
        """;

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_function_can_be_executed_by_exactly_whom_is_written_here()
    {
        var lines = await Scene.ListAsync(database,
            $"""
            select rtrim(rpad(format('%s.%s(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)), 104)
              || rpad(case when has_function_privilege('anon', p.oid, 'execute') then 'exec' else '-' end, 6)
              || rpad(case when has_function_privilege('authenticated', p.oid, 'execute') then 'execute' else '-' end, 15)
              || case when has_function_privilege('metaprompt_app', p.oid, 'execute') then 'execute' else '-' end)
            {Own}
            """);
        var actual = new StringBuilder(Expected.Split('\n')[0]).Append('\n');
        foreach (var line in lines)
            actual.Append(line).Append('\n');

        Assert.Equal(Expected, actual.ToString(), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public async Task A_call_without_the_right_is_refused_and_changes_nothing()
    {
        var scene = await Scene.CreateAsync(database);
        var tables = await Scene.ListAsync(database, Scene.AllTables);
        var before = await scene.RowsAsync(tables);

        var refused = 0;
        foreach (var line in Expected.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            var function = line[..104].Trim();
            var name = function[..function.IndexOf('(', StringComparison.Ordinal)];
            var types = function[(name.Length + 1)..^1].Split(", ", StringSplitOptions.RemoveEmptyEntries);
            var call = $"select {name}({string.Join(", ", types.Select(type => $"null::{type}"))})";
            foreach (var actor in scene.Actors)
            {
                var cell = actor.Role switch { "anon" => line[104..110], "authenticated" => line[110..125], _ => line[125..] };
                if (cell.Trim() != "-")
                    continue;

                var refusal = await Assert.ThrowsAsync<PostgresException>(() => actor.SendAsync(database.AppDataSource, call, _ct));
                Assert.Equal($"42501 permission denied for function {name.Split('.')[1]}", $"{refusal.SqlState} {refusal.MessageText}");
                refused++;
            }
        }

        Assert.True(refused > 180, $"only {refused} calls were tried");
        Assert.Equal(before.Order(StringComparer.Ordinal), (await scene.RowsAsync(tables)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_visitor_reaches_nothing_through_the_functions_they_may_call_that_is_not_published()
    {
        var scene = await Scene.CreateAsync(database);
        foreach (var (function, expected) in new[]
        {
            ("public.search_templates()", "2"), ("internal.search_gallery(null, null, null, null, null, null, null, 100)", "2"),
            ("public.get_popular_templates(100)", "2"), ("internal.popular_templates(100, null)", "2"),
            ("public.gallery_categories()", "1"),
            ("public.template_sitemap_starts(1)", "2"), ("public.template_sitemap('-infinity', '00000000-0000-0000-0000-000000000000')", "2"),
            ("internal.template_sitemap('-infinity', '00000000-0000-0000-0000-000000000000', 50000)", "2"),
            ("public.author_sitemap_starts(1)", "2"), ("public.author_sitemap('00000000-0000-0000-0000-000000000000')", "2"),
            ($"public.get_template('{scene.Owner.PublicTemplate}')", "1"), ($"public.get_template('{scene.Owner.PrivateTemplate}')", "0"),
            ($"internal.read_template('{scene.Owner.PrivateTemplate}')", "0"), ($"public.get_template('{scene.Owner.PrivatePrompt}')", "0"),
            ($"public.get_template_context('{scene.Owner.PublicTemplate}')", "1"), ($"public.get_template_context('{scene.Owner.PrivateTemplate}')", "0"),
            ($"public.get_template_counts('{scene.Owner.PrivateTemplate}')", "0"), ($"public.get_template_descendants('{scene.Owner.PrivateTemplate}')", "0"),
            ($"public.get_template_versions('{scene.Owner.PublicTemplate}')", "1"), ($"public.get_template_versions('{scene.Owner.PrivateTemplate}')", "0"),
            ($"public.get_template_version('{scene.Owner.PublicTemplate}', 1)", "1"), ($"public.get_template_version('{scene.Owner.PrivateTemplate}', 1)", "0"),
            ($"public.get_shared_prompt('{scene.Owner.PrivatePrompt}')", "0"), ("public.get_shared_prompt('')", "0"),
            ($"public.get_shared_result('{scene.Owner.Result}')", "0"), ("public.get_shared_result('')", "0"),
            ($"public.get_author('{scene.Owner.Person}')", "1"), ($"public.get_author('{scene.Stranger}')", "0"),
        })
        {
            Assert.Equal((function, expected), (function, await Actor.Anonymous.TryAsync(database.AppDataSource, $"select count(*) from {function}", _ct)));
        }

        // Nor does any of them know a word of what is hidden.
        foreach (var function in new[]
        {
            "public.search_templates('hidden')", "public.search_templates('gone')", "public.search_templates('secret audience')",
            "public.search_templates('private')", "public.search_templates('example.test')",
        })
        {
            Assert.Equal((function, "0"), (function, await Actor.Anonymous.TryAsync(database.AppDataSource, $"select count(*) from {function}", _ct)));
        }
    }
}
