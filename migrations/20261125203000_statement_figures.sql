-- What pg_stat_statements counts by our statements' names, for metrics: the server's own time and blocks beside what the program
-- measures. For the program's login, which may not read the view; where it is not there, there is no row and no error.

create function internal.statement_figures()
returns table (name text, calls bigint, total_ms double precision, blocks_hit bigint, blocks_read bigint)
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  home name;
begin
  select n.nspname into home from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements';
  if home is null or current_setting('pg_stat_statements.max', true) is null then
    return;
  end if;
  return query execute format(
    $query$
      select substring(s.query from '^\s*--\s*([A-Za-z]\w*(?:\.\w+)+)') as name,
        sum(s.calls)::bigint, sum(s.total_exec_time), sum(s.shared_blks_hit)::bigint, sum(s.shared_blks_read)::bigint
      from %I.pg_stat_statements s
      where s.dbid = (select d.oid from pg_catalog.pg_database d where d.datname = current_database()) and s.toplevel
      group by 1
    $query$, home);
end
$$;
comment on function internal.statement_figures() is
  'Definer, for the program alone: what pg_stat_statements counted of this database by our statements'' names; null is everything without one. Names and numbers, no text. No rows where it is not installed or not loaded.';
revoke all on function internal.statement_figures() from public;
grant execute on function internal.statement_figures() to metaprompt_app;
