-- The words of the gallery, to mend what a person mistyped. Each word has itself and its spellings with one letter left
-- out; two words with one of these in common are at most a wrong, a missing, a superfluous or two exchanged letters apart.
-- Finding the neighbours of a word is so a look into an index, whatever the number of words.

create table internal.search_words (
  word text collate "C" primary key,
  templates integer not null,
  deletes text[] collate "C" not null
);
comment on table internal.search_words is
  'Words of titles, goals, tags and authors'' names, and about how many templates have them: nothing is taken off, so a word may be one that no template has any more. Nobody reads it; what it proposes is tried on the gallery first.';
alter table internal.search_words enable row level security;
create policy search_words_nobody on internal.search_words for all to anon, authenticated using (false);
comment on policy search_words_nobody on internal.search_words is 'Definer functions alone read and write it.';
create index search_words_deletes_idx on internal.search_words using gin (deletes) with (fastupdate = off);

create table internal.search_word_sources (
  id bigint generated always as identity primary key,
  template_id uuid not null,
  is_new boolean not null
);
comment on table internal.search_word_sources is
  'Templates whose words are not learned yet. No foreign key: a line may outlive its template by a second.';
alter table internal.search_word_sources enable row level security;
create policy search_word_sources_nobody on internal.search_word_sources for all to anon, authenticated using (false);
comment on policy search_word_sources_nobody on internal.search_word_sources is 'Definer functions alone read and write it.';

create function internal.word_deletes(word text) returns text[]
language sql
immutable
set search_path = ''
as $$
  select array(
    select word_deletes.word
    union
    select substr(word_deletes.word, 1, n - 1) || substr(word_deletes.word, n + 1) from generate_series(1, length(word_deletes.word)) n)
$$;
comment on function internal.word_deletes(text) is 'A word, and it without each of its letters.';
revoke all on function internal.word_deletes(text) from public;

create function internal.queue_search_words() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into internal.search_word_sources (template_id, is_new) select c.template_id, true from changed c;
  return null;
end
$$;
comment on function internal.queue_search_words() is 'Definer: nobody may write the queue. Templates come into the gallery.';
revoke all on function internal.queue_search_words() from public;

create trigger gallery_words_inserted
  after insert on internal.gallery
  referencing new table as changed
  for each statement execute function internal.queue_search_words();

create function internal.queue_changed_words() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into internal.search_word_sources (template_id, is_new) values (new.template_id, false);
  return null;
end
$$;
comment on function internal.queue_changed_words() is 'Definer: nobody may write the queue. A template''s words change.';
revoke all on function internal.queue_changed_words() from public;

create trigger gallery_words_updated
  after update of document on internal.gallery
  for each row when (old.document is distinct from new.document)
  execute function internal.queue_changed_words();

insert into internal.search_word_sources (template_id, is_new) select g.template_id, true from internal.gallery g;

create function internal.learn_search_words(batch integer) returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  taken integer;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('metaprompt.learn_search_words', 0)) then
    return 0;
  end if;
  with sources as (
    delete from internal.search_word_sources s
    where s.id in (select e.id from internal.search_word_sources e order by e.id limit batch)
    returning s.template_id, s.is_new
  ), found as (
    select w.word, w.templates
    from (
      select l.word, count(*) filter (where s.is_new) as templates
      from sources s
      join internal.gallery g on g.template_id = s.template_id
      cross join lateral unnest(tsvector_to_array(to_tsvector('internal.plain', internal.search_text(
        concat_ws(' | ', variadic array[g.title, g.goal, g.category, g.author_name] || g.tags))))) as l (word)
      group by l.word
      -- Each word is looked at once, not once for each text that has it.
      offset 0) w
    where w.word ~ '^[[:alpha:]]{3,30}$' and w.word !~ ('[' || internal.unspaced_signs() || ']')
  ), written as (
    insert into internal.search_words as w (word, templates, deletes)
    select f.word, greatest(1, f.templates), internal.word_deletes(f.word) from found f
    on conflict on constraint search_words_pkey do update set templates = w.templates + excluded.templates
      where excluded.templates > 1 or w.templates < 100
  )
  select count(*) into taken from sources;
  return taken;
end
$$;
comment on function internal.learn_search_words(integer) is
  'Definer, for the program alone: takes up the words of so many templates. Returns how many it took.';
revoke all on function internal.learn_search_words(integer) from public;
grant execute on function internal.learn_search_words(integer) to metaprompt_app;

-- Did you mean ---------------------------------------------------------------------------------------------------------------
create function internal.word_neighbours(wanted text, is_last boolean, row_limit integer) returns table (word text, place bigint)
language sql
stable
set search_path = ''
set enable_seqscan = off
as $$
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
    (select substr(wanted, 1, n) || ' ' || substr(wanted, n + 1), ln(1 + least(a.templates, b.templates)) + 3
     from generate_series(3, length(wanted) - 3) n
     join internal.search_words a on a.word = substr(wanted, 1, n)
     join internal.search_words b on b.word = substr(wanted, n + 1)
     limit 3)) n
  group by n.word
  order by 2
  limit row_limit
$$;
comment on function internal.word_neighbours(text, boolean, integer) is 'Known words that may be meant by an unknown one, the likeliest first.';
revoke all on function internal.word_neighbours(text, boolean, integer) from public;

create function internal.replace_word(written text, old_word text, new_word text) returns text
language sql
immutable
set search_path = ''
as $$
  -- Words here are letters alone, so that nothing in them is an operator.
  select regexp_replace(written, '(^|\s)' || old_word || '(?=\s|$)', '\1' || new_word, 'g')
$$;
comment on function internal.replace_word(text, text, text) is 'A query with one of its words, letters alone, replaced.';
revoke all on function internal.replace_word(text, text, text) from public;

create function internal.advise_search(query text, category_filter text, tag_filter text, author_filter uuid) returns text
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
  if coalesce(typed, '') = '' or exists (
    select from internal.search_gallery(typed, category_filter, tag_filter, author_filter, 'likes', null, null, 1))
  then
    return null;
  end if;
  for term in
    select t.place, t.word, internal.fold_text(t.word) as folded from internal.search_terms(typed) t
    where not t.negated and t.field is null and not t.quoted order by t.place limit 12
  loop
    if term.folded ~ '^[[:alpha:]]{3,30}$' and not term.word = any (words) then
      words := words || term.word;
      unknown := unknown || not exists (
        select from internal.gallery g where g.document @@ internal.words_search('internal.plain', term.word, false)
          or g.document @@ internal.words_search('internal.english', term.word, false));
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
    if exists (select from internal.search_gallery(attempt, category_filter, tag_filter, author_filter, 'likes', null, null, 1)) then
      titled := (internal.parse_search(attempt)).titled;
      if titled is null or exists (select from internal.gallery g where g.title_document @@ titled) then
        return attempt;
      end if;
      second_best := coalesce(second_best, attempt);
    end if;
  end loop;
  return second_best;
end
$$;
comment on function internal.advise_search(text, text, text, uuid) is
  'Definer: reads internal.gallery and its words, public templates only. The query with its typos mended, where it finds nothing as it is and something when mended; else null.';
revoke all on function internal.advise_search(text, text, text, uuid) from public;
grant execute on function internal.advise_search(text, text, text, uuid) to anon, authenticated;

create function public.advise_search(
  query text, category_filter text default null, tag_filter text default null, author_filter uuid default null)
returns text
language sql
stable
set search_path = ''
as $$ select internal.advise_search(query, category_filter, tag_filter, author_filter) $$;
comment on function public.advise_search(text, text, text, uuid) is
  'The query with its typos mended, where it finds nothing as it is and something when mended; else null.';
revoke all on function public.advise_search(text, text, text, uuid) from public;
grant execute on function public.advise_search(text, text, text, uuid) to anon, authenticated;
