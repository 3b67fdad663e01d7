-- Searches at half their price: measured on a million templates, all of it reading that changed no answer or only which of
-- many equally good titles "best match" compares.
--   * A title is looked for by stems alone, one entry to read instead of two: it has both forms of each word.
--   * Titles that are the query are found by their key alone; a filter that few pass no longer reads all titles with a word.
--   * The hot tier is two thirds of what it was.
--   * Facets are counted from one reading, and of five hundred matches.

-- What a person typed --------------------------------------------------------------------------------------------------------
drop function internal.parse_search(text);
create function internal.parse_search(
  query text, out wanted tsquery, out titled tsquery, out spelled tsquery, out title_key text, out title_words integer)
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
      if numnode(stem) = 0 then
        stop_words := case when stop_words is null then plain else stop_words && plain end;
      else
        -- A title has both forms of its words, the rest of the text may have one of them.
        titled := case when titled is null then stem else titled && stem end;
        spelled := case when spelled is null then spelling else spelled && spelling end;
      end if;
    end if;
  end loop;
  -- "the" is looked for only where there is nothing else to look for.
  if titled is null and labels is null then
    titled := stop_words;
    spelled := stop_words;
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
  'What a person typed as a tsquery; wanted is null where the text holds no word. titled: the words that are to be there as a title has them, without tag:, category:, author: and minus words; spelled: the same as the whole text may have them; title_key: the lexeme of a title of just these words. Signs and operators are text. A tag of several words is tag:two_words or tag:"two words".';
revoke all on function internal.parse_search(text) from public;

-- Best match ----------------------------------------------------------------------------------------------------------------
drop function internal.rank_best(text, tsquery, tsquery, text, integer, text, uuid);
create function internal.rank_best(
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
  -- Titles that are compared at most, half as many where they are hot; titles that are read for them at most, so that a filter
  -- that few pass does not read them all; and candidates that are enough.
  many integer := 600;
  reach integer := case when category_filter is null then 600 else 2000 end;
  enough constant integer := 40;
  -- Fewer titles than this, and the rest of the text is searched too. internal.search_gallery knows: fewer are all there are.
  few constant integer := 24;
  -- Where the rows are: one snapshot serves the whole function, and a row found once is not looked for again.
  named tid[];
  spoken tid[];
  liked tid[];
  candidates tid[];
  matches integer := 0;
  hot_titles integer := 0;
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
      where g.title_document @@ internal.exact_search('', rank_best.title_key) and g.title_document @@ titled
        and (simple or g.document @@ wanted) and (category_filter is null or g.category = category_filter)
      limit least(many, 150))
    select array(select j.place from just j order by (lower(j.title) = typed) desc, j.popular desc, j.template_id desc limit 50)
    into named;
    -- Titles with the query in them: the shortest, of which the query covers most, and the most liked; of the hot ones alone
    -- where these are enough.
    if exists (select from internal.gallery_tier t where t.purpose = 'read') then
      with titles as materialized (
        select g.ctid as place, g.template_id, g.popular, g.title_words, g.category, g.document
        from internal.gallery g where g.hot and g.title_document @@ titled
        limit case when simple and category_filter is null then many / 2 else reach end
      ), matching as materialized (
        select m.place, m.template_id, m.popular, m.title_words from titles m
        where (simple or m.document @@ wanted) and (category_filter is null or m.category = category_filter)
        limit many / 2)
      select array(select m.place from matching m order by m.title_words, m.popular desc, m.template_id desc limit enough),
        array(select m.place from matching m order by m.popular desc, m.template_id desc limit enough),
        (select count(*) from matching), (select count(*) from titles)
      into spoken, liked, matches, hot_titles;
    end if;
    -- Words that so many hot titles have are in tens of thousands: there what is liked most, below, comes sooner.
    if matches < few and hot_titles < 200 then
      with matching as materialized (
        select m.place, m.template_id, m.popular, m.title_words
        from (
          select g.ctid as place, g.template_id, g.popular, g.title_words, g.category, g.document
          from internal.gallery g where g.title_document @@ titled limit reach) m
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
  'The templates that "best match" ranks, with their scores: up to 50 titles of just the query''s words, 40 with it in the shortest titles and 40 in the most liked ones (of 600 such titles at most, the hot ones first); and where these are fewer than 24, 30 with it anywhere, the most liked. Fewer than 24 rows are all that match. For internal.search_gallery, with its rights.';
revoke all on function internal.rank_best(text, tsquery, tsquery, tsquery, text, integer, text, uuid) from public;

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
begin
  if coalesce(btrim(query), '') <> '' then
    select p.* into asked from internal.parse_search(query) p;
    wanted := asked.wanted;
    if wanted is null then
      return;
    end if;
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
    from internal.rank_best(query, wanted, asked.titled, asked.spelled, asked.title_key, asked.title_words, category_filter, author_filter) b;
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
      size - page_size, ranked);
    return query
      select g.template_id, g.title, g.goal, g.category, g.tags, g.variables, g.likes_count, g.uses_count,
        g.author_id, g.author_name, g.published_at, (g.popular - below)::text
      from unnest(ids) with ordinality as i (id, place)
      join internal.gallery g on g.template_id = i.id
      order by i.place;
    return;
  end if;

  ids := case sort
    when 'uses' then internal.find_by_uses(wanted, category_filter, author_filter, after_value, after_id, size, null)
    when 'newest' then internal.find_by_newest(wanted, category_filter, author_filter, after_value, after_id, size, null)
    when 'trending' then internal.find_by_trending(wanted, category_filter, author_filter, after_value, after_id, size, null)
    else internal.find_by_likes(wanted, category_filter, author_filter, after_value, after_id, size, null)
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

-- The other orders ----------------------------------------------------------------------------------------------------------
do $orders$
declare
  found record;
begin
  -- own: an author's templates are read through an index of this order, or sorted where it has none.
  for found in
    select * from (values
      ('likes', 'popular', 'bigint', 'popular_id', 'not materialized'),
      ('uses', 'uses_count', 'integer', 'uses_id', 'materialized'),
      ('trending', 'trending', 'double precision', 'trending_id', 'materialized'),
      ('newest', 'published_at', 'timestamptz', 'published_id', 'not materialized')) as o (name, key, type, tier_id, own)
  loop
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
  near constant integer := 100;
  reach integer := near;
  many constant integer := 1000;
  place constant %3$s := after_value::%3$s;
  tier internal.gallery_tier;
  ids uuid[];
  matches integer;
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
      -- One of twenty-five matches: walking fills the page sooner than reading all hot ones that match.
      exit when reach > near or cardinality(ids) < 4;
      reach := 20 * near;
    end loop;
    select t.* into tier from internal.gallery_tier t where t.purpose = 'read';
    if found and (after_id is null or (place, after_id) > (tier.%2$I, tier.%4$I)) then
      with matching as materialized (
        select g.template_id, g.%2$I as key from internal.gallery g
        where g.hot and g.document @@ wanted and (category_filter is null or g.category = category_filter)
          and (g.%2$I, g.template_id) >= (tier.%2$I, tier.%4$I)
          and (after_id is null or (g.%2$I, g.template_id) < (place, after_id))
          and (passed is null or g.template_id <> all (passed))
        limit many)
      select array(select m.template_id from matching m order by m.key desc, m.template_id desc limit page_size),
        (select count(*) from matching)
      into ids, matches;
      if matches < many and matches >= page_size then
        return ids;
      end if;
    else
      matches := 0;
    end if;
    if matches < many then
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
      $function$, found.name, found.key, found.type, found.tier_id, found.own);
    execute format(
      'comment on function internal.find_by_%1$s(tsquery, text, uuid, text, uuid, integer, uuid[]) is %2$L',
      found.name, format(
        'The page of templates that match, in the order "%s", after a place and without those passed. wanted has category and author in it where it is not null. For internal.search_gallery, with its rights.',
        found.name));
    execute format(
      'revoke all on function internal.find_by_%1$s(tsquery, text, uuid, text, uuid, integer, uuid[]) from public', found.name);
  end loop;
end
$orders$;

-- The tier ------------------------------------------------------------------------------------------------------------------
create or replace function internal.move_gallery_tier(batch integer) returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  -- Below this a search reads all that matches as quickly.
  least_templates constant bigint := 30000;
  templates bigint := internal.gallery_count('all', '');
  by_likes integer := greatest(2000, templates * 2 / 100);
  by_others integer := greatest(1000, templates / 100);
  written internal.gallery_tier;
  readable internal.gallery_tier;
  marked integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('metaprompt.move_gallery_tier', 0)) then
    return 0;
  end if;
  select t.* into written from internal.gallery_tier t where t.purpose = 'write';
  select t.* into readable from internal.gallery_tier t where t.purpose = 'read';
  if written.purpose is null and templates < least_templates then
    return 0;
  end if;

  -- The gallery has grown by a fifth: the places are set anew.
  if written.purpose is null or (readable.templates = written.templates and templates > written.templates * 1.2) then
    -- Whoever writes rows by the old places ends first.
    perform pg_advisory_xact_lock(hashtextextended('metaprompt.gallery_tier', 0));
    delete from internal.gallery_tier t where t.purpose = 'write';
    insert into internal.gallery_tier (purpose, popular, popular_id, uses_count, uses_id, trending, trending_id, published_at, published_id, templates)
    select 'write', l.popular, l.template_id, u.uses_count, u.template_id, d.trending, d.template_id, n.published_at, n.template_id, templates
    from (select r.popular, r.template_id from internal.gallery_ranks r order by r.popular desc, r.template_id desc offset by_likes - 1 limit 1) l,
      (select r.uses_count, r.template_id from internal.gallery_ranks r order by r.uses_count desc, r.template_id desc offset by_others - 1 limit 1) u,
      (select r.trending, r.template_id from internal.gallery_ranks r order by r.trending desc, r.template_id desc offset by_others - 1 limit 1) d,
      (select r.published_at, r.template_id from internal.gallery_ranks r order by r.published_at desc, r.template_id desc offset by_others - 1 limit 1) n;
    return 1;
  end if;
  if readable.templates = written.templates then
    if not readable.cooled then
      -- Rows that are hot and need not be are no mistake, only so much more to search.
      update internal.gallery g set hot = false
      where g.template_id in (
          select h.template_id from internal.gallery h
          where h.hot and not ((h.popular, h.template_id) >= (written.popular, written.popular_id)
            or (h.uses_count, h.template_id) >= (written.uses_count, written.uses_id)
            or (h.trending, h.template_id) >= (written.trending, written.trending_id)
            or (h.published_at, h.template_id) >= (written.published_at, written.published_id))
          limit batch)
        -- Once more, of the row as it is now: a like may just have made it hot.
        and not ((g.popular, g.template_id) >= (written.popular, written.popular_id)
          or (g.uses_count, g.template_id) >= (written.uses_count, written.uses_id)
          or (g.trending, g.template_id) >= (written.trending, written.trending_id)
          or (g.published_at, g.template_id) >= (written.published_at, written.published_id));
      get diagnostics marked = row_count;
      if marked = 0 then
        update internal.gallery_tier t set cooled = true where t.purpose = 'read';
      end if;
    end if;
    return marked;
  end if;

  -- A row that must be hot and is not: what searches will rely on.
  with missing as (
    select r.template_id from internal.gallery_ranks r join internal.gallery g on g.template_id = r.template_id
    where not g.hot and ((r.popular, r.template_id) >= (written.popular, written.popular_id)
      or (r.uses_count, r.template_id) >= (written.uses_count, written.uses_id)
      or (r.trending, r.template_id) >= (written.trending, written.trending_id)
      or (r.published_at, r.template_id) >= (written.published_at, written.published_id))
    limit batch
  )
  update internal.gallery g set hot = true from missing m where g.template_id = m.template_id;
  get diagnostics marked = row_count;
  if marked > 0 then
    return marked;
  end if;
  delete from internal.gallery_tier t where t.purpose = 'read';
  insert into internal.gallery_tier (purpose, popular, popular_id, uses_count, uses_id, trending, trending_id, published_at, published_id, templates)
  select 'read', popular, popular_id, uses_count, uses_id, trending, trending_id, published_at, published_id, gallery_tier.templates
  from internal.gallery_tier where purpose = 'write';
  return 1;
end
$$;

-- As if the gallery had grown: the places are set anew in the background.
update internal.gallery_tier set templates = templates / 2;

-- Facets --------------------------------------------------------------------------------------------------------------------
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
  of_category tsquery := internal.exact_search('cat:', category_filter);
  of_tag tsquery := internal.exact_search('tag:', tag_filter);
  total bigint;
  categories integer := 0;
  of_categories text[];
  of_tags text[];
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
      select array_agg(g.category), array_agg(array_to_string(g.tags, chr(31))) into of_categories, of_tags
      from (select m.category, m.tags from internal.gallery m where m.hot and m.document @@ wanted limit many + 1) g;
    end if;
    if coalesce(cardinality(of_categories), 0) <= many then
      select array_agg(g.category), array_agg(array_to_string(g.tags, chr(31))) into of_categories, of_tags
      from (select m.category, m.tags from internal.gallery m where m.document @@ wanted limit many + 1) g;
    end if;
    return query
      with matching as materialized (
        select m.category, string_to_array(m.tags, chr(31)) as tags from unnest(of_categories, of_tags) as m (category, tags))
      (select 'category', m.category, count(*) from matching m where m.category is not null
       group by m.category order by count(*) desc, m.category collate "C" limit 50)
      union all
      (select 'tag', c.tag, c.templates
       from (
         select lower(t.tag) collate "C" as tag, count(*) as templates from matching m cross join lateral unnest(m.tags) as t (tag)
         where t.tag <> '' group by 1) c
       order by c.templates desc, c.tag limit 50)
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
  'Definer: reads internal.gallery, which holds public templates only. Categories and tags of what matches the query and the other filter, of the first 500 matches; the total as "total", or as "capped" where there are more.';

-- Highlights ----------------------------------------------------------------------------------------------------------------
create or replace function internal.read_marks(query text) returns text[]
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  wanted text;
  lexeme text;
  stems text[];
  plain text[] := '{}';
  telling text[] := '{}';
begin
  for wanted in
    select internal.fold_text(t.word) from internal.search_terms(read_marks.query) t where not t.negated and t.field is null
  loop
    foreach lexeme in array tsvector_to_array(to_tsvector('internal.plain', wanted)) loop
      continue when lexeme = any (plain) or cardinality(plain) >= 200;
      plain := plain || lexeme;
      stems := tsvector_to_array(to_tsvector('internal.english', lexeme));
      if cardinality(stems) > 0 then
        telling := telling || lexeme || stems;
      end if;
    end loop;
  end loop;
  -- "the" is marked only where it was looked for.
  return case when cardinality(telling) > 0 then array(select distinct t.word from unnest(telling) as t (word)) else plain end;
end
$$;
