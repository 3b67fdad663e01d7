-- Sessions and the counting of sign-ins, for the program alone (metaprompt_app): a person's own session is found by the
-- secret in their cookie, which the database knows only as a hash.

-- Sessions -----------------------------------------------------------------------------------------------------------------
create function internal.open_session(
  id_hash bytea, user_id uuid, user_agent text, remote_token text, remote_expires_at timestamptz)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into internal.sessions (id_hash, user_id, expires_at, user_agent, remote_token, remote_expires_at)
  select open_session.id_hash, u.id, now() + interval '14 days', left(open_session.user_agent, 120),
    open_session.remote_token, open_session.remote_expires_at
  from public.users u
  where u.id = open_session.user_id;
  return found;
end
$$;
comment on function internal.open_session(bytea, uuid, text, text, timestamptz) is
  'Definer, for the program alone. False where there is no such person in public.users.';
revoke all on function internal.open_session(bytea, uuid, text, text, timestamptz) from public;
grant execute on function internal.open_session(bytea, uuid, text, text, timestamptz) to metaprompt_app;

create function internal.find_session(id_hash bytea)
returns table (
  user_id uuid, email varchar, full_name varchar, avatar_url text, is_administrator boolean, remote_expires_at timestamptz)
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- A fortnight from the last visit, written down at most once a minute.
  update internal.sessions s
  set last_seen_at = now(), expires_at = now() + interval '14 days'
  where s.id_hash = find_session.id_hash and s.revoked_at is null and s.expires_at > now()
    and s.last_seen_at < now() - interval '1 minute';

  return query
    select s.user_id, u.email, u.full_name, u.avatar_url,
      exists (select from internal.administrators a where a.user_id = s.user_id),
      s.remote_expires_at
    from internal.sessions s
    join public.users u on u.id = s.user_id
    join auth.users account on account.id = s.user_id
    where s.id_hash = find_session.id_hash and s.revoked_at is null and s.expires_at > now()
      and account.deleted_at is null and (account.banned_until is null or account.banned_until <= now());
end
$$;
comment on function internal.find_session(bytea) is
  'Definer, for the program alone: who a live session is. No row where it is revoked, too old, or the account is closed.';
revoke all on function internal.find_session(bytea) from public;
grant execute on function internal.find_session(bytea) to metaprompt_app;

create function internal.revoke_session(id_hash bytea) returns table (remote_token text)
language plpgsql
security definer
set search_path = ''
as $$
begin
  return query
    with ended as (
      select s.id_hash, s.remote_token from internal.sessions s
      where s.id_hash = revoke_session.id_hash and s.revoked_at is null
      for update
    ), revoked as (
      update internal.sessions s set revoked_at = now(), remote_token = null
      from ended where s.id_hash = ended.id_hash
    )
    select ended.remote_token from ended;
end
$$;
comment on function internal.revoke_session(bytea) is
  'Definer, for the program alone: ends one session; returns the other service''s token, so that it can be ended there too.';
revoke all on function internal.revoke_session(bytea) from public;
grant execute on function internal.revoke_session(bytea) to metaprompt_app;

create function internal.revoke_sessions(user_id uuid, except_id_hash bytea) returns table (remote_token text)
language plpgsql
security definer
set search_path = ''
as $$
begin
  return query
    with ended as (
      select s.id_hash, s.remote_token from internal.sessions s
      where s.user_id = revoke_sessions.user_id and s.revoked_at is null
        and s.id_hash is distinct from revoke_sessions.except_id_hash
      for update
    ), revoked as (
      update internal.sessions s set revoked_at = now(), remote_token = null
      from ended where s.id_hash = ended.id_hash
    )
    select ended.remote_token from ended;
end
$$;
comment on function internal.revoke_sessions(uuid, bytea) is
  'Definer, for the program alone: ends all sessions of a person but the one named (null: all). One row per ended session.';
revoke all on function internal.revoke_sessions(uuid, bytea) from public;
grant execute on function internal.revoke_sessions(uuid, bytea) to metaprompt_app;

create function internal.list_sessions(user_id uuid)
returns table (id_hash bytea, created_at timestamptz, last_seen_at timestamptz, user_agent varchar)
language sql
stable
security definer
set search_path = ''
as $$
  select s.id_hash, s.created_at, s.last_seen_at, s.user_agent from internal.sessions s
  where s.user_id = list_sessions.user_id and s.revoked_at is null and s.expires_at > now()
  order by s.last_seen_at desc, s.id_hash
  limit 50
$$;
comment on function internal.list_sessions(uuid) is 'Definer, for the program alone: where a person is signed in.';
revoke all on function internal.list_sessions(uuid) from public;
grant execute on function internal.list_sessions(uuid) to metaprompt_app;

create function internal.lease_remote_session(id_hash bytea) returns table (remote_token text)
language sql
security definer
set search_path = ''
as $$
  update internal.sessions s
  set remote_leased_until = clock_timestamp() + interval '30 seconds'
  where s.id_hash = lease_remote_session.id_hash and s.revoked_at is null and s.remote_token is not null
    and s.remote_expires_at <= clock_timestamp() + interval '1 minute'
    and (s.remote_leased_until is null or s.remote_leased_until <= clock_timestamp())
  returning s.remote_token
$$;
comment on function internal.lease_remote_session(bytea) is
  'Definer, for the program alone: the token to refresh, to one caller at a time among all nodes; no row for the others.';
revoke all on function internal.lease_remote_session(bytea) from public;
grant execute on function internal.lease_remote_session(bytea) to metaprompt_app;

create function internal.renew_remote_session(id_hash bytea, remote_token text, remote_expires_at timestamptz) returns void
language sql
security definer
set search_path = ''
as $$
  update internal.sessions s
  set remote_token = renew_remote_session.remote_token, remote_expires_at = renew_remote_session.remote_expires_at,
    remote_leased_until = null
  where s.id_hash = renew_remote_session.id_hash and s.revoked_at is null
$$;
comment on function internal.renew_remote_session(bytea, text, timestamptz) is
  'Definer, for the program alone: keeps the next token and ends the lease.';
revoke all on function internal.renew_remote_session(bytea, text, timestamptz) from public;
grant execute on function internal.renew_remote_session(bytea, text, timestamptz) to metaprompt_app;

-- Counting sign-ins --------------------------------------------------------------------------------------------------------
create function internal.begin_sign_in(email_hash bytea) returns interval
language plpgsql
security definer
set search_path = ''
as $$
declare
  attempt internal.sign_in_attempts;
  tries integer;
begin
  loop
    select * into attempt from internal.sign_in_attempts a where a.email_hash = begin_sign_in.email_hash for update;
    exit when found;
    insert into internal.sign_in_attempts (email_hash) values (begin_sign_in.email_hash) on conflict do nothing;
  end loop;

  if attempt.locked_until > clock_timestamp() then
    return attempt.locked_until - clock_timestamp();
  end if;

  tries := case when attempt.last_at < clock_timestamp() - interval '1 day' then 1 else attempt.failures + 1 end;
  update internal.sign_in_attempts a
  set failures = tries,
    last_at = clock_timestamp(),
    locked_until = case when tries >= 5
      then clock_timestamp() + least(interval '15 minutes', interval '30 seconds' * 2 ^ least(tries - 5, 10)) end
  where a.email_hash = begin_sign_in.email_hash;
  return null;
end
$$;
comment on function internal.begin_sign_in(bytea) is
  'Definer, for the program alone: counts a try before the password is looked at. Null: go on; else the time to wait.';
revoke all on function internal.begin_sign_in(bytea) from public;
grant execute on function internal.begin_sign_in(bytea) to metaprompt_app;

create function internal.clear_sign_ins(email_hash bytea) returns void
language sql
security definer
set search_path = ''
as $$
  delete from internal.sign_in_attempts a where a.email_hash = clear_sign_ins.email_hash
$$;
comment on function internal.clear_sign_ins(bytea) is 'Definer, for the program alone: the right password ends the count.';
revoke all on function internal.clear_sign_ins(bytea) from public;
grant execute on function internal.clear_sign_ins(bytea) to metaprompt_app;

create function internal.forget_last_sign_in(email_hash bytea) returns void
language sql
security definer
set search_path = ''
as $$
  update internal.sign_in_attempts a set failures = greatest(a.failures - 1, 0), locked_until = null
  where a.email_hash = forget_last_sign_in.email_hash
$$;
comment on function internal.forget_last_sign_in(bytea) is
  'Definer, for the program alone: a try at which nobody looked at the password (the service was away) was none.';
revoke all on function internal.forget_last_sign_in(bytea) from public;
grant execute on function internal.forget_last_sign_in(bytea) to metaprompt_app;

-- Housekeeping -------------------------------------------------------------------------------------------------------------
create function internal.purge_accounts() returns void
language sql
security definer
set search_path = ''
as $$
  delete from internal.sessions s where s.expires_at < now() or s.revoked_at < now() - interval '7 days';
  delete from internal.sign_in_attempts a where a.last_at < now() - interval '1 day';
  delete from internal.reset_links l where l.expires_at < now() - interval '1 day';
  delete from internal.pending_sign_ups p where p.expires_at < now();
$$;
comment on function internal.purge_accounts() is 'Definer, for the program alone: what is over is not kept.';
revoke all on function internal.purge_accounts() from public;
grant execute on function internal.purge_accounts() to metaprompt_app;
