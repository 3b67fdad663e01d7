-- What accounts need beside auth.users: sessions, counters of failed sign-ins, mailed links, sign-ups that wait for their
-- confirmation, the key ring that protects cookies, and who is an administrator. All of it is behind definer functions;
-- no role has a right to any of these tables. Secrets (a session's id, a link's token) are kept as hashes: whoever reads a
-- backup can use none of them.

create table internal.sessions (
  id_hash bytea primary key,
  user_id uuid not null references public.users (id) on delete cascade,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  user_agent varchar(120) not null,
  remote_token text,
  remote_expires_at timestamptz,
  remote_leased_until timestamptz,
  constraint sessions_id_is_a_hash check (octet_length(id_hash) = 32)
);
comment on table internal.sessions is 'Who is signed in where. A row that is revoked or past expires_at signs nobody in.';
comment on column internal.sessions.user_agent is 'Browser and system in a few words, for the person''s own list.';
comment on column internal.sessions.remote_token is 'Supabase''s refresh token, encrypted by the program; null for local accounts.';
comment on column internal.sessions.remote_leased_until is
  'While in the future one node is refreshing the token; a second refresh would end the session, tokens rotate.';
alter table internal.sessions enable row level security;
create policy sessions_nobody on internal.sessions for all to anon, authenticated using (false);
comment on policy sessions_nobody on internal.sessions is 'Definer functions alone read and write it.';
create index sessions_user_id_idx on internal.sessions (user_id, last_seen_at desc);
create index sessions_expires_at_idx on internal.sessions (expires_at);

create table internal.sign_in_attempts (
  email_hash bytea primary key,
  failures integer not null default 0,
  last_at timestamptz not null default now(),
  locked_until timestamptz
);
comment on table internal.sign_in_attempts is
  'Failed sign-ins in a row by address, known or not; hashed, since many of them are of people who never had an account.';
alter table internal.sign_in_attempts enable row level security;
create policy sign_in_attempts_nobody on internal.sign_in_attempts for all to anon, authenticated using (false);
comment on policy sign_in_attempts_nobody on internal.sign_in_attempts is 'Definer functions alone read and write it.';
create index sign_in_attempts_last_at_idx on internal.sign_in_attempts (last_at);

create table internal.reset_links (
  token_hash bytea primary key,
  user_id uuid not null references public.users (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
comment on table internal.reset_links is 'Mailed links that let their reader choose a new password, once.';
alter table internal.reset_links enable row level security;
create policy reset_links_nobody on internal.reset_links for all to anon, authenticated using (false);
comment on policy reset_links_nobody on internal.reset_links is 'Definer functions alone read and write it.';
create index reset_links_user_id_idx on internal.reset_links (user_id, created_at desc);
create index reset_links_expires_at_idx on internal.reset_links (expires_at);

create table internal.pending_sign_ups (
  token_hash bytea primary key,
  email varchar(255) not null,
  full_name varchar(255) not null,
  password_hash varchar(255) not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
comment on table internal.pending_sign_ups is
  'Accounts that wait for their address to be confirmed. They are none yet: an address is taken only by who reads its mail.';
alter table internal.pending_sign_ups enable row level security;
create policy pending_sign_ups_nobody on internal.pending_sign_ups for all to anon, authenticated using (false);
comment on policy pending_sign_ups_nobody on internal.pending_sign_ups is 'Definer functions alone read and write it.';
create index pending_sign_ups_email_idx on internal.pending_sign_ups (email, created_at desc);
create index pending_sign_ups_expires_at_idx on internal.pending_sign_ups (expires_at);

create table internal.data_protection_keys (
  name varchar(255) primary key,
  xml text not null,
  created_at timestamptz not null default now()
);
comment on table internal.data_protection_keys is
  'ASP.NET''s key ring: what signs and encrypts cookies, the same for all nodes and after a restart.';
alter table internal.data_protection_keys enable row level security;
create policy data_protection_keys_nobody on internal.data_protection_keys for all to anon, authenticated using (false);
comment on policy data_protection_keys_nobody on internal.data_protection_keys is 'Definer functions alone read and write it.';

create table internal.administrators (
  user_id uuid primary key references public.users (id) on delete cascade,
  created_at timestamptz not null default now()
);
comment on table internal.administrators is 'Who may look after this installation. Written by the owner only (the verb "admin").';
alter table internal.administrators enable row level security;
create policy administrators_nobody on internal.administrators for all to anon, authenticated using (false);
comment on policy administrators_nobody on internal.administrators is 'Definer functions alone read and write it.';

revoke all on internal.sessions, internal.sign_in_attempts, internal.reset_links, internal.pending_sign_ups,
  internal.data_protection_keys, internal.administrators
  from public, anon, authenticated, metaprompt_app;

-- Administrators -----------------------------------------------------------------------------------------------------------
create function internal.is_administrator() returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (select from internal.administrators a where a.user_id = (select auth.uid()))
$$;
comment on function internal.is_administrator() is 'Definer: nobody may read who is an administrator. Answers for the signed-in person alone.';
revoke all on function internal.is_administrator() from public;
grant execute on function internal.is_administrator() to anon, authenticated;

create function public.is_administrator() returns boolean
language sql
stable
set search_path = ''
as $$ select internal.is_administrator() $$;
comment on function public.is_administrator() is 'Whether the signed-in person is an administrator; for policies and pages.';
revoke all on function public.is_administrator() from public, anon, authenticated;
grant execute on function public.is_administrator() to anon, authenticated;

-- The key ring -------------------------------------------------------------------------------------------------------------
create function internal.data_protection_key_ring() returns table (xml text)
language sql
stable
security definer
set search_path = ''
as $$
  select k.xml from internal.data_protection_keys k order by k.created_at, k.name
$$;
comment on function internal.data_protection_key_ring() is 'Definer, for the program alone: the keys of its cookies.';
revoke all on function internal.data_protection_key_ring() from public;
grant execute on function internal.data_protection_key_ring() to metaprompt_app;

create function internal.add_data_protection_key(name text, xml text) returns void
language sql
security definer
set search_path = ''
as $$
  insert into internal.data_protection_keys (name, xml) values (add_data_protection_key.name, add_data_protection_key.xml)
  on conflict on constraint data_protection_keys_pkey do nothing
$$;
comment on function internal.add_data_protection_key(text, text) is 'Definer, for the program alone: keys are added and never changed.';
revoke all on function internal.add_data_protection_key(text, text) from public;
grant execute on function internal.add_data_protection_key(text, text) to metaprompt_app;
