-- Finding templates: the query a person typed, the search, the popular ones, the categories.
-- Each function is a definer function in internal with its filter written out, behind an invoker function in public,
-- which is what Supabase's API would show.

-- The query a person typed ------------------------------------------------------------------------------------------------
create function internal.exact_search(field text, wanted text) returns tsquery
language sql
immutable
set search_path = ''
as $$
  -- No tag or category is longer than 400 characters; more of them would only exceed what a lexeme may have.
  select ('''' || replace(replace(field || lower(left(wanted, 401)), '\', '\\'), '''', '''''') || '''')::tsquery
$$;
comment on function internal.exact_search(text, text) is
  'One lexeme exactly as it is written, with a field such as "tag:" before it; whatever signs it has.';
revoke all on function internal.exact_search(text, text) from public;

create function internal.all_of(parts tsquery[]) returns tsquery
language plpgsql
immutable
set search_path = ''
as $$
declare
  part tsquery;
  whole tsquery;
begin
  foreach part in array coalesce(all_of.parts, '{}') loop
    whole := case when whole is null then part else whole && part end;
  end loop;
  return whole;
end
$$;
comment on function internal.all_of(tsquery[]) is 'All of the parts; null of none.';
revoke all on function internal.all_of(tsquery[]) from public;

create function internal.search_terms(query text)
returns table (place bigint, negated boolean, field text, quoted boolean, word text)
language sql
immutable
set search_path = ''
as $$
  select m.place, m.term[1] = '-',
    case lower(coalesce(m.term[2], m.term[4])) when 'tag' then 'tag:' when 'author' then 'au:' when 'cat' then 'cat:' when 'category' then 'cat:' end,
    m.term[3] is not null, coalesce(m.term[3], m.term[5])
  from regexp_matches(
    translate(left(search_terms.query, 500), '“”„«»', '"""""'),
    '(-?)(?:(?:(tag|category|cat|author):)?"([^"]*)"|(?:(tag|category|cat|author):)?(\S+))', 'gi') with ordinality as m (term, place)
$$;
comment on function internal.search_terms(text) is
  'A typed query as its terms: words, "phrases", -words, tag:, category: and author:. Of 500 characters at most.';
revoke all on function internal.search_terms(text) from public;

create function internal.words_search(config regconfig, written text, quoted boolean) returns tsquery
language plpgsql
stable
set search_path = ''
-- "contains only stop words" is news to nobody.
set client_min_messages = 'warning'
as $$
declare
  folded text := internal.fold_text(written);
  signs text;
  piece text;
  part tsquery;
  whole tsquery;
begin
  if octet_length(folded) > length(folded) then
    signs := internal.unspaced_signs();
    if folded ~ ('[' || signs || ']') then
      -- Each run without spaces is looked for as it stands, as a phrase of pairs; one letter as the beginning of a pair.
      for piece in select (regexp_matches(folded, '[' || signs || ']+|[^' || signs || ']+', 'g'))[1] loop
        if piece ~ ('^[' || signs || ']$') then
          part := (internal.exact_search('', piece)::text || ':*')::tsquery;
        elsif piece ~ ('[' || signs || ']') then
          part := phraseto_tsquery('internal.plain',
            regexp_replace(piece, '(?<=[' || signs || '])([' || signs || '])(?=[' || signs || '])', '\1 \1', 'g'));
        elsif quoted then
          part := phraseto_tsquery(config, piece);
        else
          part := plainto_tsquery(config, piece);
        end if;
        whole := case when numnode(part) = 0 then whole when whole is null then part else whole && part end;
      end loop;
      return coalesce(whole, '');
    end if;
  end if;
  return case when quoted then phraseto_tsquery(config, folded) else plainto_tsquery(config, folded) end;
end
$$;
comment on function internal.words_search(regconfig, text, boolean) is
  'All words of a text, or all in their order where it was quoted, as a tsquery; without nodes where it holds no word.';
revoke all on function internal.words_search(regconfig, text, boolean) from public;

create function internal.parse_search(query text, out wanted tsquery, out titled tsquery, out title_key text, out title_words integer)
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
    if numnode(stem) > 0 and stem <> plain then
      plain := plain || stem;
    end if;
    if term.negated then
      unwanted := case when unwanted is null then plain else unwanted || plain end;
    elsif term.field is not null then
      labels := case when labels is null then plain else labels && plain end;
    else
      words := words || ' ' || term.word;
      if numnode(stem) = 0 then
        stop_words := case when stop_words is null then plain else stop_words && plain end;
      else
        titled := case when titled is null then plain else titled && plain end;
      end if;
    end if;
  end loop;
  -- "the" is looked for only where there is nothing else to look for.
  if titled is null and labels is null then
    titled := stop_words;
  end if;
  if words <> '' then
    words := internal.search_text(words);
    stems := to_tsvector('internal.english', words);
    title_key := internal.title_key(stems, to_tsvector('internal.plain', words));
    title_words := greatest(1, length(stems));
  end if;
  wanted := case when titled is null then labels when labels is null then titled else titled && labels end;
  if unwanted is not null then
    wanted := case when wanted is null then !! unwanted else wanted && !! unwanted end;
  end if;
end
$$;
comment on function internal.parse_search(text) is
  'What a person typed as a tsquery; wanted is null where the text holds no word. titled: the words that are to be there, without tag:, category:, author: and minus words; title_key: the lexeme of a title of just these words. Signs and operators are text. A tag of several words is tag:two_words or tag:"two words".';
revoke all on function internal.parse_search(text) from public;

-- Finding ------------------------------------------------------------------------------------------------------------------
-- Which way is quick depends on how often a query matches, which the planner cannot know: its choice between "walk the
-- order and filter" and "read the word index and sort" flips to seconds. So the steps are written out, one function per
-- order, and each statement has one plan only:
--   1. the next rows of the order, more of them where many match: where much matches, the page is among them;
--   2. the hot rows that match (a small index), unless they are very many: where they fill the page, they are the page;
--   3. all rows that match (the large index), unless they are very many: sorted, they are the page;
--   4. very many match: the order is walked from the cursor on until the page is full, which is soon.
-- Each way gives the same page; the tests compare them with reading everything.
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
create function internal.find_by_%1$s(
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
      -- So many of the first ones match that the page will be full soon.
      exit when reach > near or 6 * cardinality(ids) < page_size;
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

create function internal.rank_best(
  query text, wanted tsquery, titled tsquery, title_key text, title_words integer, category_filter text, author_filter uuid)
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
  -- Titles that are compared at most, half as many where they are hot, and candidates that are enough.
  many integer := 1000;
  enough constant integer := 60;
  -- Fewer titles than this, and the rest of the text is searched too. internal.search_gallery knows: fewer are all there are.
  few constant integer := 24;
  named uuid[];
  spoken uuid[];
  liked uuid[];
  candidates uuid[];
  matches integer := 0;
  capped boolean := false;
  -- Where the title's words are all that is asked for, what matches the title matches.
  simple boolean := wanted = titled
    or (category_filter is not null and wanted = (titled && internal.exact_search('cat:', category_filter)));
begin
  if not coalesce(simple, false) then
    -- The whole text has to be read for each.
    many := 300;
  end if;
  -- Titles that are the query: in its order, then in any.
  named := array(
    select g.template_id from internal.gallery g
    where lower(g.title) = lower(btrim(rank_best.query)) and g.document @@ wanted
      and (category_filter is null or g.category = category_filter)
    order by g.popular desc, g.template_id desc limit 50);
  if titled is not null then
    named := named || array(
      select g.template_id from internal.gallery g
      where g.title_document @@ internal.exact_search('', rank_best.title_key) and g.title_document @@ titled
        and (simple or g.document @@ wanted) and (category_filter is null or g.category = category_filter)
      order by g.popular desc, g.template_id desc limit 50);
    -- Titles with the query in them: the shortest, of which the query covers most, and the most liked; of the hot ones alone
    -- where these are enough.
    if exists (select from internal.gallery_tier t where t.purpose = 'read') then
      with matching as materialized (
        select g.template_id, g.popular, g.title_words from internal.gallery g
        where g.hot and g.title_document @@ titled and (simple or g.document @@ wanted)
          and (category_filter is null or g.category = category_filter)
        limit many / 2)
      select array(select m.template_id from matching m order by m.title_words, m.popular desc, m.template_id desc limit enough),
        array(select m.template_id from matching m order by m.popular desc, m.template_id desc limit enough),
        (select count(*) from matching)
      into spoken, liked, matches;
      capped := matches = many / 2;
    end if;
    if matches < few then
      with matching as materialized (
        select g.template_id, g.popular, g.title_words from internal.gallery g
        where g.title_document @@ titled and (simple or g.document @@ wanted)
          and (category_filter is null or g.category = category_filter)
        limit many)
      select spoken || array(select m.template_id from matching m order by m.title_words, m.popular desc, m.template_id desc limit enough),
        liked || array(select m.template_id from matching m order by m.popular desc, m.template_id desc limit enough),
        (select count(*) from matching)
      into spoken, liked, matches;
      capped := matches = many;
    end if;
    if capped then
      -- Not all were compared. A word of so many titles is in some of the most liked ones.
      liked := liked || array(
        select g.template_id
        from (select r.template_id from internal.gallery_ranks r order by r.popular desc, r.template_id desc limit 200) r
        cross join lateral (select * from internal.gallery l where l.template_id = r.template_id offset 0) g
        where g.title_document @@ titled and (simple or g.document @@ wanted)
          and (category_filter is null or g.category = category_filter));
    end if;
  end if;
  candidates := array(select distinct c.id from unnest(named || spoken || liked) as c (id));
  if cardinality(candidates) < few then
    candidates := array(
      select distinct c.id
      from unnest(candidates || internal.find_by_likes(wanted, category_filter, author_filter, null, null, enough / 2, null)) as c (id));
  end if;
  return query
    select g.template_id,
      (case when lower(g.title) = lower(btrim(rank_best.query)) then 16 else 0 end
        + case when titled is not null and g.title_document @@ titled
          then 4 + 4.0 * least(rank_best.title_words::numeric / g.title_words, 1)
            + ts_rank(g.title_document, titled, 1)::numeric
          -- The whole text is read for few only: it is long.
          else 2 * ts_rank('{0.05, 0.2, 0.5, 1.0}', g.document, coalesce(titled, wanted), 1)::numeric end
        + ln(1 + g.likes_count::numeric) / 12)::numeric(12, 6)
    from unnest(candidates) as c (id)
    join internal.gallery g on g.template_id = c.id;
end
$$;
comment on function internal.rank_best(text, tsquery, tsquery, text, integer, text, uuid) is
  'The templates that "best match" ranks, with their scores: up to 50 whose title is the query and 50 of just its words, 60 with it in the shortest titles and 60 in the most liked ones (of 1,000 such titles at most, the hot ones first); and where these are fewer than 24, 30 with it anywhere, the most liked. Fewer than 24 rows are all that match. For internal.search_gallery, with its rights.';
revoke all on function internal.rank_best(text, tsquery, tsquery, text, integer, text, uuid) from public;

-- Search -------------------------------------------------------------------------------------------------------------------
create type internal.card as (
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
comment on type internal.card is 'What a card of the gallery shows; cursor_value with template_id is where the next page begins.';

create function internal.search_gallery(
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
    from internal.rank_best(query, wanted, asked.titled, asked.title_key, asked.title_words, category_filter, author_filter) b;
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
comment on function internal.search_gallery(text, text, text, uuid, text, text, uuid, integer) is
  'Definer: reads internal.gallery, which holds public templates only. Orders: best, likes, uses, newest, trending; 1-100 rows. Each order but "best" is exact; "best" ranks some hundreds of candidates (internal.rank_best), then goes on with the rest in the order of likes.';
revoke all on function internal.search_gallery(text, text, text, uuid, text, text, uuid, integer) from public;
grant execute on function internal.search_gallery(text, text, text, uuid, text, text, uuid, integer) to anon, authenticated;

create function public.search_templates(
  query text default null, category_filter text default null, tag_filter text default null, author_filter uuid default null,
  sort text default 'best', after_value text default null, after_id uuid default null, page_size integer default 24)
returns setof internal.card
language sql
stable
set search_path = ''
as $$
  select * from internal.search_gallery(query, category_filter, tag_filter, author_filter, sort, after_value, after_id, page_size)
$$;
comment on function public.search_templates(text, text, text, uuid, text, text, uuid, integer) is
  'A page of the gallery. query: words, "phrases", -words, tag:, category:, author:.';
revoke all on function public.search_templates(text, text, text, uuid, text, text, uuid, integer) from public;
grant execute on function public.search_templates(text, text, text, uuid, text, text, uuid, integer) to anon, authenticated;

-- Highlights ---------------------------------------------------------------------------------------------------------------
create function internal.read_marks(query text) returns text[]
language sql
stable
security definer
set search_path = ''
as $$
  with plain as (
    select distinct lexeme
    from internal.search_terms(read_marks.query) t
    cross join lateral unnest(tsvector_to_array(to_tsvector('internal.plain', internal.fold_text(t.word)))) as lexeme
    where not t.negated and t.field is null
    limit 200
  ), telling as (
    select p.lexeme, s.stem from plain p cross join lateral unnest(tsvector_to_array(to_tsvector('internal.english', p.lexeme))) as s (stem)
  )
  -- "the" is marked only where it was looked for.
  select case when exists (select from telling)
    then array(select t.lexeme from telling t union select t.stem from telling t)
    else array(select p.lexeme from plain p) end
$$;
comment on function internal.read_marks(text) is
  'Definer: the functions it calls are nobody''s to call. Reads no table.';
revoke all on function internal.read_marks(text) from public;
grant execute on function internal.read_marks(text) to anon, authenticated;

create function public.search_marks(query text) returns text[]
language sql
stable
set search_path = ''
as $$ select internal.read_marks(search_marks.query) $$;
comment on function public.search_marks(text) is
  'The words a query looks for, folded, and their English stems: what a page marks in titles and goals.';
revoke all on function public.search_marks(text) from public;
grant execute on function public.search_marks(text) to anon, authenticated;

-- Popular ------------------------------------------------------------------------------------------------------------------
create function internal.popular_templates(limit_count integer, category_filter varchar)
returns table (id uuid, title varchar, goal text, category varchar, likes_count integer, uses_count integer)
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  size integer := least(greatest(coalesce(limit_count, 10), 1), 100);
begin
  -- The inner limit is a constant so that every plan knows how few rows are wanted.
  if category_filter is null then
    return query
      select g.template_id, g.title, g.goal, g.category, g.likes_count, g.uses_count
      from (select r.template_id, r.popular from internal.gallery_ranks r order by r.popular desc, r.template_id desc limit 100) r
      join internal.gallery g on g.template_id = r.template_id
      order by r.popular desc, r.template_id desc
      limit size;
  else
    return query
      select g.template_id, g.title, g.goal, g.category, g.likes_count, g.uses_count
      from (
        select r.template_id, r.popular from internal.gallery_ranks r
        where r.category = category_filter
        order by r.popular desc, r.template_id desc limit 100) r
      join internal.gallery g on g.template_id = r.template_id
      order by r.popular desc, r.template_id desc
      limit size;
  end if;
end
$$;
comment on function internal.popular_templates(integer, varchar) is 'Definer: reads internal.gallery, public templates only; 1-100 rows.';
revoke all on function internal.popular_templates(integer, varchar) from public;
grant execute on function internal.popular_templates(integer, varchar) to anon, authenticated;

create or replace function public.get_popular_templates(
  limit_count integer default 10,
  category_filter varchar default null
)
returns table (
  id uuid,
  title varchar,
  goal text,
  category varchar,
  likes_count integer,
  uses_count integer
)
language sql
stable
set search_path = ''
as $$
  select * from internal.popular_templates(limit_count, category_filter)
$$;
comment on function public.get_popular_templates(integer, varchar) is
  'The most liked published templates, of one category or of all (those without one included); 1-100 rows, ties by uses, then id.';
revoke all on function public.get_popular_templates(integer, varchar) from public, anon, authenticated;
grant execute on function public.get_popular_templates(integer, varchar) to anon, authenticated;
