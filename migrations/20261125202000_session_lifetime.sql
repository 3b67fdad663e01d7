-- A session ends a fortnight after the last visit; from now on also ninety days after it was opened, however often somebody
-- comes: whoever has had a stolen cookie for so long has it no longer, and its person shows now and then that they know the
-- password. Those that are older than that sign in again at their next visit.

create or replace function internal.find_session(id_hash bytea)
returns table (
  user_id uuid, email varchar, full_name varchar, avatar_url text, is_administrator boolean, remote_expires_at timestamptz)
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- A fortnight from the last visit, ninety days from the first, written down at most once a minute. A last visit that is still
  -- to come was written by a clock that has been stepped back since: this visit counts.
  update internal.sessions s
  set last_seen_at = now(), expires_at = least(now() + interval '14 days', s.created_at + interval '90 days')
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
