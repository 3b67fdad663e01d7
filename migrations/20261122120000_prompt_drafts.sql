-- What a person is writing in the wizard and has not saved yet, so that it is there on another device and after a crash.
-- A draft is written over and over; its revision tells a second tab that it would overwrite what it has never seen.

create table public.prompt_drafts (
  id uuid primary key,
  user_id uuid not null references public.users (id) on delete cascade,
  goal text not null,
  step varchar(20) not null,
  state text not null,
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint prompt_drafts_goal_length check (length(goal) <= 300),
  constraint prompt_drafts_state_length check (octet_length(state) <= 4000000)
);
comment on table public.prompt_drafts is 'Unfinished prompts of the wizard: a person''s own, gone when the prompt is saved.';
comment on column public.prompt_drafts.goal is 'The beginning of the goal, for a list of drafts.';
comment on column public.prompt_drafts.state is 'The wizard''s state as it writes it; PostgreSQL does not look into it.';
comment on column public.prompt_drafts.revision is 'Grows with every write: whoever writes says which one they have seen.';
create index prompt_drafts_user_id_updated_at_idx on public.prompt_drafts (user_id, updated_at desc, id desc);

create function internal.count_draft_revision() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.revision := old.revision + 1;
  new.updated_at := clock_timestamp();
  return new;
end
$$;
comment on function internal.count_draft_revision() is 'Counts revisions whoever writes.';
revoke all on function internal.count_draft_revision() from public;

create trigger prompt_drafts_revision
  before update on public.prompt_drafts
  for each row when ((old.goal, old.step, old.state) is distinct from (new.goal, new.step, new.state))
  execute function internal.count_draft_revision();

create function internal.limit_drafts() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- Two at the same moment may go one over: it is a bound, not a promise.
  if (select count(*) from public.prompt_drafts d where d.user_id = new.user_id) >= 200 then
    raise exception 'too many drafts' using errcode = '54000', hint = 'Delete drafts that are not needed.';
  end if;
  return new;
end
$$;
comment on function internal.limit_drafts() is 'At most 200 drafts a person: nobody fills the disk by opening the wizard.';
revoke all on function internal.limit_drafts() from public;

create trigger prompt_drafts_limit
  before insert on public.prompt_drafts
  for each row execute function internal.limit_drafts();

alter table public.prompt_drafts enable row level security;
create policy prompt_drafts_select_own on public.prompt_drafts
  for select to authenticated
  using (user_id = (select auth.uid()));
comment on policy prompt_drafts_select_own on public.prompt_drafts is 'A person reads their own drafts.';

create policy prompt_drafts_insert_own on public.prompt_drafts
  for insert to authenticated
  with check (user_id = (select auth.uid()));
comment on policy prompt_drafts_insert_own on public.prompt_drafts is 'A person keeps drafts of their own.';

create policy prompt_drafts_update_own on public.prompt_drafts
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
comment on policy prompt_drafts_update_own on public.prompt_drafts is 'A person goes on with their own drafts.';

create policy prompt_drafts_delete_own on public.prompt_drafts
  for delete to authenticated
  using (user_id = (select auth.uid()));
comment on policy prompt_drafts_delete_own on public.prompt_drafts is 'A person throws their own drafts away.';

revoke all on public.prompt_drafts from anon, authenticated;
grant select on public.prompt_drafts to authenticated;
grant insert (id, user_id, goal, step, state) on public.prompt_drafts to authenticated;
grant update (goal, step, state) on public.prompt_drafts to authenticated;
grant delete on public.prompt_drafts to authenticated;
