-- A page of a first-time search by sixteen at once took PostgreSQL some five milliseconds, of which much was spent on texts that
-- were read for nothing. Searches look at sixteen texts of the order before they look at sixty, and counts of a search without a
-- filter are not copied. What is found stays the same.

-- As in 20261126000000_phrases.sql, but for the first few:
--   1. the first few rows of the order, more where any of them matches, and many where much of them does: there the page is soon full;
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
  wanted tsquery, category_filter text, author_filter uuid, after_value text, after_id uuid, page_size integer, passed uuid[],
  as_typed integer[] default null, as_stems integer[] default null)
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
  few constant integer := 16;
  near constant integer := 60;
  reach integer := few;
  many constant integer := 1000;
  place constant %3$s := after_value::%3$s;
  tier internal.gallery_tier;
  ids uuid[];
  matches integer := page_size;
  crowded boolean := false;
  -- What has a phrase's pairs is compared one by one where it is not more than this.
  most constant integer := 5000;
  among uuid[];
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
    among := internal.phrase_candidates(as_typed, as_stems, most);
    if cardinality(among) <= most then
      return array(
        select r.template_id
        from (
          select k.template_id, k.%2$I as key
          from unnest(among) as a (id)
          -- Each by its id: not along the order, which has all templates.
          cross join lateral (select * from internal.gallery_ranks l where l.template_id = a.id offset 0) k
          where (category_filter is null or k.category = category_filter)
            and (after_id is null or (k.%2$I, k.template_id) < (place, after_id))
            and (passed is null or k.template_id <> all (passed))
          order by k.%2$I desc, k.template_id desc offset 0) r
        -- In their order, so that no more texts are read than the page shows.
        cross join lateral (select * from internal.gallery l where l.template_id = r.template_id offset 0) g
        where g.document @@ wanted
        order by r.key desc, r.template_id desc limit page_size);
    end if;
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
      -- None of the first few, or less than one of eight: reading all of a tier that match is sooner than walking on.
      exit when reach > near or cardinality(ids) < case when reach = few then 1 else near / 8 end;
      reach := case when reach = few then near else 20 * near end;
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
    execute format(
      $comment$comment on function internal.find_by_%1$s(tsquery, text, uuid, text, uuid, integer, uuid[], integer[], integer[]) is
        'A page of the ids that match, by %1$s, without those passed; as_typed, as_stems: a phrase''s pairs. For internal.search_gallery, with its rights.'$comment$,
      found.name);
    execute format('revoke all on function internal.find_by_%s(tsquery, text, uuid, text, uuid, integer, uuid[], integer[], integer[]) from public', found.name);
  end loop;
end
$orders$;

-- As in 20261126000000_phrases.sql, but that nothing is filtered where there is no filter.
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
  asked record;
  wanted tsquery;
  typed_pairs integer[];
  stem_pairs integer[];
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
    select p.* into asked from internal.parse_search(query) p;
    wanted := asked.wanted;
    typed_pairs := asked.as_typed;
    stem_pairs := asked.as_stems;
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
    select m.categories, m.tags into tagged from internal.facet_matches(of_tag, null, many, typed_pairs, stem_pairs) m where tag_filter is not null;
    select m.categories, m.tags into filed from internal.facet_matches(of_category, category_filter, many, typed_pairs, stem_pairs) m where category_filter is not null;
  else
    select m.categories, m.tags into every from internal.facet_matches(wanted, null, many, typed_pairs, stem_pairs) m;
    if coalesce(cardinality(every.categories), 0) > many then
      tagged := every;
      filed := every;
      if tag_filter is not null then
        select m.categories, m.tags into tagged from internal.facet_matches(wanted && of_tag, null, many, typed_pairs, stem_pairs) m;
      end if;
      if category_filter is not null then
        select m.categories, m.tags into filed from internal.facet_matches(wanted && of_category, category_filter, many, typed_pairs, stem_pairs) m;
      end if;
    else
      -- Not many: one reading tells all.
      tagged := every;
      filed := every;
      if tag_filter is not null then
        select array_agg(m.category) as categories, array_agg(m.tags) as tags into tagged
        from unnest(every.categories, every.tags) as m (category, tags)
        where lower(tag_filter) = any (string_to_array(lower(m.tags), chr(31)));
      end if;
      if category_filter is not null then
        select array_agg(m.category) as categories, array_agg(m.tags) as tags into filed
        from unnest(every.categories, every.tags) as m (category, tags)
        where m.category = category_filter;
      end if;
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
    from internal.facet_matches(internal.all_of(array_remove(array[wanted, of_tag, of_category], null)), category_filter, many, typed_pairs, stem_pairs) m;
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
