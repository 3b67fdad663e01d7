-- The gallery's own tables: published templates and nothing else, with what a card shows and what search reads. The
-- operators of search are not leakproof, so under a row-level policy no GIN index would be used (0.2 ms becomes seconds);
-- here the filter is the table itself, and definer functions read it.
--
-- Two tables, because likes change often and words seldom. internal.gallery_ranks is narrow and has the orders' indexes;
-- internal.gallery is wide and has the words'. A counter of internal.gallery is in none of its indexes, so folding likes
-- rewrites a row within its page and touches no GIN entry.

create text search configuration internal.plain (copy = pg_catalog.simple);
alter text search configuration internal.plain
  alter mapping for hword, hword_part, word with extensions.unaccent, pg_catalog.simple;
comment on text search configuration internal.plain is 'Words as they are, without case and accents; any language.';

create text search configuration internal.english (copy = pg_catalog.english);
alter text search configuration internal.english
  alter mapping for hword, hword_part, word with extensions.unaccent, pg_catalog.english_stem;
comment on text search configuration internal.english is 'English stems, without accents.';

-- Text as search takes it apart ----------------------------------------------------------------------------------------------
create function internal.fold_text(written text) returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  folded text := fold_text.written;
begin
  -- Names that are more than their letters, before their signs go.
  if folded ~ '[#+]' then
    folded := regexp_replace(folded, '(?<![[:alnum:]_])([a-z])#(?![[:alnum:]])', '\1sharp ', 'gi');
    folded := regexp_replace(folded, '(?<![[:alnum:]_])([a-z])\+\+', '\1plusplus ', 'gi');
  end if;
  if folded ~* '\.net' then
    folded := regexp_replace(folded, '(?<![[:alnum:]])\.net(?![[:alnum:]])', ' dotnet ', 'gi');
    folded := regexp_replace(folded, '\m(asp|vb|ado|ml)\.net\M', '\1 dotnet ', 'gi');
  end if;
  folded := translate(folded, '/\.@+<>&', '        ');
  if position('-' in folded) > 0 then
    folded := regexp_replace(folded, '-(?=[0-9])', ' ', 'g');
  end if;
  if octet_length(folded) = length(folded) then
    return folded;
  end if;
  -- One spelling for what is read as one: without accents, Arabic vowels, tatweel and signs without width; full and half
  -- width alike; one alef, one yeh, one kaf, one sigma; European digits.
  folded := normalize(regexp_replace(normalize(folded, nfkd),
    '[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]',
    '', 'g'), nfc);
  return translate(folded, 'ٱىةکیς٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹', 'ايهكيσ01234567890123456789');
end
$$;
comment on function internal.fold_text(text) is
  'One spelling for all ways to write the same: without this PostgreSQL reads CI/CD as a path, Node.js as a host, the 4 of GPT-4 as minus four and <b> as markup, loses the sign of C#, and takes alef with and without hamza for two letters.';
revoke all on function internal.fold_text(text) from public;

create function internal.unspaced_signs() returns text
language sql
immutable
set search_path = ''
as $$
  select '\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ebd\u0ec0-\u0ecd\u1000-\u103f\u1780-\u17d3\u3005\u3006\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff'
$$;
comment on function internal.unspaced_signs() is
  'For a regular expression''s brackets: the letters of Chinese, Japanese, Korean, Thai, Lao, Burmese and Khmer, whose words are not, or not always, set apart by spaces.';
revoke all on function internal.unspaced_signs() from public;

create function internal.search_text(written text) returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  folded text := internal.fold_text(search_text.written);
begin
  if octet_length(folded) = length(folded) or folded !~ ('[' || internal.unspaced_signs() || ']') then
    return folded;
  end if;
  folded := regexp_replace(folded, '([' || internal.unspaced_signs() || ']+)', ' \1 ', 'g');
  return regexp_replace(
    folded, '(?<=[' || internal.unspaced_signs() || '])([' || internal.unspaced_signs() || '])', '\1 \1', 'g');
end
$$;
comment on function internal.search_text(text) is
  'Text for a document: folded, and a run of letters without spaces as overlapping pairs and its last letter (ABC as AB BC C), so that any part of it is found as a phrase of pairs, and one letter as the beginning of a pair.';
revoke all on function internal.search_text(text) from public;

-- The tables -----------------------------------------------------------------------------------------------------------------
create table internal.gallery (
  template_id uuid primary key references public.prompt_templates (id) on delete cascade,
  author_id uuid not null references public.users (id) on delete cascade,
  published_at timestamptz not null,
  trending double precision not null,
  likes_count integer not null,
  uses_count integer not null,
  popular bigint not null generated always as (likes_count::bigint * 4294967296 + uses_count) stored,
  title_words smallint not null,
  hot boolean not null default false,
  category varchar(100),
  tags text[] not null,
  title varchar(255) not null,
  author_name varchar(255),
  goal text not null,
  variables text[] not null,
  title_document tsvector not null,
  document tsvector not null
) with (fillfactor = 60, toast_tuple_target = 256);
-- A long document goes out of the row, so that a new version of the row finds room in its page: then no index is touched.
alter table internal.gallery
  alter column tags set storage main,
  alter column goal set storage main,
  alter column variables set storage main,
  alter column title_document set storage main;
comment on table internal.gallery is 'One row per template in the gallery, kept by triggers. Public data only.';
comment on column internal.gallery.goal is 'Shortened to what a card shows.';
comment on column internal.gallery.trending is
  'log2(1 + likes) + weeks since 1970: a week of age weighs as much as twice the likes, and the order never changes with time.';
comment on column internal.gallery.popular is 'Likes, then uses, as one number: the order "most liked".';
comment on column internal.gallery.title_words is 'Different words of the title: how much of it a query covers.';
comment on column internal.gallery.hot is
  'Among the first in at least one order. Every row from internal.gallery_tier''s places upwards is hot; others may be for a while.';
comment on column internal.gallery.title_document is
  'The title''s words and stems, and all its stems together as one lexeme "is:", which a query with just these words finds.';
comment on column internal.gallery.document is
  'Title, goal, tags, author and template for search, with cat:, tag:, au: (a word of the author''s name) and by: (their id) lexemes, so that one index answers all filters.';
alter table internal.gallery enable row level security;
create policy gallery_nobody on internal.gallery for all to anon, authenticated using (false);
comment on policy gallery_nobody on internal.gallery is 'Definer functions alone read and write it.';

-- No counter is in any of these: see the top of this file.
create index gallery_author_id_idx on internal.gallery (author_id);
create index gallery_title_idx on internal.gallery (lower(title) text_pattern_ops);
create index gallery_title_document_idx on internal.gallery using gin (title_document) with (fastupdate = off);
create index gallery_document_idx on internal.gallery using gin (document) with (fastupdate = off);
create index gallery_hot_document_idx on internal.gallery using gin (document) with (fastupdate = off) where hot;
create index gallery_hot_title_document_idx on internal.gallery using gin (title_document) with (fastupdate = off) where hot;

create table internal.gallery_ranks (
  template_id uuid primary key references internal.gallery (template_id) on delete cascade,
  author_id uuid not null,
  category varchar(100),
  popular bigint not null,
  uses_count integer not null,
  trending double precision not null,
  published_at timestamptz not null
);
comment on table internal.gallery_ranks is 'The places of internal.gallery''s rows in each order; a row of one is a row of the other.';
alter table internal.gallery_ranks enable row level security;
create policy gallery_ranks_nobody on internal.gallery_ranks for all to anon, authenticated using (false);
comment on policy gallery_ranks_nobody on internal.gallery_ranks is 'Definer functions alone read and write it.';
create index gallery_ranks_popular_idx on internal.gallery_ranks (popular desc, template_id desc);
create index gallery_ranks_uses_idx on internal.gallery_ranks (uses_count desc, template_id desc);
create index gallery_ranks_trending_idx on internal.gallery_ranks (trending desc, template_id desc);
create index gallery_ranks_published_idx on internal.gallery_ranks (published_at desc, template_id desc);
create index gallery_ranks_category_popular_idx on internal.gallery_ranks (category, popular desc, template_id desc);
create index gallery_ranks_category_uses_idx on internal.gallery_ranks (category, uses_count desc, template_id desc);
create index gallery_ranks_category_trending_idx on internal.gallery_ranks (category, trending desc, template_id desc);
create index gallery_ranks_category_published_idx on internal.gallery_ranks (category, published_at desc, template_id desc);
create index gallery_ranks_author_popular_idx on internal.gallery_ranks (author_id, popular desc, template_id desc);
create index gallery_ranks_author_published_idx on internal.gallery_ranks (author_id, published_at desc, template_id desc);

create table internal.gallery_tier (
  purpose text primary key check (purpose in ('write', 'read')),
  popular bigint not null,
  popular_id uuid not null,
  uses_count integer not null,
  uses_id uuid not null,
  trending double precision not null,
  trending_id uuid not null,
  published_at timestamptz not null,
  published_id uuid not null,
  templates bigint not null,
  cooled boolean not null default false
);
comment on table internal.gallery_tier is
  'From which place of each order on a row is hot. Those who write rows mark them by both lines; "read": all such rows are marked, so a search may rely on it; "write": the places it moves to. No lines where the gallery is so small that it needs no tier.';
comment on column internal.gallery_tier.templates is 'How many templates the gallery had when it was set.';
comment on column internal.gallery_tier.cooled is 'No row is hot any more that need not be.';
alter table internal.gallery_tier enable row level security;
create policy gallery_tier_nobody on internal.gallery_tier for all to anon, authenticated using (false);
comment on policy gallery_tier_nobody on internal.gallery_tier is 'Definer functions alone read and write it.';

-- Keeping it ---------------------------------------------------------------------------------------------------------------
create function internal.trending(likes integer, published timestamptz) returns double precision
language sql
immutable
set search_path = ''
as $$
  select log(2, 1 + greatest(likes, 0))::double precision + extract(epoch from published)::double precision / 604800
$$;
comment on function internal.trending(integer, timestamptz) is 'The score of the order "trending"; a function of likes and age alone.';
revoke all on function internal.trending(integer, timestamptz) from public;

create function internal.title_key(stems tsvector, words tsvector) returns text
language sql
immutable
set search_path = ''
as $$
  -- tsvector_to_array gives them sorted and once each. A title of stop words alone is its words.
  select 'is:' || left(array_to_string(
    tsvector_to_array(case when length(title_key.stems) > 0 then title_key.stems else title_key.words end), ' '), 400)
$$;
comment on function internal.title_key(tsvector, tsvector) is 'All words of a title, in no order, as one lexeme.';
revoke all on function internal.title_key(tsvector, tsvector) from public;

create function internal.refresh_galleries(template_ids uuid[]) returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  -- Between two texts, so that no phrase begins in one and ends in the next; taken out again when they are joined.
  gap constant tsvector := '''|'':20';
begin
  -- Not while the tier is moved: a row marked by the old places must be seen by who moves them.
  perform pg_advisory_xact_lock_shared(hashtextextended('metaprompt.gallery_tier', 0));
  insert into internal.gallery (template_id, author_id, author_name, title, goal, category, tags, variables,
    likes_count, uses_count, trending, published_at, hot, title_words, title_document, document)
  select
    t.id, t.user_id, u.full_name, s.written_title, left(translate(p.goal, e'\u0002\u0003', ''), 300), t.category, t.tags,
    array(
      select left(coalesce(v.value ->> 'name', v.value #>> '{}'), 64)
      from jsonb_array_elements(p.variables) with ordinality as v (value, position)
      where v.value <> 'null'
      order by v.position
      limit 6),
    t.likes_count, t.uses_count, s.trending, t.created_at,
    exists (
      select from internal.gallery_tier w
      where (t.likes_count::bigint * 4294967296 + t.uses_count, t.id) >= (w.popular, w.popular_id)
        or (t.uses_count, t.id) >= (w.uses_count, w.uses_id)
        or (s.trending, t.id) >= (w.trending, w.trending_id)
        or (t.created_at, t.id) >= (w.published_at, w.published_id)),
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
comment on function internal.refresh_galleries(uuid[]) is
  'Definer: writes the gallery''s tables, which nobody else may. Takes each template in, brings it up to date, or takes it out.';
revoke all on function internal.refresh_galleries(uuid[]) from public;

create function internal.refresh_gallery(template_id uuid) returns void
language sql
security definer
set search_path = ''
as $$ select internal.refresh_galleries(array[refresh_gallery.template_id]) $$;
comment on function internal.refresh_gallery(uuid) is 'Definer, as refresh_galleries, of a single template.';
revoke all on function internal.refresh_gallery(uuid) from public;

create function internal.gallery_follows_templates() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform internal.refresh_galleries(array(select n.id from added n));
  return null;
end
$$;
comment on function internal.gallery_follows_templates() is 'Definer, as refresh_galleries: templates are published, one or many at once.';
revoke all on function internal.gallery_follows_templates() from public;

create trigger prompt_templates_gallery_insert
  after insert on public.prompt_templates
  referencing new table as added
  for each statement execute function internal.gallery_follows_templates();

create function internal.gallery_follows_template() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform internal.refresh_galleries(array[new.id]);
  return null;
end
$$;
comment on function internal.gallery_follows_template() is 'Definer, as refresh_galleries: a template''s category or tags change.';
revoke all on function internal.gallery_follows_template() from public;

create trigger prompt_templates_gallery
  after update of category, tags on public.prompt_templates
  for each row when ((old.category, old.tags) is distinct from (new.category, new.tags))
  execute function internal.gallery_follows_template();

create function internal.gallery_follows_prompt() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform internal.refresh_galleries(array[t.id]) from public.prompt_templates t where t.prompt_id = new.id;
  return null;
end
$$;
comment on function internal.gallery_follows_prompt() is
  'Definer, as refresh_galleries: a published prompt changes, goes private, is deleted or restored.';
revoke all on function internal.gallery_follows_prompt() from public;

create trigger prompts_gallery
  after update of title, goal, template, variables, is_public, deleted_at on public.prompts
  for each row when (old.is_public or new.is_public)
  execute function internal.gallery_follows_prompt();

create function internal.gallery_follows_author() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform internal.refresh_galleries(array(select g.template_id from internal.gallery g where g.author_id = new.id));
  return null;
end
$$;
comment on function internal.gallery_follows_author() is 'Definer, as refresh_galleries: an author changes their name.';
revoke all on function internal.gallery_follows_author() from public;

create trigger users_gallery
  after update of full_name on public.users
  for each row when (old.full_name is distinct from new.full_name)
  execute function internal.gallery_follows_author();

-- Templates published before this migration.
select internal.refresh_galleries(array(select id from public.prompt_templates));

-- Folding the counters -----------------------------------------------------------------------------------------------------
create function internal.fold_counters() returns integer
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
      -- A row that climbs over one of the tier's places becomes hot; none is cooled here.
      hot = g.hot or exists (
        select from internal.gallery_tier w
        where (c.likes_count::bigint * 4294967296 + c.uses_count, c.id) >= (w.popular, w.popular_id)
          or (c.uses_count, c.id) >= (w.uses_count, w.uses_id)
          or (c.trending, c.id) >= (w.trending, w.trending_id))
    from counted c
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
comment on function internal.fold_counters() is
  'Definer, for the program alone: adds up to 20,000 pending likes and uses to the counters. Returns how many templates changed.';
revoke all on function internal.fold_counters() from public;
grant execute on function internal.fold_counters() to metaprompt_app;
