-- Authors, who follows them, and favorites.
-- What has to read the gallery's own table is a definer function in internal with its filter written out, behind an
-- invoker function in public, which is what Supabase's API would show.

create type internal.kept_card as (
  template_id uuid,
  title varchar,
  goal text,
  category varchar,
  tags text[],
  variables text[],
  likes_count integer,
  uses_count integer,
  author_id uuid,
  author_name varchar,
  published_at timestamptz,
  cursor_value text
);
comment on type internal.kept_card is
  'A template in a list that is no search: favorites, an author''s, what is new. cursor_value with template_id is where the next page begins.';

-- Follows ------------------------------------------------------------------------------------------------------------------
create table public.follows (
  follower_id uuid not null references public.users (id) on delete cascade,
  author_id uuid not null references public.users (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (follower_id, author_id),
  constraint follows_not_oneself check (follower_id <> author_id)
);
comment on table public.follows is
  'Who follows which author. How many follow somebody is public; who they are is known to each of them alone.';
alter table public.follows enable row level security;
revoke all on public.follows from public, anon, authenticated;
create index follows_author_id_idx on public.follows (author_id);
create index follows_follower_id_created_at_idx on public.follows (follower_id, created_at desc, author_id desc);

create policy follows_select_own on public.follows
  for select to authenticated
  using (follower_id = (select auth.uid()));
comment on policy follows_select_own on public.follows is 'A person sees whom they follow; nobody sees who follows them.';

create policy follows_insert_own on public.follows
  for insert to authenticated
  with check (
    follower_id = (select auth.uid())
    and exists (select from public.prompt_templates t where t.user_id = author_id));
comment on policy follows_insert_own on public.follows is
  'A person follows who has something published: of somebody else''s templates they see no others.';

create policy follows_delete_own on public.follows
  for delete to authenticated
  using (follower_id = (select auth.uid()));
comment on policy follows_delete_own on public.follows is 'A person stops following.';

grant select on public.follows to authenticated;
grant insert (follower_id, author_id) on public.follows to authenticated;
grant delete on public.follows to authenticated;

create function internal.limit_follows() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- One at a time for each person, so that two tabs cannot both be the thousandth.
  perform from public.users u where u.id = new.follower_id for no key update;
  if (select count(*) from public.follows f where f.follower_id = new.follower_id and f.author_id <> new.author_id) >= 1000 then
    raise exception 'at most 1000 authors can be followed' using errcode = '23514', constraint = 'follows_limit';
  end if;
  return new;
end
$$;
comment on function internal.limit_follows() is
  'Definer: locks the person''s row, which they could not for this. What is new is merged from every author one follows, so there is an end to them.';
revoke all on function internal.limit_follows() from public;

create trigger follows_limit
  before insert on public.follows
  for each row execute function internal.limit_follows();

-- Authors ------------------------------------------------------------------------------------------------------------------
create function internal.read_author(author_id uuid)
returns table (id uuid, full_name varchar, avatar_url text, joined_at timestamptz, templates bigint, likes bigint, followers bigint)
language sql
stable
security definer
set search_path = ''
as $$
  select u.id, u.full_name, u.avatar_url, u.created_at, g.templates, g.likes,
    (select count(*) from public.follows f where f.author_id = u.id)
  from public.users u
  join lateral (
    -- From the index that serves "most liked" of an author, without touching a table.
    select count(*) as templates, coalesce(sum(r.popular >> 32), 0)::bigint as likes
    from internal.gallery_ranks r where r.author_id = u.id
  ) g on g.templates > 0
  where u.id = read_author.author_id
$$;
comment on function internal.read_author(uuid) is
  'Definer: what is public of somebody who published something. Never the address; nobody without a published template.';
revoke all on function internal.read_author(uuid) from public;
grant execute on function internal.read_author(uuid) to anon, authenticated;

create function public.get_author(author_id uuid)
returns table (id uuid, full_name varchar, avatar_url text, joined_at timestamptz, templates bigint, likes bigint, followers bigint)
language sql
stable
set search_path = ''
as $$ select * from internal.read_author(get_author.author_id) $$;
comment on function public.get_author(uuid) is 'An author''s public profile; no row for a person who has published nothing.';
revoke all on function public.get_author(uuid) from public;
grant execute on function public.get_author(uuid) to anon, authenticated;

create function internal.author_cards(author_id uuid, sort text, after_value text, after_id uuid, page_size integer)
returns setof internal.kept_card
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  size integer := least(greatest(coalesce(page_size, 24), 1), 100);
  last uuid := coalesce(after_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
begin
  if sort = 'likes' then
    return query
      select g.template_id, g.title, g.goal, g.category, g.tags, g.variables, g.likes_count, g.uses_count,
        g.author_id, g.author_name, g.published_at, page.popular::text
      from (
        select r.template_id, r.popular
        from internal.gallery_ranks r
        where r.author_id = author_cards.author_id
          and (r.popular, r.template_id) < (coalesce(after_value::bigint, 9223372036854775807), last)
        order by r.popular desc, r.template_id desc
        limit size) page
      join internal.gallery g on g.template_id = page.template_id
      order by page.popular desc, page.template_id desc;
  else
    return query
      select g.template_id, g.title, g.goal, g.category, g.tags, g.variables, g.likes_count, g.uses_count,
        g.author_id, g.author_name, g.published_at, page.published_at::text
      from (
        select r.template_id, r.published_at
        from internal.gallery_ranks r
        where r.author_id = author_cards.author_id
          and (r.published_at, r.template_id) < (coalesce(after_value::timestamptz, 'infinity'), last)
        order by r.published_at desc, r.template_id desc
        limit size) page
      join internal.gallery g on g.template_id = page.template_id
      order by page.published_at desc, page.template_id desc;
  end if;
end
$$;
comment on function internal.author_cards(uuid, text, text, uuid, integer) is
  'Definer: reads internal.gallery, which holds public templates only. Orders: likes (then uses), else newest; 1-100 rows.';
revoke all on function internal.author_cards(uuid, text, text, uuid, integer) from public;
grant execute on function internal.author_cards(uuid, text, text, uuid, integer) to anon, authenticated;

create function public.author_templates(
  author_id uuid, sort text default 'newest', after_value text default null, after_id uuid default null, page_size integer default 24)
returns setof internal.kept_card
language sql
stable
set search_path = ''
as $$ select * from internal.author_cards(author_templates.author_id, sort, after_value, after_id, page_size) $$;
comment on function public.author_templates(uuid, text, text, uuid, integer) is 'A page of an author''s templates, the newest or the most liked first.';
revoke all on function public.author_templates(uuid, text, text, uuid, integer) from public;
grant execute on function public.author_templates(uuid, text, text, uuid, integer) to anon, authenticated;

-- Favorites ----------------------------------------------------------------------------------------------------------------
create function internal.favorite_cards(after_value timestamptz, after_id uuid, page_size integer)
returns setof internal.kept_card
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
    -- One comparison whether there is a page before or not, so that the index begins where the page does.
    and (f.created_at, f.template_id)
      < (coalesce(after_value, 'infinity'), coalesce(after_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
  order by f.created_at desc, f.template_id desc
  limit least(greatest(coalesce(page_size, 24), 1), 100)
$$;
comment on function internal.favorite_cards(timestamptz, uuid, integer) is
  'Definer: joins the gallery''s table. The signed-in person''s own favorites only; templates that went private are left out.';
revoke all on function internal.favorite_cards(timestamptz, uuid, integer) from public;
grant execute on function internal.favorite_cards(timestamptz, uuid, integer) to authenticated;

create function public.favorite_templates(
  after_value timestamptz default null, after_id uuid default null, page_size integer default 24)
returns setof internal.kept_card
language sql
stable
set search_path = ''
as $$ select * from internal.favorite_cards(after_value, after_id, page_size) $$;
comment on function public.favorite_templates(timestamptz, uuid, integer) is 'A page of the signed-in person''s favorites, the latest first.';
revoke all on function public.favorite_templates(timestamptz, uuid, integer) from public;
grant execute on function public.favorite_templates(timestamptz, uuid, integer) to authenticated;
