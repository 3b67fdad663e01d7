-- How many templates each category and each tag has, and the gallery in all: counting a million rows for every page would
-- take a second. Triggers write what changes as lines, a background job adds the lines up, and a reader takes both: true at
-- every moment, and no publisher waits for another.

create table internal.gallery_counts (
  kind text not null check (kind in ('category', 'tag', 'all')),
  value text collate "C" not null,
  templates bigint not null,
  primary key (kind, value)
);
comment on table internal.gallery_counts is
  'Templates per category and per tag (in lower case), and of the gallery in all, without what is in gallery_count_deltas.';
alter table internal.gallery_counts enable row level security;
create policy gallery_counts_nobody on internal.gallery_counts for all to anon, authenticated using (false);
comment on policy gallery_counts_nobody on internal.gallery_counts is 'Definer functions alone read and write it.';
create index gallery_counts_begins_idx on internal.gallery_counts (kind, lower(value) collate "C");

create table internal.gallery_count_deltas (
  id bigint generated always as identity primary key,
  kind text not null,
  value text collate "C" not null,
  templates bigint not null
);
comment on table internal.gallery_count_deltas is 'What is not added to gallery_counts yet.';
alter table internal.gallery_count_deltas enable row level security;
create policy gallery_count_deltas_nobody on internal.gallery_count_deltas for all to anon, authenticated using (false);
comment on policy gallery_count_deltas_nobody on internal.gallery_count_deltas is 'Definer functions alone read and write it.';

create function internal.gallery_labels(category text, tags text[]) returns table (kind text, value text)
language sql
immutable
set search_path = ''
as $$
  select 'all', ''
  union all
  select 'category', gallery_labels.category where gallery_labels.category is not null
  union all
  select distinct 'tag', lower(tag) from unnest(gallery_labels.tags) as tag where tag <> ''
$$;
comment on function internal.gallery_labels(text, text[]) is 'What a template counts for.';
revoke all on function internal.gallery_labels(text, text[]) from public;

create function internal.count_gallery_rows() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into internal.gallery_count_deltas (kind, value, templates)
  select l.kind, l.value, count(*) * case tg_op when 'INSERT' then 1 else -1 end
  from changed c
  cross join lateral internal.gallery_labels(c.category, c.tags) l
  group by l.kind, l.value;
  return null;
end
$$;
comment on function internal.count_gallery_rows() is 'Definer: nobody may write the counts. Templates come into the gallery or leave it.';
revoke all on function internal.count_gallery_rows() from public;

create trigger gallery_count_inserted
  after insert on internal.gallery
  referencing new table as changed
  for each statement execute function internal.count_gallery_rows();
create trigger gallery_count_deleted
  after delete on internal.gallery
  referencing old table as changed
  for each statement execute function internal.count_gallery_rows();

create function internal.count_gallery_labels() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into internal.gallery_count_deltas (kind, value, templates)
  select l.kind, l.value, sum(l.sign)
  from (
    select n.kind, n.value, 1 as sign from internal.gallery_labels(new.category, new.tags) n
    union all
    select o.kind, o.value, -1 from internal.gallery_labels(old.category, old.tags) o) l
  group by l.kind, l.value
  having sum(l.sign) <> 0;
  return null;
end
$$;
comment on function internal.count_gallery_labels() is 'Definer: nobody may write the counts. A template''s category or tags change.';
revoke all on function internal.count_gallery_labels() from public;

create trigger gallery_count_updated
  after update of category, tags on internal.gallery
  for each row when ((old.category, old.tags) is distinct from (new.category, new.tags))
  execute function internal.count_gallery_labels();

-- What was published before this migration.
insert into internal.gallery_counts (kind, value, templates)
select l.kind, l.value, count(*)
from internal.gallery g
cross join lateral internal.gallery_labels(g.category, g.tags) l
group by l.kind, l.value;

create function internal.fold_gallery_counts() returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  folded integer;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('metaprompt.fold_gallery_counts', 0)) then
    return 0;
  end if;
  with taken as (
    delete from internal.gallery_count_deltas d
    where d.id in (select e.id from internal.gallery_count_deltas e order by e.id limit 20000)
    returning d.kind, d.value, d.templates
  )
  insert into internal.gallery_counts as c (kind, value, templates)
  select t.kind, t.value, sum(t.templates) from taken t group by t.kind, t.value having sum(t.templates) <> 0
  on conflict on constraint gallery_counts_pkey do update set templates = c.templates + excluded.templates;
  get diagnostics folded = row_count;
  if folded > 0 then
    delete from internal.gallery_counts c where c.templates = 0;
  end if;
  return folded;
end
$$;
comment on function internal.fold_gallery_counts() is
  'Definer, for the program alone: adds pending lines to the counts. Returns how many counts changed.';
revoke all on function internal.fold_gallery_counts() from public;
grant execute on function internal.fold_gallery_counts() to metaprompt_app;

create function internal.gallery_count(of_kind text, of_value text) returns bigint
language sql
stable
set search_path = ''
as $$
  select (
    coalesce((select c.templates from internal.gallery_counts c where c.kind = of_kind and c.value = of_value), 0)
    + coalesce((select sum(d.templates) from internal.gallery_count_deltas d where d.kind = of_kind and d.value = of_value), 0))::bigint
$$;
comment on function internal.gallery_count(text, text) is 'Templates of a category, of a tag, or of the gallery in all.';
revoke all on function internal.gallery_count(text, text) from public;

create function internal.gallery_largest(of_kind text, row_limit integer) returns table (value text, templates bigint)
language sql
stable
set search_path = ''
as $$
  select a.value, sum(a.templates)::bigint
  from (
    -- Enough of the largest that what is pending hardly ever puts another one among them.
    (select c.value, c.templates from internal.gallery_counts c where c.kind = of_kind order by c.templates desc, c.value limit 2 * row_limit)
    union all
    select d.value, d.templates from internal.gallery_count_deltas d where d.kind = of_kind) a
  group by a.value
  having sum(a.templates) > 0
  order by sum(a.templates) desc, a.value
  limit row_limit
$$;
comment on function internal.gallery_largest(text, integer) is 'The categories or tags with the most templates.';
revoke all on function internal.gallery_largest(text, integer) from public;

-- Categories ---------------------------------------------------------------------------------------------------------------
create function internal.gallery_categories() returns table (category varchar, templates bigint)
language sql
stable
security definer
set search_path = ''
as $$
  select l.value::varchar, l.templates from internal.gallery_largest('category', 100) l
$$;
comment on function internal.gallery_categories() is 'Definer: reads internal.gallery_counts, which counts public templates only.';
revoke all on function internal.gallery_categories() from public;
grant execute on function internal.gallery_categories() to anon, authenticated;

create function public.gallery_categories() returns table (category varchar, templates bigint)
language sql
stable
set search_path = ''
as $$ select * from internal.gallery_categories() $$;
comment on function public.gallery_categories() is 'The gallery''s categories with their number of templates, largest first.';
revoke all on function public.gallery_categories() from public;
grant execute on function public.gallery_categories() to anon, authenticated;

-- Facets -------------------------------------------------------------------------------------------------------------------
create function internal.count_facets(query text, category_filter text, tag_filter text, author_filter uuid)
returns table (kind text, value text, templates bigint)
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
set max_parallel_workers_per_gather = 0
as $$
declare
  -- What is read of the matches at most: more would take longer than the page.
  many constant integer := 1000;
  wanted tsquery;
  of_category tsquery := internal.exact_search('cat:', category_filter);
  of_tag tsquery := internal.exact_search('tag:', tag_filter);
  total bigint;
  categories integer := 0;
  places tid[];
begin
  if coalesce(btrim(query), '') <> '' then
    wanted := (internal.parse_search(query)).wanted;
    if wanted is null then
      return query select 'total', '', 0::bigint;
      return;
    end if;
  end if;
  if author_filter is not null then
    wanted := internal.all_of(array_remove(array[wanted, internal.exact_search('by:', author_filter::text)], null));
  end if;

  -- Nothing but labels: the counts are kept.
  if wanted is null and tag_filter is null then
    return query select 'category', l.value, l.templates from internal.gallery_largest('category', 50) l;
    categories := 1;
    if category_filter is null then
      return query
        select 'tag', l.value, l.templates from internal.gallery_largest('tag', 50) l
        union all
        select 'total', '', internal.gallery_count('all', '');
      return;
    end if;
  end if;

  if category_filter is null and tag_filter is null then
    -- One reading tells all; of the hot ones alone where these are enough.
    if exists (select from internal.gallery_tier t where t.purpose = 'read') then
      places := array(select g.ctid from internal.gallery g where g.hot and g.document @@ wanted limit many + 1);
    end if;
    if coalesce(cardinality(places), 0) <= many then
      places := array(select g.ctid from internal.gallery g where g.document @@ wanted limit many + 1);
    end if;
    return query
      with matching as materialized (
        select g.category, g.tags from internal.gallery g where g.ctid = any (places))
      (select 'category', m.category::text, count(*) from matching m where m.category is not null
       group by m.category order by count(*) desc, m.category limit 50)
      union all
      (select 'tag', lower(t.tag), count(*) from matching m cross join lateral unnest(m.tags) as t (tag)
       where t.tag <> '' group by lower(t.tag) order by count(*) desc, lower(t.tag) limit 50)
      union all
      select case when count(*) > many then 'capped' else 'total' end, '', least(count(*), many) from matching;
    return;
  end if;
  if categories = 0 then
    -- By category: whatever the category filter says.
    return query
      with matching as materialized (
        select g.category from internal.gallery g
        where g.document @@ internal.all_of(array_remove(array[wanted, of_tag], null))
        limit many)
      select 'category', m.category::text, count(*) from matching m where m.category is not null
      group by m.category order by count(*) desc, m.category limit 50;
  end if;
  if wanted is null and category_filter is null then
    return query select 'tag', l.value, l.templates from internal.gallery_largest('tag', 50) l;
  else
    return query
      with matching as materialized (
        select g.tags from internal.gallery g
        where g.document @@ internal.all_of(array_remove(array[wanted, of_category], null))
          and (category_filter is null or g.category = category_filter)
        limit many)
      select 'tag', lower(t.tag), count(*)
      from matching m
      cross join lateral unnest(m.tags) as t (tag)
      where t.tag <> ''
      group by lower(t.tag) order by count(*) desc, lower(t.tag) limit 50;
  end if;
  select count(*) into total
  from (
    select from internal.gallery g
    where g.document @@ internal.all_of(array_remove(array[wanted, of_tag, of_category], null))
      and (category_filter is null or g.category = category_filter)
    limit many + 1) m;
  if total > many and wanted is null and (category_filter is null or tag_filter is null) then
    total := case when tag_filter is null then internal.gallery_count('category', category_filter) else internal.gallery_count('tag', lower(tag_filter)) end;
    return query select 'total', '', total;
  else
    return query select case when total > many then 'capped' else 'total' end, '', least(total, many);
  end if;
end
$$;
comment on function internal.count_facets(text, text, text, uuid) is
  'Definer: reads internal.gallery, which holds public templates only. Categories and tags of what matches the query and the other filter, of the first 1,000 matches; the total as "total", or as "capped" where there are more.';
revoke all on function internal.count_facets(text, text, text, uuid) from public;
grant execute on function internal.count_facets(text, text, text, uuid) to anon, authenticated;

create function public.template_facets(
  query text default null, category_filter text default null, tag_filter text default null, author_filter uuid default null)
returns table (kind text, value text, templates bigint)
language sql
stable
set search_path = ''
as $$ select * from internal.count_facets(query, category_filter, tag_filter, author_filter) $$;
comment on function public.template_facets(text, text, text, uuid) is
  'How many templates of each category and tag match, at most 50 of each, and how many in all ("capped": at least so many).';
revoke all on function public.template_facets(text, text, text, uuid) from public;
grant execute on function public.template_facets(text, text, text, uuid) to anon, authenticated;
