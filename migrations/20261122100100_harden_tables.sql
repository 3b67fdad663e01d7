-- What the documented tables leave open: counters and times that may be null, texts without an end, a template that
-- could point at a stranger's prompt, foreign keys without an index. Sizes are generous (the longest real community
-- prompt runs to six figures of characters) and exist so that one person cannot fill the disk.

-- Column rules ------------------------------------------------------------------------------------------------------
alter table public.users
  alter column created_at set not null,
  alter column updated_at set not null,
  add constraint users_email_is_lower_case check (email = lower(email)),
  add constraint users_avatar_url_is_safe
    check (avatar_url is null or (avatar_url ~ '^(https://|/avatars/)' and length(avatar_url) <= 2048));

alter table public.prompts
  alter column variables set not null,
  alter column is_public set not null,
  alter column created_at set not null,
  alter column updated_at set not null,
  add column deleted_at timestamptz,
  add constraint prompts_title_is_not_blank check (title ~ '\S'),
  add constraint prompts_goal_length check (length(goal) <= 20000),
  add constraint prompts_template_length check (length(template) <= 500000),
  add constraint prompts_variables_is_a_list
    check (jsonb_typeof(variables) = 'array' and octet_length(variables::text) <= 200000);
comment on column public.prompts.deleted_at is
  'Set when its owner deletes it; it can be restored until it is purged. A deleted prompt is in no gallery.';

alter table public.prompt_answers
  alter column created_at set not null,
  add column position smallint not null default 0,
  add constraint prompt_answers_length check (length(question_text) <= 2000 and length(answer) <= 20000);

comment on column public.prompt_answers.position is 'The order in which the questions were asked, from 1.';

alter table public.test_results
  alter column created_at set not null,
  add column input_tokens integer,
  add column output_tokens integer,
  add column finish_reason varchar(50),
  add column error text,
  add constraint test_results_temperature_range check (temperature between 0 and 2),
  add constraint test_results_counts check (
    coalesce(tokens_used, 0) >= 0 and coalesce(response_time_ms, 0) >= 0
    and coalesce(input_tokens, 0) >= 0 and coalesce(output_tokens, 0) >= 0),
  add constraint test_results_lengths check (
    length(resolved_prompt) <= 2000000 and length(result) <= 2000000 and length(error) <= 10000),
  add constraint test_results_values_is_an_object
    check (jsonb_typeof(variable_values) = 'object' and octet_length(variable_values::text) <= 4000000);
comment on column public.test_results.input_tokens is 'As the model''s provider counted them; null where it did not say.';
comment on column public.test_results.error is 'What went wrong, in the words shown to the person; null for an answer.';

update public.prompt_templates set tags = '{}' where tags is null;
alter table public.prompt_templates
  alter column tags set default '{}',
  alter column tags set not null,
  alter column likes_count set not null,
  alter column uses_count set not null,
  alter column created_at set not null,
  alter column updated_at set not null,
  add constraint prompt_templates_counts check (likes_count >= 0 and uses_count >= 0),
  add constraint prompt_templates_category_is_not_blank check (category ~ '\S'),
  add constraint prompt_templates_tags check (
    cardinality(tags) <= 10
    and array_position(tags, null) is null
    and length(array_to_string(tags, '')) <= 400),
  add column unlisted boolean not null default false,
  add column hidden_at timestamptz;
comment on column public.prompt_templates.unlisted is
  'Whoever has the link may read it, though its prompt is not public: in no list, no search and no table of a stranger''s.';
comment on column public.prompt_templates.hidden_at is
  'Set when a moderator took it out; until it is restored nobody but its owner sees it, by link or otherwise.';

alter table public.user_favorites
  alter column created_at set not null;

-- A template belongs to the owner of its prompt, and a prompt has one template ----------------------------------------
alter table public.prompts
  add constraint prompts_id_user_id_key unique (id, user_id);

alter table public.prompt_templates
  -- The prompt decides the owner, so this is "one template per prompt"; with the owner it also serves the key below.
  add constraint prompt_templates_prompt_id_key unique (prompt_id, user_id),
  add constraint prompt_templates_prompt_of_same_user
    foreign key (prompt_id, user_id) references public.prompts (id, user_id) on delete cascade;

-- The composite key says all that this one said.
alter table public.prompt_templates drop constraint prompt_templates_prompt_id_fkey;

-- Where a copy came from ----------------------------------------------------------------------------------------------
alter table public.prompts
  add column origin_template_id uuid references public.prompt_templates (id) on delete set null;
comment on column public.prompts.origin_template_id is 'The community template this prompt was copied from.';

-- Indexes --------------------------------------------------------------------------------------------------------------
create index prompts_user_id_created_at_idx on public.prompts (user_id, created_at desc, id desc);
create index prompts_origin_template_id_idx on public.prompts (origin_template_id) where origin_template_id is not null;
create index prompt_templates_user_id_idx on public.prompt_templates (user_id, created_at desc, id desc);
create index user_favorites_template_id_idx on public.user_favorites (template_id);
create index user_favorites_user_id_created_at_idx on public.user_favorites (user_id, created_at desc, template_id desc);
create index test_results_prompt_id_created_at_idx on public.test_results (prompt_id, created_at desc, id desc);

-- Covered by the unique key on email.
drop index public.idx_users_email;
-- Covered by the primary key, whose first column is user_id.
drop index public.idx_user_favorites_user_id;
-- One bit over millions of rows chooses nothing; the gallery reads its own table.
drop index public.idx_prompts_is_public;
-- Covered by prompts_user_id_created_at_idx.
drop index public.idx_prompts_user_id;
-- The gallery reads its own table, by category and order in one index.
drop index public.idx_prompt_templates_category;
-- Covered by test_results_prompt_id_created_at_idx.
drop index public.idx_test_results_prompt_id;

-- updated_at -----------------------------------------------------------------------------------------------------------
create function internal.touch_updated_at() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.updated_at := clock_timestamp();
  return new;
end
$$;
comment on function internal.touch_updated_at() is 'Keeps updated_at true whoever writes.';
revoke all on function internal.touch_updated_at() from public;

create trigger users_touch_updated_at
  before update on public.users
  for each row when (old.* is distinct from new.*)
  execute function internal.touch_updated_at();

create trigger prompts_touch_updated_at
  before update of title, goal, template, variables on public.prompts
  for each row when ((old.title, old.goal, old.template, old.variables)
    is distinct from (new.title, new.goal, new.template, new.variables))
  execute function internal.touch_updated_at();

-- Not on its counters: a like is no edit.
create trigger prompt_templates_touch_updated_at
  before update of category, tags on public.prompt_templates
  for each row when ((old.category, old.tags) is distinct from (new.category, new.tags))
  execute function internal.touch_updated_at();
