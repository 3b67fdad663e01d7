-- The page of favorites beyond "the latest": search within them, other orders, and those that left the gallery.

create function internal.find_favorites(query text, sort text, after_value text, after_id uuid, page_size integer)
returns setof internal.kept_card
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  words text[] := (string_to_array(regexp_replace(btrim(lower(extensions.unaccent(left(coalesce(query, ''), 200)))), '\s+', ' ', 'g'), ' '))[1:20];
  size integer := least(greatest(coalesce(page_size, 24), 1), 100);
  last uuid := coalesce(after_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
begin
  return query
    select r.template_id, r.title, r.goal, r.category, r.tags, r.variables, r.likes_count, r.uses_count, r.author_id, r.author_name,
      r.published_at, r.place
    from (
      select g.*, f.created_at as favorited_at, lower(g.title) as name,
        case sort when 'title' then lower(g.title) when 'likes' then g.likes_count::text else f.created_at::text end as place
      from public.user_favorites f
      join internal.gallery g on g.template_id = f.template_id
      where f.user_id = (select auth.uid())
        -- Words are text: no sign in them means anything.
        and not exists (
          select from unnest(words) as word
          where strpos(lower(extensions.unaccent(concat_ws(' ', g.title, g.goal, g.category, g.author_name, array_to_string(g.tags, ' ')))), word) = 0)
    ) r
    where after_value is null
      or case sort
        when 'title' then (r.name, r.template_id) > (after_value, last)
        when 'likes' then (r.likes_count, r.template_id) < (after_value::integer, last)
        else (r.favorited_at, r.template_id) < (after_value::timestamptz, last)
      end
    order by
      case when sort = 'title' then r.name end,
      case when sort = 'title' then r.template_id end,
      case when sort = 'likes' then r.likes_count end desc,
      case when sort not in ('title', 'likes') then r.favorited_at end desc,
      r.template_id desc
    limit size;
end
$$;
comment on function internal.find_favorites(text, text, text, uuid, integer) is
  'Definer: joins the gallery''s table. The signed-in person''s own favorites that hold all words; orders: title, likes, else the latest.';
revoke all on function internal.find_favorites(text, text, text, uuid, integer) from public;
grant execute on function internal.find_favorites(text, text, text, uuid, integer) to authenticated;

create function public.search_favorites(
  query text default null, sort text default 'latest', after_value text default null, after_id uuid default null, page_size integer default 24)
returns setof internal.kept_card
language sql
stable
set search_path = ''
as $$ select * from internal.find_favorites(query, coalesce(sort, 'latest'), after_value, after_id, page_size) $$;
comment on function public.search_favorites(text, text, text, uuid, integer) is 'A page of the signed-in person''s favorites that match.';
revoke all on function public.search_favorites(text, text, text, uuid, integer) from public;
grant execute on function public.search_favorites(text, text, text, uuid, integer) to authenticated;

create function internal.favorite_counts() returns table (listed bigint, gone bigint)
language sql
stable
security definer
set search_path = ''
as $$
  select count(g.template_id), count(*) - count(g.template_id)
  from public.user_favorites f
  left join internal.gallery g on g.template_id = f.template_id
  where f.user_id = (select auth.uid())
$$;
comment on function internal.favorite_counts() is
  'Definer: joins the gallery''s table. How many of one''s own favorites are in the gallery, and how many left it.';
revoke all on function internal.favorite_counts() from public;
grant execute on function internal.favorite_counts() to authenticated;

create function public.count_favorites() returns table (listed bigint, gone bigint)
language sql
stable
set search_path = ''
as $$ select * from internal.favorite_counts() $$;
comment on function public.count_favorites() is 'How many favorites the signed-in person has: in the gallery, and no longer public.';
revoke all on function public.count_favorites() from public;
grant execute on function public.count_favorites() to authenticated;

create function internal.drop_gone_favorites() returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  dropped integer;
begin
  delete from public.user_favorites f
  where f.user_id = (select auth.uid())
    and not exists (select from internal.gallery g where g.template_id = f.template_id);
  get diagnostics dropped = row_count;
  return dropped;
end
$$;
comment on function internal.drop_gone_favorites() is
  'Definer: asks the gallery''s table. Ends the signed-in person''s favorites of templates that are no longer public; returns how many.';
revoke all on function internal.drop_gone_favorites() from public;
grant execute on function internal.drop_gone_favorites() to authenticated;

create function public.remove_gone_favorites() returns integer
language sql
set search_path = ''
as $$ select internal.drop_gone_favorites() $$;
comment on function public.remove_gone_favorites() is 'Ends one''s favorites of templates that are no longer public; returns how many.';
revoke all on function public.remove_gone_favorites() from public;
grant execute on function public.remove_gone_favorites() to authenticated;
