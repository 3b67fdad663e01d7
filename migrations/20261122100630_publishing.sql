-- Putting prompts into the gallery, showing them to whoever has the link, and taking them back. What may become public at
-- all (limits, copies, moderation) is held by triggers in 20261122102000 and later, whichever way it is written.

grant insert (unlisted), update (unlisted) on public.prompt_templates to authenticated;

create function public.publish_prompt(
  prompt_id uuid, category varchar, tags text[], visibility text default 'public', note text default null)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
  published uuid;
begin
  if visibility is null or visibility not in ('public', 'unlisted', 'private') then
    raise exception 'visibility is public, unlisted or private' using errcode = '22023';
  end if;
  -- For the trigger that keeps versions; gone with the transaction.
  perform set_config('metaprompt.version_note', left(coalesce(btrim(publish_prompt.note), ''), 500), true);
  if visibility <> 'private' and internal.is_hidden(publish_prompt.prompt_id) then
    raise exception 'a moderator has hidden this prompt' using errcode = 'PT403';
  end if;
  update public.prompts p set is_public = (publish_prompt.visibility = 'public')
  where p.id = publish_prompt.prompt_id and p.user_id = (select auth.uid()) and p.deleted_at is null;
  if not found then
    raise exception 'prompt not found' using errcode = 'P0002';
  end if;
  insert into public.prompt_templates as t (prompt_id, user_id, category, tags, unlisted)
  values (
    publish_prompt.prompt_id,
    (select auth.uid()),
    nullif(btrim(publish_prompt.category), ''),
    array(
      select distinct lower(btrim(tag)) from unnest(publish_prompt.tags) as tag where btrim(tag) <> ''
      order by lower(btrim(tag))),
    publish_prompt.visibility = 'unlisted')
  on conflict on constraint prompt_templates_prompt_id_key
  do update set category = excluded.category, tags = excluded.tags, unlisted = excluded.unlisted
  returning t.id into published;
  return published;
end
$$;
comment on function public.publish_prompt(uuid, varchar, text[], text, text) is
  'Publishes a prompt of one''s own (public: in the gallery; unlisted: for whoever has the link; private: for nobody else), or changes category and tags of a published one. The note goes into its version. Returns the template''s id. P0002: not one''s own; PT403: hidden by a moderator; PT409: an exact copy of somebody else''s; PT429: too many, the hint says until when.';
revoke all on function public.publish_prompt(uuid, varchar, text[], text, text) from public;
grant execute on function public.publish_prompt(uuid, varchar, text[], text, text) to authenticated;

create function public.unpublish_prompt(prompt_id uuid) returns boolean
language plpgsql
set search_path = ''
as $$
declare
  listed boolean;
  linked boolean;
begin
  update public.prompts p set is_public = false
  where p.id = unpublish_prompt.prompt_id and p.user_id = (select auth.uid()) and p.is_public;
  listed := found;
  update public.prompt_templates t set unlisted = false
  where t.prompt_id = unpublish_prompt.prompt_id and t.user_id = (select auth.uid()) and t.unlisted;
  linked := found;
  return listed or linked;
end
$$;
comment on function public.unpublish_prompt(uuid) is
  'Makes a prompt of one''s own private again; its template, likes and address are kept. False where nobody else saw it anyway.';
revoke all on function public.unpublish_prompt(uuid) from public;
grant execute on function public.unpublish_prompt(uuid) to authenticated;
