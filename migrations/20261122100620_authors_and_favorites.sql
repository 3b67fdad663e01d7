-- Authors and favorites.
-- Each function is a definer function in internal with its filter written out, behind an invoker function in public,
-- which is what Supabase's API would show.

-- Authors ------------------------------------------------------------------------------------------------------------------
create function internal.read_author(author_id uuid)
returns table (id uuid, full_name varchar, avatar_url text, joined_at timestamptz, templates bigint, likes bigint)
language sql
stable
security definer
set search_path = ''
as $$
  select u.id, u.full_name, u.avatar_url, u.created_at, g.templates, g.likes
  from public.users u
  join lateral (
    select count(*) as templates, coalesce(sum(likes_count), 0)::bigint as likes
    from internal.gallery where gallery.author_id = u.id
  ) g on g.templates > 0
  where u.id = read_author.author_id
$$;
comment on function internal.read_author(uuid) is
  'Definer: what is public of somebody who published something. Never the address; nobody without a published template.';
revoke all on function internal.read_author(uuid) from public;
grant execute on function internal.read_author(uuid) to anon, authenticated;

create function public.get_author(author_id uuid)
returns table (id uuid, full_name varchar, avatar_url text, joined_at timestamptz, templates bigint, likes bigint)
language sql
stable
set search_path = ''
as $$ select * from internal.read_author(get_author.author_id) $$;
comment on function public.get_author(uuid) is 'An author''s public profile; no row for a person who has published nothing.';
revoke all on function public.get_author(uuid) from public;
grant execute on function public.get_author(uuid) to anon, authenticated;

-- Favorites ----------------------------------------------------------------------------------------------------------------
create function internal.favorite_cards(after_value timestamptz, after_id uuid, page_size integer)
returns setof internal.card
language sql
stable
security definer
set search_path = ''
as $$
  select g.template_id, g.title, g.goal, g.category, g.tags, g.variables, g.likes_count, g.uses_count,
    g.author_id, g.author_name, g.published_at, f.created_at::text
  from public.user_favorites f
  join internal.gallery g on g.template_id = f.template_id
  where f.user_id = (select auth.uid())
    and (after_id is null or (f.created_at, f.template_id) < (after_value, after_id))
  order by f.created_at desc, f.template_id desc
  limit least(greatest(coalesce(page_size, 24), 1), 100)
$$;
comment on function internal.favorite_cards(timestamptz, uuid, integer) is
  'Definer: joins the gallery''s table. The signed-in person''s own favorites only; templates that went private are left out.';
revoke all on function internal.favorite_cards(timestamptz, uuid, integer) from public;
grant execute on function internal.favorite_cards(timestamptz, uuid, integer) to authenticated;

create function public.favorite_templates(
  after_value timestamptz default null, after_id uuid default null, page_size integer default 24)
returns setof internal.card
language sql
stable
set search_path = ''
as $$ select * from internal.favorite_cards(after_value, after_id, page_size) $$;
comment on function public.favorite_templates(timestamptz, uuid, integer) is 'A page of the signed-in person''s favorites, the latest first.';
revoke all on function public.favorite_templates(timestamptz, uuid, integer) from public;
grant execute on function public.favorite_templates(timestamptz, uuid, integer) to authenticated;
