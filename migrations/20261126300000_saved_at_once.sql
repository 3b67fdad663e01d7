-- Two attempts to save at the same moment: with one key named, the conflict may show itself at the other, (id, user_id), first, and
-- the second attempt failed instead of finding the prompt. No key is named: whichever it shows itself at is waited for.
create or replace function public.create_prompt(
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
  on conflict do nothing
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
