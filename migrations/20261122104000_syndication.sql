-- What sitemaps are made of: the gallery cut into files of so many addresses. Old files keep their contents as the gallery
-- grows, because templates are cut by the time of publishing: a crawler reads anew only what has changed.
-- Each function is a definer function in internal with its filter written out, behind an invoker function in public,
-- which is what Supabase's API would show.

-- Templates ----------------------------------------------------------------------------------------------------------------
create function internal.template_sitemap_starts(file_size integer)
returns table (published_at timestamptz, template_id uuid)
language sql
stable
security definer
set search_path = ''
as $$
  -- The first file begins before all times: what is published with an early one, or turns up between two countings, is in it.
  select case when r.place = 1 then '-infinity'::timestamptz else r.published_at end,
    case when r.place = 1 then '00000000-0000-0000-0000-000000000000'::uuid else r.template_id end
  from (
    select g.published_at, g.template_id, row_number() over (order by g.published_at, g.template_id) as place
    from internal.gallery_ranks g
  ) r
  where (r.place - 1) % least(greatest(coalesce(file_size, 10000), 1), 50000) = 0
  order by r.published_at, r.template_id
$$;
comment on function internal.template_sitemap_starts(integer) is
  'Definer: reads internal.gallery, which holds public templates only. The first template of each file; walks one index from end to end: callers cache it.';
revoke all on function internal.template_sitemap_starts(integer) from public;
grant execute on function internal.template_sitemap_starts(integer) to anon, authenticated;

create function public.template_sitemap_starts(file_size integer default 10000)
returns table (published_at timestamptz, template_id uuid)
language sql
stable
set search_path = ''
as $$ select * from internal.template_sitemap_starts(file_size) $$;
comment on function public.template_sitemap_starts(integer) is 'Where each sitemap of templates begins, the oldest first.';
revoke all on function public.template_sitemap_starts(integer) from public;
grant execute on function public.template_sitemap_starts(integer) to anon, authenticated;

create function internal.template_sitemap(from_time timestamptz, from_id uuid, file_size integer)
returns table (template_id uuid, updated_at timestamptz)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  -- The limit is written into the statement: with an unknown one the planner may sort the whole gallery.
  return query execute format(
    'select g.template_id, greatest(p.updated_at, t.updated_at)
     from (
       select i.template_id, i.published_at
       from internal.gallery_ranks i
       where (i.published_at, i.template_id) >= ($1, $2)
       order by i.published_at, i.template_id
       limit %s
     ) g
     join public.prompt_templates t on t.id = g.template_id
     join public.prompts p on p.id = t.prompt_id
     order by g.published_at, g.template_id',
    least(greatest(coalesce(file_size, 10000), 1), 50000))
    using from_time, from_id;
end
$$;
comment on function internal.template_sitemap(timestamptz, uuid, integer) is
  'Definer: reads internal.gallery, public templates only, and the times of their last change.';
revoke all on function internal.template_sitemap(timestamptz, uuid, integer) from public;
grant execute on function internal.template_sitemap(timestamptz, uuid, integer) to anon, authenticated;

create function public.template_sitemap(from_time timestamptz, from_id uuid, file_size integer default 10000)
returns table (template_id uuid, updated_at timestamptz)
language sql
stable
set search_path = ''
as $$ select * from internal.template_sitemap(from_time, from_id, file_size) $$;
comment on function public.template_sitemap(timestamptz, uuid, integer) is
  'One sitemap of templates: as many as fit from its start, at most 50,000.';
revoke all on function public.template_sitemap(timestamptz, uuid, integer) from public;
grant execute on function public.template_sitemap(timestamptz, uuid, integer) to anon, authenticated;

-- Authors ------------------------------------------------------------------------------------------------------------------
create function internal.author_sitemap_starts(file_size integer) returns table (author_id uuid)
language sql
stable
security definer
set search_path = ''
as $$
  select case when r.place = 1 then '00000000-0000-0000-0000-000000000000'::uuid else r.author_id end
  from (
    select a.author_id, row_number() over (order by a.author_id) as place
    from (select distinct g.author_id from internal.gallery_ranks g) a
  ) r
  where (r.place - 1) % least(greatest(coalesce(file_size, 10000), 1), 50000) = 0
  order by r.author_id
$$;
comment on function internal.author_sitemap_starts(integer) is
  'Definer: reads internal.gallery: people with a public template only. The first author of each file: callers cache it.';
revoke all on function internal.author_sitemap_starts(integer) from public;
grant execute on function internal.author_sitemap_starts(integer) to anon, authenticated;

create function public.author_sitemap_starts(file_size integer default 10000) returns table (author_id uuid)
language sql
stable
set search_path = ''
as $$ select * from internal.author_sitemap_starts(file_size) $$;
comment on function public.author_sitemap_starts(integer) is 'Where each sitemap of authors begins.';
revoke all on function public.author_sitemap_starts(integer) from public;
grant execute on function public.author_sitemap_starts(integer) to anon, authenticated;

create function internal.author_sitemap(from_id uuid, file_size integer)
returns table (author_id uuid, updated_at timestamptz)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query execute format(
    'select g.author_id, max(g.published_at)
     from internal.gallery_ranks g
     where g.author_id >= $1
     group by g.author_id
     order by g.author_id
     limit %s',
    least(greatest(coalesce(file_size, 10000), 1), 50000))
    using from_id;
end
$$;
comment on function internal.author_sitemap(uuid, integer) is
  'Definer: reads internal.gallery: people with a public template only, and when they published last.';
revoke all on function internal.author_sitemap(uuid, integer) from public;
grant execute on function internal.author_sitemap(uuid, integer) to anon, authenticated;

create function public.author_sitemap(from_id uuid, file_size integer default 10000)
returns table (author_id uuid, updated_at timestamptz)
language sql
stable
set search_path = ''
as $$ select * from internal.author_sitemap(from_id, file_size) $$;
comment on function public.author_sitemap(uuid, integer) is 'One sitemap of authors: as many as fit from its start, at most 50,000.';
revoke all on function public.author_sitemap(uuid, integer) from public;
grant execute on function public.author_sitemap(uuid, integer) to anon, authenticated;
