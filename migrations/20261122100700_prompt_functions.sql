-- Writes on prompts that belong together, each one round trip. A policy on prompt_answers looks at prompts, and within
-- one statement it would not see the row that the same statement just made: hence functions of two statements, not CTEs.

create function public.create_prompt(
  title varchar, goal text, template text, variables jsonb,
  question_ids text[], question_texts text[], answers text[])
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  created uuid;
begin
  insert into public.prompts (user_id, title, goal, template, variables)
  values ((select auth.uid()), create_prompt.title, create_prompt.goal, create_prompt.template, create_prompt.variables)
  returning id into created;
  insert into public.prompt_answers (prompt_id, question_id, question_text, answer, position)
  select created, left(a.question_id, 100), a.question_text, a.answer, a.position
  from unnest(create_prompt.question_ids, create_prompt.question_texts, create_prompt.answers)
    with ordinality as a (question_id, question_text, answer, position);
  return created;
end
$$;
comment on function public.create_prompt(varchar, text, text, jsonb, text[], text[], text[]) is
  'Saves a prompt of the signed-in person with the answers it came from: all of it or nothing. Returns its id.';
revoke all on function public.create_prompt(varchar, text, text, jsonb, text[], text[], text[]) from public;
grant execute on function public.create_prompt(varchar, text, text, jsonb, text[], text[], text[]) to authenticated;

create function public.duplicate_prompt(prompt_id uuid) returns uuid
language plpgsql
set search_path = ''
as $$
declare
  created uuid;
begin
  insert into public.prompts (user_id, title, goal, template, variables, origin_template_id)
  select (select auth.uid()), left(p.title, 248) || ' (copy)', p.goal, p.template, p.variables, p.origin_template_id
  from public.prompts p
  where p.id = duplicate_prompt.prompt_id and p.user_id = (select auth.uid()) and p.deleted_at is null
  returning id into created;
  if created is null then
    raise exception 'prompt not found' using errcode = 'P0002';
  end if;
  insert into public.prompt_answers (prompt_id, question_id, question_text, answer, position)
  select created, a.question_id, a.question_text, a.answer, a.position
  from public.prompt_answers a
  where a.prompt_id = duplicate_prompt.prompt_id;
  return created;
end
$$;
comment on function public.duplicate_prompt(uuid) is
  'A private copy of a prompt of one''s own, with its answers. Returns its id; P0002 where it is not one''s own.';
revoke all on function public.duplicate_prompt(uuid) from public;
grant execute on function public.duplicate_prompt(uuid) to authenticated;

create index prompts_deleted_at_idx on public.prompts (deleted_at) where deleted_at is not null;

create function internal.purge_deleted_prompts() returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  purged integer;
begin
  delete from public.prompts where deleted_at < now() - interval '30 days';
  get diagnostics purged = row_count;
  return purged;
end
$$;
comment on function internal.purge_deleted_prompts() is
  'Definer, for the program alone: ends what was deleted more than 30 days ago. Returns how many prompts.';
revoke all on function internal.purge_deleted_prompts() from public;
grant execute on function internal.purge_deleted_prompts() to metaprompt_app;
