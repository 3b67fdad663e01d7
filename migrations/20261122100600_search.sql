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

create function internal.parse_search(query text) returns tsquery
language plpgsql
stable
set search_path = ''
-- "contains only stop words" is news to nobody.
set client_min_messages = 'warning'
as $$
declare
  term text[];
  word text;
  negated boolean;
  field text;
  plain tsquery;
  stem tsquery;
  wanted tsquery;
  stop_words tsquery;
  unwanted tsquery;
begin
  for term in
    select regexp_matches(left(query, 500), '(-?)(?:(?:(tag|category|cat):)?"([^"]*)"|(?:(tag|category|cat):)?(\S+))', 'gi')
  loop
    negated := term[1] = '-';
    field := coalesce(term[2], term[4]);
    word := coalesce(term[3], term[5]);
    if field is not null then
      field := case when lower(field) = 'tag' then 'tag:' else 'cat:' end;
      plain := internal.exact_search(field, word);
      if position('_' in word) > 0 then
        -- tag:machine_learning is easier to type than tag:"machine learning".
        plain := plain || internal.exact_search(field, replace(word, '_', ' '));
      end if;
      stem := plain;
    elsif term[3] is not null then
      plain := phraseto_tsquery('internal.plain', internal.search_text(word));
      stem := phraseto_tsquery('internal.english', internal.search_text(word));
    else
      plain := plainto_tsquery('internal.plain', internal.search_text(word));
      stem := plainto_tsquery('internal.english', internal.search_text(word));
    end if;
    if numnode(plain) = 0 then
      -- Signs alone: nothing to look for.
      continue;
    end if;
    if negated then
      plain := case when numnode(stem) = 0 then plain else plain || stem end;
      unwanted := case when unwanted is null then plain else unwanted || plain end;
    elsif numnode(stem) = 0 then
      stop_words := case when stop_words is null then plain else stop_words && plain end;
    else
      wanted := case when wanted is null then plain || stem else wanted && (plain || stem) end;
    end if;
  end loop;
  -- "the" is looked for only where there is nothing else to look for.
  wanted := coalesce(wanted, stop_words);
  return case
    when unwanted is null then wanted
    when wanted is null then !! unwanted
    else wanted && !! unwanted
  end;
end
$$;
comment on function internal.parse_search(text) is
  'Words, "phrases", -words, tag: and category: as a tsquery; null where the text holds no word. Signs and operators are text. A tag of several words is tag:two_words or tag:"two words".';
revoke all on function internal.parse_search(text) from public;

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
as $$
declare
  wanted tsquery;
  filter text := '';
  key text;
  key_type text;
  size integer := least(greatest(coalesce(page_size, 24), 1), 100);
begin
  if coalesce(btrim(query), '') <> '' then
    wanted := internal.parse_search(query);
    if wanted is null then
      return;
    end if;
  end if;

  -- Only fixed text is put together here; every value is a parameter.
  if wanted is not null then
    filter := filter || ' and g.document @@ $1';
  end if;
  if category_filter is not null then
    filter := filter || ' and g.category = $2';
  end if;
  if tag_filter is not null then
    filter := filter || ' and g.document @@ $3';
  end if;
  if author_filter is not null then
    filter := filter || ' and g.author_id = $4';
  end if;

  if sort = 'best' and wanted is not null then
    -- Titles that are the query, title matches and all matches, the most liked of each; then how well they match decides.
    return query execute
      'with candidates as materialized (
         (select g.template_id from internal.gallery g where lower(g.title) = lower(btrim($5))' || filter || '
          order by g.likes_count desc, g.template_id desc limit 400)
         union
         (select g.template_id from internal.gallery g where g.title_document @@ $1' || filter || '
          order by g.likes_count desc, g.template_id desc limit 400)
         union
         (select g.template_id from internal.gallery g where true' || filter || '
          order by g.likes_count desc, g.template_id desc limit 400)
       ), ranked as (
         select g.*,
           (case when lower(g.title) = lower(btrim($5)) then 8 else 0 end
            + case when g.title_document @@ $1 then 4 else 0 end
            + 2 * ts_rank(''{0.05, 0.2, 0.5, 1.0}'', g.document, $1, 1)
            + ln(1 + g.likes_count) / 8)::numeric(12, 6) as score
         from candidates c
         join internal.gallery g on g.template_id = c.template_id
       )
       select r.template_id, r.title, r.goal, r.category, r.tags, r.variables, r.likes_count, r.uses_count,
         r.author_id, r.author_name, r.published_at, r.score::text
       from ranked r
       where $6 is null or (r.score, r.template_id) < ($6::numeric, $7)
       order by r.score desc, r.template_id desc
       limit $8'
      using wanted, category_filter, internal.exact_search('tag:', tag_filter), author_filter, query,
        after_value, after_id, size;
    return;
  end if;

  key := case sort
    when 'uses' then 'uses_count'
    when 'newest' then 'published_at'
    when 'trending' then 'trending'
    else 'likes_count'
  end;
  key_type := case key when 'published_at' then 'timestamptz' when 'trending' then 'double precision' else 'integer' end;
  if after_id is not null then
    filter := filter || ' and (g.' || key || ', g.template_id) < ($6::' || key_type || ', $7)';
  end if;
  return query execute
    'select g.template_id, g.title, g.goal, g.category, g.tags, g.variables, g.likes_count, g.uses_count,
       g.author_id, g.author_name, g.published_at, g.' || key || '::text
     from internal.gallery g
     where true' || filter || '
     order by g.' || key || ' desc, g.template_id desc
     limit $8'
    using wanted, category_filter, internal.exact_search('tag:', tag_filter), author_filter, query,
      after_value, after_id, size;
end
$$;
comment on function internal.search_gallery(text, text, text, uuid, text, text, uuid, integer) is
  'Definer: reads internal.gallery, which holds public templates only. Orders: best, likes, uses, newest, trending; 1-100 rows.';
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
  'A page of the gallery. query: words, "phrases", -words, tag:, category:.';
revoke all on function public.search_templates(text, text, text, uuid, text, text, uuid, integer) from public;
grant execute on function public.search_templates(text, text, text, uuid, text, text, uuid, integer) to anon, authenticated;

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
      select * from (
        select g.template_id, g.title, g.goal, g.category, g.likes_count, g.uses_count
        from internal.gallery g
        order by g.likes_count desc, g.uses_count desc, g.template_id desc
        limit 100) most
      limit size;
  else
    return query
      select * from (
        select g.template_id, g.title, g.goal, g.category, g.likes_count, g.uses_count
        from internal.gallery g
        where g.category = category_filter
        order by g.likes_count desc, g.uses_count desc, g.template_id desc
        limit 100) most
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

-- Categories ---------------------------------------------------------------------------------------------------------------
create function internal.gallery_categories() returns table (category varchar, templates bigint)
language sql
stable
security definer
set search_path = ''
as $$
  select g.category, count(*) from internal.gallery g where g.category is not null group by g.category
  order by count(*) desc, g.category
  limit 100
$$;
comment on function internal.gallery_categories() is 'Definer: reads internal.gallery. Counts every row: callers cache it.';
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
