-- Of several nodes on one database, one tells what is measured in the database itself: nobody wants to hear from each of them
-- that it is filling up. A lease says which; a node that does not renew it, because it is gone, loses it. No advisory lock: a
-- transaction pooler gives the next statement another session, which would hold the lock for nobody.

create table internal.node_leases (
  task text not null,
  holder uuid not null,
  expires_at timestamptz not null,
  primary key (task),
  constraint node_leases_task check (char_length(task) between 1 and 100)
);
comment on table internal.node_leases is 'Which node does what only one of them shall do; one row for each such task.';
comment on column internal.node_leases.holder is 'A number that the node drew when it started.';
alter table internal.node_leases enable row level security;
create policy node_leases_nobody on internal.node_leases for all to anon, authenticated using (false);
comment on policy node_leases_nobody on internal.node_leases is 'Definer functions alone read and write it.';
revoke all on internal.node_leases from public, anon, authenticated, metaprompt_app;

create function internal.take_node_lease(task text, holder uuid, seconds integer) returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into internal.node_leases as l (task, holder, expires_at)
  values (take_node_lease.task, take_node_lease.holder, clock_timestamp() + make_interval(secs => take_node_lease.seconds))
  on conflict on constraint node_leases_pkey do update
  set holder = excluded.holder, expires_at = excluded.expires_at
  where l.holder = excluded.holder or l.expires_at < clock_timestamp();
  return found;
end
$$;
comment on function internal.take_node_lease(text, uuid, integer) is
  'Definer, for the program alone: takes or renews the lease of a task for so many seconds; false while another node has it.';
revoke all on function internal.take_node_lease(text, uuid, integer) from public, anon, authenticated;
grant execute on function internal.take_node_lease(text, uuid, integer) to metaprompt_app;
