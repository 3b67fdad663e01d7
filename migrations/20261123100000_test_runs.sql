-- Runs: a grid of cells (prompt version x model x temperature x test case) that a person started. The rows are the plan and how
-- far it has come, so that a closed page, another device or a killed server finds it again; what a cell measured is a row of
-- test_results, as ever, written in the statement that ends the cell.

create table public.test_runs (
  id uuid primary key,
  user_id uuid not null,
  prompt_id uuid not null,
  parameters jsonb not null default '{}',
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  owner uuid,
  lease_until timestamptz,
  stop_requested_at timestamptz,
  constraint test_runs_id_user_id_key unique (id, user_id),
  constraint test_runs_prompt_fkey foreign key (prompt_id, user_id) references public.prompts (id, user_id) on delete cascade,
  constraint test_runs_parameters_is_an_object
    check (jsonb_typeof(parameters) = 'object' and octet_length(parameters::text) <= 200000)
);
comment on table public.test_runs is 'Runs of a person''s own prompts. The id is made before the click: the same run asked for twice is one run.';
comment on column public.test_runs.prompt_id is 'The prompt from whose page it was started; its cells may be of others too.';
comment on column public.test_runs.parameters is 'What was asked for beyond the temperature: max tokens, top-p, seed, stop, system, JSON.';
comment on column public.test_runs.owner is 'The running program that carries it out; null once it has ended.';
comment on column public.test_runs.lease_until is 'Renewed every few seconds by its owner. When it has passed, the owner is gone and unfinished cells are interrupted.';
create index test_runs_prompt_id_created_at_idx on public.test_runs (prompt_id, user_id, created_at desc, id desc);
create index test_runs_user_id_created_at_idx on public.test_runs (user_id, created_at desc, id desc);

-- Test cases ---------------------------------------------------------------------------------------------------------------
create table public.test_cases (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null,
  prompt_id uuid not null,
  name varchar(200) not null default '',
  variable_values jsonb not null default '{}',
  assertions jsonb not null default '[]',
  position integer not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint test_cases_id_user_id_key unique (id, user_id),
  constraint test_cases_prompt_fkey foreign key (prompt_id, user_id) references public.prompts (id, user_id) on delete cascade,
  constraint test_cases_values_is_an_object
    check (jsonb_typeof(variable_values) = 'object' and octet_length(variable_values::text) <= 1000000),
  constraint test_cases_assertions_is_a_list
    check (jsonb_typeof(assertions) = 'array' and jsonb_array_length(assertions) <= 50 and octet_length(assertions::text) <= 200000)
);
comment on table public.test_cases is 'Sets of variable values that a prompt is tested with, each with its assertions; at most 1,000 of a prompt.';
create index test_cases_prompt_id_position_idx on public.test_cases (prompt_id, user_id, position, id);

create function internal.limit_test_cases() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- Two at the same moment may go over: it is a bound, not a promise.
  if (select count(*) from public.test_cases c where c.prompt_id in (select n.prompt_id from new_cases n)
      group by c.prompt_id order by 1 desc limit 1) > 1000 then
    raise exception 'at most 1000 test cases of a prompt' using errcode = '54000', hint = 'Delete cases that are not needed.';
  end if;
  return null;
end
$$;
comment on function internal.limit_test_cases() is 'At most 1,000 test cases of a prompt.';
revoke all on function internal.limit_test_cases() from public;
create trigger test_cases_limit
  after insert on public.test_cases
  referencing new table as new_cases
  for each statement execute function internal.limit_test_cases();

create table public.prompt_assertions (
  prompt_id uuid primary key,
  user_id uuid not null,
  assertions jsonb not null default '[]',
  updated_at timestamptz not null default now(),
  constraint prompt_assertions_prompt_fkey foreign key (prompt_id, user_id) references public.prompts (id, user_id) on delete cascade,
  constraint prompt_assertions_is_a_list
    check (jsonb_typeof(assertions) = 'array' and jsonb_array_length(assertions) <= 50 and octet_length(assertions::text) <= 200000)
);
comment on table public.prompt_assertions is 'Assertions that hold for every test case of a prompt.';
create index prompt_assertions_prompt_id_user_id_idx on public.prompt_assertions (prompt_id, user_id);

-- What results know beyond the documented columns ---------------------------------------------------------------------------
alter table public.test_results
  add column run_id uuid,
  add column cell integer,
  add column case_id uuid,
  add column case_name varchar(200),
  add column model_id varchar(300),
  add column parameters jsonb,
  add column sent jsonb,
  add column first_token_ms integer,
  add column cost numeric(18, 10),
  add column attempts integer,
  add column outcome varchar(10),
  add column starred boolean not null default false,
  add constraint test_results_id_user_id_key unique (id, user_id),
  add constraint test_results_run_fkey foreign key (run_id, user_id) references public.test_runs (id, user_id) on delete set null (run_id),
  add constraint test_results_case_fkey foreign key (case_id, user_id) references public.test_cases (id, user_id) on delete set null (case_id),
  add constraint test_results_outcome check (outcome in ('done', 'stopped', 'failed')),
  add constraint test_results_more_counts check (first_token_ms >= 0 and cost >= 0 and attempts >= 0 and cell >= 0),
  add constraint test_results_parameters_is_an_object
    check (jsonb_typeof(parameters) = 'object' and octet_length(parameters::text) <= 200000),
  add constraint test_results_sent_is_an_object
    check (jsonb_typeof(sent) = 'object' and octet_length(sent::text) <= 4000000);
comment on column public.test_results.run_id is 'The run whose cell it answers; null for results of before there were runs.';
comment on column public.test_results.cell is 'The position of that cell in its run.';
comment on column public.test_results.case_name is 'What the test case was called then: it stays when the case is renamed or deleted.';
comment on column public.test_results.model_id is 'What the provider calls the model.';
comment on column public.test_results.parameters is 'What was asked for beyond the temperature.';
comment on column public.test_results.sent is 'The request as it went over the wire, without key and headers; the prompt itself is resolved_prompt.';
comment on column public.test_results.first_token_ms is 'Milliseconds to the first text; null where none came.';
comment on column public.test_results.cost is 'US dollars; null where a price or a count was unknown.';
comment on column public.test_results.attempts is 'How often it was sent: more than once where the provider asked to come back later.';
comment on column public.test_results.outcome is 'How it ended; null for results of before there were runs.';
create index test_results_run_id_idx on public.test_results (run_id, user_id, cell) where run_id is not null;
create index test_results_case_id_idx on public.test_results (case_id, user_id) where case_id is not null;
create index test_results_user_id_created_at_idx on public.test_results (user_id, created_at desc, id desc);

-- A star is what the person thinks of a result, not what was measured: the only thing that changes.
create policy test_results_update_own on public.test_results
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
comment on policy test_results_update_own on public.test_results is
  'A person stars their own results; only that column is granted.';
comment on policy test_results_delete_own on public.test_results is 'A person deletes their own results.';
grant insert (id, run_id, cell, case_id, case_name, model_id, parameters, sent, first_token_ms, cost, attempts, outcome)
  on public.test_results to authenticated;
grant update (starred) on public.test_results to authenticated;

-- Cells --------------------------------------------------------------------------------------------------------------------
create table public.test_cells (
  run_id uuid not null,
  position integer not null,
  user_id uuid not null,
  prompt_id uuid not null,
  prompt_version integer,
  model varchar(50) not null,
  temperature numeric(3, 2) not null,
  case_id uuid,
  case_name varchar(200),
  variable_values jsonb not null,
  resolved_prompt text not null,
  assertions jsonb not null default '[]',
  state varchar(10) not null default 'queued',
  attempt integer not null default 0,
  error text,
  started_at timestamptz,
  result_id uuid,
  primary key (run_id, position),
  constraint test_cells_run_fkey foreign key (run_id, user_id) references public.test_runs (id, user_id) on delete cascade,
  constraint test_cells_prompt_fkey foreign key (prompt_id, user_id) references public.prompts (id, user_id) on delete cascade,
  constraint test_cells_case_fkey foreign key (case_id, user_id) references public.test_cases (id, user_id) on delete set null (case_id),
  constraint test_cells_result_fkey foreign key (result_id, user_id) references public.test_results (id, user_id) on delete set null (result_id),
  constraint test_cells_position check (position between 0 and 1999),
  constraint test_cells_version check (prompt_version > 0),
  constraint test_cells_temperature_range check (temperature between 0 and 2),
  constraint test_cells_state check (state in ('queued', 'running', 'done', 'stopped', 'failed')),
  constraint test_cells_lengths check (length(resolved_prompt) <= 2000000 and length(error) <= 10000),
  constraint test_cells_values_is_an_object
    check (jsonb_typeof(variable_values) = 'object' and octet_length(variable_values::text) <= 4000000),
  constraint test_cells_assertions_is_a_list
    check (jsonb_typeof(assertions) = 'array' and jsonb_array_length(assertions) <= 100 and octet_length(assertions::text) <= 400000)
);
comment on table public.test_cells is 'The cells of a run, at most 2,000, and how far each has come.';
comment on column public.test_cells.assertions is 'Those of the test case and of the prompt, as they were when the run began.';
comment on column public.test_cells.attempt is 'How often it was begun. Who begins it writes the number first, so that no two programs send the same cell.';
comment on column public.test_cells.result_id is 'Its latest result; earlier ones of the same cell stay among the prompt''s results.';
create index test_cells_run_id_user_id_idx on public.test_cells (run_id, user_id);
create index test_cells_prompt_id_user_id_idx on public.test_cells (prompt_id, user_id);
create index test_cells_case_id_idx on public.test_cells (case_id, user_id) where case_id is not null;
create index test_cells_result_id_idx on public.test_cells (result_id, user_id) where result_id is not null;

-- Verdicts -----------------------------------------------------------------------------------------------------------------
create table public.test_verdicts (
  result_id uuid primary key,
  user_id uuid not null,
  passed boolean,
  outcomes jsonb not null,
  judge_cost numeric(18, 10),
  created_at timestamptz not null default now(),
  constraint test_verdicts_result_fkey foreign key (result_id, user_id) references public.test_results (id, user_id) on delete cascade,
  constraint test_verdicts_outcomes_is_a_list
    check (jsonb_typeof(outcomes) = 'array' and jsonb_array_length(outcomes) <= 100 and octet_length(outcomes::text) <= 1000000),
  constraint test_verdicts_cost check (judge_cost >= 0)
);
comment on table public.test_verdicts is 'What a result''s assertions said of it. Written after the result, so that an answer never waits for its judge.';
comment on column public.test_verdicts.passed is 'False where one was broken, null where one could not be checked, else true.';
comment on column public.test_verdicts.outcomes is 'A list of objects: the assertion, whether it held (null: could not be checked), and why.';
comment on column public.test_verdicts.judge_cost is 'US dollars paid to models that judged; null where none did or its price is unknown.';
create index test_verdicts_result_id_user_id_idx on public.test_verdicts (result_id, user_id);

-- Presets ------------------------------------------------------------------------------------------------------------------
create table public.parameter_presets (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.users (id) on delete cascade,
  name varchar(50) not null,
  temperatures numeric(3, 2)[] not null default '{}',
  parameters jsonb not null default '{}',
  created_at timestamptz not null default now(),
  constraint parameter_presets_name_is_trimmed check (name ~ '\S' and name = btrim(name)),
  constraint parameter_presets_temperatures check (cardinality(temperatures) <= 20 and 0 <= all (temperatures) and 2 >= all (temperatures)),
  constraint parameter_presets_parameters_is_an_object
    check (jsonb_typeof(parameters) = 'object' and octet_length(parameters::text) <= 200000)
);
comment on table public.parameter_presets is 'Temperatures and parameters that a person keeps under a name, at most 100.';
create unique index parameter_presets_user_id_name_key on public.parameter_presets (user_id, lower(name));

create function internal.limit_parameter_presets() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (select count(*) from public.parameter_presets p where p.user_id = new.user_id) >= 100 then
    raise exception 'at most 100 presets' using errcode = '54000', hint = 'Delete presets that are not needed.';
  end if;
  return new;
end
$$;
comment on function internal.limit_parameter_presets() is 'At most 100 presets a person.';
revoke all on function internal.limit_parameter_presets() from public;
create trigger parameter_presets_limit
  before insert on public.parameter_presets
  for each row execute function internal.limit_parameter_presets();

-- Rights -------------------------------------------------------------------------------------------------------------------
alter table public.test_runs enable row level security;
alter table public.test_cells enable row level security;
alter table public.test_cases enable row level security;
alter table public.prompt_assertions enable row level security;
alter table public.test_verdicts enable row level security;
alter table public.parameter_presets enable row level security;
revoke all on public.test_runs, public.test_cells, public.test_cases, public.prompt_assertions, public.test_verdicts,
  public.parameter_presets from public, anon, authenticated;

create policy test_runs_select_own on public.test_runs
  for select to authenticated using (user_id = (select auth.uid()));
comment on policy test_runs_select_own on public.test_runs is 'A person sees their own runs.';
create policy test_runs_insert_own on public.test_runs
  for insert to authenticated with check (user_id = (select auth.uid()));
comment on policy test_runs_insert_own on public.test_runs is 'A person runs their own prompts: the composite foreign key holds them to that.';
create policy test_runs_update_own on public.test_runs
  for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
comment on policy test_runs_update_own on public.test_runs is 'Who carries a run out notes it in its person''s name; what was asked for cannot change.';
create policy test_runs_delete_own on public.test_runs
  for delete to authenticated using (user_id = (select auth.uid()));
comment on policy test_runs_delete_own on public.test_runs is 'A person deletes their own runs; their results stay.';
grant select on public.test_runs to authenticated;
grant insert (id, user_id, prompt_id, parameters, owner, lease_until) on public.test_runs to authenticated;
grant update (ended_at, owner, lease_until, stop_requested_at) on public.test_runs to authenticated;
grant delete on public.test_runs to authenticated;

create policy test_cells_select_own on public.test_cells
  for select to authenticated using (user_id = (select auth.uid()));
comment on policy test_cells_select_own on public.test_cells is 'A person sees the cells of their own runs.';
create policy test_cells_insert_own on public.test_cells
  for insert to authenticated with check (user_id = (select auth.uid()));
comment on policy test_cells_insert_own on public.test_cells is
  'Of their own runs, prompts and test cases: the composite foreign keys hold them to that.';
create policy test_cells_update_own on public.test_cells
  for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
comment on policy test_cells_update_own on public.test_cells is 'How far a cell has come; what it asks cannot change.';
grant select on public.test_cells to authenticated;
grant insert (run_id, position, user_id, prompt_id, prompt_version, model, temperature, case_id, case_name, variable_values,
    resolved_prompt, assertions)
  on public.test_cells to authenticated;
grant update (state, attempt, error, started_at, result_id) on public.test_cells to authenticated;

create policy test_cases_select_own on public.test_cases
  for select to authenticated using (user_id = (select auth.uid()));
comment on policy test_cases_select_own on public.test_cases is 'A person reads their own test cases.';
create policy test_cases_insert_own on public.test_cases
  for insert to authenticated with check (user_id = (select auth.uid()));
comment on policy test_cases_insert_own on public.test_cases is 'Cases of their own prompts: the composite foreign key holds them to that.';
create policy test_cases_update_own on public.test_cases
  for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
comment on policy test_cases_update_own on public.test_cases is 'A person changes their own test cases.';
create policy test_cases_delete_own on public.test_cases
  for delete to authenticated using (user_id = (select auth.uid()));
comment on policy test_cases_delete_own on public.test_cases is 'A person deletes their own test cases; results keep the name.';
grant select on public.test_cases to authenticated;
grant insert (id, user_id, prompt_id, name, variable_values, assertions, position) on public.test_cases to authenticated;
grant update (name, variable_values, assertions, position, updated_at) on public.test_cases to authenticated;
grant delete on public.test_cases to authenticated;

create policy prompt_assertions_select_own on public.prompt_assertions
  for select to authenticated using (user_id = (select auth.uid()));
comment on policy prompt_assertions_select_own on public.prompt_assertions is 'A person reads the assertions of their own prompts.';
create policy prompt_assertions_insert_own on public.prompt_assertions
  for insert to authenticated with check (user_id = (select auth.uid()));
comment on policy prompt_assertions_insert_own on public.prompt_assertions is 'Of their own prompts: the composite foreign key holds them to that.';
create policy prompt_assertions_update_own on public.prompt_assertions
  for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
comment on policy prompt_assertions_update_own on public.prompt_assertions is 'A person changes the assertions of their own prompts.';
create policy prompt_assertions_delete_own on public.prompt_assertions
  for delete to authenticated using (user_id = (select auth.uid()));
comment on policy prompt_assertions_delete_own on public.prompt_assertions is 'A person deletes them.';
grant select on public.prompt_assertions to authenticated;
grant insert (prompt_id, user_id, assertions) on public.prompt_assertions to authenticated;
grant update (assertions, updated_at) on public.prompt_assertions to authenticated;
grant delete on public.prompt_assertions to authenticated;

create policy test_verdicts_select_own on public.test_verdicts
  for select to authenticated using (user_id = (select auth.uid()));
comment on policy test_verdicts_select_own on public.test_verdicts is 'A person reads the verdicts on their own results.';
create policy test_verdicts_insert_own on public.test_verdicts
  for insert to authenticated with check (user_id = (select auth.uid()));
comment on policy test_verdicts_insert_own on public.test_verdicts is 'On their own results: the composite foreign key holds them to that.';
create policy test_verdicts_update_own on public.test_verdicts
  for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
comment on policy test_verdicts_update_own on public.test_verdicts is 'A result may be checked again with other assertions.';
grant select on public.test_verdicts to authenticated;
grant insert (result_id, user_id, passed, outcomes, judge_cost) on public.test_verdicts to authenticated;
grant update (passed, outcomes, judge_cost, created_at) on public.test_verdicts to authenticated;

create policy parameter_presets_select_own on public.parameter_presets
  for select to authenticated using (user_id = (select auth.uid()));
comment on policy parameter_presets_select_own on public.parameter_presets is 'A person reads their own presets.';
create policy parameter_presets_insert_own on public.parameter_presets
  for insert to authenticated with check (user_id = (select auth.uid()));
comment on policy parameter_presets_insert_own on public.parameter_presets is 'A person keeps presets of their own.';
create policy parameter_presets_update_own on public.parameter_presets
  for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
comment on policy parameter_presets_update_own on public.parameter_presets is 'A person changes their own presets.';
create policy parameter_presets_delete_own on public.parameter_presets
  for delete to authenticated using (user_id = (select auth.uid()));
comment on policy parameter_presets_delete_own on public.parameter_presets is 'A person deletes their own presets.';
grant select on public.parameter_presets to authenticated;
grant insert (id, user_id, name, temperatures, parameters) on public.parameter_presets to authenticated;
grant update (name, temperatures, parameters) on public.parameter_presets to authenticated;
grant delete on public.parameter_presets to authenticated;

-- The owner's heartbeat ----------------------------------------------------------------------------------------------------
create function internal.renew_test_runs(owner uuid, run_ids uuid[], seconds integer)
returns table (id uuid, stop_requested boolean)
language sql
security definer
set search_path = ''
as $$
  update public.test_runs r
  set lease_until = clock_timestamp() + make_interval(secs => renew_test_runs.seconds)
  where r.id = any (renew_test_runs.run_ids) and r.owner = renew_test_runs.owner
  returning r.id, r.stop_requested_at is not null
$$;
comment on function internal.renew_test_runs(uuid, uuid[], integer) is
  'Definer: one program renews the leases of the runs of many people in one statement. Returns those that are still its own.';
revoke all on function internal.renew_test_runs(uuid, uuid[], integer) from public;
grant execute on function internal.renew_test_runs(uuid, uuid[], integer) to metaprompt_app;
