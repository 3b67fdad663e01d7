-- A prompt is saved once, however often it is asked for. Where the answer to a save is lost after the commit (a connection that
-- is cut, a program that is killed), nobody knows whether there is a prompt, and whoever saved again had it twice. As with runs
-- and drafts, whoever begins a prompt may now draw its id before the first attempt; the next attempt finds what the first one
-- left. The id is a last parameter with a default: who calls with seven arguments, by place or by name, goes on as before.

grant insert (id) on public.prompts to authenticated;

drop function public.create_prompt(varchar, text, text, jsonb, text[], text[], text[]);
create function public.create_prompt(
  title varchar, goal text, template text, variables jsonb,
  question_ids text[], question_texts text[], answers text[], id uuid default null)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  created uuid;
begin
  -- An earlier attempt that is still under way is waited for here, and then seen below.
  insert into public.prompts as p (id, user_id, title, goal, template, variables)
  values (coalesce(create_prompt.id, gen_random_uuid()), (select auth.uid()),
    create_prompt.title, create_prompt.goal, create_prompt.template, create_prompt.variables)
  on conflict on constraint prompts_pkey do nothing
  returning p.id into created;

  if created is null then
    select p.id into created
    from public.prompts p
    where p.id = create_prompt.id and p.user_id = (select auth.uid()) and p.deleted_at is null
      and (p.title, p.goal, p.template, p.variables)
        is not distinct from (create_prompt.title, create_prompt.goal, create_prompt.template, create_prompt.variables);
    if created is not null then
      return created;
    end if;

    -- Its writer has gone on writing between the two attempts. Only where nothing else has been done with it since: what was
    -- edited or published elsewhere is never written over, and what stands here becomes a prompt of its own.
    update public.prompts p
    set title = create_prompt.title, goal = create_prompt.goal, template = create_prompt.template, variables = create_prompt.variables
    where p.id = create_prompt.id and p.user_id = (select auth.uid()) and p.deleted_at is null
      and not p.is_public and p.updated_at = p.created_at
      and not exists (select from public.prompt_templates t where t.prompt_id = p.id)
    returning p.id into created;
    if created is not null then
      delete from public.prompt_answers a where a.prompt_id = created;
    else
      insert into public.prompts as p (user_id, title, goal, template, variables)
      values ((select auth.uid()), create_prompt.title, create_prompt.goal, create_prompt.template, create_prompt.variables)
      returning p.id into created;
    end if;
  end if;

  insert into public.prompt_answers (prompt_id, question_id, question_text, answer, position)
  select created, left(a.question_id, 100), a.question_text, a.answer, a.position
  from unnest(create_prompt.question_ids, create_prompt.question_texts, create_prompt.answers)
    with ordinality as a (question_id, question_text, answer, position);
  return created;
end
$$;
comment on function public.create_prompt(varchar, text, text, jsonb, text[], text[], text[], uuid) is
  'Saves a prompt of the signed-in person with the answers it came from: all of it or nothing. Returns its id: the one that was given, so that saving again after an answer was lost makes no second prompt, or another where that one is somebody else''s, deleted, or was changed since.';
revoke all on function public.create_prompt(varchar, text, text, jsonb, text[], text[], text[], uuid) from public;
grant execute on function public.create_prompt(varchar, text, text, jsonb, text[], text[], text[], uuid) to authenticated;
