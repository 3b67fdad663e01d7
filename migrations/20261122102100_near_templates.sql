-- Finding templates that are nearly the same as a prompt, among a million, before it is published.
--
-- MinHash: a text is the set of its runs of three words; of 48 orders of all possible runs the first that the text has is
-- kept, three by three in sixteen bands. Two texts that have 60% of all their runs in common share a band with a likelihood
-- of 98%, two that have 10% with 1.6%, two that have 2% with 0.01%. Bands stand in a GIN index, so only a few candidates are compared run by run.

create function internal.normalised_text(written text) returns text
language sql
immutable
set search_path = ''
as $$
  -- Not letters: what nobody sees; the names of blanks, which are free to choose; signs and blanks.
  select btrim(regexp_replace(regexp_replace(regexp_replace(
    lower(normalize(translate(normalised_text.written, U&'\00AD\200B\200C\200D\2060\FEFF', ''), nfkc)),
    '\{\{[^{}]{0,100}\}\}', ' 0 ', 'g'),
    '([\u3041-\u30ff\u3400-\u9fff])', ' \1 ', 'g'),
    '[^[:alnum:]]+', ' ', 'g'))
$$;
comment on function internal.normalised_text(text) is
  'What is left of a text when case, signs, blanks, invisible characters and the names of variables do not count; Chinese and Japanese sign by sign.';
revoke all on function internal.normalised_text(text) from public;

create function internal.shingles(normalised text) returns bigint[]
language sql
immutable
set search_path = ''
as $$
  select array(
    select distinct hashtextextended(concat_ws(' ', w.word, w.next, w.last), 0)
    from (
      select u.word, lead(u.word) over place as next, lead(u.word, 2) over place as last, u.place
      from unnest(string_to_array(left(shingles.normalised, 20000), ' ')) with ordinality as u (word, place)
      window place as (order by u.place)
    ) w
    where w.last is not null or w.place = 1)
$$;
comment on function internal.shingles(text) is 'The runs of three words of a normalised text, as hashes, each once; of its first 20,000 characters.';
revoke all on function internal.shingles(text) from public;

create function internal.band(number integer, first bigint, second bigint, third bigint) returns integer
language sql
immutable
as $$
  select (hashint8extended(first, hashint8extended(second, hashint8extended(third, number))) & 2147483647)::integer
$$;
alter function internal.band(integer, bigint, bigint, bigint) set search_path = '';
comment on function internal.band(integer, bigint, bigint, bigint) is 'Three firsts as one number, another one in each band.';
revoke all on function internal.band(integer, bigint, bigint, bigint) from public;

create function internal.bands(shingles bigint[]) returns integer[]
language sql
immutable
set search_path = ''
as $$
  -- Nearest by exclusive or to a fixed random number: an order of all hashes of its own for each number.
  select array[
    internal.band(1, min(s.h # 1286112499094272508), min(s.h # (-4833858627166877462)), min(s.h # (-2128419376404164327))),
    internal.band(2, min(s.h # 2160380488472321966), min(s.h # (-8072214900362641908)), min(s.h # (-2089182058419776178))),
    internal.band(3, min(s.h # (-8900657094246625967)), min(s.h # (-1166765330222505498)), min(s.h # 4017735207950390773)),
    internal.band(4, min(s.h # (-5038881038579597563)), min(s.h # (-2540861817347457826)), min(s.h # (-1871229052428822302))),
    internal.band(5, min(s.h # (-4399211969685513264)), min(s.h # 3540008969634048463), min(s.h # 5642124202761541787)),
    internal.band(6, min(s.h # (-524721392190014240)), min(s.h # (-4006359272363981268)), min(s.h # (-6687567333182217032))),
    internal.band(7, min(s.h # 7164094183178450589), min(s.h # 4732378930452124938), min(s.h # 8099057361719412041)),
    internal.band(8, min(s.h # 1934781621953119565), min(s.h # 8549855983095946989), min(s.h # 1816469725802853986)),
    internal.band(9, min(s.h # 5026794191938102868), min(s.h # 1004443972509016448), min(s.h # 1525671813227091863)),
    internal.band(10, min(s.h # 8293741806984516583), min(s.h # 6555616221914490693), min(s.h # 4942901695203517534)),
    internal.band(11, min(s.h # (-1776056415528895859)), min(s.h # 3123239217358095322), min(s.h # (-7351620689089420080))),
    internal.band(12, min(s.h # 4735674759757654299), min(s.h # (-777330444203373936)), min(s.h # (-5857152144629921954))),
    internal.band(13, min(s.h # (-3738508843967318386)), min(s.h # 3187998074959132425), min(s.h # (-1959948771875953348))),
    internal.band(14, min(s.h # (-5822785040059954233)), min(s.h # 1236172610362881698), min(s.h # 4251006420784632146)),
    internal.band(15, min(s.h # 8909244620343576501), min(s.h # 9079612483128507103), min(s.h # (-912135389264721975))),
    internal.band(16, min(s.h # 1333270196788679677), min(s.h # (-2959906876221866014)), min(s.h # (-1729128826685923930)))]
  from unnest(bands.shingles) as s (h)
$$;
comment on function internal.bands(bigint[]) is 'The sixteen bands of a set of hashes.';
revoke all on function internal.bands(bigint[]) from public;

create table internal.template_fingerprints (
  template_id uuid primary key references public.prompt_templates (id) on delete cascade,
  text_hash uuid not null,
  bands integer[] not null
);
comment on table internal.template_fingerprints is 'One row per template in the gallery, kept by triggers: what near-duplicates are found by.';
comment on column internal.template_fingerprints.text_hash is 'Of the normalised text; templates with the same one say the same.';
alter table internal.template_fingerprints enable row level security;
create policy template_fingerprints_nobody on internal.template_fingerprints for all to anon, authenticated using (false);
comment on policy template_fingerprints_nobody on internal.template_fingerprints is 'Definer functions alone read and write it.';
create index template_fingerprints_text_hash_idx on internal.template_fingerprints (text_hash);
create index template_fingerprints_bands_idx on internal.template_fingerprints using gin (bands) with (fastupdate = off);

-- Keeping it ---------------------------------------------------------------------------------------------------------------
create function internal.refresh_fingerprint(template_id uuid) returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into internal.template_fingerprints as f (template_id, text_hash, bands)
  select t.id, md5(n.normalised)::uuid, internal.bands(internal.shingles(n.normalised))
  from public.prompt_templates t
  join public.prompts p on p.id = t.prompt_id
  cross join lateral (select internal.normalised_text(p.template) as normalised offset 0) n
  where t.id = refresh_fingerprint.template_id and p.is_public and p.deleted_at is null
  on conflict on constraint template_fingerprints_pkey do update
  set text_hash = excluded.text_hash, bands = excluded.bands
  where f.text_hash <> excluded.text_hash;
  if not exists (
    select from public.prompt_templates t join public.prompts p on p.id = t.prompt_id
    where t.id = refresh_fingerprint.template_id and p.is_public and p.deleted_at is null)
  then
    delete from internal.template_fingerprints f where f.template_id = refresh_fingerprint.template_id;
  end if;
end
$$;
comment on function internal.refresh_fingerprint(uuid) is
  'Definer: writes a table nobody else may. Takes a template''s fingerprint, or forgets it where it is not public.';
revoke all on function internal.refresh_fingerprint(uuid) from public;

create function internal.fingerprint_follows() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if tg_table_name = 'prompt_templates' then
    perform internal.refresh_fingerprint(new.id);
  else
    perform internal.refresh_fingerprint(t.id) from public.prompt_templates t where t.prompt_id = new.id;
  end if;
  return null;
end
$$;
comment on function internal.fingerprint_follows() is 'Definer, as refresh_fingerprint: a template is published, changed or taken back.';
revoke all on function internal.fingerprint_follows() from public;

create trigger prompt_templates_fingerprint
  after insert on public.prompt_templates
  for each row execute function internal.fingerprint_follows();
create trigger prompts_fingerprint
  after update of template, is_public, deleted_at on public.prompts
  for each row when ((old.is_public or new.is_public)
    and (old.template, old.is_public, old.deleted_at) is distinct from (new.template, new.is_public, new.deleted_at))
  execute function internal.fingerprint_follows();

-- Templates published before this migration.
select internal.refresh_fingerprint(id) from public.prompt_templates;

-- Copies -------------------------------------------------------------------------------------------------------------------
create function internal.refuse_copy(user_id uuid, template text) returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  -- A short line that two people wrote is no copy.
  least constant integer := 100;
  normalised text := internal.normalised_text(refuse_copy.template);
  hash uuid := md5(normalised)::uuid;
  copied uuid;
begin
  if length(normalised) < least then
    return;
  end if;
  select f.template_id into copied
  from internal.template_fingerprints f
  join public.prompt_templates t on t.id = f.template_id
  where f.text_hash = hash and t.user_id <> refuse_copy.user_id
  order by t.created_at, t.id
  limit 1;
  if copied is not null then
    raise exception 'the same text is in the gallery already' using errcode = 'PT409', hint = copied::text;
  end if;
  if exists (select from internal.hidden_templates h where h.text_hash = hash) then
    raise exception 'a moderator has hidden this text' using errcode = 'PT403';
  end if;
end
$$;
comment on function internal.refuse_copy(uuid, text) is
  'Definer: reads tables nobody may. PT409 with the other template''s id in the hint where somebody else published the very text, PT403 where a moderator hid it.';
revoke all on function internal.refuse_copy(uuid, text) from public;

-- Near duplicates ----------------------------------------------------------------------------------------------------------
create function internal.near_templates(prompt_id uuid)
returns table (
  template_id uuid, title varchar, category varchar, author_id uuid, author_name varchar, published_at timestamptz,
  likes_count integer, similarity real, same_text boolean, is_own boolean, is_origin boolean)
language plpgsql
stable
security definer
set search_path = ''
-- How many share a band is guessed far too high, and with the limit a scan of the whole table looks cheap: 150 ms at a million.
set enable_seqscan = off
as $$
declare
  candidates_max constant integer := 400;
  compared_max constant integer := 20;
  own_template text;
  own_origin uuid;
  normalised text;
  mine bigint[];
  my_bands integer[];
begin
  select p.template, p.origin_template_id into own_template, own_origin
  from public.prompts p
  where p.id = near_templates.prompt_id and p.user_id = (select auth.uid()) and p.deleted_at is null;
  if not found then
    return;
  end if;
  normalised := internal.normalised_text(own_template);
  mine := internal.shingles(normalised);
  my_bands := internal.bands(mine);
  return query
    with candidates as materialized (
      (select f.template_id, f.bands, f.text_hash from internal.template_fingerprints f
       where f.text_hash = md5(normalised)::uuid limit compared_max)
      union
      (select f.template_id, f.bands, f.text_hash from internal.template_fingerprints f
       where f.bands && my_bands limit candidates_max)
    ), likeliest as materialized (
      select c.template_id, c.text_hash = md5(normalised)::uuid as same_text
      from candidates c
      order by c.text_hash = md5(normalised)::uuid desc,
        (select count(*) from unnest(c.bands) as b (band) where b.band = any (my_bands)) desc, c.template_id
      limit compared_max + 1
    ), compared as materialized (
      select l.template_id, l.same_text, t.user_id, t.category, t.created_at, t.likes_count, p.title, s.theirs,
        (select count(*) from unnest(s.theirs) as h (hash) join unnest(mine) as m (hash) using (hash)) as shared
      from likeliest l
      join public.prompt_templates t on t.id = l.template_id
      join public.prompts p on p.id = t.prompt_id
      cross join lateral (select internal.shingles(internal.normalised_text(p.template)) as theirs offset 0) s
      where p.is_public and p.deleted_at is null and p.id <> near_templates.prompt_id
    )
    select c.template_id, c.title, c.category, c.user_id, u.full_name, c.created_at, c.likes_count,
      case when c.same_text then 1 else (2.0 * c.shared / greatest(1, cardinality(c.theirs) + cardinality(mine)))::real end,
      c.same_text, c.user_id = (select auth.uid()), c.template_id is not distinct from own_origin
    from compared c
    join public.users u on u.id = c.user_id
    where c.same_text or 2.0 * c.shared / greatest(1, cardinality(c.theirs) + cardinality(mine)) >= 0.6
    order by 8 desc, c.likes_count desc, c.template_id
    limit 5;
end
$$;
comment on function internal.near_templates(uuid) is
  'Definer: reads tables nobody may; of the gallery what anybody may see, for a prompt of the signed-in person''s own. The share of runs of three words that both have (Dice), from 0.6 on, five at most.';
revoke all on function internal.near_templates(uuid) from public;
grant execute on function internal.near_templates(uuid) to authenticated;

create function public.near_templates(prompt_id uuid)
returns table (
  template_id uuid, title varchar, category varchar, author_id uuid, author_name varchar, published_at timestamptz,
  likes_count integer, similarity real, same_text boolean, is_own boolean, is_origin boolean)
language sql
stable
set search_path = ''
as $$ select * from internal.near_templates(near_templates.prompt_id) $$;
comment on function public.near_templates(uuid) is
  'Templates of the gallery that say nearly what a prompt of one''s own says, the nearest first; similarity from 0 to 1.';
revoke all on function public.near_templates(uuid) from public;
grant execute on function public.near_templates(uuid) to authenticated;

-- Where it belongs ---------------------------------------------------------------------------------------------------------
create function internal.suggest_terms(prompt_id uuid)
returns table (kind text, value text, weight bigint)
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  pages_read constant double precision := 2500;
  written text;
  phrases text[];
  share double precision;
begin
  select p.title || ' . ' || p.goal || ' . ' || left(p.template, 20000) into written
  from public.prompts p
  where p.id = suggest_terms.prompt_id and p.user_id = (select auth.uid()) and p.deleted_at is null;
  if not found then
    return;
  end if;
  select array_agg(distinct f.phrase) into phrases
  from (
    select u.word, lead(u.word) over place as next, lead(u.word, 2) over place as last
    from unnest(string_to_array(internal.normalised_text(written), ' ')) with ordinality as u (word, place)
    window place as (order by u.place)
  ) w
  cross join lateral (values (w.word), (rtrim(w.word, 's')), (w.word || ' ' || w.next), (w.word || ' ' || w.next || ' ' || w.last)) as f (phrase)
  where length(f.phrase) > 1;

  -- A sample of a large gallery knows every tag worth suggesting, at the same price whatever its size.
  share := least(100, 100 * pages_read / greatest(1, pg_relation_size('internal.gallery') / 8192.0));
  return query
    with sample as materialized (
      select g.category, g.tags from internal.gallery g tablesample system (share) repeatable (1)
    ), known as (
      select u.tag, count(*) as uses
      from sample s cross join lateral unnest(s.tags) as u (tag)
      group by u.tag
    ), tags as materialized (
      select k.tag, k.uses from known k
      where translate(k.tag, '-_', '  ') = any (phrases)
      order by k.uses desc, k.tag
      limit 12
    ), categories as (
      -- Those of templates with the same tags count, then those that the prompt names.
      select s.category,
        count(*) filter (where s.tags && array(select t.tag from tags t)) * 1000
        + case when lower(s.category) = any (phrases) then 500 else 0 end as score, count(*) as uses
      from sample s
      where s.category is not null
      group by s.category
    )
    select 'tag', t.tag, t.uses from tags t
    union all
    (select 'category', c.category::text, c.score from categories c
     order by c.score desc, c.uses desc, c.category
     limit 4);
end
$$;
comment on function internal.suggest_terms(uuid) is
  'Definer: reads internal.gallery, public templates only; for a prompt of the signed-in person''s own. Words of it that are tags, the most used first, and the categories of templates with those tags.';
revoke all on function internal.suggest_terms(uuid) from public;
grant execute on function internal.suggest_terms(uuid) to authenticated;

create function public.suggest_terms(prompt_id uuid)
returns table (kind text, value text, weight bigint)
language sql
stable
set search_path = ''
as $$ select * from internal.suggest_terms(suggest_terms.prompt_id) $$;
comment on function public.suggest_terms(uuid) is 'Tags and categories of the gallery that fit a prompt of one''s own; kind is tag or category, best first.';
revoke all on function public.suggest_terms(uuid) from public;
grant execute on function public.suggest_terms(uuid) to authenticated;
