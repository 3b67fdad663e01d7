-- What a person spends on models in a day (UTC), and how much they may.
--
-- Before a call the most it can cost is reserved, atomically and only where it fits; afterwards the reservation is settled with
-- what the call did cost. A call that was cut off, or whose program was killed, keeps what it reserved: a limit is never
-- exceeded because nobody was there to count. Where no limit applies nothing is written.

create table public.budgets (
  user_id uuid primary key references public.users (id) on delete cascade,
  daily_limit numeric(12, 2) not null,
  updated_at timestamptz not null default now(),
  constraint budgets_daily_limit_is_sensible check (daily_limit between 0 and 100000)
);
comment on table public.budgets is 'A person''s own limit for a day; without a row there is none.';
comment on column public.budgets.daily_limit is 'US dollars from 00:00 to 24:00 UTC, for all models: the site''s and those with keys of their own.';

create trigger budgets_touch_updated_at
  before update on public.budgets
  for each row when (old.* is distinct from new.*)
  execute function internal.touch_updated_at();

create table public.spending (
  user_id uuid not null references public.users (id) on delete cascade,
  day date not null,
  spent numeric(18, 8) not null default 0,
  spent_by_site numeric(18, 8) not null default 0,
  primary key (user_id, day),
  constraint spending_is_not_negative check (spent >= 0 and spent_by_site >= 0)
);
comment on table public.spending is 'What was spent or is reserved on a day while a limit applied.';
comment on column public.spending.spent is 'US dollars, all models together.';
comment on column public.spending.spent_by_site is 'The part of it that models paid by this site cost.';

alter table public.budgets enable row level security;
alter table public.spending enable row level security;
revoke all on public.budgets, public.spending from public, anon, authenticated;

create policy budgets_select_own on public.budgets
  for select to authenticated
  using (user_id = (select auth.uid()));
comment on policy budgets_select_own on public.budgets is 'A person sees their own limit.';

create policy budgets_insert_own on public.budgets
  for insert to authenticated
  with check (user_id = (select auth.uid()));
comment on policy budgets_insert_own on public.budgets is 'A person sets a limit for themselves.';

create policy budgets_update_own on public.budgets
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
comment on policy budgets_update_own on public.budgets is 'A person changes their own limit.';

create policy budgets_delete_own on public.budgets
  for delete to authenticated
  using (user_id = (select auth.uid()));
comment on policy budgets_delete_own on public.budgets is 'A person lifts their own limit.';

grant select on public.budgets to authenticated;
grant insert (user_id, daily_limit) on public.budgets to authenticated;
grant update (daily_limit) on public.budgets to authenticated;
grant delete on public.budgets to authenticated;

create policy spending_select_own on public.spending
  for select to authenticated
  using (user_id = (select auth.uid()));
comment on policy spending_select_own on public.spending is 'A person sees what they spent; the program alone counts.';

grant select on public.spending to authenticated;

create function internal.reserve_spend(user_id uuid, amount numeric, paid_by_site boolean, site_limit numeric)
returns table (outcome text, day date, own_limit numeric, spent numeric, spent_by_site numeric)
language plpgsql
security definer
set search_path = ''
as $$
declare
  own numeric := (select b.daily_limit from public.budgets b where b.user_id = reserve_spend.user_id);
  cap numeric := case when paid_by_site then site_limit end;
  today date := (now() at time zone 'utc')::date;
begin
  if (own is null and cap is null) or amount = 0 then
    return query select 'unlimited', today, own, null::numeric, null::numeric;
    return;
  end if;
  if amount is null then
    return query select 'no_price', today, own, null::numeric, null::numeric;
    return;
  end if;
  if amount < 0 then
    raise exception 'an amount below zero' using errcode = '22003';
  end if;

  insert into public.spending (user_id, day) values (reserve_spend.user_id, today) on conflict do nothing;
  -- Whoever waits for the row looks at the sum again: however many come at once, none goes past a limit.
  return query
    update public.spending s
    set spent = s.spent + amount, spent_by_site = s.spent_by_site + case when paid_by_site then amount else 0 end
    where s.user_id = reserve_spend.user_id and s.day = today
      and (own is null or s.spent + amount <= own)
      and (cap is null or s.spent_by_site + amount <= cap)
    returning 'reserved', s.day, own, s.spent, s.spent_by_site;
  if not found then
    return query
      select case when s.spent + amount > own then 'over_own' else 'over_site' end, s.day, own, s.spent, s.spent_by_site
      from public.spending s
      where s.user_id = reserve_spend.user_id and s.day = today;
  end if;
end
$$;
comment on function internal.reserve_spend(uuid, numeric, boolean, numeric) is
  'Definer, for the program alone: adds the most a call can cost to the day where it fits. The outcome is unlimited (nothing is written), reserved, no_price (a limit applies and the amount is unknown), over_own or over_site.';
revoke all on function internal.reserve_spend(uuid, numeric, boolean, numeric) from public;
grant execute on function internal.reserve_spend(uuid, numeric, boolean, numeric) to metaprompt_app;

create function internal.settle_spend(user_id uuid, day date, reserved numeric, actual numeric, paid_by_site boolean) returns void
language sql
security definer
set search_path = ''
as $$
  update public.spending s
  set spent = greatest(s.spent - reserved + actual, 0),
    spent_by_site = case when paid_by_site then greatest(s.spent_by_site - reserved + actual, 0) else s.spent_by_site end
  where s.user_id = settle_spend.user_id and s.day = settle_spend.day
$$;
comment on function internal.settle_spend(uuid, date, numeric, numeric, boolean) is
  'Definer, for the program alone: what a call did cost takes the place of what was reserved for it, on the day it was reserved.';
revoke all on function internal.settle_spend(uuid, date, numeric, numeric, boolean) from public;
grant execute on function internal.settle_spend(uuid, date, numeric, numeric, boolean) to metaprompt_app;
