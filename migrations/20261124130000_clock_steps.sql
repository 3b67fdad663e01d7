-- What holds for a while holds no longer because the clock was stepped back. Written while the clock was a year ahead, it would
-- otherwise hold for a year: a link to choose a new password and a lease are also refused where they end later than they could
-- have been given now, with some minutes for clocks that are adjusted a little; a session is cut to its fortnight at its next visit.

create or replace function internal.find_session(id_hash bytea)
returns table (
  user_id uuid, email varchar, full_name varchar, avatar_url text, is_administrator boolean, remote_expires_at timestamptz)
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- A fortnight from the last visit, written down at most once a minute. A last visit that is still to come was written by a
  -- clock that has been stepped back since: this visit counts.
  update internal.sessions s
  set last_seen_at = now(), expires_at = now() + interval '14 days'
  where s.id_hash = find_session.id_hash and s.revoked_at is null and s.expires_at > now()
    and (s.last_seen_at < now() - interval '1 minute' or s.last_seen_at > now() + interval '1 minute');

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

create or replace function internal.lease_remote_session(id_hash bytea) returns table (remote_token text)
language sql
security definer
set search_path = ''
as $$
  update internal.sessions s
  set remote_leased_until = clock_timestamp() + interval '30 seconds'
  where s.id_hash = lease_remote_session.id_hash and s.revoked_at is null and s.remote_token is not null
    and s.remote_expires_at <= clock_timestamp() + interval '1 minute'
    and (s.remote_leased_until is null or s.remote_leased_until <= clock_timestamp()
      or s.remote_leased_until > clock_timestamp() + interval '1 minute')
  returning s.remote_token
$$;

create or replace function internal.may_reset(token_hash bytea) returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from internal.reset_links l
    where l.token_hash = may_reset.token_hash and l.used_at is null
      and l.expires_at > now() and l.expires_at <= now() + interval '65 minutes')
$$;

create or replace function internal.use_reset_link(token_hash bytea, password_hash text) returns table (user_id uuid, email varchar)
language plpgsql
security definer
set search_path = ''
as $$
declare
  account uuid;
begin
  update internal.reset_links l set used_at = now()
  where l.token_hash = use_reset_link.token_hash and l.used_at is null
    and l.expires_at > now() and l.expires_at <= now() + interval '65 minutes'
  returning l.user_id into account;
  if account is null then
    return;
  end if;
  perform internal.set_local_password(account, use_reset_link.password_hash);
  -- Who reads the mail has the address.
  update auth.users a set email_confirmed_at = coalesce(a.email_confirmed_at, now()) where a.id = account;
  return query select a.id, a.email from auth.users a where a.id = account;
end
$$;
