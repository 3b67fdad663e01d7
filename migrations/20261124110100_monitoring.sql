-- What /monitoring reads: the server's own figures, for administrators. Each function asks first who calls. Names of
-- statements are returned, never their text: what other programs send may hold anything.

-- When a migration was applied, from here on; those before have no time.
alter table supabase_migrations.schema_migrations add column applied_at timestamptz;
alter table supabase_migrations.schema_migrations alter column applied_at set default now();

-- Statements as the server itself counts them, where it is set up to. Where not, the page says so and how to change that.
do $extension$
begin
  if current_setting('pg_stat_statements.max', true) is not null
    and not exists (select from pg_catalog.pg_extension where extname = 'pg_stat_statements') then
    create extension pg_stat_statements with schema extensions;
    revoke all on extensions.pg_stat_statements, extensions.pg_stat_statements_info from public;
  end if;
exception
  when insufficient_privilege or undefined_file or feature_not_supported then
    raise notice 'pg_stat_statements is left out: %', sqlerrm;
end
$extension$;

-- What is under way and what is new, without reading all that ever was.
create index test_runs_owner_idx on public.test_runs (owner) where owner is not null;
create index test_runs_created_at_idx on public.test_runs using brin (created_at);
create index test_results_created_at_idx on public.test_results using brin (created_at);

create function internal.monitor_server()
returns table (
  version text, started_at timestamptz, database_bytes bigint, statistics_since timestamptz, blocks_hit bigint, blocks_read bigint,
  deadlocks bigint, temp_bytes bigint, connections integer, max_connections integer, active integer, waiting integer, is_replica boolean,
  sees_sessions boolean, statements text)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform internal.require_administrator();
  return query
    select split_part(current_setting('server_version'), ' ', 1), pg_postmaster_start_time(), pg_database_size(d.datid),
      d.stats_reset, d.blks_hit, d.blks_read, d.deadlocks, d.temp_bytes,
      s.connections, current_setting('max_connections')::integer, s.active, s.waiting, pg_is_in_recovery(),
      pg_has_role('pg_read_all_stats', 'usage'),
      case
        when not exists (select from pg_extension e where e.extname = 'pg_stat_statements') then 'missing'
        when current_setting('pg_stat_statements.max', true) is null then 'not loaded'
        else 'on' end
    from pg_stat_database d
    cross join (
      select count(*)::integer as connections, (count(*) filter (where a.state = 'active'))::integer as active,
        (count(*) filter (where a.wait_event_type = 'Lock'))::integer as waiting
      from pg_stat_activity a where a.backend_type = 'client backend') s
    where d.datname = current_database();
end
$$;
comment on function internal.monitor_server() is
  'Definer: administrators read what nobody else may. The server in one row; statements: whether pg_stat_statements is on, missing, or not loaded.';
revoke all on function internal.monitor_server() from public;
grant execute on function internal.monitor_server() to authenticated;

create function internal.monitor_tables()
returns table (
  name text, rows bigint, dead_rows bigint, total_bytes bigint, index_bytes bigint, whole_scans bigint, rows_of_whole_scans bigint,
  index_scans bigint, vacuumed_at timestamptz, analyzed_at timestamptz)
language plpgsql
stable
security definer
set search_path = ''
-- A size waits for whoever rebuilds the table; the page would rather say so.
set lock_timeout = '300ms'
as $$
begin
  perform internal.require_administrator();
  return query
    select t.schemaname || '.' || t.relname, t.n_live_tup, t.n_dead_tup, pg_total_relation_size(t.relid), pg_indexes_size(t.relid),
      t.seq_scan, t.seq_tup_read, t.idx_scan, greatest(t.last_vacuum, t.last_autovacuum), greatest(t.last_analyze, t.last_autoanalyze)
    from pg_stat_user_tables t
    order by 4 desc, 1
    limit 200;
end
$$;
comment on function internal.monitor_tables() is
  'Definer: administrators read what nobody else may. Tables with size and use, the largest first; null times: never since statistics count.';
revoke all on function internal.monitor_tables() from public;
grant execute on function internal.monitor_tables() to authenticated;

create function internal.monitor_indexes()
returns table (name text, table_name text, bytes bigint, scans bigint, is_rule boolean, is_valid boolean, definition text)
language plpgsql
stable
security definer
set search_path = ''
set lock_timeout = '300ms'
as $$
begin
  perform internal.require_administrator();
  return query
    select i.schemaname || '.' || i.indexrelname, i.schemaname || '.' || i.relname, pg_relation_size(i.indexrelid), i.idx_scan,
      x.indisunique or x.indisexclusion or x.indisreplident
        or exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x')),
      x.indisvalid, pg_get_indexdef(i.indexrelid)
    from pg_stat_user_indexes i
    join pg_index x on x.indexrelid = i.indexrelid
    order by 3 desc, 1
    limit 500;
end
$$;
comment on function internal.monitor_indexes() is
  'Definer: administrators read what nobody else may. Indexes with size and how often a query read them; is_rule: it keeps rows unique, read or not.';
revoke all on function internal.monitor_indexes() from public;
grant execute on function internal.monitor_indexes() to authenticated;

create function internal.monitor_sessions()
returns table (
  pid integer, application text, login text, state text, waits_for text, statement text, since timestamptz, blocked_by integer[])
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform internal.require_administrator();
  return query
    select a.pid, left(a.application_name, 64), a.usename::text, a.state,
      case when a.wait_event_type in ('Lock', 'LWLock', 'IO', 'BufferPin', 'IPC') then a.wait_event_type || ': ' || a.wait_event end,
      substring(a.query from '^\s*--\s*([A-Za-z]\w*(?:\.\w+)+)'),
      case when a.state = 'active' then a.query_start else coalesce(a.xact_start, a.state_change) end,
      pg_blocking_pids(a.pid)
    from pg_stat_activity a
    where a.datname = current_database() and a.backend_type = 'client backend' and a.pid <> pg_backend_pid()
      and (a.wait_event_type = 'Lock'
        or (a.state = 'active' and a.query_start < clock_timestamp() - interval '2 seconds')
        or (a.state like 'idle in transaction%' and a.state_change < clock_timestamp() - interval '2 seconds')
        or exists (
          select from pg_stat_activity w where w.wait_event_type = 'Lock' and a.pid = any (pg_blocking_pids(w.pid))))
    order by 7, 1
    limit 50;
end
$$;
comment on function internal.monitor_sessions() is
  'Definer: administrators read what nobody else may. Sessions that take more than two seconds, wait for a lock or hold one that somebody waits for; a statement''s name, never its text.';
revoke all on function internal.monitor_sessions() from public;
grant execute on function internal.monitor_sessions() to authenticated;

create function internal.monitor_statements()
returns table (name text, calls bigint, total_ms double precision, mean_ms double precision, max_ms double precision, rows bigint,
  blocks_hit bigint, blocks_read bigint, temp_blocks bigint)
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  home name;
begin
  perform internal.require_administrator();
  select n.nspname into home from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements';
  if home is null then
    raise exception 'pg_stat_statements is not installed' using errcode = '55000';
  end if;
  return query execute format(
    $query$
      select coalesce(
          substring(s.query from '^\s*--\s*([A-Za-z]\w*(?:\.\w+)+)'),
          -- Of what has no name of ours, only what kind it is: its text may hold anything.
          'unnamed: ' || coalesce(lower(substring(s.query from '^\s*([A-Za-z]+)')), 'unknown')) as name,
        sum(s.calls)::bigint, sum(s.total_exec_time), sum(s.total_exec_time) / greatest(sum(s.calls), 1), max(s.max_exec_time),
        sum(s.rows)::bigint, sum(s.shared_blks_hit)::bigint, sum(s.shared_blks_read)::bigint,
        sum(s.temp_blks_read + s.temp_blks_written)::bigint
      from %I.pg_stat_statements s
      where s.dbid = (select d.oid from pg_catalog.pg_database d where d.datname = current_database()) and s.toplevel
      group by 1
      order by 3 desc
      limit 100
    $query$, home);
end
$$;
comment on function internal.monitor_statements() is
  'Definer: administrators read what nobody else may. What pg_stat_statements counted, by our statements'' names, the most time first. 55000: it is not there or not loaded.';
revoke all on function internal.monitor_statements() from public;
grant execute on function internal.monitor_statements() to authenticated;

create function internal.monitor_runs()
returns table (
  running_runs integer, queued_cells bigint, running_cells bigint, interrupted_runs bigint, done_today bigint, failed_today bigint,
  stopped_today bigint, input_tokens bigint, output_tokens bigint, cost numeric, unknown_costs bigint)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform internal.require_administrator();
  return query
    with live as (
      select r.id from public.test_runs r where r.owner is not null and r.lease_until > clock_timestamp()
    ), cells as (
      select count(*) filter (where c.state = 'queued') as queued, count(*) filter (where c.state = 'running') as running
      from public.test_cells c join live on live.id = c.run_id
    ), today as (
      select count(*) filter (where t.outcome = 'done') as done, count(*) filter (where t.outcome = 'failed') as failed,
        count(*) filter (where t.outcome = 'stopped') as stopped, coalesce(sum(t.input_tokens), 0) as input,
        coalesce(sum(t.output_tokens), 0) as output, coalesce(sum(t.cost), 0) as cost,
        count(*) filter (where t.cost is null and t.outcome is not null) as unknown
      from public.test_results t
      where t.created_at >= date_trunc('day', now() at time zone 'utc') at time zone 'utc'
    )
    select (select count(*)::integer from live), cells.queued, cells.running,
      (select count(*) from public.test_runs r
       where r.created_at > now() - interval '1 day' and r.ended_at is null
         and not coalesce(r.owner is not null and r.lease_until > clock_timestamp(), false)),
      today.done, today.failed, today.stopped, today.input::bigint, today.output::bigint, today.cost, today.unknown
    from cells, today;
end
$$;
comment on function internal.monitor_runs() is
  'Definer: administrators count runs of others. What runs now on all nodes, what the day (UTC) came to, and runs of the last 24 hours that nobody carries on.';
revoke all on function internal.monitor_runs() from public;
grant execute on function internal.monitor_runs() to authenticated;

create function internal.monitor_run_failures()
returns table (model text, reason text, failures bigint, last_at timestamptz)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform internal.require_administrator();
  -- A class by the words of ours in it. The message itself may quote a provider that quotes the prompt: it stays here.
  return query
    select c.model::text, case
        when c.error is null then 'unknown'
        when c.error ~ 'API key' then 'key'
        when c.error ~ 'no credit left' then 'credit'
        when c.error ~ 'more requests than its provider allows' then 'rate'
        when c.error ~ 'overloaded|had an error of its own' then 'provider'
        when c.error ~ 'did not answer in time|took too long|was still at it|fell silent|did not begin to answer' then 'time'
        when c.error ~ 'broke off|restart|The database did not answer' then 'broken'
        when c.error ~ 'longer than .* can read' then 'long'
        when c.error ~ 'cannot be reached|Nothing answers|no computer called|No secure connection|sends its callers on' then 'unreachable'
        when c.error ~ 'has no model called|There is no .* API|not there any more' then 'model'
        when c.error ~ 'refused the request|does not take this temperature' then 'refused'
        when c.error ~ 'limit for today|daily limit|pays a limited amount|still going after|wrote more than' then 'limit'
        when c.error ~ 'web page|no proper answer|does not understand|does not speak HTTP|answered with nothing|declined to answer|used up its tokens' then 'nonsense'
        else 'other' end,
      count(*), max(coalesce(c.started_at, r.ended_at, r.created_at))
    from public.test_runs r
    join public.test_cells c on c.run_id = r.id
    where r.created_at > now() - interval '1 day' and c.state = 'failed'
    group by 1, 2
    order by 3 desc, 1, 2
    limit 50;
end
$$;
comment on function internal.monitor_run_failures() is
  'Definer: administrators count failures of others'' runs. Failed cells of runs of the last 24 hours by model and kind of reason; no message, no prompt.';
revoke all on function internal.monitor_run_failures() from public;
grant execute on function internal.monitor_run_failures() to authenticated;

create function internal.monitor_nodes() returns table (owner uuid, runs bigint, lease_until timestamptz)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform internal.require_administrator();
  return query
    select r.owner, count(*), max(r.lease_until) from public.test_runs r
    where r.owner is not null
    group by r.owner
    order by 3 desc, 1
    limit 50;
end
$$;
comment on function internal.monitor_nodes() is
  'Definer: administrators read runs of others. The running programs that carry runs out, and until when each has said that it lives.';
revoke all on function internal.monitor_nodes() from public;
grant execute on function internal.monitor_nodes() to authenticated;

create function internal.monitor_migrations() returns table (version text, name text, applied_at timestamptz)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform internal.require_administrator();
  return query
    select m.version::text, m.name::text, m.applied_at from supabase_migrations.schema_migrations m order by m.version collate "C" desc;
end
$$;
comment on function internal.monitor_migrations() is
  'Definer: administrators read the journal of migrations, the latest first; null times: applied before times were kept.';
revoke all on function internal.monitor_migrations() from public;
grant execute on function internal.monitor_migrations() to authenticated;
