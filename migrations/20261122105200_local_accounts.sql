-- The local account store: passwords in auth.users, of the shape Supabase Auth keeps, for a database where there is no
-- Supabase. The program hashes and verifies (bcrypt), the database keeps. Where auth.users belongs to somebody else, which
-- is to say on Supabase, these functions are granted to nobody: there the program must never come near a password hash.

create function internal.find_local_account(email text)
returns table (id uuid, email varchar, full_name varchar, password_hash varchar, is_banned boolean)
language sql
stable
security definer
set search_path = ''
as $$
  select a.id, a.email, u.full_name, a.encrypted_password, coalesce(a.banned_until > now(), false)
  from auth.users a
  left join public.users u on u.id = a.id
  where a.email = lower(find_local_account.email) and not a.is_sso_user and a.deleted_at is null
$$;
comment on function internal.find_local_account(text) is 'Definer, for the program alone: what a sign-in has to check.';
revoke all on function internal.find_local_account(text) from public;

create function internal.create_local_account(email text, full_name text, password_hash text) returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  made uuid;
begin
  insert into auth.users (id, aud, role, email, encrypted_password, email_confirmed_at, last_sign_in_at,
    raw_app_meta_data, raw_user_meta_data, created_at, updated_at)
  values (gen_random_uuid(), 'authenticated', 'authenticated', lower(create_local_account.email),
    create_local_account.password_hash, now(), now(), '{"provider":"email","providers":["email"]}',
    jsonb_build_object('full_name', create_local_account.full_name), now(), now())
  on conflict do nothing
  returning id into made;
  return made;
end
$$;
comment on function internal.create_local_account(text, text, text) is
  'Definer, for the program alone: a new account with a confirmed address; null where the address has one.';
revoke all on function internal.create_local_account(text, text, text) from public;

create function internal.record_local_sign_in(user_id uuid, better_hash text) returns void
language sql
security definer
set search_path = ''
as $$
  update auth.users a
  set last_sign_in_at = now(), encrypted_password = coalesce(record_local_sign_in.better_hash, a.encrypted_password)
  where a.id = record_local_sign_in.user_id
$$;
comment on function internal.record_local_sign_in(uuid, text) is
  'Definer, for the program alone: notes the time, and keeps a stronger hash of the same password where there is one.';
revoke all on function internal.record_local_sign_in(uuid, text) from public;

create function internal.set_local_password(user_id uuid, password_hash text) returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  update auth.users a
  set encrypted_password = set_local_password.password_hash, updated_at = now()
  where a.id = set_local_password.user_id;
  update internal.reset_links l set used_at = now()
  where l.user_id = set_local_password.user_id and l.used_at is null;
  update internal.sessions s set revoked_at = now(), remote_token = null
  where s.user_id = set_local_password.user_id and s.revoked_at is null;
end
$$;
comment on function internal.set_local_password(uuid, text) is
  'Definer, for the program alone: a new password, and with it the end of every session and every mailed link.';
revoke all on function internal.set_local_password(uuid, text) from public;

-- Mailed links -------------------------------------------------------------------------------------------------------------
create function internal.create_reset_link(email text, token_hash bytea) returns table (full_name varchar)
language plpgsql
security definer
set search_path = ''
as $$
declare
  account uuid;
begin
  select a.id into account from auth.users a
  where a.email = lower(create_reset_link.email) and not a.is_sso_user and a.deleted_at is null;
  -- Nobody's mailbox is to be filled by somebody else: one a minute, five an hour.
  if account is null
    or exists (select from internal.reset_links l where l.user_id = account and l.created_at > now() - interval '1 minute')
    or (select count(*) from internal.reset_links l where l.user_id = account and l.created_at > now() - interval '1 hour') >= 5
  then
    return;
  end if;
  insert into internal.reset_links (token_hash, user_id, expires_at)
  values (create_reset_link.token_hash, account, now() + interval '1 hour');
  return query select u.full_name from public.users u where u.id = account;
end
$$;
comment on function internal.create_reset_link(text, bytea) is
  'Definer, for the program alone: a row where a mail is to be sent; none for an unknown address or too many mails.';
revoke all on function internal.create_reset_link(text, bytea) from public;

create function internal.may_reset(token_hash bytea) returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from internal.reset_links l
    where l.token_hash = may_reset.token_hash and l.used_at is null and l.expires_at > now())
$$;
comment on function internal.may_reset(bytea) is 'Definer, for the program alone: whether a mailed link still works, without using it.';
revoke all on function internal.may_reset(bytea) from public;

create function internal.use_reset_link(token_hash bytea, password_hash text) returns table (user_id uuid, email varchar)
language plpgsql
security definer
set search_path = ''
as $$
declare
  account uuid;
begin
  update internal.reset_links l set used_at = now()
  where l.token_hash = use_reset_link.token_hash and l.used_at is null and l.expires_at > now()
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
comment on function internal.use_reset_link(bytea, text) is
  'Definer, for the program alone: sets the password once per link and ends all sessions; no row where the link is no good.';
revoke all on function internal.use_reset_link(bytea, text) from public;

create function internal.create_pending_sign_up(email text, full_name text, password_hash text, token_hash bytea)
returns text
language plpgsql
security definer
set search_path = ''
as $$
begin
  if exists (
      select from internal.pending_sign_ups p
      where p.email = lower(create_pending_sign_up.email) and p.created_at > now() - interval '1 minute')
    or (select count(*) from internal.pending_sign_ups p
      where p.email = lower(create_pending_sign_up.email) and p.created_at > now() - interval '1 hour') >= 5
  then
    return 'enough';
  end if;
  -- Kept for a taken address as well, so that it counts the mails; confirming it makes no second account.
  insert into internal.pending_sign_ups (token_hash, email, full_name, password_hash, expires_at)
  values (create_pending_sign_up.token_hash, lower(create_pending_sign_up.email), create_pending_sign_up.full_name,
    create_pending_sign_up.password_hash, now() + interval '1 day');
  return case when exists (select from auth.users a where a.email = lower(create_pending_sign_up.email)) then 'taken' else 'new' end;
end
$$;
comment on function internal.create_pending_sign_up(text, text, text, bytea) is
  'Definer, for the program alone: new (mail a link), taken (mail that there is an account), enough (mail nothing now).';
revoke all on function internal.create_pending_sign_up(text, text, text, bytea) from public;

create function internal.find_pending_sign_up(token_hash bytea) returns table (email varchar, password_hash varchar)
language sql
stable
security definer
set search_path = ''
as $$
  select p.email, p.password_hash from internal.pending_sign_ups p
  where p.token_hash = find_pending_sign_up.token_hash and p.expires_at > now()
$$;
comment on function internal.find_pending_sign_up(bytea) is 'Definer, for the program alone: what the password of a confirmation is checked against.';
revoke all on function internal.find_pending_sign_up(bytea) from public;

create function internal.confirm_sign_up(token_hash bytea) returns table (id uuid, email varchar, full_name varchar)
language plpgsql
security definer
set search_path = ''
as $$
declare
  pending internal.pending_sign_ups;
  made uuid;
begin
  select * into pending from internal.pending_sign_ups p
  where p.token_hash = confirm_sign_up.token_hash and p.expires_at > now()
  for update;
  if not found then
    return;
  end if;
  made := internal.create_local_account(pending.email, pending.full_name, pending.password_hash);
  delete from internal.pending_sign_ups p where p.email = pending.email;
  if made is not null then
    return query select u.id, u.email, u.full_name from public.users u where u.id = made;
  end if;
end
$$;
comment on function internal.confirm_sign_up(bytea) is
  'Definer, for the program alone: makes the account a confirmed sign-up asked for; no row where there is none to make.';
revoke all on function internal.confirm_sign_up(bytea) from public;

do $local$
begin
  if (select c.relowner from pg_catalog.pg_class c where c.oid = 'auth.users'::regclass)
    = (select r.oid from pg_catalog.pg_roles r where r.rolname = current_user)
  then
    grant execute on function internal.find_local_account(text) to metaprompt_app;
    grant execute on function internal.create_local_account(text, text, text) to metaprompt_app;
    grant execute on function internal.record_local_sign_in(uuid, text) to metaprompt_app;
    grant execute on function internal.set_local_password(uuid, text) to metaprompt_app;
    grant execute on function internal.create_reset_link(text, bytea) to metaprompt_app;
    grant execute on function internal.may_reset(bytea) to metaprompt_app;
    grant execute on function internal.use_reset_link(bytea, text) to metaprompt_app;
    grant execute on function internal.create_pending_sign_up(text, text, text, bytea) to metaprompt_app;
    grant execute on function internal.find_pending_sign_up(bytea) to metaprompt_app;
    grant execute on function internal.confirm_sign_up(bytea) to metaprompt_app;
  end if;
end
$local$;
