-- Failed sign-ins for administrators to see: who is being guessed at, and from where. One row for an hour, an address that was
-- tried, a network address and a reason, however often it was tried, so that a flood of guesses stays small; beyond a thousand
-- rows in an hour all others are one row. Never what was typed as the password. Kept for seven days.

create table internal.sign_in_failures (
  hour timestamptz not null,
  email_hash bytea not null,
  address inet not null,
  reason varchar(10) not null,
  user_id uuid references public.users (id) on delete cascade,
  tries integer not null default 1,
  last_at timestamptz not null default clock_timestamp(),
  primary key (hour, email_hash, address, reason),
  constraint sign_in_failures_email_is_a_hash check (octet_length(email_hash) = 32),
  constraint sign_in_failures_reason check (reason in ('password', 'locked', 'throttled', 'closed')),
  constraint sign_in_failures_tries check (tries > 0)
);
comment on table internal.sign_in_failures is 'Failed sign-ins by the hour, at most about a thousand rows each; kept for seven days.';
comment on column internal.sign_in_failures.email_hash is 'Many of the addresses are of people who never had an account; all zero in the row for what was too much.';
comment on column internal.sign_in_failures.address is 'Where it came from: an IPv4 address, or the /64 network of an IPv6 one; :: where unknown.';
comment on column internal.sign_in_failures.reason is
  'password: it was wrong; locked: too many tries at one account; throttled: too many from one address; closed: the account is banned or unconfirmed.';
comment on column internal.sign_in_failures.user_id is 'The account with that address; null where there is none.';
create index sign_in_failures_user_id_idx on internal.sign_in_failures (user_id) where user_id is not null;
alter table internal.sign_in_failures enable row level security;
create policy sign_in_failures_nobody on internal.sign_in_failures for all to anon, authenticated using (false);
comment on policy sign_in_failures_nobody on internal.sign_in_failures is 'Definer functions alone read and write it.';
revoke all on internal.sign_in_failures from public, anon, authenticated, metaprompt_app;

create function internal.note_sign_in_failure(email text, email_hash bytea, address inet, reason text) returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  this_hour constant timestamptz := date_trunc('hour', clock_timestamp());
  place constant inet := case
    when note_sign_in_failure.address is null then inet '::'
    when family(note_sign_in_failure.address) = 6 then network(set_masklen(note_sign_in_failure.address, 64))
    else note_sign_in_failure.address end;
begin
  update internal.sign_in_failures f
  set tries = f.tries + 1, last_at = clock_timestamp()
  where f.hour = this_hour and f.email_hash = note_sign_in_failure.email_hash and f.address = place
    and f.reason = note_sign_in_failure.reason;
  if found then
    return;
  end if;

  -- Two at the same moment may go over: it is a bound, not a promise.
  if (select count(*) from (select from internal.sign_in_failures f where f.hour = this_hour limit 1000) few) < 1000 then
    insert into internal.sign_in_failures as f (hour, email_hash, address, reason, user_id)
    values (this_hour, note_sign_in_failure.email_hash, place, note_sign_in_failure.reason,
      (select u.id from public.users u where u.email = note_sign_in_failure.email))
    on conflict on constraint sign_in_failures_pkey do update set tries = f.tries + 1, last_at = clock_timestamp();
  else
    insert into internal.sign_in_failures as f (hour, email_hash, address, reason)
    values (this_hour, decode(repeat('00', 32), 'hex'), inet '::', note_sign_in_failure.reason)
    on conflict on constraint sign_in_failures_pkey do update set tries = f.tries + 1, last_at = clock_timestamp();
  end if;
end
$$;
comment on function internal.note_sign_in_failure(text, bytea, inet, text) is
  'Definer, for the program alone: counts a failed sign-in. Writes at most about a thousand rows an hour.';
revoke all on function internal.note_sign_in_failure(text, bytea, inet, text) from public;
grant execute on function internal.note_sign_in_failure(text, bytea, inet, text) to metaprompt_app;

-- As before, and these too.
create or replace function internal.purge_accounts() returns void
language sql
security definer
set search_path = ''
as $$
  delete from internal.sessions s where s.expires_at < now() or s.revoked_at < now() - interval '7 days';
  delete from internal.sign_in_attempts a where a.last_at < now() - interval '1 day';
  delete from internal.sign_in_failures f where f.hour < now() - interval '7 days';
  delete from internal.reset_links l where l.expires_at < now() - interval '1 day';
  delete from internal.pending_sign_ups p where p.expires_at < now();
$$;

create function internal.monitor_sign_in_failures()
returns table (
  kind text, who text, tries bigint, wrong bigint, locked bigint, throttled bigint, others bigint, first_hour timestamptz, last_at timestamptz)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform internal.require_administrator();
  return query
    (select 'account', u.email::text, sum(f.tries)::bigint,
      coalesce(sum(f.tries) filter (where f.reason = 'password'), 0)::bigint,
      coalesce(sum(f.tries) filter (where f.reason = 'locked'), 0)::bigint,
      coalesce(sum(f.tries) filter (where f.reason = 'throttled'), 0)::bigint,
      count(distinct f.address), min(f.hour), max(f.last_at)
    from internal.sign_in_failures f
    join public.users u on u.id = f.user_id
    where f.hour > now() - interval '7 days'
    group by u.id, u.email
    order by 3 desc, 2
    limit 50)
    union all
    (select 'address', host(f.address) || case when family(f.address) = 6 and masklen(f.address) < 128 then '/64' else '' end,
      sum(f.tries)::bigint,
      coalesce(sum(f.tries) filter (where f.reason = 'password'), 0)::bigint,
      coalesce(sum(f.tries) filter (where f.reason = 'locked'), 0)::bigint,
      coalesce(sum(f.tries) filter (where f.reason = 'throttled'), 0)::bigint,
      count(distinct f.email_hash), min(f.hour), max(f.last_at)
    from internal.sign_in_failures f
    where f.hour > now() - interval '7 days' and f.address <> inet '::'
    group by f.address
    order by 3 desc, 2
    limit 50)
    union all
    -- Whom nobody knows has no name here, only a number.
    select 'stranger', null, sum(f.tries)::bigint,
      coalesce(sum(f.tries) filter (where f.reason = 'password'), 0)::bigint,
      coalesce(sum(f.tries) filter (where f.reason = 'locked'), 0)::bigint,
      coalesce(sum(f.tries) filter (where f.reason = 'throttled'), 0)::bigint,
      count(distinct f.email_hash), min(f.hour), max(f.last_at)
    from internal.sign_in_failures f
    where f.hour > now() - interval '7 days' and f.user_id is null
    having count(*) > 0;
end
$$;
comment on function internal.monitor_sign_in_failures() is
  'Definer: administrators read what nobody else may. Failed sign-ins of seven days: by account (others: network addresses), by network address (others: addresses tried there), and all at addresses without an account (stranger).';
revoke all on function internal.monitor_sign_in_failures() from public;
grant execute on function internal.monitor_sign_in_failures() to authenticated;
