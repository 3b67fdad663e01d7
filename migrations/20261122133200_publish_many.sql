-- Several prompts of one's own into the gallery at once, each by the rules for one.

create function public.publish_prompts(prompt_ids uuid[], based_on timestamptz[], visibilities text[], category varchar default null)
returns table (prompt_id uuid, template_id uuid, refusal text, refusal_hint text)
language plpgsql
set search_path = ''
as $$
declare
  one record;
begin
  if cardinality(prompt_ids) > 200 then
    raise exception 'at most 200 at once' using errcode = '22023';
  end if;
  for one in
    select u.id, u.based_on, u.visibility
    from unnest(publish_prompts.prompt_ids, publish_prompts.based_on, publish_prompts.visibilities)
      with ordinality as u (id, based_on, visibility, place)
    order by u.place
  loop
    prompt_id := one.id;
    template_id := null;
    refusal := null;
    refusal_hint := null;
    -- Locked and compared first: what becomes public is the very text that was looked at.
    perform from public.prompts p
    where p.id = one.id and p.user_id = (select auth.uid()) and p.deleted_at is null and p.updated_at = one.based_on
    for update;
    if not found then
      refusal := 'changed';
    else
      begin
        template_id := public.publish_prompt(
          one.id,
          coalesce(nullif(btrim(publish_prompts.category), ''),
            (select t.category from public.prompt_templates t where t.prompt_id = one.id)),
          coalesce((select t.tags from public.prompt_templates t where t.prompt_id = one.id), '{}'),
          one.visibility);
      exception when sqlstate 'PT403' or sqlstate 'PT409' or sqlstate 'PT429' or sqlstate 'P0002' then
        get stacked diagnostics refusal_hint = pg_exception_hint;
        refusal := sqlstate;
      end;
    end if;
    return next;
  end loop;
end
$$;
comment on function public.publish_prompts(uuid[], timestamptz[], text[], varchar) is
  'Shows each prompt of one''s own to whom its visibility says, where its text is still the one of that time; each keeps its tags, and its category where none is given. One row per prompt: its template''s id, or why not (changed, PT403, PT409, PT429, P0002) with the hint.';
revoke all on function public.publish_prompts(uuid[], timestamptz[], text[], varchar) from public;
grant execute on function public.publish_prompts(uuid[], timestamptz[], text[], varchar) to authenticated;
