-- One template: reading it, what it was made from and what was made from it.
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

-- What stands around it ----------------------------------------------------------------------------------------------------
-- A person's copies of one template, and the published copies of one template, without reading everybody's.
create index prompts_user_id_origin_idx on public.prompts (user_id, origin_template_id, created_at desc)
  where origin_template_id is not null and deleted_at is null;
create index prompts_public_copies_idx on public.prompts (origin_template_id) where is_public and origin_template_id is not null;

create function internal.may_read_template(template_id uuid) returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from public.prompt_templates t
    join public.prompts p on p.id = t.prompt_id
    where t.id = may_read_template.template_id and (p.is_public or t.unlisted) and p.deleted_at is null and t.hidden_at is null)
$$;
comment on function internal.may_read_template(uuid) is
  'Definer: whoever has the link may read an unlisted template, which no policy shows. The same rule as read_template.';
revoke all on function internal.may_read_template(uuid) from public;

create function internal.read_template_context(template_id uuid)
returns table (unlisted boolean, origin_id uuid, origin_title varchar, copy_id uuid, copied_at timestamptz, descendants bigint)
language sql
stable
security definer
set search_path = ''
as $$
  select not p.is_public, o.template_id, o.title, c.id, c.created_at,
    (select count(*) from public.prompts d
      join public.prompt_templates dt on dt.prompt_id = d.id
      join internal.gallery g on g.template_id = dt.id
      where d.origin_template_id = t.id and d.is_public)
  from public.prompt_templates t
  join public.prompts p on p.id = t.prompt_id
  left join internal.gallery o on o.template_id = p.origin_template_id
  left join lateral (
    select own.id, own.created_at from public.prompts own
    where own.user_id = (select auth.uid()) and own.origin_template_id = t.id and own.deleted_at is null
    order by own.created_at desc
    limit 1
  ) c on true
  where t.id = read_template_context.template_id and internal.may_read_template(t.id)
$$;
comment on function internal.read_template_context(uuid) is
  'Definer: reads the gallery''s table. An origin and descendants only where they are public; the copy is the signed-in person''s own latest.';
revoke all on function internal.read_template_context(uuid) from public;
grant execute on function internal.read_template_context(uuid) to anon, authenticated;

create function public.get_template_context(template_id uuid)
returns table (unlisted boolean, origin_id uuid, origin_title varchar, copy_id uuid, copied_at timestamptz, descendants bigint)
language sql
stable
set search_path = ''
as $$ select * from internal.read_template_context(get_template_context.template_id) $$;
comment on function public.get_template_context(uuid) is
  'What stands around a template: what it was made from, one''s own latest copy, and how many published ones were made from it.';
revoke all on function public.get_template_context(uuid) from public;
grant execute on function public.get_template_context(uuid) to anon, authenticated;

create function internal.read_template_descendants(template_id uuid, page_size integer)
returns table (id uuid, title varchar, author_id uuid, author_name varchar, likes_count integer, published_at timestamptz)
language sql
stable
security definer
set search_path = ''
as $$
  select g.template_id, g.title, g.author_id, g.author_name, g.likes_count, g.published_at
  from public.prompts p
  join public.prompt_templates t on t.prompt_id = p.id
  join internal.gallery g on g.template_id = t.id
  where p.origin_template_id = read_template_descendants.template_id and p.is_public
    and internal.may_read_template(read_template_descendants.template_id)
  order by g.likes_count desc, g.published_at desc, g.template_id desc
  limit least(greatest(coalesce(page_size, 10), 1), 100)
$$;
comment on function internal.read_template_descendants(uuid, integer) is
  'Definer: reads internal.gallery, which holds public templates only; of an origin that may be read itself.';
revoke all on function internal.read_template_descendants(uuid, integer) from public;
grant execute on function internal.read_template_descendants(uuid, integer) to anon, authenticated;

create function public.get_template_descendants(template_id uuid, page_size integer default 10)
returns table (id uuid, title varchar, author_id uuid, author_name varchar, likes_count integer, published_at timestamptz)
language sql
stable
set search_path = ''
as $$ select * from internal.read_template_descendants(get_template_descendants.template_id, page_size) $$;
comment on function public.get_template_descendants(uuid, integer) is
  'Published templates made from a copy of this one, the most liked first, then the newest; 1-100 rows.';
revoke all on function public.get_template_descendants(uuid, integer) from public;
grant execute on function public.get_template_descendants(uuid, integer) to anon, authenticated;

-- Its counters, for a page that stays open -----------------------------------------------------------------------------------
create function internal.read_template_counts(template_id uuid)
returns table (likes_count integer, uses_count integer, is_favorite boolean)
language sql
stable
security definer
set search_path = ''
as $$
  select greatest(0, t.likes_count + coalesce(d.likes, 0))::integer, greatest(0, t.uses_count + coalesce(d.uses, 0))::integer,
    exists (select from public.user_favorites f where f.template_id = t.id and f.user_id = (select auth.uid()))
  from public.prompt_templates t
  left join lateral (
    select sum(c.likes) as likes, sum(c.uses) as uses from internal.counter_deltas c where c.template_id = t.id
  ) d on true
  where t.id = read_template_counts.template_id and internal.may_read_template(t.id)
$$;
comment on function internal.read_template_counts(uuid) is
  'Definer: likes and uses include what is not folded yet, and nobody may read that table. Templates that may be read only.';
revoke all on function internal.read_template_counts(uuid) from public;
grant execute on function internal.read_template_counts(uuid) to anon, authenticated;

create function public.get_template_counts(template_id uuid)
returns table (likes_count integer, uses_count integer, is_favorite boolean)
language sql
stable
set search_path = ''
as $$ select * from internal.read_template_counts(get_template_counts.template_id) $$;
comment on function public.get_template_counts(uuid) is 'A template''s likes and uses as of now, without its text.';
revoke all on function public.get_template_counts(uuid) from public;
grant execute on function public.get_template_counts(uuid) to anon, authenticated;
