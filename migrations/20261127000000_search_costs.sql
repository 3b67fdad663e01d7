-- A page of a first-time search by sixteen at once took PostgreSQL some five milliseconds, of which much was spent for nothing.
-- Searches look at thirty texts of the order before they look at sixty, counts of a search without a filter are not copied, and where
-- nothing is found no words are tried that cannot help. What is found stays the same; what is proposed where all words are known is
-- what more templates have.

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
  few constant integer := 32;
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

-- Did you mean ---------------------------------------------------------------------------------------------------------------
create function internal.spelling_of(word text) returns tsquery
language sql
stable
set search_path = ''
as $$
  select case when numnode(internal.words_search('internal.english', word, false)) > 0
    then internal.words_search('internal.plain', word, false) || internal.words_search('internal.english', word, false) end
$$;
comment on function internal.spelling_of(text) is
  'One word as internal.parse_search looks for it; null for what is in no index. For internal.advise_search, with its rights.';
revoke all on function internal.spelling_of(text) from public;

create function internal.gallery_has_all(wanted tsquery[], category_filter text) returns boolean
language sql
stable
set search_path = ''
as $$
  select w.every is null or internal.gallery_has(w.every, category_filter)
  from (select internal.all_of(array_remove(wanted, null)) as every offset 0) w
$$;
comment on function internal.gallery_has_all(tsquery[], text) is
  'Whether any template matches all of these, as far as they are not null. For internal.advise_search, with its rights.';
revoke all on function internal.gallery_has_all(tsquery[], text) from public;

-- As in 20261125100000_gallery_tiers.sql, but that less is tried for nothing.
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
  known integer[] := '{}';
  in_templates integer;
  -- What each word is looked for as; null for what is in no index ("the").
  spellings tsquery[] := '{}';
  filters constant tsquery[] := array[
    internal.exact_search('tag:', tag_filter), internal.exact_search('cat:', category_filter), internal.exact_search('by:', author_filter::text)];
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
      spellings := spellings || internal.spelling_of(term.word);
      in_templates := coalesce((select w.templates from internal.search_words w where w.word = lower(term.folded) collate "C"), 0);
      known := known || in_templates;
      -- What so many templates had is in one of them still.
      unknown := unknown || (in_templates < 20 and not internal.gallery_has(
        internal.words_search('internal.plain', term.word, false) || internal.words_search('internal.english', term.word, false), null));
      last_place := cardinality(words);
    end if;
  end loop;
  if cardinality(words) = 0 then
    return null;
  end if;

  -- Each unknown word gives way to its neighbours; where all are known, each single one in turn to those that more templates
  -- have. Where the words that stay are in no template together, nothing helps.
  tries := array[typed];
  if true = any (unknown) then
    if not internal.gallery_has_all(array(select w.spelling from unnest(spellings, unknown) as w (spelling, gone) where not w.gone) || filters, category_filter) then
      return null;
    end if;
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
      select internal.replace_word(typed, t.word, t.instead)
      from (
        select w.word, w.place, n.word as instead, n.place as likely
        from unnest(words, known) with ordinality as w (word, templates, place)
        cross join internal.word_neighbours(lower(internal.fold_text(w.word)), w.place = last_place, 3) n
        where coalesce((select k.templates from internal.search_words k where k.word = n.word collate "C"), w.templates + 1) > w.templates
        order by n.place, w.place limit 12) t
      -- Of several words, where a space was missing: they are looked for below.
      where position(' ' in t.instead) > 0 or internal.gallery_has_all(
        spellings[: t.place - 1] || spellings[t.place + 1 :] || internal.spelling_of(t.instead) || filters, category_filter)
      order by t.likely, t.place);
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

-- Taking a query apart -------------------------------------------------------------------------------------------------------
-- As in 20261122100600_search.sql. A function in SQL is planned each time it is called, which took longer than it did.
create or replace function internal.search_terms(query text)
returns table (place bigint, negated boolean, field text, quoted boolean, word text)
language plpgsql
immutable
set search_path = ''
as $$
begin
  return query
    select m.place, m.term[1] = '-',
      case lower(coalesce(m.term[2], m.term[4])) when 'tag' then 'tag:' when 'author' then 'au:' when 'cat' then 'cat:' when 'category' then 'cat:' end,
      m.term[3] is not null, coalesce(m.term[3], m.term[5])
    from regexp_matches(
      translate(left(search_terms.query, 500), '“”„«»', '"""""'),
      '(-?)(?:(?:(tag|category|cat|author):)?"([^"]*)"|(?:(tag|category|cat|author):)?(\S+))', 'gi') with ordinality as m (term, place);
end
$$;

create or replace function internal.exact_search(field text, wanted text) returns tsquery
language plpgsql
immutable
set search_path = ''
as $$
begin
  -- No tag or category is longer than 400 characters; more of them would only exceed what a lexeme may have.
  return ('''' || replace(replace(field || lower(left(wanted, 401)), '\', '\\'), '''', '''''') || '''')::tsquery;
end
$$;

-- As in 20261122100650_search_words.sql, for the same reason.
create or replace function internal.word_neighbours(wanted text, is_last boolean, row_limit integer) returns table (word text, place bigint)
language plpgsql
stable
set search_path = ''
set enable_seqscan = off
as $$
begin
  return query
    select n.word, row_number() over (order by max(n.score) desc, n.word)
    from (
      select w.word,
        ln(1 + w.templates)
          + case when left(w.word, 1) = left(wanted, 1) then 3 else 0 end
          -- As long, with the same letters: two were exchanged. As long: one is wrong.
          + case when length(w.word) = length(wanted) then 1 else 0 end as score
      from internal.search_words w
      where w.deletes && internal.word_deletes(wanted) and w.word <> wanted
      union all
      -- The word is not finished.
      (select w.word, ln(1 + w.templates) + 2
       from internal.search_words w
       where is_last and length(wanted) >= 3 and w.word > wanted and w.word < wanted || chr(1114111)
       order by w.templates desc, w.word limit 3)
      union all
      -- A space is missing.
      (select substr(wanted, 1, s.n) || ' ' || substr(wanted, s.n + 1), ln(1 + least(a.templates, b.templates)) + 3
       from generate_series(3, length(wanted) - 3) as s (n)
       join internal.search_words a on a.word = substr(wanted, 1, s.n)
       join internal.search_words b on b.word = substr(wanted, s.n + 1)
       limit 3)) n
    group by n.word
    order by 2
    limit row_limit;
end
$$;
