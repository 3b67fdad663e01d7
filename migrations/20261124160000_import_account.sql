-- What a person took away (internal.export_account) can be brought into another account, or back into the same: prompts with
-- their versions, answers, labels, test cases, runs and results, drafts, presets, collections, favorites and follows. A row gets
-- an id that follows from the account and its old id, so that the same file brought in twice adds nothing the second time.

create function internal.imported_id(user_id uuid, original uuid) returns uuid
language sql
immutable
parallel safe
set search_path = ''
as $$
  select encode(substring(sha256(convert_to(user_id::text || original::text, 'UTF8')) for 16), 'hex')::uuid
$$;
comment on function internal.imported_id(uuid, uuid) is 'The id that a row of somebody''s download has where it was brought in: always the same one.';
revoke all on function internal.imported_id(uuid, uuid) from public;

create function internal.imported_prompt(user_id uuid, original uuid) returns uuid
language sql
stable
set search_path = ''
as $$
  select p.id from public.prompts p
  where p.user_id = imported_prompt.user_id
    and p.id in (imported_prompt.original, internal.imported_id(imported_prompt.user_id, imported_prompt.original))
  order by p.id = imported_prompt.original desc
  limit 1
$$;
comment on function internal.imported_prompt(uuid, uuid) is 'The person''s own prompt that a download means: itself, or what was made of it; null where neither is there.';
revoke all on function internal.imported_prompt(uuid, uuid) from public;

-- A moment that a file claims: never in the future, never before there was anything.
create function internal.imported_time(claimed timestamptz) returns timestamptz
language sql
stable
set search_path = ''
as $$
  select greatest(least(coalesce(claimed, now()), now()), timestamptz '2020-01-01 00:00:00+00')
$$;
comment on function internal.imported_time(timestamptz) is 'A moment that a download claims, never in the future.';
revoke all on function internal.imported_time(timestamptz) from public;

create function internal.import_prompt(user_id uuid, given jsonb) returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  me constant uuid := import_prompt.user_id;
  p record;
begin
  select * into p from jsonb_to_record(given) as x (id uuid, title text, goal text, template text, variables jsonb, created_at timestamptz,
    updated_at timestamptz, deleted_at timestamptz, origin_template_id uuid, dismissed_findings text[], versions jsonb);
  if p.deleted_at is not null or internal.imported_prompt(me, p.id) is not null then
    return false;
  end if;
  p.id := internal.imported_id(me, p.id);
  insert into public.prompts (id, user_id, title, goal, template, variables, created_at, updated_at, origin_template_id, dismissed_findings)
  values (p.id, me, p.title, p.goal, p.template, p.variables, internal.imported_time(p.created_at), internal.imported_time(p.updated_at),
    (select g.template_id from internal.gallery g where g.template_id = p.origin_template_id), coalesce(p.dismissed_findings, '{}'));
  if jsonb_array_length(coalesce(p.versions, '[]')) = 0 then
    return true;
  end if;

  -- The insert wrote a version 1; the download's own, with their numbers, take its place.
  if exists (select from jsonb_to_recordset(p.versions) as v (number integer, goal text, template text, variables jsonb)
      where v.number is null or v.number not between 1 and 1000000 or length(v.goal) > 20000 or length(v.template) > 500000
        or jsonb_typeof(v.variables) is distinct from 'array' or octet_length(v.variables::text) > 200000) then
    raise exception 'a version is not as this program writes it' using errcode = '23514';
  end if;
  delete from public.prompt_versions v where v.prompt_id = p.id;
  insert into public.prompt_texts (prompt_id, hash, text)
  select distinct on (sha256(convert_to(v.template, 'UTF8'))) p.id, sha256(convert_to(v.template, 'UTF8')), v.template
  from jsonb_to_recordset(p.versions) as v (template text)
  on conflict do nothing;
  insert into public.prompt_versions (prompt_id, number, title, goal, template_hash, variables, note, created_at)
  select p.id, v.number, v.title, v.goal, sha256(convert_to(v.template, 'UTF8')), v.variables, v.note, internal.imported_time(v.created_at)
  from jsonb_to_recordset(p.versions) as v (number integer, title text, goal text, template text, variables jsonb, note text, created_at timestamptz);
  perform internal.write_prompt_version(p.id);
  perform internal.drop_old_prompt_versions(p.id);
  perform internal.drop_unused_texts(p.id);
  return true;
end
$$;
comment on function internal.import_prompt(uuid, jsonb) is
  'Definer, for import_account: a prompt of a download with its versions, private; false where the person has it, or had deleted it.';
revoke all on function internal.import_prompt(uuid, jsonb) from public;

create function internal.import_row(user_id uuid, section text, given jsonb) returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  me constant uuid := import_row.user_id;
  -- What the row is called here, and the prompt it belongs to: null where that is not the person's.
  own constant uuid := internal.imported_id(me, (given ->> 'id')::uuid);
  of_prompt constant uuid := internal.imported_prompt(me, (given ->> 'prompt_id')::uuid);
  of_result constant uuid := internal.imported_id(me, (given ->> 'result_id')::uuid);
  made uuid;
  is_new boolean;
begin
  case section
    when 'prompts' then
      return internal.import_prompt(me, given);
    when 'prompt_answers' then
      insert into public.prompt_answers (id, prompt_id, question_id, question_text, answer, position, created_at)
      select own, of_prompt, a.question_id, a.question_text, a.answer, coalesce(a.position, 0), internal.imported_time(a.created_at)
      from jsonb_to_record(given) as a (id uuid, question_id text, question_text text, answer text, position smallint, created_at timestamptz)
      where of_prompt is not null and not exists (select from public.prompt_answers o where o.id = a.id and o.prompt_id = of_prompt)
      on conflict do nothing;
    when 'prompt_drafts' then
      insert into public.prompt_drafts (id, user_id, goal, step, state, created_at, updated_at)
      select own, me, d.goal, d.step, d.state, internal.imported_time(d.created_at), internal.imported_time(d.updated_at)
      from jsonb_to_record(given) as d (id uuid, goal text, step text, state text, created_at timestamptz, updated_at timestamptz)
      where not exists (select from public.prompt_drafts o where o.user_id = me and o.id in (d.id, own));
    when 'labels' then
      insert into public.labels (user_id, name) select me, given ->> 'name'
      where not exists (select from public.labels l where l.user_id = me and lower(l.name) = lower(given ->> 'name'));
      is_new := found;
      insert into public.prompt_labels (prompt_id, user_id, label_id)
      select distinct internal.imported_prompt(me, n.id::uuid), me, l.id
      from jsonb_array_elements_text(given -> 'prompts') as n (id)
      join public.labels l on l.user_id = me and lower(l.name) = lower(given ->> 'name')
      where internal.imported_prompt(me, n.id::uuid) is not null
      on conflict do nothing;
      return is_new or found;
    when 'test_cases' then
      insert into public.test_cases (id, user_id, prompt_id, name, variable_values, assertions, position, created_at, updated_at)
      select own, me, of_prompt, c.name, c.variable_values, c.assertions, c.position, internal.imported_time(c.created_at), internal.imported_time(c.updated_at)
      from jsonb_to_record(given) as c (id uuid, name text, variable_values jsonb, assertions jsonb, position integer, created_at timestamptz, updated_at timestamptz)
      where of_prompt is not null and not exists (select from public.test_cases o where o.user_id = me and o.id in (c.id, own));
    when 'prompt_assertions' then
      insert into public.prompt_assertions (prompt_id, user_id, assertions)
      select of_prompt, me, given -> 'assertions' where of_prompt is not null
      on conflict do nothing;
    when 'parameter_presets' then
      insert into public.parameter_presets (user_id, name, temperatures, parameters)
      select me, p.name, p.temperatures, p.parameters
      from jsonb_to_record(given) as p (name text, temperatures numeric[], parameters jsonb)
      where not exists (select from public.parameter_presets o where o.user_id = me and lower(o.name) = lower(p.name));
    when 'test_runs' then
      -- Over, whatever the file says: nobody sends anything because of a file.
      insert into public.test_runs (id, user_id, prompt_id, parameters, created_at, ended_at)
      select own, me, of_prompt, r.parameters, internal.imported_time(r.created_at), internal.imported_time(r.ended_at)
      from jsonb_to_record(given) as r (id uuid, parameters jsonb, created_at timestamptz, ended_at timestamptz)
      where of_prompt is not null and not exists (select from public.test_runs o where o.user_id = me and o.id in (r.id, own));
    when 'test_results' then
      insert into public.test_results (id, prompt_id, user_id, model, temperature, variable_values, resolved_prompt, result, tokens_used,
        response_time_ms, created_at, input_tokens, output_tokens, finish_reason, error, prompt_version, run_id, cell, case_id, case_name,
        model_id, parameters, sent, first_token_ms, cost, attempts, outcome, starred)
      select own, of_prompt, me, r.model, r.temperature, r.variable_values, r.resolved_prompt, r.result, r.tokens_used,
        r.response_time_ms, internal.imported_time(r.created_at), r.input_tokens, r.output_tokens, r.finish_reason, r.error, r.prompt_version,
        (select t.id from public.test_runs t where t.user_id = me and t.id in (r.run_id, internal.imported_id(me, r.run_id)) limit 1), r.cell,
        (select c.id from public.test_cases c where c.user_id = me and c.id in (r.case_id, internal.imported_id(me, r.case_id)) limit 1), r.case_name,
        r.model_id, r.parameters, r.sent, r.first_token_ms, r.cost, r.attempts, r.outcome, coalesce(r.starred, false)
      from jsonb_to_record(given) as r (id uuid, model text, temperature numeric, variable_values jsonb, resolved_prompt text, result text,
        tokens_used integer, response_time_ms integer, created_at timestamptz, input_tokens integer, output_tokens integer, finish_reason text,
        error text, prompt_version integer, run_id uuid, cell integer, case_id uuid, case_name text, model_id text, parameters jsonb, sent jsonb,
        first_token_ms integer, cost numeric, attempts integer, outcome text, starred boolean)
      where of_prompt is not null and not exists (select from public.test_results o where o.user_id = me and o.id in (r.id, own));
    when 'test_cells' then
      insert into public.test_cells (run_id, position, user_id, prompt_id, prompt_version, model, temperature, case_id, case_name,
        variable_values, resolved_prompt, assertions, state, attempt, error, started_at, result_id)
      select own, c.position, me, internal.imported_prompt(me, c.prompt_id), c.prompt_version, c.model, c.temperature,
        (select o.id from public.test_cases o where o.user_id = me and o.id in (c.case_id, internal.imported_id(me, c.case_id)) limit 1), c.case_name,
        c.variable_values, c.resolved_prompt, c.assertions, case when c.state in ('done', 'failed') then c.state else 'stopped' end,
        coalesce(c.attempt, 0), c.error, c.started_at,
        (select o.id from public.test_results o where o.user_id = me and o.id in (c.result_id, internal.imported_id(me, c.result_id)) limit 1)
      from jsonb_to_recordset(given -> 'cells') as c (position integer, prompt_id uuid, prompt_version integer, model text, temperature numeric,
        case_id uuid, case_name text, variable_values jsonb, resolved_prompt text, assertions jsonb, state text, attempt integer, error text,
        started_at timestamptz, result_id uuid)
      where internal.imported_prompt(me, c.prompt_id) is not null
        and exists (select from public.test_runs t where t.user_id = me and t.id = own)
      on conflict do nothing;
    when 'test_verdicts' then
      insert into public.test_verdicts (result_id, user_id, passed, outcomes, judge_cost, created_at)
      select of_result, me, v.passed, v.outcomes, v.judge_cost, internal.imported_time(v.created_at)
      from jsonb_to_record(given) as v (passed boolean, outcomes jsonb, judge_cost numeric, created_at timestamptz)
      where exists (select from public.test_results r where r.user_id = me and r.id = of_result)
      on conflict do nothing;
    when 'collections' then
      select c.id into made from public.collections c
      where c.owner_id = me and c.deleted_at is null and lower(c.name) = lower(given ->> 'name');
      if given ->> 'deleted_at' is not null then
        return false;
      end if;
      is_new := made is null;
      if is_new then
        insert into public.collections (owner_id, name, description) values (me, given ->> 'name', coalesce(given ->> 'description', ''))
        returning id into made;
      end if;
      insert into public.collection_templates (collection_id, template_id, note)
      select made, t.template_id, coalesce(t.note, '')
      from jsonb_to_recordset(given -> 'templates') as t (template_id uuid, note text, position integer)
      join internal.gallery g on g.template_id = t.template_id
      where not exists (select from public.collection_templates o where o.collection_id = made and o.template_id = t.template_id)
      order by t.position;
      return is_new or found;
    when 'user_favorites' then
      insert into public.user_favorites (user_id, template_id, created_at)
      select me, g.template_id, internal.imported_time((given ->> 'created_at')::timestamptz)
      from internal.gallery g where g.template_id = (given ->> 'template_id')::uuid
      on conflict do nothing;
    when 'follows' then
      insert into public.follows (follower_id, author_id)
      select distinct me, g.author_id from internal.gallery g where g.author_id = (given ->> 'author_id')::uuid and g.author_id <> me
      on conflict do nothing;
    else
      raise exception 'no section %', section using errcode = '22023';
  end case;
  return found;
end
$$;
comment on function internal.import_row(uuid, text, jsonb) is
  'Definer, for import_account: one row of a download becomes the person''s own; false where it is there, or means nothing here.';
revoke all on function internal.import_row(uuid, text, jsonb) from public;

create function internal.import_account(user_id uuid, section text, rows jsonb)
returns table (added integer, full_up integer)
language plpgsql
security definer
set search_path = ''
as $$
declare
  given jsonb;
  broken text;
begin
  added := 0;
  full_up := 0;
  for given in select r.value from jsonb_array_elements(rows) with ordinality r order by r.ordinality loop
    begin
      added := added + internal.import_row(user_id, section, given)::integer;
    exception
      -- A limit of the account (labels, drafts, presets, ...) ends no import: the rest is worth having.
      when sqlstate '54000' then
        full_up := full_up + 1;
      when check_violation then
        get stacked diagnostics broken = constraint_name;
        if broken not like '%\_limit' then
          raise;
        end if;
        full_up := full_up + 1;
    end;
  end loop;
  return next;
end
$$;
comment on function internal.import_account(uuid, text, jsonb) is
  'Definer, for the program alone: rows of a section of a download become the person''s own, all or none of the call. What is there already is left alone; full_up counts what a limit of the account kept out.';
revoke all on function internal.import_account(uuid, text, jsonb) from public;
grant execute on function internal.import_account(uuid, text, jsonb) to metaprompt_app;
