-- Runs of a node that is gone. Until now all that was left of them waited for a click. Cells that had not begun cost nothing yet
-- and are wanted: a living node now takes the run over and goes on with them. What was on its way when the node died may have
-- been paid for; it is marked interrupted, for good, and only its person asks for it again.

alter table public.test_cells
  drop constraint test_cells_state,
  alter column state type varchar(20),
  add constraint test_cells_state check (state in ('queued', 'running', 'done', 'stopped', 'failed', 'interrupted'));
comment on column public.test_cells.state is
  'interrupted: it was being answered when its program went, and the run was taken over by another. Of a run that nobody carries out, queued and running cells count as interrupted, too.';

alter table public.test_runs add column taken_over smallint not null default 0;
comment on column public.test_runs.taken_over is
  'How often another program went on with it. At most three times: should a run be what ends programs, it does not end one after the other.';

create function internal.is_left_behind(run public.test_runs) returns boolean
language sql
stable
set search_path = ''
as $$
  select run.owner is not null and run.stop_requested_at is null and run.taken_over < 3
    and run.lease_until <= clock_timestamp() and run.lease_until > clock_timestamp() - interval '1 hour'
    and exists (select from public.test_cells c where c.run_id = run.id and c.state = 'queued')
$$;
comment on function internal.is_left_behind(public.test_runs) is
  'Whether a living program is to go on with a run: its own is gone, nobody stopped it, and cells of it had not begun. Not after an hour: by then a person decides.';
revoke all on function internal.is_left_behind(public.test_runs) from public;
grant execute on function internal.is_left_behind(public.test_runs) to authenticated;

create function internal.take_left_run(owner uuid, in_hand uuid[], seconds integer) returns table (id uuid, user_id uuid)
language plpgsql
security definer
set search_path = ''
as $$
declare
  taken record;
begin
  update public.test_runs r
  set owner = take_left_run.owner, taken_over = r.taken_over + 1,
    lease_until = clock_timestamp() + make_interval(secs => take_left_run.seconds)
  where r.id = (
    -- By test_runs_owner_idx, which is small: a run that has ended has no owner.
    select l.id
    from public.test_runs l
    where l.owner is not null and l.lease_until <= clock_timestamp() and l.lease_until > clock_timestamp() - interval '1 hour'
      and internal.is_left_behind(l) and l.id <> all (take_left_run.in_hand)
    order by l.lease_until
    limit 1
    for update skip locked)
  returning r.id, r.user_id into taken;
  if not found then
    return;
  end if;

  -- Should their program live after all, it may still end them with what it was answered: nobody else begins them by itself.
  update public.test_cells c set state = 'interrupted' where c.run_id = taken.id and c.state = 'running';
  return query select taken.id, taken.user_id;
end
$$;
comment on function internal.take_left_run(uuid, uuid[], integer) is
  'Definer, for the program alone: takes one run of anybody''s that was left behind, except those it has in hand; no other program gets it at the same moment. Cells that were being answered are interrupted from then on. No row where there is none.';
revoke all on function internal.take_left_run(uuid, uuid[], integer) from public;
grant execute on function internal.take_left_run(uuid, uuid[], integer) to metaprompt_app;
