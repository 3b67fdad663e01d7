-- The gallery's own table: published templates and nothing else, with what a card shows and what search reads. The
-- operators of search are not leakproof, so under a row-level policy no GIN index would be used (0.2 ms becomes seconds);
-- here the filter is the table itself, and definer functions read it.

create text search configuration internal.plain (copy = pg_catalog.simple);
alter text search configuration internal.plain
  alter mapping for hword, hword_part, word with extensions.unaccent, pg_catalog.simple;
comment on text search configuration internal.plain is 'Words as they are, without case and accents; any language.';

create text search configuration internal.english (copy = pg_catalog.english);
alter text search configuration internal.english
  alter mapping for hword, hword_part, word with extensions.unaccent, pg_catalog.english_stem;
comment on text search configuration internal.english is 'English stems, without accents.';

create table internal.gallery (
  template_id uuid primary key references public.prompt_templates (id) on delete cascade,
  author_id uuid not null references public.users (id) on delete cascade,
  author_name varchar(255),
  title varchar(255) not null,
  goal text not null,
  category varchar(100),
  tags text[] not null,
  variables text[] not null,
  likes_count integer not null,
  uses_count integer not null,
  trending double precision not null,
  published_at timestamptz not null,
  title_document tsvector not null,
  document tsvector not null
);
comment on table internal.gallery is 'One row per template in the gallery, kept by triggers. Public data only.';
comment on column internal.gallery.goal is 'Shortened to what a card shows.';
comment on column internal.gallery.trending is
  'log2(1 + likes) + weeks since 1970: a week of age weighs as much as twice the likes, and the order never changes with time.';
comment on column internal.gallery.document is
  'Title, goal, tags, author and template for search, with cat: and tag: lexemes, so that one index answers all filters.';
alter table internal.gallery enable row level security;
create policy gallery_nobody on internal.gallery for all to anon, authenticated using (false);
comment on policy gallery_nobody on internal.gallery is 'Definer functions alone read and write it.';

create index gallery_likes_idx on internal.gallery (likes_count desc, template_id desc);
create index gallery_uses_idx on internal.gallery (uses_count desc, template_id desc);
create index gallery_published_idx on internal.gallery (published_at desc, template_id desc);
create index gallery_trending_idx on internal.gallery (trending desc, template_id desc);
create index gallery_category_likes_idx on internal.gallery (category, likes_count desc, template_id desc);
create index gallery_author_idx on internal.gallery (author_id, published_at desc, template_id desc);
create index gallery_title_idx on internal.gallery (lower(title), likes_count desc, template_id desc);
create index gallery_title_document_idx on internal.gallery using gin (title_document) with (fastupdate = off);
create index gallery_document_idx on internal.gallery using gin (document) with (fastupdate = off);

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

create function internal.search_text(written text) returns text
language sql
immutable
set search_path = ''
as $$
  select regexp_replace(translate(search_text.written, '/\.@+<>&', '        '), '-(?=[0-9])', ' ', 'g')
$$;
comment on function internal.search_text(text) is
  'Text as search takes it apart: without this PostgreSQL reads CI/CD as a path, Node.js as a host, the 4 of GPT-4 as minus four and <b> as markup, and nobody finds them by their words.';
revoke all on function internal.search_text(text) from public;

create function internal.refresh_gallery(template_id uuid) returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  -- Between two texts, so that no phrase begins in one and ends in the next; taken out again when they are joined.
  gap constant tsvector := '''|'':20';
begin
  insert into internal.gallery (template_id, author_id, author_name, title, goal, category, tags, variables,
    likes_count, uses_count, trending, published_at, title_document, document)
  select
    t.id, t.user_id, u.full_name, p.title, left(p.goal, 300), t.category, t.tags,
    array(
      select left(coalesce(v.value ->> 'name', v.value #>> '{}'), 64)
      from jsonb_array_elements(p.variables) with ordinality as v (value, position)
      where v.value <> 'null'
      order by v.position
      limit 6),
    t.likes_count, t.uses_count, internal.trending(t.likes_count, t.created_at), t.created_at,
    ts_delete(s.title, '|'),
    ts_delete(setweight(s.title, 'A')
      || gap || setweight(to_tsvector('internal.plain', s.goal), 'B')
      || gap || setweight(to_tsvector('internal.english', s.goal), 'B')
      || gap || setweight(to_tsvector('internal.plain', s.labels), 'B')
      || gap || setweight(to_tsvector('internal.plain', s.author), 'C')
      || gap || setweight(to_tsvector('internal.english', s.template), 'D'), '|')
      || array_to_tsvector(
        array(select distinct 'tag:' || lower(tag) from unnest(t.tags) as tag where tag <> '')
        || case when t.category is null then '{}'::text[] else array['cat:' || lower(t.category)] end)
  from public.prompt_templates t
  join public.prompts p on p.id = t.prompt_id
  join public.users u on u.id = t.user_id
  cross join lateral (
    select
      to_tsvector('internal.plain', internal.search_text(p.title)) || gap
        || to_tsvector('internal.english', internal.search_text(p.title)) as title,
      internal.search_text(p.goal) as goal,
      internal.search_text(concat_ws(' | ', variadic t.tags || t.category::text)) as labels,
      internal.search_text(coalesce(u.full_name, '')) as author,
      internal.search_text(left(p.template, 50000)) as template) s
  where t.id = refresh_gallery.template_id and p.is_public and p.deleted_at is null
  on conflict on constraint gallery_pkey do update set
    author_name = excluded.author_name,
    title = excluded.title,
    goal = excluded.goal,
    category = excluded.category,
    tags = excluded.tags,
    variables = excluded.variables,
    title_document = excluded.title_document,
    document = excluded.document;
  if not found then
    delete from internal.gallery g where g.template_id = refresh_gallery.template_id;
  end if;
end
$$;
comment on function internal.refresh_gallery(uuid) is
  'Definer: writes the gallery''s table, which nobody else may. Takes the template in, brings it up to date, or takes it out.';
revoke all on function internal.refresh_gallery(uuid) from public;

create function internal.gallery_follows_template() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform internal.refresh_gallery(new.id);
  return null;
end
$$;
comment on function internal.gallery_follows_template() is 'Definer, as refresh_gallery: a template is published or its category or tags change.';
revoke all on function internal.gallery_follows_template() from public;

create trigger prompt_templates_gallery
  after insert or update of category, tags on public.prompt_templates
  for each row execute function internal.gallery_follows_template();

create function internal.gallery_follows_prompt() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform internal.refresh_gallery(t.id) from public.prompt_templates t where t.prompt_id = new.id;
  return null;
end
$$;
comment on function internal.gallery_follows_prompt() is
  'Definer, as refresh_gallery: a published prompt changes, goes private, is deleted or restored.';
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
  perform internal.refresh_gallery(g.template_id) from internal.gallery g where g.author_id = new.id;
  return null;
end
$$;
comment on function internal.gallery_follows_author() is 'Definer, as refresh_gallery: an author changes their name.';
revoke all on function internal.gallery_follows_author() from public;

create trigger users_gallery
  after update of full_name on public.users
  for each row when (old.full_name is distinct from new.full_name)
  execute function internal.gallery_follows_author();

-- Templates published before this migration.
select internal.refresh_gallery(id) from public.prompt_templates;

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
    returning t.id, t.likes_count, t.uses_count, t.created_at
  ), shown as (
    update internal.gallery g
    set likes_count = c.likes_count, uses_count = c.uses_count, trending = internal.trending(c.likes_count, c.created_at)
    from counted c
    where g.template_id = c.id
    returning g.template_id
  )
  select count(*) into folded from counted;
  return folded;
end
$$;
comment on function internal.fold_counters() is
  'Definer, for the program alone: adds up to 20,000 pending likes and uses to the counters. Returns how many templates changed.';
revoke all on function internal.fold_counters() from public;
grant execute on function internal.fold_counters() to metaprompt_app;
