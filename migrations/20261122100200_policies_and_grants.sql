-- One policy per table and verb, each naming its role; auth.uid() is wrapped in a select so that it is asked once per
-- statement and not once per row. UPDATE has WITH CHECK, so a row cannot be given away. Grants are per column: nobody
-- writes a counter, an address, a time of creation or an owner.

drop policy "Users can view own profile" on public.users;
drop policy "Users can update own profile" on public.users;
drop policy "Users can view own prompts" on public.prompts;
drop policy "Users can view public prompts" on public.prompts;
drop policy "Users can create own prompts" on public.prompts;
drop policy "Users can update own prompts" on public.prompts;
drop policy "Users can delete own prompts" on public.prompts;
drop policy "Users can view own prompt answers" on public.prompt_answers;
drop policy "Users can create own prompt answers" on public.prompt_answers;
drop policy "Users can update own prompt answers" on public.prompt_answers;
drop policy "Users can delete own prompt answers" on public.prompt_answers;
drop policy "Users can view own test results" on public.test_results;
drop policy "Users can create own test results" on public.test_results;
drop policy "Users can delete own test results" on public.test_results;
drop policy "Users can view own templates" on public.prompt_templates;
drop policy "Users can view public templates" on public.prompt_templates;
drop policy "Users can create own templates" on public.prompt_templates;
drop policy "Users can update own templates" on public.prompt_templates;
drop policy "Users can delete own templates" on public.prompt_templates;
drop policy "Users can view own favorites" on public.user_favorites;
drop policy "Users can create own favorites" on public.user_favorites;
drop policy "Users can delete own favorites" on public.user_favorites;

-- users ------------------------------------------------------------------------------------------------------------------
create policy users_select_own on public.users
  for select to authenticated
  using (id = (select auth.uid()));
comment on policy users_select_own on public.users is
  'A person reads their own row. What others may know of an author comes from public.get_author, without the address.';

create policy users_update_own on public.users
  for update to authenticated
  using (id = (select auth.uid()))
  with check (id = (select auth.uid()));
comment on policy users_update_own on public.users is 'A person changes their own name and picture.';

grant select on public.users to authenticated;
grant update (full_name, avatar_url) on public.users to authenticated;

-- prompts ----------------------------------------------------------------------------------------------------------------
create policy prompts_select_public on public.prompts
  for select to anon
  using (is_public and deleted_at is null);
comment on policy prompts_select_public on public.prompts is 'Visitors read published prompts.';

create policy prompts_select_own_or_public on public.prompts
  for select to authenticated
  using (user_id = (select auth.uid()) or (is_public and deleted_at is null));
comment on policy prompts_select_own_or_public on public.prompts is
  'A person reads their own prompts, deleted ones included, and everybody''s published ones.';

create policy prompts_insert_own on public.prompts
  for insert to authenticated
  with check (user_id = (select auth.uid()));
comment on policy prompts_insert_own on public.prompts is 'A person creates prompts of their own.';

create policy prompts_update_own on public.prompts
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
comment on policy prompts_update_own on public.prompts is 'A person edits their own prompts.';

create policy prompts_delete_own on public.prompts
  for delete to authenticated
  using (user_id = (select auth.uid()));
comment on policy prompts_delete_own on public.prompts is 'A person deletes their own prompts.';

grant select (id, user_id, title, goal, template, variables, is_public, created_at, updated_at, origin_template_id, deleted_at)
  on public.prompts to anon, authenticated;
grant insert (user_id, title, goal, template, variables, is_public, origin_template_id) on public.prompts to authenticated;
grant update (title, goal, template, variables, is_public, deleted_at) on public.prompts to authenticated;
grant delete on public.prompts to authenticated;

-- prompt_answers ---------------------------------------------------------------------------------------------------------
create policy prompt_answers_select_own on public.prompt_answers
  for select to authenticated
  using (exists (select from public.prompts p where p.id = prompt_id and p.user_id = (select auth.uid())));
comment on policy prompt_answers_select_own on public.prompt_answers is
  'Answers are the owner''s alone, even where the prompt is published.';

create policy prompt_answers_insert_own on public.prompt_answers
  for insert to authenticated
  with check (exists (select from public.prompts p where p.id = prompt_id and p.user_id = (select auth.uid())));
comment on policy prompt_answers_insert_own on public.prompt_answers is 'A person adds answers to their own prompts.';

create policy prompt_answers_update_own on public.prompt_answers
  for update to authenticated
  using (exists (select from public.prompts p where p.id = prompt_id and p.user_id = (select auth.uid())))
  with check (exists (select from public.prompts p where p.id = prompt_id and p.user_id = (select auth.uid())));
comment on policy prompt_answers_update_own on public.prompt_answers is 'A person changes answers of their own prompts.';

create policy prompt_answers_delete_own on public.prompt_answers
  for delete to authenticated
  using (exists (select from public.prompts p where p.id = prompt_id and p.user_id = (select auth.uid())));
comment on policy prompt_answers_delete_own on public.prompt_answers is 'A person removes answers of their own prompts.';

grant select on public.prompt_answers to authenticated;
grant insert (prompt_id, question_id, question_text, answer, position) on public.prompt_answers to authenticated;
grant update (question_text, answer) on public.prompt_answers to authenticated;
grant delete on public.prompt_answers to authenticated;

-- test_results -----------------------------------------------------------------------------------------------------------
create policy test_results_select_own on public.test_results
  for select to authenticated
  using (user_id = (select auth.uid()));
comment on policy test_results_select_own on public.test_results is 'A person reads the results of their own tests.';

create policy test_results_insert_own on public.test_results
  for insert to authenticated
  with check (
    user_id = (select auth.uid())
    and exists (select from public.prompts p where p.id = prompt_id and p.user_id = (select auth.uid())));
comment on policy test_results_insert_own on public.test_results is
  'A person keeps results of prompts of their own; a result never names a stranger''s prompt.';

create policy test_results_delete_own on public.test_results
  for delete to authenticated
  using (user_id = (select auth.uid()));
comment on policy test_results_delete_own on public.test_results is
  'A person deletes their own results. There is no update: a result is what was measured.';

grant select on public.test_results to authenticated;
grant insert (prompt_id, user_id, model, temperature, variable_values, resolved_prompt, result, tokens_used,
    response_time_ms, input_tokens, output_tokens, finish_reason, error)
  on public.test_results to authenticated;
grant delete on public.test_results to authenticated;

-- prompt_templates -------------------------------------------------------------------------------------------------------
create policy prompt_templates_select_public on public.prompt_templates
  for select to anon
  using (exists (select from public.prompts p where p.id = prompt_id and p.is_public and p.deleted_at is null));
comment on policy prompt_templates_select_public on public.prompt_templates is
  'Visitors read templates whose prompt is published.';

create policy prompt_templates_select_own_or_public on public.prompt_templates
  for select to authenticated
  using (
    user_id = (select auth.uid())
    or exists (select from public.prompts p where p.id = prompt_id and p.is_public and p.deleted_at is null));
comment on policy prompt_templates_select_own_or_public on public.prompt_templates is
  'A person reads their own templates and all published ones.';

create policy prompt_templates_insert_own on public.prompt_templates
  for insert to authenticated
  with check (user_id = (select auth.uid()));
comment on policy prompt_templates_insert_own on public.prompt_templates is
  'A person publishes prompts of their own; the composite foreign key holds the prompt to the same owner.';

create policy prompt_templates_update_own on public.prompt_templates
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
comment on policy prompt_templates_update_own on public.prompt_templates is
  'A person changes category and tags of their own templates.';

create policy prompt_templates_delete_own on public.prompt_templates
  for delete to authenticated
  using (user_id = (select auth.uid()));
comment on policy prompt_templates_delete_own on public.prompt_templates is 'A person removes their own templates.';

grant select on public.prompt_templates to anon, authenticated;
grant insert (prompt_id, user_id, category, tags) on public.prompt_templates to authenticated;
grant update (category, tags) on public.prompt_templates to authenticated;
grant delete on public.prompt_templates to authenticated;

-- user_favorites ---------------------------------------------------------------------------------------------------------
create policy user_favorites_select_own on public.user_favorites
  for select to authenticated
  using (user_id = (select auth.uid()));
comment on policy user_favorites_select_own on public.user_favorites is 'A person sees their own favorites; nobody else does.';

create policy user_favorites_insert_own on public.user_favorites
  for insert to authenticated
  with check (
    user_id = (select auth.uid())
    and exists (select from public.prompt_templates t where t.id = template_id));
comment on policy user_favorites_insert_own on public.user_favorites is
  'A person favorites a template they can see; a guessed id of a private one is refused.';

create policy user_favorites_delete_own on public.user_favorites
  for delete to authenticated
  using (user_id = (select auth.uid()));
comment on policy user_favorites_delete_own on public.user_favorites is 'A person takes a favorite back.';

grant select on public.user_favorites to authenticated;
grant insert (user_id, template_id) on public.user_favorites to authenticated;
grant delete on public.user_favorites to authenticated;
