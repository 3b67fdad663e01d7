-- What is new from the authors one follows.

create table internal.following_visits (
  user_id uuid primary key references public.users (id) on delete cascade,
  visited_at timestamptz not null,
  seen_at timestamptz not null
);
comment on table internal.following_visits is
  'When a person last looked at what is new (visited_at), and up to when all of it was seen before that visit began (seen_at).';
alter table internal.following_visits enable row level security;
create policy following_visits_nobody on internal.following_visits for all to anon, authenticated using (false);
comment on policy following_visits_nobody on internal.following_visits is 'Definer functions alone read and write it.';

create function internal.note_following_visit(all_seen boolean) returns timestamptz
language plpgsql
security definer
set search_path = ''
as $$
declare
  seen timestamptz;
begin
  if (select auth.uid()) is null then
    return null;
  end if;
  insert into internal.following_visits as v (user_id, visited_at, seen_at)
  values ((select auth.uid()), now(), now())
  on conflict (user_id) do update set
    -- Half an hour away is another visit; within one the marks stay, however often the page is loaded.
    seen_at = case when all_seen then now() when v.visited_at < now() - interval '30 minutes' then v.visited_at else v.seen_at end,
    visited_at = now()
  returning v.seen_at into seen;
  return seen;
end
$$;
comment on function internal.note_following_visit(boolean) is
  'Definer: writes the signed-in person''s own row. Returns up to when they had seen everything before this visit.';
revoke all on function internal.note_following_visit(boolean) from public;
grant execute on function internal.note_following_visit(boolean) to authenticated;

create function public.visit_following(all_seen boolean default false) returns timestamptz
language sql
set search_path = ''
as $$ select internal.note_following_visit(coalesce(all_seen, false)) $$;
comment on function public.visit_following(boolean) is 'Notes that one looks at what is new; returns the time from which on it is new. all_seen: nothing is, from now on.';
revoke all on function public.visit_following(boolean) from public;
grant execute on function public.visit_following(boolean) to authenticated;

create function internal.following_cards(after_value timestamptz, after_id uuid, page_size integer)
returns setof internal.kept_card
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  size integer := least(greatest(coalesce(page_size, 24), 1), 100);
  last timestamptz := coalesce(after_value, 'infinity');
  last_id uuid := coalesce(after_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
begin
  -- Among the newest n templates are none but those of the n authors whose newest one is the newest: one look into the
  -- index for each author one follows, and then a page of each of so few.
  return query
    with front as (
      select f.author_id
      from public.follows f
      cross join lateral (
        select g.published_at, g.template_id from internal.gallery_ranks g
        where g.author_id = f.author_id and (g.published_at, g.template_id) < (last, last_id)
        order by g.published_at desc, g.template_id desc limit 1
      ) newest
      where f.follower_id = (select auth.uid())
      order by newest.published_at desc, newest.template_id desc
      limit size
    ), page as (
      select p.template_id, p.published_at
      from front
      cross join lateral (
        select g.template_id, g.published_at from internal.gallery_ranks g
        where g.author_id = front.author_id and (g.published_at, g.template_id) < (last, last_id)
        order by g.published_at desc, g.template_id desc limit size
      ) p
      order by p.published_at desc, p.template_id desc
      limit size
    )
    select g.template_id, g.title, g.goal, g.category, g.tags, g.variables, g.likes_count, g.uses_count,
      g.author_id, g.author_name, g.published_at, g.published_at::text
    from page
    join internal.gallery g on g.template_id = page.template_id
    order by g.published_at desc, g.template_id desc;
end
$$;
comment on function internal.following_cards(timestamptz, uuid, integer) is
  'Definer: reads internal.gallery, public templates only, of the authors whom the signed-in person follows.';
revoke all on function internal.following_cards(timestamptz, uuid, integer) from public;
grant execute on function internal.following_cards(timestamptz, uuid, integer) to authenticated;

create function public.following_templates(
  after_value timestamptz default null, after_id uuid default null, page_size integer default 24)
returns setof internal.kept_card
language sql
stable
set search_path = ''
as $$ select * from internal.following_cards(after_value, after_id, page_size) $$;
comment on function public.following_templates(timestamptz, uuid, integer) is 'A page of what the authors one follows published, the newest first.';
revoke all on function public.following_templates(timestamptz, uuid, integer) from public;
grant execute on function public.following_templates(timestamptz, uuid, integer) to authenticated;

create function internal.followed_by_caller(page_size integer)
returns table (id uuid, full_name varchar, avatar_url text, newest_at timestamptz)
language sql
stable
security definer
set search_path = ''
as $$
  select u.id, u.full_name, u.avatar_url, n.newest_at
  from public.follows f
  join public.users u on u.id = f.author_id
  cross join lateral (select max(g.published_at) as newest_at from internal.gallery_ranks g where g.author_id = u.id) n
  where f.follower_id = (select auth.uid())
  order by n.newest_at desc nulls last, u.id
  limit least(greatest(coalesce(page_size, 1000), 1), 1000)
$$;
comment on function internal.followed_by_caller(integer) is
  'Definer: an author''s name is not theirs to read otherwise. Whom the signed-in person follows, the latest active first; newest_at is null where nothing is public any more.';
revoke all on function internal.followed_by_caller(integer) from public;
grant execute on function internal.followed_by_caller(integer) to authenticated;

create function public.followed_authors(page_size integer default 1000)
returns table (id uuid, full_name varchar, avatar_url text, newest_at timestamptz)
language sql
stable
set search_path = ''
as $$ select * from internal.followed_by_caller(page_size) $$;
comment on function public.followed_authors(integer) is 'Whom one follows, the latest active first.';
revoke all on function public.followed_authors(integer) from public;
grant execute on function public.followed_authors(integer) to authenticated;

create function internal.suggest_authors(page_size integer)
returns table (id uuid, full_name varchar, avatar_url text, templates bigint, likes bigint)
language sql
stable
security definer
set search_path = ''
as $$
  -- The authors of what is liked most; to sum the likes of everybody would read the whole gallery.
  select u.id, u.full_name, u.avatar_url, m.templates, m.likes
  from (
    select t.author_id, count(*) as templates, sum(t.likes_count) as likes
    from (
      select g.author_id, g.popular >> 32 as likes_count from internal.gallery_ranks g
      order by g.popular desc, g.template_id desc limit 300) t
    group by t.author_id
  ) m
  join public.users u on u.id = m.author_id
  where u.id is distinct from (select auth.uid())
    and not exists (select from public.follows f where f.follower_id = (select auth.uid()) and f.author_id = u.id)
  order by m.likes desc, u.id
  limit least(greatest(coalesce(page_size, 6), 1), 24)
$$;
comment on function internal.suggest_authors(integer) is
  'Definer: reads internal.gallery and names of authors. Authors of the most liked templates whom the signed-in person does not follow yet; counts are of those templates alone.';
revoke all on function internal.suggest_authors(integer) from public;
grant execute on function internal.suggest_authors(integer) to authenticated;

create function public.suggested_authors(page_size integer default 6)
returns table (id uuid, full_name varchar, avatar_url text, templates bigint, likes bigint)
language sql
stable
set search_path = ''
as $$ select * from internal.suggest_authors(page_size) $$;
comment on function public.suggested_authors(integer) is 'Popular authors whom one does not follow yet.';
revoke all on function public.suggested_authors(integer) from public;
grant execute on function public.suggested_authors(integer) to authenticated;
