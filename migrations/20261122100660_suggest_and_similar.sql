-- What a search box proposes while somebody types, and templates like another one.

create function internal.suggest_gallery(typed text, row_limit integer)
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
  elsif exists (select from internal.gallery_tier t where t.purpose = 'read') then
    ids := array(select g.template_id from internal.gallery g where g.hot and g.title_document @@ wanted limit many);
  end if;
  if coalesce(cardinality(ids), 0) < size then
    ids := array(select g.template_id from internal.gallery g where g.title_document @@ wanted limit many);
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
comment on function internal.suggest_gallery(text, integer) is
  'Definer: reads internal.gallery, which holds public templates only. Categories and tags that begin with what was typed, then titles with its words, the last perhaps not finished; 1-10 rows.';
revoke all on function internal.suggest_gallery(text, integer) from public;
grant execute on function internal.suggest_gallery(text, integer) to anon, authenticated;

create function public.suggest_templates(typed text, row_limit integer default 8)
returns table (text text, kind text, template_id uuid, templates bigint)
language sql
stable
set search_path = ''
as $$ select * from internal.suggest_gallery(typed, row_limit) $$;
comment on function public.suggest_templates(text, integer) is
  'Proposals for a search box: categories and tags with their number of templates, and titles; 1-10 rows.';
revoke all on function public.suggest_templates(text, integer) from public;
grant execute on function public.suggest_templates(text, integer) to anon, authenticated;

-- Like this one ----------------------------------------------------------------------------------------------------------------
create function internal.similar_cards(template_id uuid, row_limit integer)
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
  tiered boolean := exists (select from internal.gallery_tier t where t.purpose = 'read');
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
    select count(*) into titles from (
      select from internal.gallery g
      where g.title_document @@ internal.exact_search('', word) and (g.hot or not tiered)
      limit frequent + 1) t;
    lexemes := lexemes || internal.exact_search('', word);
    weights := weights || 1 / ln(2.0::double precision + titles);
    if titles <= frequent then
      rare := case when rare is null then internal.exact_search('', word) else rare || internal.exact_search('', word) end;
    end if;
  end loop;

  -- Those with a rare word of the title in theirs, and the most liked ones with the same tags or the same category.
  if rare is not null then
    ids := array(select g.template_id from internal.gallery g where g.title_document @@ rare limit 200);
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
comment on function internal.similar_cards(uuid, integer) is
  'Definer: reads internal.gallery, which holds public templates only. Templates that share rare words of the title, tags or the category; 1-24 rows, none for a template outside the gallery.';
revoke all on function internal.similar_cards(uuid, integer) from public;
grant execute on function internal.similar_cards(uuid, integer) to anon, authenticated;

create function public.similar_templates(template_id uuid, row_limit integer default 6)
returns setof internal.card
language sql
stable
set search_path = ''
as $$ select * from internal.similar_cards(similar_templates.template_id, row_limit) $$;
comment on function public.similar_templates(uuid, integer) is 'Published templates like this one, the most alike first.';
revoke all on function public.similar_templates(uuid, integer) from public;
grant execute on function public.similar_templates(uuid, integer) to anon, authenticated;
