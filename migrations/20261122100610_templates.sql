-- One template: reading and using it.
-- Each function is a definer function in internal with its filter written out, behind an invoker function in public,
-- which is what Supabase's API would show.

-- One template -------------------------------------------------------------------------------------------------------------
create function internal.read_template(template_id uuid)
returns table (
  id uuid, prompt_id uuid, title varchar, goal text, template text, variables jsonb, category varchar, tags text[],
  likes_count integer, uses_count integer, author_id uuid, author_name varchar, author_avatar_url text,
  published_at timestamptz, updated_at timestamptz, is_favorite boolean)
language sql
stable
security definer
set search_path = ''
as $$
  select t.id, t.prompt_id, p.title, p.goal, p.template, p.variables, t.category, t.tags,
    greatest(0, t.likes_count + coalesce(d.likes, 0))::integer, greatest(0, t.uses_count + coalesce(d.uses, 0))::integer,
    t.user_id, u.full_name, u.avatar_url, t.created_at, greatest(p.updated_at, t.updated_at),
    exists (select from public.user_favorites f where f.template_id = t.id and f.user_id = (select auth.uid()))
  from public.prompt_templates t
  join public.prompts p on p.id = t.prompt_id
  join public.users u on u.id = t.user_id
  left join lateral (
    select sum(c.likes) as likes, sum(c.uses) as uses from internal.counter_deltas c where c.template_id = t.id
  ) d on true
  where t.id = read_template.template_id and (p.is_public or t.unlisted) and p.deleted_at is null and t.hidden_at is null
$$;
comment on function internal.read_template(uuid) is
  'Definer: an author''s name is not theirs to read otherwise. Published templates, and unlisted ones for whoever has the link; likes and uses include what is not folded yet.';
revoke all on function internal.read_template(uuid) from public;
grant execute on function internal.read_template(uuid) to anon, authenticated;

create function public.get_template(template_id uuid)
returns table (
  id uuid, prompt_id uuid, title varchar, goal text, template text, variables jsonb, category varchar, tags text[],
  likes_count integer, uses_count integer, author_id uuid, author_name varchar, author_avatar_url text,
  published_at timestamptz, updated_at timestamptz, is_favorite boolean)
language sql
stable
set search_path = ''
as $$ select * from internal.read_template(get_template.template_id) $$;
comment on function public.get_template(uuid) is 'A published template with its author and whether the signed-in person favorited it.';
revoke all on function public.get_template(uuid) from public;
grant execute on function public.get_template(uuid) to anon, authenticated;

-- Using it ---------------------------------------------------------------------------------------------------------------
create function public.use_template(template_id uuid) returns uuid
language plpgsql
set search_path = ''
as $$
declare
  copy uuid;
begin
  insert into public.prompts (user_id, title, goal, template, variables, origin_template_id)
  select (select auth.uid()), p.title, p.goal, p.template, p.variables, t.id
  from public.prompt_templates t
  join public.prompts p on p.id = t.prompt_id
  where t.id = use_template.template_id and p.is_public and p.deleted_at is null
  returning id into copy;
  if copy is null then
    raise exception 'template not found' using errcode = 'P0002';
  end if;
  perform public.increment_uses_count(use_template.template_id);
  return copy;
end
$$;
comment on function public.use_template(uuid) is
  'Copies a published template into one''s prompts and counts the use. Returns the copy''s id; P0002 where there is no such template.';
revoke all on function public.use_template(uuid) from public;
grant execute on function public.use_template(uuid) to authenticated;
