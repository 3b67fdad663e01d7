-- Putting prompts into the gallery.

create function public.publish_prompt(prompt_id uuid, category varchar, tags text[]) returns uuid
language plpgsql
set search_path = ''
as $$
declare
  published uuid;
begin
  update public.prompts p set is_public = true
  where p.id = publish_prompt.prompt_id and p.user_id = (select auth.uid()) and p.deleted_at is null;
  if not found then
    raise exception 'prompt not found' using errcode = 'P0002';
  end if;
  insert into public.prompt_templates as t (prompt_id, user_id, category, tags)
  values (
    publish_prompt.prompt_id,
    (select auth.uid()),
    nullif(btrim(publish_prompt.category), ''),
    array(
      select distinct lower(btrim(tag)) from unnest(publish_prompt.tags) as tag where btrim(tag) <> ''
      order by lower(btrim(tag))))
  on conflict on constraint prompt_templates_prompt_id_key
  do update set category = excluded.category, tags = excluded.tags
  returning t.id into published;
  return published;
end
$$;
comment on function public.publish_prompt(uuid, varchar, text[]) is
  'Publishes a prompt of one''s own, or changes category and tags of a published one. Returns the template''s id. P0002 where it is not one''s own.';
revoke all on function public.publish_prompt(uuid, varchar, text[]) from public;
grant execute on function public.publish_prompt(uuid, varchar, text[]) to authenticated;
