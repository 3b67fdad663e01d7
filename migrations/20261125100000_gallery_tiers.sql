-- Three tiers instead of one. What a search costs is what it reads of the words' indexes: a tier of a hundredth of the rows
-- ("top") and one of a fifth ("warm") before and behind the hot one, each some five times the one before, and hardly any
-- search reads five times what it needs. So the orders no longer try their luck by reading the texts of the first hundred
-- rows, facets and advice stop at the tier that tells enough, and titles are found together with their category.
--
-- Nothing is rewritten here: the marks come in the background, some rows a second, and searches rely on a tier only when
-- all of it is marked. The hot tier serves meanwhile.

alter table internal.gallery
  add column top boolean not null default false,
  add column warm boolean not null default false;
comment on column internal.gallery.top is 'As hot, of the smallest tier.';
comment on column internal.gallery.hot is
  'Among the first in at least one order. Every row from the places upwards that internal.gallery_tier has for this tier is hot; others may be for a while.';
comment on column internal.gallery.warm is 'As hot, of the largest tier.';

alter table internal.gallery_tier
  add column tier text not null default 'hot' check (tier in ('top', 'hot', 'warm')),
  drop constraint gallery_tier_pkey,
  add primary key (tier, purpose);
alter table internal.gallery_tier alter column tier drop default;
comment on table internal.gallery_tier is
  'From which place of each order on a row is in a tier: top, hot or warm, each within the next. Those who write rows mark them by both lines; "read": all such rows are marked, so a search may rely on it; "write": the places it moves to. No lines where the gallery is so small that it needs no tiers.';
comment on column internal.gallery_tier.templates is 'How many templates the gallery had when it was set.';
comment on column internal.gallery_tier.cooled is 'No row is in the tier any more that need not be.';

create function internal.title_search(title_document tsvector, category text) returns tsvector
language sql
immutable
set search_path = ''
as $$
  select case when category is null then title_document
    else title_document || array_to_tsvector(array['cat:' || lower(category)]) end
$$;
comment on function internal.title_search(tsvector, text) is
  'What the titles'' indexes hold: the words of a title and its category as a lexeme "cat:", so that one reading asks for both.';
revoke all on function internal.title_search(tsvector, text) from public;

drop index internal.gallery_title_document_idx;
drop index internal.gallery_hot_title_document_idx;
create index gallery_title_search_idx on internal.gallery using gin (internal.title_search(title_document, category)) with (fastupdate = off);
create index gallery_hot_title_search_idx on internal.gallery using gin (internal.title_search(title_document, category)) with (fastupdate = off) where hot;
create index gallery_warm_title_search_idx on internal.gallery using gin (internal.title_search(title_document, category)) with (fastupdate = off) where warm;
create index gallery_top_document_idx on internal.gallery using gin (document) with (fastupdate = off) where top;
create index gallery_warm_document_idx on internal.gallery using gin (document) with (fastupdate = off) where warm;

-- Keeping them --------------------------------------------------------------------------------------------------------------
create or replace function internal.refresh_galleries(template_ids uuid[]) returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  -- Between two texts, so that no phrase begins in one and ends in the next; taken out again when they are joined.
  gap constant tsvector := '''|'':20';
begin
  -- Not while the tiers are moved: a row marked by the old places must be seen by who moves them.
  perform pg_advisory_xact_lock_shared(hashtextextended('metaprompt.gallery_tier', 0));
  insert into internal.gallery (template_id, author_id, author_name, title, goal, category, tags, variables,
    likes_count, uses_count, trending, published_at, top, hot, warm, title_words, title_document, document)
  select
    t.id, t.user_id, u.full_name, s.written_title, left(translate(p.goal, e'\u0002\u0003', ''), 300), t.category, t.tags,
    array(
      select left(coalesce(v.value ->> 'name', v.value #>> '{}'), 64)
      from jsonb_array_elements(p.variables) with ordinality as v (value, position)
      where v.value <> 'null'
      order by v.position
      limit 6),
    t.likes_count, t.uses_count, s.trending, t.created_at,
    m.top, m.hot, m.warm,
    greatest(1, length(s.title_stems)),
    ts_delete(d.title, '|') || array_to_tsvector(array[internal.title_key(s.title_stems, s.title_plain)]),
    ts_delete(setweight(d.title, 'A')
      || gap || setweight(to_tsvector('internal.plain', s.goal), 'B')
      || gap || setweight(to_tsvector('internal.english', s.goal), 'B')
      || gap || setweight(to_tsvector('internal.plain', s.labels), 'B')
      || gap || setweight(s.author, 'C')
      || gap || setweight(to_tsvector('internal.english', s.template), 'D'), '|')
      || array_to_tsvector(
        array(select distinct 'tag:' || lower(tag) from unnest(t.tags) as tag where tag <> '')
        || case when t.category is null then '{}'::text[] else array['cat:' || lower(t.category)] end
        || array(select 'au:' || word from unnest(tsvector_to_array(s.author)) as word)
        || ('by:' || t.user_id::text))
  from public.prompt_templates t
  join public.prompts p on p.id = t.prompt_id
  join public.users u on u.id = t.user_id
  cross join lateral (
    select
      translate(p.title, e'\u0002\u0003', '') as written_title,
      internal.trending(t.likes_count, t.created_at) as trending,
      to_tsvector('internal.plain', internal.search_text(p.title)) as title_plain,
      to_tsvector('internal.english', internal.search_text(p.title)) as title_stems,
      internal.search_text(p.goal) as goal,
      internal.search_text(concat_ws(' | ', variadic t.tags || t.category::text)) as labels,
      to_tsvector('internal.plain', internal.search_text(coalesce(u.full_name, ''))) as author,
      internal.search_text(left(p.template, 40000)) as template
    offset 0) s
  cross join lateral (select s.title_plain || gap || s.title_stems as title offset 0) d
  cross join lateral (
    select coalesce(bool_or(w.tier = 'top'), false) as top, coalesce(bool_or(w.tier = 'hot'), false) as hot,
      coalesce(bool_or(w.tier = 'warm'), false) as warm
    from internal.gallery_tier w
    where (t.likes_count::bigint * 4294967296 + t.uses_count, t.id) >= (w.popular, w.popular_id)
      or (t.uses_count, t.id) >= (w.uses_count, w.uses_id)
      or (s.trending, t.id) >= (w.trending, w.trending_id)
      or (t.created_at, t.id) >= (w.published_at, w.published_id)) m
  where t.id = any (template_ids) and p.is_public and p.deleted_at is null
  on conflict on constraint gallery_pkey do update set
    author_name = excluded.author_name,
    title = excluded.title,
    goal = excluded.goal,
    category = excluded.category,
    tags = excluded.tags,
    variables = excluded.variables,
    title_words = excluded.title_words,
    title_document = excluded.title_document,
    document = excluded.document;
  insert into internal.gallery_ranks (template_id, author_id, category, popular, uses_count, trending, published_at)
  select g.template_id, g.author_id, g.category, g.popular, g.uses_count, g.trending, g.published_at
  from internal.gallery g
  where g.template_id = any (template_ids)
  on conflict on constraint gallery_ranks_pkey do update set category = excluded.category
    where gallery_ranks.category is distinct from excluded.category;
  delete from internal.gallery g
  where g.template_id = any (template_ids) and not exists (
    select from public.prompt_templates t join public.prompts p on p.id = t.prompt_id
    where t.id = g.template_id and p.is_public and p.deleted_at is null);
end
$$;

create or replace function internal.fold_counters() returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  folded integer;
begin
  -- One node folds at a time; the others come back in a second.
  if not pg_try_advisory_xact_lock(hashtextextended('metaprompt.fold_counters', 0)) then
    return 0;
  end if;
  perform pg_advisory_xact_lock_shared(hashtextextended('metaprompt.gallery_tier', 0));
  with taken as (
    delete from internal.counter_deltas d
    where d.id in (select e.id from internal.counter_deltas e order by e.id limit 20000)
    returning d.template_id, d.likes, d.uses
  ), sums as (
    select template_id, sum(likes)::integer as likes, sum(uses)::integer as uses from taken group by template_id
  ), counted as (
    update public.prompt_templates t
    set likes_count = greatest(0, t.likes_count + s.likes), uses_count = greatest(0, t.uses_count + s.uses)
    from sums s
    where t.id = s.template_id and (s.likes <> 0 or s.uses <> 0)
    returning t.id, t.likes_count, t.uses_count, internal.trending(t.likes_count, t.created_at) as trending
  ), shown as (
    update internal.gallery g
    set likes_count = c.likes_count, uses_count = c.uses_count, trending = c.trending,
      -- A row that climbs over one of a tier's places comes into it; none is taken out here.
      top = g.top or m.top, hot = g.hot or m.hot, warm = g.warm or m.warm
    from counted c
    cross join lateral (
      select coalesce(bool_or(w.tier = 'top'), false) as top, coalesce(bool_or(w.tier = 'hot'), false) as hot,
        coalesce(bool_or(w.tier = 'warm'), false) as warm
      from internal.gallery_tier w
      where (c.likes_count::bigint * 4294967296 + c.uses_count, c.id) >= (w.popular, w.popular_id)
        or (c.uses_count, c.id) >= (w.uses_count, w.uses_id)
        or (c.trending, c.id) >= (w.trending, w.trending_id)) m
    where g.template_id = c.id
  ), ranked as (
    update internal.gallery_ranks r
    set popular = c.likes_count::bigint * 4294967296 + c.uses_count, uses_count = c.uses_count, trending = c.trending
    from counted c
    where r.template_id = c.id
  )
  select count(*) into folded from counted;
  return folded;
end
$$;

create or replace function internal.move_gallery_tier(batch integer) returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  -- Below this a search reads all that matches as quickly.
  least_templates constant bigint := 30000;
  tiers constant integer := 3;
  templates bigint := internal.gallery_count('all', '');
  -- How many templates the places were set for; null where a tier has none.
  written bigint;
  readable bigint;
  lowest internal.gallery_tier;
  marked integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('metaprompt.move_gallery_tier', 0)) then
    return 0;
  end if;
  if templates < least_templates and not exists (select from internal.gallery_tier) then
    return 0;
  end if;
  written := (select min(t.templates) from internal.gallery_tier t where t.purpose = 'write' having count(*) = tiers);
  readable := (select min(t.templates) from internal.gallery_tier t where t.purpose = 'read' having count(*) = tiers);

  -- The gallery has grown by a fiftieth: the places are set anew. What is published meanwhile is in every tier, so that they
  -- must not wait long.
  if written is null or (readable = written and templates > written * 1.02) then
    -- Whoever writes rows by the old places ends first.
    perform pg_advisory_xact_lock(hashtextextended('metaprompt.gallery_tier', 0));
    delete from internal.gallery_tier t where t.purpose = 'write';
    insert into internal.gallery_tier (tier, purpose, popular, popular_id, uses_count, uses_id, trending, trending_id, published_at, published_id, templates)
    select s.tier, 'write', l.popular, l.template_id, u.uses_count, u.template_id, d.trending, d.template_id, n.published_at, n.template_id, templates
    from (values
        ('top', greatest(500, templates / 200), greatest(250, templates / 400)),
        ('hot', greatest(2000, templates * 2 / 100), greatest(1000, templates / 100)),
        ('warm', greatest(6000, templates * 12 / 100), greatest(3000, templates * 6 / 100))) as s (tier, by_likes, by_others),
      lateral (select r.popular, r.template_id from internal.gallery_ranks r order by r.popular desc, r.template_id desc offset s.by_likes - 1 limit 1) l,
      lateral (select r.uses_count, r.template_id from internal.gallery_ranks r order by r.uses_count desc, r.template_id desc offset s.by_others - 1 limit 1) u,
      lateral (select r.trending, r.template_id from internal.gallery_ranks r order by r.trending desc, r.template_id desc offset s.by_others - 1 limit 1) d,
      lateral (select r.published_at, r.template_id from internal.gallery_ranks r order by r.published_at desc, r.template_id desc offset s.by_others - 1 limit 1) n;
    return 1;
  end if;
  if readable = written then
    if exists (select from internal.gallery_tier t where t.purpose = 'read' and not t.cooled) then
      -- Rows that are in a tier and need not be are no mistake, only so much more to search.
      update internal.gallery g set top = m.top, hot = m.hot, warm = m.warm
      from internal.gallery h
      cross join lateral (
        select coalesce(bool_or(w.tier = 'top'), false) as top, coalesce(bool_or(w.tier = 'hot'), false) as hot,
          coalesce(bool_or(w.tier = 'warm'), false) as warm
        from internal.gallery_tier w
        where w.purpose = 'write' and ((h.popular, h.template_id) >= (w.popular, w.popular_id)
          or (h.uses_count, h.template_id) >= (w.uses_count, w.uses_id)
          or (h.trending, h.template_id) >= (w.trending, w.trending_id)
          or (h.published_at, h.template_id) >= (w.published_at, w.published_id))) m
      where h.template_id in (
          select k.template_id
          from internal.gallery k
          cross join lateral (
            select coalesce(bool_or(w.tier = 'top'), false) as top, coalesce(bool_or(w.tier = 'hot'), false) as hot,
              coalesce(bool_or(w.tier = 'warm'), false) as warm
            from internal.gallery_tier w
            where w.purpose = 'write' and ((k.popular, k.template_id) >= (w.popular, w.popular_id)
              or (k.uses_count, k.template_id) >= (w.uses_count, w.uses_id)
              or (k.trending, k.template_id) >= (w.trending, w.trending_id)
              or (k.published_at, k.template_id) >= (w.published_at, w.published_id))) m
          where (k.top or k.hot or k.warm) and (k.top > m.top or k.hot > m.hot or k.warm > m.warm)
          limit batch)
        and g.template_id = h.template_id
        -- Of the row as it is now: a like may just have made it hot. It comes again.
        and (g.popular, g.uses_count) = (h.popular, h.uses_count);
      get diagnostics marked = row_count;
      if marked = 0 then
        update internal.gallery_tier t set cooled = true where t.purpose = 'read';
      end if;
    end if;
    return marked;
  end if;

  -- A row that must be in a tier and is not: what searches will rely on. The places of the largest tier are below the others'.
  select t.* into lowest from internal.gallery_tier t where t.tier = 'warm' and t.purpose = 'write';
  with missing as (
    select r.template_id, m.top, m.hot, m.warm
    from internal.gallery_ranks r
    join internal.gallery g on g.template_id = r.template_id
    cross join lateral (
      select coalesce(bool_or(w.tier = 'top'), false) as top, coalesce(bool_or(w.tier = 'hot'), false) as hot,
        coalesce(bool_or(w.tier = 'warm'), false) as warm
      from internal.gallery_tier w
      where w.purpose = 'write' and ((r.popular, r.template_id) >= (w.popular, w.popular_id)
        or (r.uses_count, r.template_id) >= (w.uses_count, w.uses_id)
        or (r.trending, r.template_id) >= (w.trending, w.trending_id)
        or (r.published_at, r.template_id) >= (w.published_at, w.published_id))) m
    where ((r.popular, r.template_id) >= (lowest.popular, lowest.popular_id)
        or (r.uses_count, r.template_id) >= (lowest.uses_count, lowest.uses_id)
        or (r.trending, r.template_id) >= (lowest.trending, lowest.trending_id)
        or (r.published_at, r.template_id) >= (lowest.published_at, lowest.published_id))
      and (m.top > g.top or m.hot > g.hot or m.warm > g.warm)
    limit batch
  )
  update internal.gallery g set top = g.top or m.top, hot = g.hot or m.hot, warm = g.warm or m.warm
  from missing m where g.template_id = m.template_id;
  get diagnostics marked = row_count;
  if marked > 0 then
    return marked;
  end if;
  delete from internal.gallery_tier t where t.purpose = 'read';
  insert into internal.gallery_tier (tier, purpose, popular, popular_id, uses_count, uses_id, trending, trending_id, published_at, published_id, templates)
  select tier, 'read', popular, popular_id, uses_count, uses_id, trending, trending_id, published_at, published_id, gallery_tier.templates
  from internal.gallery_tier where purpose = 'write';
  return 1;
end
$$;
comment on function internal.move_gallery_tier(integer) is
  'Definer, for the program alone: the next step towards tiers that suit the gallery''s size, marking so many rows at most. Returns 0 when there is nothing to do.';

-- Finding --------------------------------------------------------------------------------------------------------------------
-- The steps are written out, as before (20261122100600_search.sql), one function per order, each statement with one plan:
--   1. the next few rows of the order, and many where much of them matches: there the page is soon full;
--   2. the rows of each tier that match, the smallest tier first: where they fill the page, they are the page;
--   3. all rows that match: sorted, they are the page;
--   4. very many match: the order is walked from the cursor on until the page is full, which is soon.
-- Each way gives the same page; the tests compare them with reading everything.
do $orders$
declare
  found record;
  steps text;
begin
  -- own: an author's templates are read through an index of this order, or sorted where it has none.
  for found in
    select * from (values
      ('likes', 'popular', 'bigint', 'popular_id', 'not materialized'),
      ('uses', 'uses_count', 'integer', 'uses_id', 'materialized'),
      ('trending', 'trending', 'double precision', 'trending_id', 'materialized'),
      ('newest', 'published_at', 'timestamptz', 'published_id', 'not materialized')) as o (name, key, type, tier_id, own)
  loop
    -- needed: a tier five times as large as one with next to no match does not fill the page either.
    select string_agg(format(
      $step$
    select t.* into tier from internal.gallery_tier t where t.tier = %1$L and t.purpose = 'read';
    if found and not crowded%4$s and (after_id is null or (place, after_id) > (tier.%2$I, tier.%3$I)) then
      with matching as materialized (
        select g.template_id, g.%2$I as key from internal.gallery g
        where g.%1$I and g.document @@ wanted and (category_filter is null or g.category = category_filter)
          and (g.%2$I, g.template_id) >= (tier.%2$I, tier.%3$I)
          and (after_id is null or (g.%2$I, g.template_id) < (place, after_id))
          and (passed is null or g.template_id <> all (passed))
        limit many)
      select array(select m.template_id from matching m order by m.key desc, m.template_id desc limit page_size),
        (select count(*) from matching)
      into ids, matches;
      crowded := matches = many;
      if not crowded and matches >= page_size then
        return ids;
      end if;
    end if;$step$, s.tier, found.key, found.tier_id, s.needed), '' order by s.place) into steps
    from (values (1, 'top', ''), (2, 'hot', ' and 12 * matches >= page_size'), (3, 'warm', ' and 12 * matches >= page_size')) as s (place, tier, needed);
    execute format(
      $function$
create or replace function internal.find_by_%1$s(
  wanted tsquery, category_filter text, author_filter uuid, after_value text, after_id uuid, page_size integer, passed uuid[])
returns uuid[]
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_sort = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
set max_parallel_workers_per_gather = 0
as $body$
declare
  near constant integer := 60;
  reach integer := near;
  many constant integer := 1000;
  place constant %3$s := after_value::%3$s;
  tier internal.gallery_tier;
  ids uuid[];
  matches integer := page_size;
  crowded boolean := false;
begin
  if wanted is null then
    if author_filter is not null then
      return array(
        with own as %5$s (
          select r.template_id, r.%2$I as key from internal.gallery_ranks r
          where r.author_id = author_filter and (category_filter is null or r.category = category_filter)
            and (after_id is null or (r.%2$I, r.template_id) < (place, after_id)))
        select o.template_id from own o order by o.key desc, o.template_id desc limit page_size);
    elsif category_filter is not null and after_id is null then
      return array(
        select r.template_id from internal.gallery_ranks r where r.category = category_filter
        order by r.category desc, r.%2$I desc, r.template_id desc limit page_size);
    elsif category_filter is not null then
      return array(
        select r.template_id from internal.gallery_ranks r
        where r.category = category_filter and (r.%2$I, r.template_id) < (place, after_id)
        order by r.%2$I desc, r.template_id desc limit page_size);
    elsif after_id is null then
      return array(
        select r.template_id from internal.gallery_ranks r order by r.%2$I desc, r.template_id desc limit page_size);
    else
      return array(
        select r.template_id from internal.gallery_ranks r where (r.%2$I, r.template_id) < (place, after_id)
        order by r.%2$I desc, r.template_id desc limit page_size);
    end if;
  end if;

  -- Only minus words: no index knows what is not there, and nearly everything matches.
  if querytree(wanted) <> 'T' then
    loop
      ids := array(
        select g.template_id
        from (
          select r.template_id, r.%2$I as key from internal.gallery_ranks r
          where (after_id is null or (r.%2$I, r.template_id) < (place, after_id))
          order by r.%2$I desc, r.template_id desc limit reach) r
        cross join lateral (select * from internal.gallery l where l.template_id = r.template_id offset 0) g
        where g.document @@ wanted and (category_filter is null or g.category = category_filter)
          and (passed is null or g.template_id <> all (passed))
        order by r.key desc, r.template_id desc limit page_size);
      if cardinality(ids) = page_size then
        return ids;
      end if;
      -- One of eight matches: walking fills the page sooner than reading all of a tier that match.
      exit when reach > near or cardinality(ids) < near / 8;
      reach := 20 * near;
    end loop;
%6$s
    if not crowded then
      with matching as materialized (
        select g.template_id, g.%2$I as key from internal.gallery g
        where g.document @@ wanted and (category_filter is null or g.category = category_filter)
          and (after_id is null or (g.%2$I, g.template_id) < (place, after_id))
          and (passed is null or g.template_id <> all (passed))
        limit 2 * many)
      select array(select m.template_id from matching m order by m.key desc, m.template_id desc limit page_size),
        (select count(*) from matching)
      into ids, matches;
      if matches < 2 * many then
        return ids;
      end if;
    end if;
  end if;

  if after_id is null then
    return array(
      select r.template_id from internal.gallery_ranks r join internal.gallery g on g.template_id = r.template_id
      where g.document @@ wanted and (category_filter is null or r.category = category_filter)
        and (passed is null or r.template_id <> all (passed))
      order by r.%2$I desc, r.template_id desc limit page_size);
  end if;
  return array(
    select r.template_id from internal.gallery_ranks r join internal.gallery g on g.template_id = r.template_id
    where g.document @@ wanted and (category_filter is null or r.category = category_filter)
      and (r.%2$I, r.template_id) < (place, after_id) and (passed is null or r.template_id <> all (passed))
    order by r.%2$I desc, r.template_id desc limit page_size);
end
$body$
      $function$, found.name, found.key, found.type, found.tier_id, found.own, steps);
  end loop;
end
$orders$;

-- Best match -----------------------------------------------------------------------------------------------------------------
create or replace function internal.rank_best(
  query text, wanted tsquery, titled tsquery, spelled tsquery, title_key text, title_words integer, category_filter text, author_filter uuid)
returns table (template_id uuid, score numeric)
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_sort = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
set max_parallel_workers_per_gather = 0
as $$
declare
  typed constant text := lower(btrim(rank_best.query));
  -- Titles that are compared at most, half as many of a tier; titles that are read for them at most, so that a filter that
  -- few pass does not read them all; and candidates that are enough.
  many integer := 600;
  reach integer := 600;
  enough constant integer := 40;
  -- Fewer titles than this, and the rest of the text is searched too. internal.search_gallery knows: fewer are all there are.
  few constant integer := 24;
  -- The words of the titles, and the category: their index has both.
  sought tsquery := case when category_filter is null then titled else titled && internal.exact_search('cat:', category_filter) end;
  -- Where the rows are: one snapshot serves the whole function, and a row found once is not looked for again.
  named tid[];
  spoken tid[];
  liked tid[];
  candidates tid[];
  matches integer := 0;
  titles_read integer := 0;
  -- Where the title's words are all that is asked for, what matches the title matches.
  simple boolean := wanted = spelled
    or (category_filter is not null and wanted = (spelled && internal.exact_search('cat:', category_filter)));
begin
  if not coalesce(simple, false) then
    -- The whole text has to be read for each.
    many := 160;
    reach := 400;
  end if;
  if titled is null then
    named := array(
      select g.ctid from internal.gallery g
      where lower(g.title) = typed and g.document @@ wanted and (category_filter is null or g.category = category_filter)
      order by g.popular desc, g.template_id desc limit 50);
  else
    -- Titles of just these words: those in the query's order first.
    with just as materialized (
      select g.ctid as place, g.template_id, g.popular, g.title from internal.gallery g
      where internal.title_search(g.title_document, g.category) @@ (internal.exact_search('', rank_best.title_key) && sought)
        and (simple or g.document @@ wanted) and (category_filter is null or g.category = category_filter)
      limit least(many, 150))
    select array(select j.place from just j order by (lower(j.title) = typed) desc, j.popular desc, j.template_id desc limit 50)
    into named;
    -- Titles with the query in them: the shortest, of which the query covers most, and the most liked; of the hot or the warm
    -- ones alone where these are enough.
    if exists (select from internal.gallery_tier t where t.tier = 'hot' and t.purpose = 'read') then
      with titles as materialized (
        select g.ctid as place, g.template_id, g.popular, g.title_words, g.category, g.document
        from internal.gallery g where g.hot and internal.title_search(g.title_document, g.category) @@ sought
        limit case when simple then many / 2 else reach end
      ), matching as materialized (
        select m.place, m.template_id, m.popular, m.title_words from titles m
        where (simple or m.document @@ wanted) and (category_filter is null or m.category = category_filter)
        limit many / 2)
      select array(select m.place from matching m order by m.title_words, m.popular desc, m.template_id desc limit enough),
        array(select m.place from matching m order by m.popular desc, m.template_id desc limit enough),
        (select count(*) from matching), (select count(*) from titles)
      into spoken, liked, matches, titles_read;
    end if;
    -- Next to no hot ones: the warm ones are five times as many and not enough either.
    if 10 * matches >= few and matches < few and titles_read < 200
      and exists (select from internal.gallery_tier t where t.tier = 'warm' and t.purpose = 'read')
    then
      with titles as materialized (
        select g.ctid as place, g.template_id, g.popular, g.title_words, g.category, g.document
        from internal.gallery g where g.warm and internal.title_search(g.title_document, g.category) @@ sought
        limit case when simple then many / 2 else reach end
      ), matching as materialized (
        select m.place, m.template_id, m.popular, m.title_words from titles m
        where (simple or m.document @@ wanted) and (category_filter is null or m.category = category_filter)
        limit many / 2)
      select spoken || array(select m.place from matching m order by m.title_words, m.popular desc, m.template_id desc limit enough),
        liked || array(select m.place from matching m order by m.popular desc, m.template_id desc limit enough),
        (select count(*) from matching), (select count(*) from titles)
      into spoken, liked, matches, titles_read;
    end if;
    -- Words that so many titles of a tier have are in tens of thousands: there what is liked most, below, comes sooner.
    if matches < few and titles_read < 200 then
      with matching as materialized (
        select m.place, m.template_id, m.popular, m.title_words
        from (
          select g.ctid as place, g.template_id, g.popular, g.title_words, g.category, g.document
          from internal.gallery g where internal.title_search(g.title_document, g.category) @@ sought limit reach) m
        where (simple or m.document @@ wanted) and (category_filter is null or m.category = category_filter)
        limit many)
      select spoken || array(select m.place from matching m order by m.title_words, m.popular desc, m.template_id desc limit enough),
        liked || array(select m.place from matching m order by m.popular desc, m.template_id desc limit enough),
        (select count(*) from matching)
      into spoken, liked, matches;
    end if;
  end if;
  candidates := array(select distinct c.place from unnest(named || spoken || liked) as c (place));
  if cardinality(candidates) < few then
    candidates := array(
      select c.place from unnest(candidates) as c (place)
      union
      select g.ctid
      from unnest(internal.find_by_likes(wanted, category_filter, author_filter, null, null, 30, null)) as l (id)
      join internal.gallery g on g.template_id = l.id);
  end if;
  return query
    select g.template_id,
      (case when lower(g.title) = typed then 16 else 0 end
        + case when titled is not null and g.title_document @@ titled
          then 4 + 4.0 * least(rank_best.title_words::numeric / g.title_words, 1)
            + ts_rank(g.title_document, spelled, 1)::numeric
          -- The whole text is read for few only: it is long.
          else 2 * ts_rank('{0.05, 0.2, 0.5, 1.0}', g.document, coalesce(spelled, wanted), 1)::numeric end
        + ln(1 + g.likes_count::numeric) / 12)::numeric(12, 6)
    from internal.gallery g
    where g.ctid = any (candidates);
end
$$;
comment on function internal.rank_best(text, tsquery, tsquery, tsquery, text, integer, text, uuid) is
  'The templates that "best match" ranks, with their scores: up to 50 titles of just the query''s words, 40 with it in the shortest titles and 40 in the most liked ones (of 600 such titles at most, the hot ones first, then the warm ones); and where these are fewer than 24, 30 with it anywhere, the most liked. Fewer than 24 rows are all that match. For internal.search_gallery, with its rights.';

-- Facets ---------------------------------------------------------------------------------------------------------------------
create function internal.facet_matches(
  wanted tsquery, category_filter text, many integer, out categories text[], out tags text[])
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
set max_parallel_workers_per_gather = 0
as $$
declare
  matches integer;
  -- How many times as many the next tier may be expected to have, and twice that to be safe.
  hoped integer := 8;
begin
  select array_agg(m.category), array_agg(array_to_string(m.tags, chr(31))) into categories, tags
  from (
    select g.category, g.tags from internal.gallery g
    where g.top and g.document @@ wanted and (category_filter is null or g.category = category_filter)
    limit many + 1) m;
  matches := coalesce(cardinality(categories), 0);
  if matches <= many and hoped * matches > many then
    select array_agg(m.category), array_agg(array_to_string(m.tags, chr(31))) into categories, tags
    from (
      select g.category, g.tags from internal.gallery g
      where g.hot and g.document @@ wanted and (category_filter is null or g.category = category_filter)
      limit many + 1) m;
    matches := coalesce(cardinality(categories), 0);
  else
    hoped := 4 * hoped;
  end if;
  if matches <= many and hoped * matches > many then
    select array_agg(m.category), array_agg(array_to_string(m.tags, chr(31))) into categories, tags
    from (
      select g.category, g.tags from internal.gallery g
      where g.warm and g.document @@ wanted and (category_filter is null or g.category = category_filter)
      limit many + 1) m;
    matches := coalesce(cardinality(categories), 0);
  end if;
  if matches <= many then
    select array_agg(m.category), array_agg(array_to_string(m.tags, chr(31))) into categories, tags
    from (
      select g.category, g.tags from internal.gallery g
      where g.document @@ wanted and (category_filter is null or g.category = category_filter)
      limit many + 1) m;
  end if;
end
$$;
comment on function internal.facet_matches(tsquery, text, integer) is
  'Category and tags (joined by U+001F) of the templates that match: of all, or where these are more than many, of one more than that; null where nothing matches. From the smallest tier that has so many: a row with its mark is a match whether or not all have theirs. For internal.count_facets, with its rights.';
revoke all on function internal.facet_matches(tsquery, text, integer) from public;

create or replace function internal.count_facets(query text, category_filter text, tag_filter text, author_filter uuid)
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
  many constant integer := 500;
  wanted tsquery;
  of_category constant tsquery := internal.exact_search('cat:', category_filter);
  of_tag constant tsquery := internal.exact_search('tag:', tag_filter);
  -- What matches the query; with the tag, which the categories are counted of; with the category, the tags; with both.
  every record;
  tagged record;
  filed record;
  chosen record;
  total bigint;
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

  -- Nothing at all: the counts are kept.
  if wanted is null and tag_filter is null and category_filter is null then
    return query
      select 'category', l.value, l.templates from internal.gallery_largest('category', 50) l
      union all
      select 'tag', l.value, l.templates from internal.gallery_largest('tag', 50) l
      union all
      select 'total', '', internal.gallery_count('all', '');
    return;
  end if;

  if wanted is null then
    -- Of one label alone the other kind is counted, and its own is kept.
    select m.categories, m.tags into tagged from internal.facet_matches(of_tag, null, many) m where tag_filter is not null;
    select m.categories, m.tags into filed from internal.facet_matches(of_category, category_filter, many) m where category_filter is not null;
  else
    select m.categories, m.tags into every from internal.facet_matches(wanted, null, many) m;
    if coalesce(cardinality(every.categories), 0) > many then
      tagged := every;
      filed := every;
      if tag_filter is not null then
        select m.categories, m.tags into tagged from internal.facet_matches(wanted && of_tag, null, many) m;
      end if;
      if category_filter is not null then
        select m.categories, m.tags into filed from internal.facet_matches(wanted && of_category, category_filter, many) m;
      end if;
    else
      -- Not many: one reading tells all.
      select array_agg(m.category) as categories, array_agg(m.tags) as tags into tagged
      from unnest(every.categories, every.tags) as m (category, tags)
      where tag_filter is null or lower(tag_filter) = any (string_to_array(lower(m.tags), chr(31)));
      select array_agg(m.category) as categories, array_agg(m.tags) as tags into filed
      from unnest(every.categories, every.tags) as m (category, tags)
      where category_filter is null or m.category = category_filter;
    end if;
  end if;
  if category_filter is null then
    chosen := tagged;
  elsif tag_filter is null then
    chosen := filed;
  elsif coalesce(cardinality(tagged.categories), 0) <= many then
    select array_agg(m.category) as categories, array_agg(m.tags) as tags into chosen
    from unnest(tagged.categories, tagged.tags) as m (category, tags)
    where m.category = category_filter;
  else
    select m.categories, m.tags into chosen
    from internal.facet_matches(internal.all_of(array_remove(array[wanted, of_tag, of_category], null)), category_filter, many) m;
  end if;

  if wanted is null and tag_filter is null then
    return query select 'category', l.value, l.templates from internal.gallery_largest('category', 50) l;
  else
    return query
      select 'category', m.category, count(*) from unnest(tagged.categories[1:many]) as m (category)
      where m.category is not null
      group by m.category order by count(*) desc, m.category collate "C" limit 50;
  end if;
  if wanted is null and category_filter is null then
    return query select 'tag', l.value, l.templates from internal.gallery_largest('tag', 50) l;
  else
    return query
      select 'tag', c.tag, c.templates
      from (
        select t.tag collate "C" as tag, count(*) as templates
        from unnest(string_to_array(lower(array_to_string(filed.tags[1:many], chr(31))), chr(31))) as t (tag)
        where t.tag <> '' group by 1) c
      order by c.templates desc, c.tag limit 50;
  end if;
  total := coalesce(cardinality(chosen.categories), 0);
  if total > many and wanted is null and (category_filter is null or tag_filter is null) then
    total := case when tag_filter is null then internal.gallery_count('category', category_filter) else internal.gallery_count('tag', lower(tag_filter)) end;
    return query select 'total', '', total;
  else
    return query select case when total > many then 'capped' else 'total' end, '', least(total, many);
  end if;
end
$$;

-- What a search box proposes ------------------------------------------------------------------------------------------------
create or replace function internal.suggest_gallery(typed text, row_limit integer)
returns table (text text, kind text, template_id uuid, templates bigint)
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
set max_parallel_workers_per_gather = 0
as $$
declare
  -- So many titles are compared at most.
  many constant integer := 400;
  size integer := least(greatest(coalesce(row_limit, 8), 1), 10);
  written text := regexp_replace(btrim(left(typed, 100)), '\s+', ' ', 'g');
  folded text := internal.fold_text(written);
  last text := lower(extensions.unaccent(substring(folded from '[[:alnum:]]+$')));
  wanted tsquery;
  ids uuid[];
  shown integer;
begin
  if coalesce(written, '') = '' then
    return;
  end if;

  -- Labels that begin with what was typed.
  return query
    select l.value::text, l.kind, null::uuid, l.templates
    from (
      select c.value, c.kind, c.templates, row_number() over (partition by c.kind order by c.templates desc, c.value) as place
      from internal.gallery_counts c
      where c.kind in ('category', 'tag') and c.templates > 0
        -- As "begins with", which no index serves where the beginning is a parameter.
        and lower(c.value) collate "C" >= lower(written) and lower(c.value) collate "C" < lower(written) || chr(1114111)) l
    where l.place <= greatest(1, size / 4)
    order by l.kind, l.place
    limit size - 1;
  get diagnostics shown = row_count;

  -- Titles with all words typed, the last of them perhaps not finished.
  if last is null or last ~ ('[' || internal.unspaced_signs() || ']') then
    wanted := (internal.parse_search(written)).titled;
  else
    wanted := (internal.parse_search(left(folded, length(folded) - length(substring(folded from '[[:alnum:]]+$'))))).titled;
    wanted := internal.all_of(array_remove(array[wanted, (internal.exact_search('', last)::text || ':*')::tsquery], null));
  end if;
  if wanted is null or querytree(wanted) = 'T' then
    return;
  end if;
  if length(last) <= 2 and lower(folded) = last then
    -- A letter or two begin a word in very many titles.
    ids := array(
      select g.template_id
      from (select r.template_id from internal.gallery_ranks r order by r.popular desc, r.template_id desc limit many) r
      cross join lateral (select * from internal.gallery l where l.template_id = r.template_id offset 0) g
      where g.title_document @@ wanted limit size);
  end if;
  if cardinality(ids) = size then
    null;
  elsif exists (select from internal.gallery_tier t where t.tier = 'hot' and t.purpose = 'read') then
    ids := array(select g.template_id from internal.gallery g where g.hot and internal.title_search(g.title_document, g.category) @@ wanted limit many);
  end if;
  if coalesce(cardinality(ids), 0) < size then
    ids := array(select g.template_id from internal.gallery g where internal.title_search(g.title_document, g.category) @@ wanted limit many);
  end if;
  if cardinality(ids) = many then
    -- So many titles that some of them are among the most liked.
    ids := array(
      select g.template_id
      from (select r.template_id from internal.gallery_ranks r order by r.popular desc, r.template_id desc limit many) r
      cross join lateral (select * from internal.gallery l where l.template_id = r.template_id offset 0) g
      where g.title_document @@ wanted) || ids[1:size];
  end if;
  return query
    select t.title::text, 'title', t.template_id, null::bigint
    from (
      select distinct on (lower(g.title)) g.title, g.template_id, g.popular
      from unnest(ids) as i (id) join internal.gallery g on g.template_id = i.id
      order by lower(g.title), g.popular desc, g.template_id desc) t
    order by starts_with(lower(t.title), lower(written)) desc, t.popular desc, t.template_id desc
    limit size - shown;
end
$$;

-- Like this one ---------------------------------------------------------------------------------------------------------------
create or replace function internal.similar_cards(template_id uuid, row_limit integer)
returns setof internal.card
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
set max_parallel_workers_per_gather = 0
as $$
declare
  -- A word of more titles than this (among the hot ones where there are any) tells little.
  frequent constant integer := 100;
  size integer := least(greatest(coalesce(row_limit, 6), 1), 24);
  this internal.gallery;
  tiered boolean := exists (select from internal.gallery_tier t where t.tier = 'hot' and t.purpose = 'read');
  word text;
  lexemes tsquery[] := '{}';
  weights double precision[] := '{}';
  rare tsquery;
  titles bigint;
  ids uuid[];
begin
  select g.* into this from internal.gallery g where g.template_id = similar_cards.template_id;
  if not found then
    return;
  end if;
  for word in
    select w.word
    from unnest(tsvector_to_array(this.title_document)) as k (lexeme)
    cross join lateral regexp_split_to_table(substr(k.lexeme, 4), ' ') as w (word)
    where starts_with(k.lexeme, 'is:') and w.word <> ''
    limit 8
  loop
    if tiered then
      select count(*) into titles from (
        select from internal.gallery g
        where g.hot and internal.title_search(g.title_document, g.category) @@ internal.exact_search('', word)
        limit frequent + 1) t;
    else
      select count(*) into titles from (
        select from internal.gallery g
        where internal.title_search(g.title_document, g.category) @@ internal.exact_search('', word)
        limit frequent + 1) t;
    end if;
    lexemes := lexemes || internal.exact_search('', word);
    weights := weights || 1 / ln(2.0::double precision + titles);
    if titles <= frequent then
      rare := case when rare is null then internal.exact_search('', word) else rare || internal.exact_search('', word) end;
    end if;
  end loop;

  -- Those with a rare word of the title in theirs, and the most liked ones with the same tags or the same category.
  if rare is not null then
    ids := array(select g.template_id from internal.gallery g where internal.title_search(g.title_document, g.category) @@ rare limit 200);
  end if;
  if cardinality(this.tags) > 0 then
    select (string_agg(internal.exact_search('tag:', t)::text, ' | '))::tsquery into rare from unnest(this.tags) as t;
    ids := ids || internal.find_by_likes(rare, null, null, null, null, 60, null);
  end if;
  ids := ids || internal.find_by_likes(null, this.category, null, null, null, 20, null);
  return query
    select g.template_id, g.title, g.goal, g.category, g.tags, g.variables, g.likes_count, g.uses_count,
      g.author_id, g.author_name, g.published_at, s.score::text
    from (
      select c.template_id,
        ((select coalesce(sum(w.weight), 0) from unnest(lexemes, weights) as w (lexeme, weight) where c.title_document @@ w.lexeme)
          + 0.3 * (select count(*) from unnest(c.tags) as t where t = any (this.tags))
          + case when c.category = this.category then 0.2 else 0 end
          + ln(1 + c.likes_count) / 50)::numeric(12, 6) as score
      from (select distinct i.id from unnest(ids) as i (id)) i
      join internal.gallery c on c.template_id = i.id
      where c.template_id <> this.template_id
      order by score desc, c.template_id desc
      limit size) s
    join internal.gallery g on g.template_id = s.template_id
    order by s.score desc, g.template_id desc;
end
$$;

-- Did you mean ---------------------------------------------------------------------------------------------------------------
create function internal.gallery_has(wanted tsquery, category_filter text) returns boolean
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
begin
  -- A hot one tells it; of what no hot one has there is little, so that it is quickly read.
  return exists (
      select from internal.gallery g
      where g.hot and g.document @@ wanted and (category_filter is null or g.category = category_filter))
    or exists (
      select from internal.gallery g
      where g.document @@ wanted and (category_filter is null or g.category = category_filter));
end
$$;
comment on function internal.gallery_has(tsquery, text) is
  'Whether any template matches. For internal.advise_search, with its rights.';
revoke all on function internal.gallery_has(tsquery, text) from public;

create function internal.gallery_finds(query text, category_filter text, tag_filter text, author_filter uuid) returns boolean
language plpgsql
stable
set search_path = ''
as $$
declare
  wanted tsquery := (internal.parse_search(query)).wanted;
begin
  return wanted is not null and internal.gallery_has(
    internal.all_of(array_remove(array[
      wanted, internal.exact_search('tag:', tag_filter), internal.exact_search('cat:', category_filter), internal.exact_search('by:', author_filter::text)], null)),
    category_filter);
end
$$;
comment on function internal.gallery_finds(text, text, text, uuid) is
  'Whether internal.search_gallery would find anything. For internal.advise_search, with its rights.';
revoke all on function internal.gallery_finds(text, text, text, uuid) from public;

create or replace function internal.advise_search(query text, category_filter text, tag_filter text, author_filter uuid) returns text
language plpgsql
stable
security definer
set search_path = ''
-- An unknown word is looked for in the index: reading all templates takes half a minute at a million.
set enable_seqscan = off
set jit = off
set max_parallel_workers_per_gather = 0
as $$
declare
  typed text := btrim(left(query, 500));
  term record;
  last_place bigint;
  words text[] := '{}';
  unknown boolean[] := '{}';
  tries text[];
  attempt text;
  second_best text;
  titled tsquery;
begin
  if coalesce(typed, '') = '' or internal.gallery_finds(typed, category_filter, tag_filter, author_filter) then
    return null;
  end if;
  for term in
    select t.place, t.word, internal.fold_text(t.word) as folded from internal.search_terms(typed) t
    where not t.negated and t.field is null and not t.quoted order by t.place limit 12
  loop
    if term.folded ~ '^[[:alpha:]]{3,30}$' and not term.word = any (words) then
      words := words || term.word;
      unknown := unknown || not internal.gallery_has(
        internal.words_search('internal.plain', term.word, false) || internal.words_search('internal.english', term.word, false), null);
      last_place := cardinality(words);
    end if;
  end loop;
  if cardinality(words) = 0 then
    return null;
  end if;

  -- Each unknown word gives way to its neighbours; where all are known, each single one in turn.
  tries := array[typed];
  if true = any (unknown) then
    for i in 1 .. cardinality(words) loop
      if unknown[i] then
        tries := array(
          select internal.replace_word(t.text, words[i], n.word)
          from unnest(tries) with ordinality as t (text, place)
          cross join internal.word_neighbours(lower(internal.fold_text(words[i])), i = last_place, 8) n
          order by t.place + n.place limit 12);
      end if;
    end loop;
  else
    tries := array(
      select internal.replace_word(typed, w.word, n.word)
      from unnest(words) with ordinality as w (word, place)
      cross join internal.word_neighbours(lower(internal.fold_text(w.word)), w.place = last_place, 3) n
      order by n.place, w.place limit 12);
  end if;

  -- The first that is in a title, else the first that finds anything.
  foreach attempt in array tries loop
    if internal.gallery_finds(attempt, category_filter, tag_filter, author_filter) then
      titled := (internal.parse_search(attempt)).titled;
      if titled is null
        or exists (select from internal.gallery g where g.hot and internal.title_search(g.title_document, g.category) @@ titled)
        or exists (select from internal.gallery g where internal.title_search(g.title_document, g.category) @@ titled)
      then
        return attempt;
      end if;
      second_best := coalesce(second_best, attempt);
    end if;
  end loop;
  return second_best;
end
$$;


