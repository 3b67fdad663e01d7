using System.Text;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Policies;

/// <summary>Every table × verb × who: what each may do is written out here, and what happens is compared with it.</summary>
public sealed class TableMatrixTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    // Rows seen, rows changed or the SQLSTATE; statements name no owner in a where clause, so a policy alone decides.
    // Owner and bystander have four prompts each (one of them published), two answers, one result, two templates, one
    // favorite, one picture (23505: no second one) and one collection with one template, and follow each other (23514: nobody
    // follows themselves); the stranger has an account only.
    // favorite, one report and one picture (23505: no second one); the stranger has an account only.
    private const string Expected =
        """
        table                                  verb      anon   owner  stranger  no claims  app login
        auth.users                             select    42501  42501  42501     42501      42501
        auth.users                             insert    42501  42501  42501     42501      42501
        auth.users                             update    42501  42501  42501     42501      42501
        auth.users                             delete    42501  42501  42501     42501      42501
        auth.users                             truncate  42501  42501  42501     42501      42501
        internal.administrators                select    42501  42501  42501     42501      42501
        internal.administrators                insert    42501  42501  42501     42501      42501
        internal.administrators                update    42501  42501  42501     42501      42501
        internal.administrators                delete    42501  42501  42501     42501      42501
        internal.administrators                truncate  42501  42501  42501     42501      42501
        internal.counter_deltas                select    42501  42501  42501     42501      42501
        internal.counter_deltas                insert    42501  42501  42501     42501      42501
        internal.counter_deltas                update    42501  42501  42501     42501      42501
        internal.counter_deltas                delete    42501  42501  42501     42501      42501
        internal.counter_deltas                truncate  42501  42501  42501     42501      42501
        internal.data_protection_keys          select    42501  42501  42501     42501      42501
        internal.data_protection_keys          insert    42501  42501  42501     42501      42501
        internal.data_protection_keys          update    42501  42501  42501     42501      42501
        internal.data_protection_keys          delete    42501  42501  42501     42501      42501
        internal.data_protection_keys          truncate  42501  42501  42501     42501      42501
        internal.deleted_results               select    42501  42501  42501     42501      42501
        internal.deleted_results               insert    42501  42501  42501     42501      42501
        internal.deleted_results               update    42501  42501  42501     42501      42501
        internal.deleted_results               delete    42501  42501  42501     42501      42501
        internal.deleted_results               truncate  42501  42501  42501     42501      42501
        internal.following_visits              select    42501  42501  42501     42501      42501
        internal.following_visits              insert    42501  42501  42501     42501      42501
        internal.following_visits              update    42501  42501  42501     42501      42501
        internal.following_visits              delete    42501  42501  42501     42501      42501
        internal.following_visits              truncate  42501  42501  42501     42501      42501
        internal.gallery                       select    42501  42501  42501     42501      42501
        internal.gallery                       insert    42501  42501  42501     42501      42501
        internal.gallery                       update    42501  42501  42501     42501      42501
        internal.gallery                       delete    42501  42501  42501     42501      42501
        internal.gallery                       truncate  42501  42501  42501     42501      42501
        internal.gallery_count_deltas          select    42501  42501  42501     42501      42501
        internal.gallery_count_deltas          insert    42501  42501  42501     42501      42501
        internal.gallery_count_deltas          update    42501  42501  42501     42501      42501
        internal.gallery_count_deltas          delete    42501  42501  42501     42501      42501
        internal.gallery_count_deltas          truncate  42501  42501  42501     42501      42501
        internal.gallery_counts                select    42501  42501  42501     42501      42501
        internal.gallery_counts                insert    42501  42501  42501     42501      42501
        internal.gallery_counts                update    42501  42501  42501     42501      42501
        internal.gallery_counts                delete    42501  42501  42501     42501      42501
        internal.gallery_counts                truncate  42501  42501  42501     42501      42501
        internal.gallery_phrases               select    42501  42501  42501     42501      42501
        internal.gallery_phrases               insert    42501  42501  42501     42501      42501
        internal.gallery_phrases               update    42501  42501  42501     42501      42501
        internal.gallery_phrases               delete    42501  42501  42501     42501      42501
        internal.gallery_phrases               truncate  42501  42501  42501     42501      42501
        internal.gallery_phrases_missing       select    42501  42501  42501     42501      42501
        internal.gallery_phrases_missing       insert    42501  42501  42501     42501      42501
        internal.gallery_phrases_missing       update    42501  42501  42501     42501      42501
        internal.gallery_phrases_missing       delete    42501  42501  42501     42501      42501
        internal.gallery_phrases_missing       truncate  42501  42501  42501     42501      42501
        internal.gallery_ranks                 select    42501  42501  42501     42501      42501
        internal.gallery_ranks                 insert    42501  42501  42501     42501      42501
        internal.gallery_ranks                 update    42501  42501  42501     42501      42501
        internal.gallery_ranks                 delete    42501  42501  42501     42501      42501
        internal.gallery_ranks                 truncate  42501  42501  42501     42501      42501
        internal.gallery_tier                  select    42501  42501  42501     42501      42501
        internal.gallery_tier                  insert    42501  42501  42501     42501      42501
        internal.gallery_tier                  update    42501  42501  42501     42501      42501
        internal.gallery_tier                  delete    42501  42501  42501     42501      42501
        internal.gallery_tier                  truncate  42501  42501  42501     42501      42501
        internal.hidden_templates              select    42501  42501  42501     42501      42501
        internal.hidden_templates              insert    42501  42501  42501     42501      42501
        internal.hidden_templates              update    42501  42501  42501     42501      42501
        internal.hidden_templates              delete    42501  42501  42501     42501      42501
        internal.hidden_templates              truncate  42501  42501  42501     42501      42501
        internal.moderation_log                select    42501  42501  42501     42501      42501
        internal.moderation_log                insert    42501  42501  42501     42501      42501
        internal.moderation_log                update    42501  42501  42501     42501      42501
        internal.moderation_log                delete    42501  42501  42501     42501      42501
        internal.moderation_log                truncate  42501  42501  42501     42501      42501
        internal.node_leases                   select    42501  42501  42501     42501      42501
        internal.node_leases                   insert    42501  42501  42501     42501      42501
        internal.node_leases                   update    42501  42501  42501     42501      42501
        internal.node_leases                   delete    42501  42501  42501     42501      42501
        internal.node_leases                   truncate  42501  42501  42501     42501      42501
        internal.pending_sign_ups              select    42501  42501  42501     42501      42501
        internal.pending_sign_ups              insert    42501  42501  42501     42501      42501
        internal.pending_sign_ups              update    42501  42501  42501     42501      42501
        internal.pending_sign_ups              delete    42501  42501  42501     42501      42501
        internal.pending_sign_ups              truncate  42501  42501  42501     42501      42501
        internal.publications                  select    42501  42501  42501     42501      42501
        internal.publications                  insert    42501  42501  42501     42501      42501
        internal.publications                  update    42501  42501  42501     42501      42501
        internal.publications                  delete    42501  42501  42501     42501      42501
        internal.publications                  truncate  42501  42501  42501     42501      42501
        internal.reset_links                   select    42501  42501  42501     42501      42501
        internal.reset_links                   insert    42501  42501  42501     42501      42501
        internal.reset_links                   update    42501  42501  42501     42501      42501
        internal.reset_links                   delete    42501  42501  42501     42501      42501
        internal.reset_links                   truncate  42501  42501  42501     42501      42501
        internal.search_word_sources           select    42501  42501  42501     42501      42501
        internal.search_word_sources           insert    42501  42501  42501     42501      42501
        internal.search_word_sources           update    42501  42501  42501     42501      42501
        internal.search_word_sources           delete    42501  42501  42501     42501      42501
        internal.search_word_sources           truncate  42501  42501  42501     42501      42501
        internal.search_words                  select    42501  42501  42501     42501      42501
        internal.search_words                  insert    42501  42501  42501     42501      42501
        internal.search_words                  update    42501  42501  42501     42501      42501
        internal.search_words                  delete    42501  42501  42501     42501      42501
        internal.search_words                  truncate  42501  42501  42501     42501      42501
        internal.sessions                      select    42501  42501  42501     42501      42501
        internal.sessions                      insert    42501  42501  42501     42501      42501
        internal.sessions                      update    42501  42501  42501     42501      42501
        internal.sessions                      delete    42501  42501  42501     42501      42501
        internal.sessions                      truncate  42501  42501  42501     42501      42501
        internal.sign_in_attempts              select    42501  42501  42501     42501      42501
        internal.sign_in_attempts              insert    42501  42501  42501     42501      42501
        internal.sign_in_attempts              update    42501  42501  42501     42501      42501
        internal.sign_in_attempts              delete    42501  42501  42501     42501      42501
        internal.sign_in_attempts              truncate  42501  42501  42501     42501      42501
        internal.sign_in_failures              select    42501  42501  42501     42501      42501
        internal.sign_in_failures              insert    42501  42501  42501     42501      42501
        internal.sign_in_failures              update    42501  42501  42501     42501      42501
        internal.sign_in_failures              delete    42501  42501  42501     42501      42501
        internal.sign_in_failures              truncate  42501  42501  42501     42501      42501
        internal.starter_templates             select    42501  42501  42501     42501      42501
        internal.starter_templates             insert    42501  42501  42501     42501      42501
        internal.starter_templates             update    42501  42501  42501     42501      42501
        internal.starter_templates             delete    42501  42501  42501     42501      42501
        internal.starter_templates             truncate  42501  42501  42501     42501      42501
        internal.template_fingerprints         select    42501  42501  42501     42501      42501
        internal.template_fingerprints         insert    42501  42501  42501     42501      42501
        internal.template_fingerprints         update    42501  42501  42501     42501      42501
        internal.template_fingerprints         delete    42501  42501  42501     42501      42501
        internal.template_fingerprints         truncate  42501  42501  42501     42501      42501
        internal.template_uses                 select    42501  42501  42501     42501      42501
        internal.template_uses                 insert    42501  42501  42501     42501      42501
        internal.template_uses                 update    42501  42501  42501     42501      42501
        internal.template_uses                 delete    42501  42501  42501     42501      42501
        internal.template_uses                 truncate  42501  42501  42501     42501      42501
        public.budgets                         select    42501  1      0         0          42501
        public.budgets                         insert    42501  23505  42501     42501      42501
        public.budgets                         update    42501  1      0         0          42501
        public.budgets                         delete    42501  1      0         0          42501
        public.budgets                         truncate  42501  42501  42501     42501      42501
        public.collection_templates            select    42501  1      0         0          42501
        public.collection_templates            insert    42501  1      42501     42501      42501
        public.collection_templates            update    42501  1      0         0          42501
        public.collection_templates            delete    42501  1      0         0          42501
        public.collection_templates            truncate  42501  42501  42501     42501      42501
        public.collections                     select    42501  1      0         0          42501
        public.collections                     insert    42501  1      42501     42501      42501
        public.collections                     update    42501  1      0         0          42501
        public.collections                     delete    42501  1      0         0          42501
        public.collections                     truncate  42501  42501  42501     42501      42501
        public.follows                         select    42501  1      0         0          42501
        public.follows                         insert    42501  23514  42501     42501      42501
        public.follows                         update    42501  42501  42501     42501      42501
        public.follows                         delete    42501  1      0         0          42501
        public.follows                         truncate  42501  42501  42501     42501      42501
        public.key_models                      select    42501  1      0         0          42501
        public.key_models                      insert    42501  1      42501     42501      42501
        public.key_models                      update    42501  1      0         0          42501
        public.key_models                      delete    42501  1      0         0          42501
        public.key_models                      truncate  42501  42501  42501     42501      42501
        public.labels                          select    42501  1      0         0          42501
        public.labels                          insert    42501  1      42501     42501      42501
        public.labels                          update    42501  1      0         0          42501
        public.labels                          delete    42501  1      0         0          42501
        public.labels                          truncate  42501  42501  42501     42501      42501
        public.parameter_presets               select    42501  1      0         0          42501
        public.parameter_presets               insert    42501  1      42501     42501      42501
        public.parameter_presets               update    42501  1      0         0          42501
        public.parameter_presets               delete    42501  1      0         0          42501
        public.parameter_presets               truncate  42501  42501  42501     42501      42501
        public.prompt_answers                  select    42501  2      0         0          42501
        public.prompt_answers                  insert    42501  1      42501     42501      42501
        public.prompt_answers                  update    42501  2      0         0          42501
        public.prompt_answers                  delete    42501  2      0         0          42501
        public.prompt_answers                  truncate  42501  42501  42501     42501      42501
        public.prompt_assertions               select    42501  1      0         0          42501
        public.prompt_assertions               insert    42501  1      42501     42501      42501
        public.prompt_assertions               update    42501  1      0         0          42501
        public.prompt_assertions               delete    42501  1      0         0          42501
        public.prompt_assertions               truncate  42501  42501  42501     42501      42501
        public.prompt_drafts                   select    42501  1      0         0          42501
        public.prompt_drafts                   insert    42501  1      42501     42501      42501
        public.prompt_drafts                   update    42501  1      0         0          42501
        public.prompt_drafts                   delete    42501  1      0         0          42501
        public.prompt_drafts                   truncate  42501  42501  42501     42501      42501
        public.prompt_labels                   select    42501  1      0         0          42501
        public.prompt_labels                   insert    42501  1      42501     42501      42501
        public.prompt_labels                   update    42501  1      0         0          42501
        public.prompt_labels                   delete    42501  1      0         0          42501
        public.prompt_labels                   truncate  42501  42501  42501     42501      42501
        public.prompt_links                    select    42501  1      0         0          42501
        public.prompt_links                    insert    42501  1      42501     42501      42501
        public.prompt_links                    update    42501  42501  42501     42501      42501
        public.prompt_links                    delete    42501  1      0         0          42501
        public.prompt_links                    truncate  42501  42501  42501     42501      42501
        public.prompt_templates                select    2      3      2         2          42501
        public.prompt_templates                insert    42501  1      42501     42501      42501
        public.prompt_templates                update    42501  2      0         0          42501
        public.prompt_templates                delete    42501  2      0         0          42501
        public.prompt_templates                truncate  42501  42501  42501     42501      42501
        public.prompt_texts                    select    42501  4      0         0          42501
        public.prompt_texts                    insert    42501  42501  42501     42501      42501
        public.prompt_texts                    update    42501  42501  42501     42501      42501
        public.prompt_texts                    delete    42501  42501  42501     42501      42501
        public.prompt_texts                    truncate  42501  42501  42501     42501      42501
        public.prompt_versions                 select    42501  4      0         0          42501
        public.prompt_versions                 insert    42501  42501  42501     42501      42501
        public.prompt_versions                 update    42501  42501  42501     42501      42501
        public.prompt_versions                 delete    42501  42501  42501     42501      42501
        public.prompt_versions                 truncate  42501  42501  42501     42501      42501
        public.prompts                         select    2      5      2         2          42501
        public.prompts                         insert    42501  1      42501     42501      42501
        public.prompts                         update    42501  4      0         0          42501
        public.prompts                         delete    42501  4      0         0          42501
        public.prompts                         truncate  42501  42501  42501     42501      42501
        public.provider_keys                   select    42501  1      0         0          42501
        public.provider_keys                   insert    42501  42501  42501     42501      42501
        public.provider_keys                   update    42501  1      0         0          42501
        public.provider_keys                   delete    42501  1      0         0          42501
        public.provider_keys                   truncate  42501  42501  42501     42501      42501
        public.result_links                    select    42501  1      0         0          42501
        public.result_links                    insert    42501  23505  42501     42501      42501
        public.result_links                    update    42501  42501  42501     42501      42501
        public.result_links                    delete    42501  1      0         0          42501
        public.result_links                    truncate  42501  42501  42501     42501      42501
        public.spending                        select    42501  1      0         0          42501
        public.spending                        insert    42501  42501  42501     42501      42501
        public.spending                        update    42501  42501  42501     42501      42501
        public.spending                        delete    42501  42501  42501     42501      42501
        public.spending                        truncate  42501  42501  42501     42501      42501
        public.template_reports                select    42501  1      0         0          42501
        public.template_reports                insert    42501  42501  42501     42501      42501
        public.template_reports                update    42501  42501  42501     42501      42501
        public.template_reports                delete    42501  42501  42501     42501      42501
        public.template_reports                truncate  42501  42501  42501     42501      42501
        public.template_versions               select    2      2      2         2          42501
        public.template_versions               insert    42501  42501  42501     42501      42501
        public.template_versions               update    42501  42501  42501     42501      42501
        public.template_versions               delete    42501  1      0         0          42501
        public.template_versions               truncate  42501  42501  42501     42501      42501
        public.test_cases                      select    42501  1      0         0          42501
        public.test_cases                      insert    42501  1      42501     42501      42501
        public.test_cases                      update    42501  1      0         0          42501
        public.test_cases                      delete    42501  1      0         0          42501
        public.test_cases                      truncate  42501  42501  42501     42501      42501
        public.test_cells                      select    42501  1      0         0          42501
        public.test_cells                      insert    42501  1      42501     42501      42501
        public.test_cells                      update    42501  1      0         0          42501
        public.test_cells                      delete    42501  42501  42501     42501      42501
        public.test_cells                      truncate  42501  42501  42501     42501      42501
        public.test_results                    select    42501  1      0         0          42501
        public.test_results                    insert    42501  1      42501     42501      42501
        public.test_results                    update    42501  1      0         0          42501
        public.test_results                    delete    42501  1      0         0          42501
        public.test_results                    truncate  42501  42501  42501     42501      42501
        public.test_runs                       select    42501  1      0         0          42501
        public.test_runs                       insert    42501  1      42501     42501      42501
        public.test_runs                       update    42501  1      0         0          42501
        public.test_runs                       delete    42501  1      0         0          42501
        public.test_runs                       truncate  42501  42501  42501     42501      42501
        public.test_verdicts                   select    42501  1      0         0          42501
        public.test_verdicts                   insert    42501  23505  42501     42501      42501
        public.test_verdicts                   update    42501  1      0         0          42501
        public.test_verdicts                   delete    42501  42501  42501     42501      42501
        public.test_verdicts                   truncate  42501  42501  42501     42501      42501
        public.user_avatars                    select    42501  1      0         0          42501
        public.user_avatars                    insert    42501  23505  42501     42501      42501
        public.user_avatars                    update    42501  1      0         0          42501
        public.user_avatars                    delete    42501  1      0         0          42501
        public.user_avatars                    truncate  42501  42501  42501     42501      42501
        public.user_favorites                  select    42501  1      0         0          42501
        public.user_favorites                  insert    42501  1      42501     42501      42501
        public.user_favorites                  update    42501  42501  42501     42501      42501
        public.user_favorites                  delete    42501  1      0         0          42501
        public.user_favorites                  truncate  42501  42501  42501     42501      42501
        public.users                           select    42501  1      1         0          42501
        public.users                           insert    42501  42501  42501     42501      42501
        public.users                           update    42501  1      1         0          42501
        public.users                           delete    42501  42501  42501     42501      42501
        public.users                           truncate  42501  42501  42501     42501      42501
        supabase_migrations.schema_migrations  select    42501  42501  42501     42501      42501
        supabase_migrations.schema_migrations  insert    42501  42501  42501     42501      42501
        supabase_migrations.schema_migrations  update    42501  42501  42501     42501      42501
        supabase_migrations.schema_migrations  delete    42501  42501  42501     42501      42501
        supabase_migrations.schema_migrations  truncate  42501  42501  42501     42501      42501

        """;

    // A new row in the owner's name, whoever tries.
    private static readonly Dictionary<string, string> Inserts = new(StringComparer.Ordinal)
    {
        ["public.users"] = "insert into public.users (email) values ('another@example.test')",
        ["public.prompts"] =
            "insert into public.prompts (user_id, title, goal, template) values (@Person, 'New', 'A goal', 'A text')",
        ["public.budgets"] = "insert into public.budgets (user_id, daily_limit) values (@Person, 2)",
        ["public.key_models"] = "insert into public.key_models (key_id, user_id, name, model) values (@Key, @Person, 'New', 'new-1')",
        ["public.provider_keys"] =
            "insert into public.provider_keys (id, user_id, name, provider, endpoint) values (gen_random_uuid(), @Person, 'New', 'openai', 'https://api.example.test/v1')",
        ["public.spending"] = "insert into public.spending (user_id, day) values (@Person, '2030-01-01')",
        ["public.collections"] = "insert into public.collections (owner_id, name) values (@Person, 'New')",
        ["public.collection_templates"] =
            "insert into public.collection_templates (collection_id, template_id) values (@Collection, @PublicTemplate)",
        ["public.follows"] = "insert into public.follows (follower_id, author_id) values (@Person, @Person)",
        ["public.labels"] = "insert into public.labels (user_id, name) values (@Person, 'New')",
        ["public.prompt_labels"] =
            "insert into public.prompt_labels (prompt_id, user_id, label_id) values (@PlainPrompt, @Person, @Label)",
        ["public.prompt_answers"] =
            "insert into public.prompt_answers (prompt_id, question_id, question_text, answer) values (@PrivatePrompt, 'tone', 'Which?', 'Warm')",
        ["public.prompt_drafts"] =
            "insert into public.prompt_drafts (id, user_id, goal, step, state) values (gen_random_uuid(), @Person, 'A goal', 'Goal', '{}')",
        ["public.prompt_links"] =
            "insert into public.prompt_links (prompt_id, token) values (@PlainPrompt, repeat('a', 43))",
        ["public.test_results"] =
            """
            insert into public.test_results (prompt_id, user_id, model, temperature, variable_values, resolved_prompt)
            values (@PrivatePrompt, @Person, 'a model', 0, '{}', 'A text')
            """,
        ["public.test_runs"] =
            "insert into public.test_runs (id, user_id, prompt_id) values (gen_random_uuid(), @Person, @PrivatePrompt)",
        ["public.test_cells"] =
            """
            insert into public.test_cells (run_id, position, user_id, prompt_id, model, temperature, variable_values, resolved_prompt)
            values (@Run, 1, @Person, @PrivatePrompt, 'a model', 0, '{}', 'A text')
            """,
        ["public.test_cases"] =
            "insert into public.test_cases (user_id, prompt_id, position) values (@Person, @PrivatePrompt, 2)",
        ["public.prompt_assertions"] = "insert into public.prompt_assertions (prompt_id, user_id) values (@PlainPrompt, @Person)",
        // 23505: the result has a verdict.
        ["public.test_verdicts"] = "insert into public.test_verdicts (result_id, user_id, outcomes) values (@Result, @Person, '[]')",
        // 23505: the result has a link.
        ["public.result_links"] = "insert into public.result_links (result_id, user_id, token) values (@Result, @Person, repeat('a', 43))",
        ["public.parameter_presets"] = "insert into public.parameter_presets (user_id, name) values (@Person, 'New')",
        ["public.prompt_templates"] =
            "insert into public.prompt_templates (prompt_id, user_id, category) values (@PlainPrompt, @Person, 'Coding')",
        ["public.user_avatars"] =
            "insert into public.user_avatars (user_id, media_type, image) values (@Person, 'image/png', '\\x02')",
        ["public.user_favorites"] =
            "insert into public.user_favorites (user_id, template_id) values (@Person, @PublicTemplate)",
    };

    // Of a column the person may write, where there is one.
    private static readonly Dictionary<string, string> Updates = new(StringComparer.Ordinal)
    {
        ["public.users"] = "full_name = 'Changed'",
        ["public.budgets"] = "daily_limit = 3",
        ["public.key_models"] = "name = 'Changed'",
        ["public.provider_keys"] = "name = 'Changed'",
        ["public.collections"] = "name = 'Changed'",
        ["public.collection_templates"] = "note = 'Changed'",
        ["public.prompts"] = "title = 'Changed'",
        ["public.labels"] = "name = 'Changed'",
        ["public.prompt_labels"] = "label_id = @Label",
        ["public.prompt_answers"] = "answer = 'Changed'",
        ["public.prompt_drafts"] = "goal = 'Changed'",
        ["public.prompt_templates"] = "category = 'Changed'",
        ["public.test_results"] = "starred = true",
        ["public.test_runs"] = "stop_requested_at = now()",
        ["public.test_cells"] = "state = 'stopped'",
        ["public.test_cases"] = "name = 'Changed'",
        ["public.prompt_assertions"] = "updated_at = '2000-01-01'",
        ["public.test_verdicts"] = "passed = true",
        ["public.parameter_presets"] = "name = 'Changed'",
        ["public.user_avatars"] = "media_type = 'image/webp'",
    };

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everybody_may_do_to_every_table_exactly_what_is_written_here()
    {
        var tables = await Scene.ListAsync(database, Scene.AllTables);
        var scene = await Scene.CreateAsync(database);
        var before = await scene.RowsAsync(tables);
        await using var marks = await RowMarks.OfAsync(database, tables);
        var mark = await marks.LookAsync();
        var actual = new StringBuilder(Expected.Split('\n')[0]).Append('\n');
        var trespasses = new List<string>();
        foreach (var table in tables)
        {
            foreach (var verb in (string[])["select", "insert", "update", "delete", "truncate"])
            {
                actual.Append(table.PadRight(39)).Append(verb.PadRight(10));
                foreach (var name in scene.Actors.Select(actor => actor.Name))
                {
                    var actor = scene.Actors.Single(actor => actor.Name == name);
                    var sql = await StatementAsync(table, verb);
                    var outcome = await actor.TryAsync(database.AppDataSource, sql, _ct, scene.Owner.Parameters()!);
                    actual.Append(Cell(name, outcome));

                    if (await marks.LookAsync() == mark)
                        continue;

                    var after = await scene.RowsAsync(tables);
                    var changed = before.Except(after).Concat(after.Except(before)).ToList();
                    trespasses.AddRange(changed.Where(row => !MayChange(scene, name, outcome, row)).Select(row => $"{name}, {sql}: {row}"));
                    scene = await Scene.CreateAsync(database);
                    before = await scene.RowsAsync(tables);
                    mark = await marks.LookAsync();
                }

                actual.Length = actual.ToString().TrimEnd().Length;
                actual.Append('\n');
            }
        }

        Assert.Equal(Expected, actual.ToString(), ignoreLineEndingDifferences: true);
        Assert.Empty(trespasses);
    }

    private static bool MayChange(Scene scene, string name, string outcome, string row) => name switch
    {
        // A new prompt's version and text name that prompt alone.
        // Pending likes name the template alone, and the owner's favorite is the bystander's template; counts name a label.
        "owner" => outcome is not (Actor.Refused or "0")
            && (scene.Owner.IsNamedIn(row) || row.StartsWith("internal.counter_deltas ", StringComparison.Ordinal)
                || row.StartsWith("internal.gallery_count_deltas ", StringComparison.Ordinal)
                || (row.StartsWith("public.prompt_", StringComparison.Ordinal) && !scene.Bystander.IsNamedIn(row))),
        "stranger" => row.Contains(scene.Stranger.ToString(), StringComparison.Ordinal),
        _ => false,
    };

    private static string Cell(string actor, string outcome) =>
        outcome.PadRight(actor is "stranger" ? 10 : actor is "no claims" ? 11 : 7);

    private async Task<string> StatementAsync(string table, string verb) => verb switch
    {
        "select" => $"select count(*) from {table}",
        "insert" => Inserts.GetValueOrDefault(table, $"insert into {table} default values"),
        "update" => $"update {table} set " + Updates.GetValueOrDefault(table, await FirstColumnAsync(table)),
        "delete" => $"delete from {table}",
        _ => $"truncate {table} cascade",
    };

    private async Task<string> FirstColumnAsync(string table)
    {
        var column = await database.OwnerScalarAsync<string>(
            "select format('%1$I = %1$I', attname) from pg_attribute where attrelid = @table::regclass and attnum > 0 and attidentity = '' order by attnum limit 1",
            ("table", table));
        return column;
    }
}
