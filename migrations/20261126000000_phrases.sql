-- Phrases and shorter lists.
--   * An index of words knows no places: for "data market plan" each of the sixty thousand texts with these three words was
--     read, which took seconds at a million. Neighbouring words are kept as pairs now, and a phrase reads the few texts that
--     have all of its pairs.
--   * The smallest tier has an index of its titles too; best match counts in floating point, which took half of its time.

create table internal.gallery_phrases (
  template_id uuid primary key references internal.gallery (template_id) on delete cascade,
  pairs integer[] not null
);
comment on table internal.gallery_phrases is
  'Which words follow one another in a template''s document, as numbers of 22 bits: hashtext(first || '' '' || second); those of its title also with the next bit set. Different pairs may share a number, so that what is found here is compared with the document.';
alter table internal.gallery_phrases enable row level security;
create policy gallery_phrases_nobody on internal.gallery_phrases for all to anon, authenticated using (false);
comment on policy gallery_phrases_nobody on internal.gallery_phrases is 'Definer functions alone read and write it.';
create index gallery_phrases_pairs_idx on internal.gallery_phrases using gin (pairs) with (fastupdate = off);
create index gallery_top_title_search_idx on internal.gallery using gin (internal.title_search(title_document, category)) with (fastupdate = off) where top;

create table internal.gallery_phrases_missing (
  after_id uuid primary key
);
comment on table internal.gallery_phrases_missing is
  'Up to which template the pairs of what was published before there were any are kept. No line: of all templates, and phrases rely on them.';
alter table internal.gallery_phrases_missing enable row level security;
create policy gallery_phrases_missing_nobody on internal.gallery_phrases_missing for all to anon, authenticated using (false);
comment on policy gallery_phrases_missing_nobody on internal.gallery_phrases_missing is 'Definer functions alone read and write it.';
insert into internal.gallery_phrases_missing (after_id)
select '00000000-0000-0000-0000-000000000000' where exists (select from internal.gallery);

create function internal.pair_galleries(template_ids uuid[]) returns integer
language plpgsql
set search_path = ''
-- All words of all texts are compared with their neighbours at once.
set enable_nestloop = off
set enable_mergejoin = off
as $$
declare
  written integer;
begin
  with words as materialized (
    select g.template_id, w.lexeme, p.place, p.weight
    from internal.gallery g
    cross join lateral unnest(g.document) as w (lexeme, places, weights)
    cross join lateral unnest(w.places, w.weights) as p (place, weight)
    where g.template_id = any (template_ids)
  ), neighbours as (
    select a.template_id, hashtext(a.lexeme || ' ' || b.lexeme) & 4194303 as pair, a.weight = 'A' and b.weight = 'A' as in_title
    from words a
    join words b on b.template_id = a.template_id and b.place = a.place + 1
  ), paired as (
    select n.template_id, array_agg(distinct n.pair) || coalesce(array_agg(distinct n.pair | 4194304) filter (where n.in_title), '{}') as pairs
    from neighbours n
    group by n.template_id
  )
  insert into internal.gallery_phrases as f (template_id, pairs)
  select g.template_id, coalesce(p.pairs, '{}')
  from internal.gallery g
  left join paired p on p.template_id = g.template_id
  where g.template_id = any (template_ids)
  on conflict on constraint gallery_phrases_pkey do update set pairs = excluded.pairs where f.pairs <> excluded.pairs;
  get diagnostics written = row_count;
  return written;
end
$$;
comment on function internal.pair_galleries(uuid[]) is
  'Keeps the pairs of these templates'' documents as they are now. For internal.refresh_galleries, with its rights.';
revoke all on function internal.pair_galleries(uuid[]) from public;

create function internal.pair_missing_galleries(batch integer) returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  reached uuid;
  ids uuid[];
begin
  -- One node at a time.
  select m.after_id into reached from internal.gallery_phrases_missing m for update skip locked;
  if not found then
    return 0;
  end if;
  ids := array(select g.template_id from internal.gallery g where g.template_id > reached order by g.template_id limit batch);
  if cardinality(ids) = 0 then
    delete from internal.gallery_phrases_missing;
    return 1;
  end if;
  perform internal.pair_galleries(ids);
  update internal.gallery_phrases_missing set after_id = ids[cardinality(ids)];
  return cardinality(ids);
end
$$;
comment on function internal.pair_missing_galleries(integer) is
  'Definer, for the program alone: the pairs of so many templates that were published before there were any. Returns 0 when there is nothing to do.';
revoke all on function internal.pair_missing_galleries(integer) from public;
grant execute on function internal.pair_missing_galleries(integer) to metaprompt_app;

create function internal.pairs_of(phrases tsquery) returns integer[]
language sql
immutable
set search_path = ''
as $$
  -- Of 'a' <-> 'b' <2> 'c' & 'd':* only "a b": what may stand between is not known of the others. Numbered as in
  -- internal.pair_galleries.
  select array_agg(distinct hashtext(t.word || ' ' || t.next_word) & 4194303)
  from (
    select f.word, f.follows, lead(f.whole) over (order by m.place) as next_whole, lead(f.word) over (order by m.place) as next_word
    from regexp_matches(phrases::text, $r$'((?:[^']|'')*)'(:\*?[A-D]*)?( <-> )?$r$, 'g') with ordinality as m (found, place)
    cross join lateral (select replace(replace(m.found[1], $q$''$q$, $q$'$q$), '\\', '\') as word,
      m.found[2] is null as whole, m.found[2] is null and m.found[3] is not null as follows) f) t
  where t.follows and t.next_whole
$$;
comment on function internal.pairs_of(tsquery) is
  'The pairs of neighbouring words that whatever matches has; null where it need not have any. Of words and phrases joined by "and" alone.';
revoke all on function internal.pairs_of(tsquery) from public;

create function internal.phrase_candidates(as_typed integer[], as_stems integer[], most integer) returns uuid[]
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
set max_parallel_workers_per_gather = 0
as $$
begin
  if as_typed is null or exists (select from internal.gallery_phrases_missing) then
    return null;
  end if;
  return array(select f.template_id from internal.gallery_phrases f where f.pairs @> as_typed or f.pairs @> as_stems limit most + 1);
end
$$;
comment on function internal.phrase_candidates(integer[], integer[], integer) is
  'The templates that may have a phrase, by its pairs as typed or as stems: all of them, or one more than most; null where it has no pairs. For internal.search_gallery and its like, with their rights.';
revoke all on function internal.phrase_candidates(integer[], integer[], integer) from public;

-- What a person typed --------------------------------------------------------------------------------------------------------
drop function internal.parse_search(text);
create function internal.parse_search(
  query text, out wanted tsquery, out titled tsquery, out spelled tsquery, out title_key text, out title_words integer,
  out as_typed integer[], out as_stems integer[])
language plpgsql
stable
set search_path = ''
set client_min_messages = 'warning'
as $$
declare
  term record;
  plain tsquery;
  stem tsquery;
  labels tsquery;
  unwanted tsquery;
  stop_words tsquery;
  spelling tsquery;
  words text := '';
  stems tsvector;
  typed_pairs integer[];
  stem_pairs integer[];
  stop_pairs integer[];
begin
  for term in select t.negated, t.field, t.quoted, t.word from internal.search_terms(query) t order by t.place loop
    if term.field = 'au:' then
      select internal.all_of(array_agg(internal.exact_search('au:', lexeme))) into plain
      from unnest(tsvector_to_array(to_tsvector('internal.plain', internal.search_text(replace(term.word, '_', ' '))))) as lexeme;
      plain := coalesce(plain, internal.exact_search('au:', term.word));
      stem := plain;
    elsif term.field is not null then
      plain := internal.exact_search(term.field, term.word);
      if position('_' in term.word) > 0 then
        -- tag:machine_learning is easier to type than tag:"machine learning".
        plain := plain || internal.exact_search(term.field, replace(term.word, '_', ' '));
      end if;
      stem := plain;
    else
      plain := internal.words_search('internal.plain', term.word, term.quoted);
      stem := internal.words_search('internal.english', term.word, term.quoted);
    end if;
    if numnode(plain) = 0 then
      -- Signs alone: nothing to look for.
      continue;
    end if;
    spelling := case when numnode(stem) = 0 or stem = plain then plain else plain || stem end;
    if term.negated then
      unwanted := case when unwanted is null then spelling else unwanted || spelling end;
    elsif term.field is not null then
      labels := case when labels is null then spelling else labels && spelling end;
    else
      words := words || ' ' || term.word;
      typed_pairs := null;
      if position('<->' in plain::text) > 0 then
        typed_pairs := internal.pairs_of(plain);
        stem_pairs := case when stem = plain then typed_pairs else internal.pairs_of(stem) end;
      end if;
      if numnode(stem) = 0 then
        stop_pairs := coalesce(stop_pairs, typed_pairs);
        stop_words := case when stop_words is null then plain else stop_words && plain end;
      else
        -- A title has both forms of its words, the rest of the text may have one of them.
        titled := case when titled is null then stem else titled && stem end;
        spelled := case when spelled is null then spelling else spelled && spelling end;
        -- One phrase tells enough: the longest.
        if typed_pairs is not null and stem_pairs is not null and cardinality(stem_pairs) > coalesce(cardinality(as_stems), 0) then
          as_typed := typed_pairs;
          as_stems := stem_pairs;
        end if;
      end if;
    end if;
  end loop;
  -- "the" is looked for only where there is nothing else to look for.
  if titled is null and labels is null then
    titled := stop_words;
    spelled := stop_words;
    as_typed := stop_pairs;
    as_stems := stop_pairs;
  end if;
  if words <> '' then
    words := internal.search_text(words);
    stems := to_tsvector('internal.english', words);
    title_key := internal.title_key(stems, to_tsvector('internal.plain', words));
    title_words := greatest(1, length(stems));
  end if;
  wanted := case when spelled is null then labels when labels is null then spelled else spelled && labels end;
  if unwanted is not null then
    wanted := case when wanted is null then !! unwanted else wanted && !! unwanted end;
  end if;
end
$$;
comment on function internal.parse_search(text) is
  'What a person typed as a tsquery; wanted is null where the text holds no word. titled: the words that are to be there as a title has them, without tag:, category:, author: and minus words; spelled: the same as the whole text may have them; title_key: the lexeme of a title of just these words. as_typed, as_stems: the pairs of words that follow one another in what matches, one or the other; null where there is no phrase. Signs and operators are text. A tag of several words is tag:two_words or tag:"two words".';
revoke all on function internal.parse_search(text) from public;

-- Keeping them ---------------------------------------------------------------------------------------------------------------
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
  perform internal.pair_galleries(template_ids);
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

-- Finding --------------------------------------------------------------------------------------------------------------------
-- As in 20261125100000_gallery_tiers.sql, with one step before the others: the few texts that have a phrase's pairs are compared.
-- The steps are written out, one function per order, each statement with one plan:
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
    execute format('drop function internal.find_by_%s(tsquery, text, uuid, text, uuid, integer, uuid[])', found.name);
    execute format(
      $function$
create function internal.find_by_%1$s(
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
  near constant integer := 60;
  reach integer := near;
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
    execute format(
      $comment$comment on function internal.find_by_%1$s(tsquery, text, uuid, text, uuid, integer, uuid[], integer[], integer[]) is
        'A page of the ids that match, by %1$s, without those passed; as_typed, as_stems: a phrase''s pairs. For internal.search_gallery, with its rights.'$comment$,
      found.name);
    execute format('revoke all on function internal.find_by_%s(tsquery, text, uuid, text, uuid, integer, uuid[], integer[], integer[]) from public', found.name);
  end loop;
end
$orders$;

-- Best match -----------------------------------------------------------------------------------------------------------------
drop function internal.rank_best(text, tsquery, tsquery, tsquery, text, integer, text, uuid);
create function internal.rank_best(
  query text, wanted tsquery, titled tsquery, spelled tsquery, title_key text, title_words integer, category_filter text, author_filter uuid,
  as_typed integer[], as_stems integer[])
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
  among uuid[];
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
  -- A phrase: the titles that have its pairs. A title has all of its words as stems.
  if as_typed is not null then
    among := internal.phrase_candidates(
      array(select p.pair | 4194304 from unnest(as_typed) as p (pair)), array(select p.pair | 4194304 from unnest(as_stems) as p (pair)), reach);
  end if;
  if cardinality(among) <= reach then
    with possible as materialized (
      select g.ctid as place, g.template_id, g.popular, g.title_words, lower(g.title) = typed as exact, case when not simple then g.document end as document
      from unnest(among) as a (id) join internal.gallery g on g.template_id = a.id
      where g.title_document @@ titled and (category_filter is null or g.category = category_filter)
    ), matching as materialized (
      select p.place, p.template_id, p.popular, p.title_words, p.exact from possible p where simple or p.document @@ wanted)
    select array(select m.place from matching m order by m.exact desc, m.title_words, m.popular desc, m.template_id desc limit 2 * enough),
      array(select m.place from matching m order by m.popular desc, m.template_id desc limit enough)
    into named, liked;
  elsif titled is null then
    named := array(
      select g.ctid from internal.gallery g
      where lower(g.title) = typed and g.document @@ wanted and (category_filter is null or g.category = category_filter)
      order by g.popular desc, g.template_id desc limit 50);
  else
    -- Titles of just these words: those in the query's order first; of the warm ones alone where these fill a page.
    if exists (select from internal.gallery_tier t where t.tier = 'warm' and t.purpose = 'read') then
      with just as materialized (
        select g.ctid as place, g.template_id, g.popular, g.title from internal.gallery g
        where g.warm and internal.title_search(g.title_document, g.category) @@ (internal.exact_search('', rank_best.title_key) && sought)
          and (simple or g.document @@ wanted) and (category_filter is null or g.category = category_filter)
        limit least(many, 150))
      select array(select j.place from just j order by (lower(j.title) = typed) desc, j.popular desc, j.template_id desc limit 50)
      into named;
    end if;
    if coalesce(cardinality(named), 0) < few then
      with just as materialized (
        select g.ctid as place, g.template_id, g.popular, g.title from internal.gallery g
        where internal.title_search(g.title_document, g.category) @@ (internal.exact_search('', rank_best.title_key) && sought)
          and (simple or g.document @@ wanted) and (category_filter is null or g.category = category_filter)
        limit least(many, 150))
      select array(select j.place from just j order by (lower(j.title) = typed) desc, j.popular desc, j.template_id desc limit 50)
      into named;
    end if;
    -- Titles with the query in them: the shortest, of which the query covers most, and the most liked; of a tier alone where
    -- it has enough.
    if exists (select from internal.gallery_tier t where t.tier = 'top' and t.purpose = 'read') then
      with titles as materialized (
        select g.ctid as place, g.template_id, g.popular, g.title_words, g.category, case when not simple then g.document end as document
        from internal.gallery g where g.top and internal.title_search(g.title_document, g.category) @@ sought
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
    -- Next to none in a tier: the next one is some four times as large and has not enough either.
    if matches < few and titles_read < 200
      and exists (select from internal.gallery_tier t where t.tier = 'hot' and t.purpose = 'read') then
      with titles as materialized (
        select g.ctid as place, g.template_id, g.popular, g.title_words, g.category, case when not simple then g.document end as document
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
    if matches > 0 and matches < few and titles_read < 200
      and exists (select from internal.gallery_tier t where t.tier = 'warm' and t.purpose = 'read') then
      with titles as materialized (
        select g.ctid as place, g.template_id, g.popular, g.title_words, g.category, case when not simple then g.document end as document
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
          select g.ctid as place, g.template_id, g.popular, g.title_words, g.category, case when not simple then g.document end as document
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
      from unnest(internal.find_by_likes(wanted, category_filter, author_filter, null, null, 30, null, as_typed, as_stems)) as l (id)
      join internal.gallery g on g.template_id = l.id);
  end if;
  return query
    select g.template_id,
      (case when lower(g.title) = typed then 16 else 0 end
        + case when titled is not null and g.title_document @@ titled
          then 4 + 4 * least(rank_best.title_words::double precision / g.title_words, 1)
            + ts_rank(g.title_document, spelled, 1)
          -- The whole text is read for few only: it is long.
          else 2 * ts_rank('{0.05, 0.2, 0.5, 1.0}', g.document, coalesce(spelled, wanted), 1) end
        + ln(1 + g.likes_count::double precision) / 12)::numeric(12, 6)
    from internal.gallery g
    where g.ctid = any (candidates);
end
$$;
comment on function internal.rank_best(text, tsquery, tsquery, tsquery, text, integer, text, uuid, integer[], integer[]) is
  'The templates that "best match" ranks, with their scores: up to 50 titles of just the query''s words, 40 with it in the shortest titles and 40 in the most liked ones (of 600 such titles at most, the smallest tier first); and where these are fewer than 24, 30 with it anywhere, the most liked. Of the titles with a phrase''s pairs, where these are at most 600, 80 and 40. Fewer than 24 rows are all that match. For internal.search_gallery, with its rights.';
revoke all on function internal.rank_best(text, tsquery, tsquery, tsquery, text, integer, text, uuid, integer[], integer[]) from public;

create or replace function internal.search_gallery(
  query text, category_filter text, tag_filter text, author_filter uuid, sort text,
  after_value text, after_id uuid, page_size integer)
returns setof internal.card
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_hashjoin = off
set enable_mergejoin = off
set enable_seqscan = off
set jit = off
set max_parallel_workers_per_gather = 0
as $$
declare
  -- Scores of "best" are above 0; what comes after the ranked ones is below, in the order of likes.
  below constant numeric := 1e19;
  asked record;
  wanted tsquery;
  best boolean;
  size integer := least(greatest(coalesce(page_size, 24), 1), 100);
  ids uuid[];
  scores numeric[];
  ranked uuid[];
  typed_pairs integer[];
  stem_pairs integer[];
begin
  if coalesce(btrim(query), '') <> '' then
    select p.* into asked from internal.parse_search(query) p;
    wanted := asked.wanted;
    if wanted is null then
      return;
    end if;
    typed_pairs := asked.as_typed;
    stem_pairs := asked.as_stems;
  end if;
  best := coalesce(sort, 'best') not in ('likes', 'uses', 'newest', 'trending') and wanted is not null;
  if tag_filter is not null then
    wanted := case when wanted is null then internal.exact_search('tag:', tag_filter) else wanted && internal.exact_search('tag:', tag_filter) end;
  end if;
  if wanted is not null and category_filter is not null then
    wanted := wanted && internal.exact_search('cat:', category_filter);
  end if;
  if wanted is not null and author_filter is not null then
    wanted := wanted && internal.exact_search('by:', author_filter::text);
  end if;

  if best then
    select array_agg(b.template_id order by b.score desc, b.template_id desc), array_agg(b.score order by b.score desc, b.template_id desc)
    into ranked, scores
    from internal.rank_best(query, wanted, asked.titled, asked.spelled, asked.title_key, asked.title_words, category_filter, author_filter,
      typed_pairs, stem_pairs) b;
    return query
      select g.template_id, g.title, g.goal, g.category, g.tags, g.variables, g.likes_count, g.uses_count,
        g.author_id, g.author_name, g.published_at, p.score::text
      from (
        select r.id, r.score, r.place from unnest(ranked, scores) with ordinality as r (id, score, place)
        where after_id is null or (r.score, r.id) < (after_value::numeric, after_id)
        order by r.place limit size) p
      join internal.gallery g on g.template_id = p.id
      order by p.place;
    get diagnostics page_size = row_count;
    -- Fewer than this are all that match: see internal.rank_best.
    if page_size = size or coalesce(cardinality(ranked), 0) < 24 then
      return;
    end if;
    -- The ranked ones are all shown: the rest of what matches, the most liked first.
    ids := internal.find_by_likes(wanted, category_filter, author_filter,
      case when after_id is not null and after_value::numeric < 0
        then least(greatest(after_value::numeric + below, -1), 9e18)::bigint::text end,
      case when after_id is not null and after_value::numeric < 0 then after_id end,
      size - page_size, ranked, typed_pairs, stem_pairs);
    return query
      select g.template_id, g.title, g.goal, g.category, g.tags, g.variables, g.likes_count, g.uses_count,
        g.author_id, g.author_name, g.published_at, (g.popular - below)::text
      from unnest(ids) with ordinality as i (id, place)
      join internal.gallery g on g.template_id = i.id
      order by i.place;
    return;
  end if;

  ids := case sort
    when 'uses' then internal.find_by_uses(wanted, category_filter, author_filter, after_value, after_id, size, null, typed_pairs, stem_pairs)
    when 'newest' then internal.find_by_newest(wanted, category_filter, author_filter, after_value, after_id, size, null, typed_pairs, stem_pairs)
    when 'trending' then internal.find_by_trending(wanted, category_filter, author_filter, after_value, after_id, size, null, typed_pairs, stem_pairs)
    else internal.find_by_likes(wanted, category_filter, author_filter, after_value, after_id, size, null, typed_pairs, stem_pairs)
  end;
  return query
    select g.template_id, g.title, g.goal, g.category, g.tags, g.variables, g.likes_count, g.uses_count,
      g.author_id, g.author_name, g.published_at,
      case sort
        when 'uses' then g.uses_count::text
        when 'newest' then g.published_at::text
        when 'trending' then g.trending::text
        else g.popular::text
      end
    from unnest(ids) with ordinality as i (id, place)
    join internal.gallery g on g.template_id = i.id
    order by i.place;
end
$$;

-- Facets ---------------------------------------------------------------------------------------------------------------------
drop function internal.facet_matches(tsquery, text, integer);
create function internal.facet_matches(
  wanted tsquery, category_filter text, many integer, as_typed integer[], as_stems integer[],
  out categories text[], out tags text[])
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
  -- As many with a phrase's pairs have enough that match: hardly any does not.
  most integer := many + 100;
  among uuid[] := internal.phrase_candidates(as_typed, as_stems, most);
begin
  if among is not null then
    select array_agg(m.category), array_agg(array_to_string(m.tags, chr(31))) into categories, tags
    from (
      select g.category, g.tags
      from unnest(among) as a (id) join internal.gallery g on g.template_id = a.id
      where g.document @@ wanted and (category_filter is null or g.category = category_filter)
      limit many + 1) m;
    if cardinality(among) <= most or cardinality(categories) > many then
      return;
    end if;
  end if;
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
comment on function internal.facet_matches(tsquery, text, integer, integer[], integer[]) is
  'Category and tags (joined by U+001F) of the templates that match: of all, or where these are more than many, of one more than that; null where nothing matches. as_typed, as_stems: a phrase''s pairs. From the smallest tier that has so many: a row with its mark is a match whether or not all have theirs. For internal.count_facets, with its rights.';
revoke all on function internal.facet_matches(tsquery, text, integer, integer[], integer[]) from public;

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
drop function internal.gallery_has(tsquery, text);
create function internal.gallery_has(
  wanted tsquery, category_filter text, as_typed integer[] default null, as_stems integer[] default null) returns boolean
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
declare
  most constant integer := 600;
  among uuid[] := internal.phrase_candidates(as_typed, as_stems, most);
begin
  if among is not null and exists (
    select from unnest(among) as a (id) join internal.gallery g on g.template_id = a.id
    where g.document @@ wanted and (category_filter is null or g.category = category_filter))
  then
    return true;
  elsif cardinality(among) <= most then
    return false;
  end if;
  -- A hot one tells it; of what no hot one has there is little, so that it is quickly read.
  return exists (
      select from internal.gallery g
      where g.hot and g.document @@ wanted and (category_filter is null or g.category = category_filter))
    or exists (
      select from internal.gallery g
      where g.document @@ wanted and (category_filter is null or g.category = category_filter));
end
$$;
comment on function internal.gallery_has(tsquery, text, integer[], integer[]) is
  'Whether any template matches; as_typed, as_stems: a phrase''s pairs. For internal.advise_search, with its rights.';
revoke all on function internal.gallery_has(tsquery, text, integer[], integer[]) from public;

create or replace function internal.gallery_finds(query text, category_filter text, tag_filter text, author_filter uuid) returns boolean
language plpgsql
stable
set search_path = ''
as $$
declare
  asked record;
begin
  select p.* into asked from internal.parse_search(query) p;
  return asked.wanted is not null and internal.gallery_has(
    internal.all_of(array_remove(array[
      asked.wanted, internal.exact_search('tag:', tag_filter), internal.exact_search('cat:', category_filter), internal.exact_search('by:', author_filter::text)], null)),
    category_filter, asked.as_typed, asked.as_stems);
end
$$;
