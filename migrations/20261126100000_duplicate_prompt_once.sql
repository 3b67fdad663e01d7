-- A prompt is duplicated once for each time somebody asks, as one is saved once (20261125200000): whoever asks may draw the copy's
-- id before the first attempt, and the next attempt, after an answer that was lost, finds the copy that is there. The id is a
-- last parameter with a default: who calls with the prompt alone goes on as before and gets a copy each time.

drop function public.duplicate_prompt(uuid);
create function public.duplicate_prompt(prompt_id uuid, id uuid default null) returns uuid
language plpgsql
set search_path = ''
as $$
declare
  created uuid;
begin
  -- An earlier attempt that is still under way is waited for here, and then seen below.
  insert into public.prompts as p (id, user_id, title, goal, template, variables, origin_template_id)
  select coalesce(duplicate_prompt.id, gen_random_uuid()), (select auth.uid()), left(o.title, 248) || ' (copy)', o.goal, o.template,
    o.variables, o.origin_template_id
  from public.prompts o
  where o.id = duplicate_prompt.prompt_id and o.user_id = (select auth.uid()) and o.deleted_at is null
  on conflict do nothing
  returning p.id into created;

  if created is null then
    -- What was done with the copy since is no reason for another; that it was deleted is. The prompt itself may be gone by now.
    select p.id into created
    from public.prompts p
    where p.id = duplicate_prompt.id and p.user_id = (select auth.uid()) and p.deleted_at is null
      and p.id <> duplicate_prompt.prompt_id;
    if created is not null then
      return created;
    end if;

    insert into public.prompts as p (user_id, title, goal, template, variables, origin_template_id)
    select (select auth.uid()), left(o.title, 248) || ' (copy)', o.goal, o.template, o.variables, o.origin_template_id
    from public.prompts o
    where o.id = duplicate_prompt.prompt_id and o.user_id = (select auth.uid()) and o.deleted_at is null
    returning p.id into created;
    if created is null then
      raise exception 'prompt not found' using errcode = 'P0002';
    end if;
  end if;

  insert into public.prompt_answers (prompt_id, question_id, question_text, answer, position)
  select created, a.question_id, a.question_text, a.answer, a.position
  from public.prompt_answers a
  where a.prompt_id = duplicate_prompt.prompt_id;
  insert into public.prompt_labels (prompt_id, user_id, label_id)
  select created, m.user_id, m.label_id
  from public.prompt_labels m
  where m.prompt_id = duplicate_prompt.prompt_id;
  return created;
end
$$;
comment on function public.duplicate_prompt(uuid, uuid) is
  'A private copy of a prompt of one''s own, with its answers and labels. Returns its id: the one that was given, so that asking again after an answer was lost makes no second copy, or another where that one is somebody else''s or deleted; P0002 where the prompt is not one''s own.';
revoke all on function public.duplicate_prompt(uuid, uuid) from public;
grant execute on function public.duplicate_prompt(uuid, uuid) to authenticated;
