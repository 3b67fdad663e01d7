-- The history of results: finding them by their words, deleting them with a way back, and sharing one by a secret link.

-- Their texts stand beside the rows: a list, a count and a pass rate of a hundred thousand read what is narrow.
alter table public.test_results set (toast_tuple_target = 256);

-- Words ----------------------------------------------------------------------------------------------------------------------
-- Search operators are not leakproof, so no index serves them under a row-level policy: a definer function reads the index, and
-- the person is a lexeme of each document, so that what others have kept costs nothing.
create function internal.result_words(user_id uuid, resolved_prompt text, result text) returns tsvector
language plpgsql
immutable
security definer
-- So dear that nobody looks into each row who could look into the index.
cost 1000000
set search_path = ''
as $$
begin
  -- A document may have a megabyte; these many characters stay below it in any script.
  return to_tsvector('internal.plain', internal.search_text(
      left(result_words.resolved_prompt, 100000) || ' | ' || left(coalesce(result_words.result, ''), 100000)))
    || array_to_tsvector(array['owner:' || result_words.user_id::text]);
end
$$;
comment on function internal.result_words(uuid, text, text) is
  'Definer: the index is written as whoever keeps a result, and they need not call what takes words apart. What search knows of a result: the words of the prompt as it was sent and of the answer, of the first 100,000 characters of each, and whose it is.';
revoke all on function internal.result_words(uuid, text, text) from public;
grant execute on function internal.result_words(uuid, text, text) to authenticated;

create index test_results_words_idx on public.test_results using gin (internal.result_words(user_id, resolved_prompt, result));
-- To know how often which word occurs would cost half a minute at each look, and no plan is made with it.
alter index public.test_results_words_idx alter column 1 set statistics 0;

create function internal.parse_result_search(query text) returns tsquery
language plpgsql
stable
set search_path = ''
-- "contains only stop words" is news to nobody.
set client_min_messages = 'warning'
as $$
declare
  term record;
  part tsquery;
  whole tsquery;
  last text;
  terms constant bigint := (select max(t.place) from internal.search_terms(parse_result_search.query) t);
begin
  for term in select t.place, t.negated, t.quoted, t.word from internal.search_terms(parse_result_search.query) t order by t.place loop
    last := case when term.place = terms and not term.quoted and not term.negated then lower(extensions.unaccent(internal.fold_text(term.word))) end;
    if last ~ '^[[:alnum:]]{3,60}$' and last !~ ('[' || internal.unspaced_signs() || ']') then
      -- The last word may not be finished.
      part := (internal.exact_search('', last)::text || ':*')::tsquery;
    else
      -- All words, in whatever order: to know where they stand, each text would have to be read.
      part := regexp_replace(internal.words_search('internal.plain', term.word, term.quoted)::text, '<(-|\d+)>', '&', 'g')::tsquery;
    end if;
    if numnode(part) > 0 then
      part := case when term.negated then !!part else part end;
      whole := case when whole is null then part else whole && part end;
    end if;
  end loop;
  return whole;
end
$$;
comment on function internal.parse_result_search(text) is
  'Words that a result has to have, the last as its beginning, and with a minus those it must not have; null where there is no word.';
revoke all on function internal.parse_result_search(text) from public;

create function internal.find_results(query text) returns table (id uuid)
language plpgsql
stable
security definer
set search_path = ''
-- A bitmap of a hundred thousand rows stays exact.
set work_mem = '32MB'
set plan_cache_mode = 'force_generic_plan'
rows 1000
as $$
declare
  person constant uuid := auth.uid();
  wanted tsquery := internal.parse_result_search(find_results.query);
begin
  if person is null or wanted is null then
    return;
  end if;
  wanted := internal.exact_search('owner:', person::text) && wanted;
  return query
    with found as materialized (
      select r.id, r.user_id from public.test_results r
      where internal.result_words(r.user_id, r.resolved_prompt, r.result) @@ wanted)
    select f.id from found f where f.user_id = person;
end
$$;
comment on function internal.find_results(text) is
  'Definer: no index serves words under a policy, so the person is named here instead. The results of one''s own that have all the words.';
revoke all on function internal.find_results(text) from public;
grant execute on function internal.find_results(text) to authenticated;

create function public.find_results(query text) returns table (id uuid)
language sql
stable
set search_path = ''
rows 1000
as $$ select f.id from internal.find_results(find_results.query) f $$;
comment on function public.find_results(text) is 'The results of one''s own whose prompt as it was sent and answer have all these words.';
revoke all on function public.find_results(text) from public;
grant execute on function public.find_results(text) to authenticated;

-- Links ----------------------------------------------------------------------------------------------------------------------
-- As with the links of prompts, the token is kept as it is, for its owner alone: they copy it again on another day.
create table public.result_links (
  result_id uuid primary key,
  user_id uuid not null,
  token varchar(43) not null,
  created_at timestamptz not null default now(),
  constraint result_links_result_fkey foreign key (result_id, user_id) references public.test_results (id, user_id) on delete cascade,
  constraint result_links_token_key unique (token),
  -- 32 random bytes in characters that need no escaping.
  constraint result_links_token_is_long check (token ~ '^[A-Za-z0-9_-]{43}$')
);
comment on table public.result_links is 'The secret link of a test result, where it has one: whoever knows the token may read the result.';
comment on column public.result_links.token is '256 random bits, base64url; never shown to anybody but the owner.';
create index result_links_result_id_user_id_idx on public.result_links (result_id, user_id);
alter table public.result_links enable row level security;
revoke all on public.result_links from public, anon, authenticated;

create policy result_links_select_own on public.result_links
  for select to authenticated using (user_id = (select auth.uid()));
comment on policy result_links_select_own on public.result_links is 'A person sees the links of their own results.';
create policy result_links_insert_own on public.result_links
  for insert to authenticated with check (user_id = (select auth.uid()));
comment on policy result_links_insert_own on public.result_links is 'A person shares results of their own: the composite foreign key holds them to that.';
create policy result_links_delete_own on public.result_links
  for delete to authenticated using (user_id = (select auth.uid()));
comment on policy result_links_delete_own on public.result_links is 'A person takes links back; there is no update.';
grant select on public.result_links to authenticated;
grant insert (result_id, user_id, token) on public.result_links to authenticated;
grant delete on public.result_links to authenticated;

create function internal.read_shared_result(token text)
returns table (model varchar, temperature numeric, parameters jsonb, resolved_prompt text, result text, error text, outcome text,
  finish_reason varchar, input_tokens integer, output_tokens integer, response_time_ms integer, created_at timestamptz)
language sql
stable
security definer
set search_path = ''
as $$
  select r.model, r.temperature, r.parameters, r.resolved_prompt, r.result, r.error,
    coalesce(r.outcome, case when r.error is null then 'done' else 'failed' end),
    r.finish_reason, r.input_tokens, r.output_tokens, r.response_time_ms, r.created_at
  from public.result_links l
  join public.test_results r on r.id = l.result_id
  join public.prompts p on p.id = r.prompt_id
  where l.token = read_shared_result.token and p.deleted_at is null
    -- What a moderator took away is its owner's alone, by link or otherwise.
    and not exists (select from internal.hidden_templates h where h.prompt_id = p.id)
    and not exists (select from public.prompt_templates t where t.prompt_id = p.id and t.hidden_at is not null)
$$;
comment on function internal.read_shared_result(text) is
  'Definer: whoever has the link may read a result that no policy shows. Not whose it is, of which prompt, or what was sent beside the prompt.';
revoke all on function internal.read_shared_result(text) from public;
grant execute on function internal.read_shared_result(text) to anon, authenticated;

create function public.get_shared_result(token text)
returns table (model varchar, temperature numeric, parameters jsonb, resolved_prompt text, result text, error text, outcome text,
  finish_reason varchar, input_tokens integer, output_tokens integer, response_time_ms integer, created_at timestamptz)
language sql
stable
set search_path = ''
as $$ select * from internal.read_shared_result(get_shared_result.token) $$;
comment on function public.get_shared_result(text) is 'The result that a secret link leads to; nothing where the link was taken back, or the prompt deleted or hidden.';
revoke all on function public.get_shared_result(text) from public;
grant execute on function public.get_shared_result(text) to anon, authenticated;

-- Deleting -------------------------------------------------------------------------------------------------------------------
-- A deleted result leaves its table, so that nothing has to know of it that counts and lists results, and lies here whole.
create table internal.deleted_results (
  id uuid primary key,
  user_id uuid not null references public.users (id) on delete cascade,
  prompt_id uuid not null references public.prompts (id) on delete cascade,
  result jsonb not null,
  verdict jsonb,
  link jsonb,
  deleted_at timestamptz not null default now()
);
comment on table internal.deleted_results is 'Results that their owners deleted, with verdict and link, for thirty days: until then they can be brought back.';
create index deleted_results_user_id_idx on internal.deleted_results (user_id);
create index deleted_results_prompt_id_idx on internal.deleted_results (prompt_id);
create index deleted_results_deleted_at_idx on internal.deleted_results (deleted_at);
alter table internal.deleted_results enable row level security;
create policy deleted_results_nobody on internal.deleted_results for all to anon, authenticated using (false);
comment on policy deleted_results_nobody on internal.deleted_results is 'Definer functions alone read and write it.';

create function internal.delete_results(ids uuid[]) returns setof uuid
language sql
security definer
set search_path = ''
as $$
  with gone as (
    delete from public.test_results r
    where r.id = any (delete_results.ids) and r.user_id = (select auth.uid())
    returning r.*
  )
  insert into internal.deleted_results (id, user_id, prompt_id, result, verdict, link)
  select g.id, g.user_id, g.prompt_id, to_jsonb(g),
    (select to_jsonb(v) from public.test_verdicts v where v.result_id = g.id),
    (select to_jsonb(l) from public.result_links l where l.result_id = g.id)
  from gone g
  returning id
$$;
comment on function internal.delete_results(uuid[]) is
  'Definer: nobody may write where deleted results lie. Takes away those that are one''s own, and returns them.';
revoke all on function internal.delete_results(uuid[]) from public;
grant execute on function internal.delete_results(uuid[]) to authenticated;

create function public.delete_results(ids uuid[]) returns setof uuid
language sql
set search_path = ''
as $$ select internal.delete_results(delete_results.ids) $$;
comment on function public.delete_results(uuid[]) is 'Deletes results of one''s own, so that restore_results can bring them back for thirty days. Returns those that were there.';
revoke all on function public.delete_results(uuid[]) from public;
grant execute on function public.delete_results(uuid[]) to authenticated;

create function internal.restore_results(ids uuid[]) returns setof uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  person constant uuid := auth.uid();
  back constant uuid[] := array(
    select d.id from internal.deleted_results d where d.id = any (restore_results.ids) and d.user_id = person for update);
begin
  -- As it was, but for a run or a test case that has gone meanwhile.
  insert into public.test_results
  select r.*
  from internal.deleted_results d
  cross join lateral jsonb_populate_record(null::public.test_results, d.result || jsonb_build_object(
    'run_id', (select t.id from public.test_runs t where t.id = (d.result ->> 'run_id')::uuid),
    'case_id', (select c.id from public.test_cases c where c.id = (d.result ->> 'case_id')::uuid))) r
  where d.id = any (back);
  insert into public.test_verdicts
  select v.* from internal.deleted_results d cross join lateral jsonb_populate_record(null::public.test_verdicts, d.verdict) v
  where d.id = any (back) and d.verdict is not null;
  insert into public.result_links
  select l.* from internal.deleted_results d cross join lateral jsonb_populate_record(null::public.result_links, d.link) l
  where d.id = any (back) and d.link is not null;
  -- The cell that it answered, where nothing has answered it since.
  update public.test_cells c
  set result_id = r.id
  from (
    select distinct on (t.run_id, t.cell) t.id, t.run_id, t.cell from public.test_results t
    where t.id = any (back) and t.run_id is not null
    order by t.run_id, t.cell, t.created_at desc, t.id desc) r
  where c.run_id = r.run_id and c.position = r.cell and c.user_id = person and c.result_id is null;
  return query delete from internal.deleted_results d where d.id = any (back) returning d.id;
end
$$;
comment on function internal.restore_results(uuid[]) is
  'Definer: nobody may read where deleted results lie, or write when a result was made. Brings back those that are one''s own, and returns them.';
revoke all on function internal.restore_results(uuid[]) from public;
grant execute on function internal.restore_results(uuid[]) to authenticated;

create function public.restore_results(ids uuid[]) returns setof uuid
language sql
set search_path = ''
as $$ select internal.restore_results(restore_results.ids) $$;
comment on function public.restore_results(uuid[]) is 'Undoes delete_results: the results are as they were, with verdict and link. Returns those that came back.';
revoke all on function public.restore_results(uuid[]) from public;
grant execute on function public.restore_results(uuid[]) to authenticated;

create or replace function internal.purge_deleted_prompts() returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  purged integer;
begin
  delete from public.prompts where deleted_at < now() - interval '30 days';
  get diagnostics purged = row_count;
  delete from internal.deleted_results where deleted_at < now() - interval '30 days';
  return purged;
end
$$;
comment on function internal.purge_deleted_prompts() is
  'Definer, for the program alone: ends what was deleted more than 30 days ago, prompts and results. Returns how many prompts.';
