-- /monitoring shows what a function does, not its call alone: auto_explain, PostgreSQL's own, tells the plan of each statement
-- inside while it runs, to the very session that runs it. Its settings are a superuser's to change, so the owner does, for one
-- transaction, and for administrators only.
create function internal.watch_plans()
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform internal.require_administrator();
  begin
    -- What is there already (shared_preload_libraries, session_preload_libraries) needs nobody's right to load it.
    if not exists (select from pg_catalog.pg_settings s where s.name = 'auto_explain.log_min_duration') then
      execute 'load ''auto_explain''';
    end if;
    -- SET and not set_config(): where owners are no superusers, managed servers allow them the former.
    -- To the session alone: notices of that level would be in the server's log, too, where it is set to be that talkative.
    if current_setting('log_min_messages') in ('debug5', 'debug4', 'debug3', 'debug2', 'debug1', 'info', 'notice') then
      set local log_min_messages = warning;
    end if;
    set local client_min_messages = notice;
    set local auto_explain.log_level = notice;
    set local auto_explain.log_format = json;
    set local auto_explain.log_verbose = on;
    set local auto_explain.log_analyze = off;
    set local auto_explain.log_triggers = off;
    set local auto_explain.log_settings = off;
    set local auto_explain.sample_rate = 1;
    -- Values are nobody's business; before PostgreSQL 16 they were not told at all.
    if current_setting('server_version_num')::integer >= 160000 then
      execute 'set local auto_explain.log_parameter_max_length = 0';
    end if;
    set local auto_explain.log_nested_statements = on;
    set local auto_explain.log_min_duration = 0;
  exception
    when undefined_file then
      return 'missing';
    when insufficient_privilege then
      return 'denied';
  end;
  return 'on';
end
$$;
comment on function internal.watch_plans() is
  'Definer: administrators have the plans of all statements of their transaction told to them as notices, those inside of functions included. on, missing: the server has no auto_explain, or denied: the owner may not.';
revoke all on function internal.watch_plans() from public;
grant execute on function internal.watch_plans() to authenticated;
