-- The program's own login and the schema for what Supabase's API must not expose.
--
-- metaprompt_app may become anon or authenticated and is nothing by itself: a query that forgets to switch is refused
-- (42501) instead of quietly seeing everything. It is made without a password, so it cannot sign in until the owner
-- gives it one: alter role metaprompt_app password '...'.

do $role$
begin
  -- Roles belong to the whole server; another database of it may have made this one.
  if not exists (select from pg_catalog.pg_roles where rolname = 'metaprompt_app') then
    create role metaprompt_app login noinherit nocreatedb nocreaterole;
  end if;
exception
  when duplicate_object or unique_violation then null;
end
$role$;

grant anon, authenticated to metaprompt_app;

create schema internal;
comment on schema internal is
  'Definer functions and tables behind the invoker functions in public. Not exposed by Supabase''s API.';
revoke all on schema internal from public;
grant usage on schema internal to anon, authenticated, metaprompt_app;

-- Whatever default privileges this project has: nothing is granted that is not written out below or in later files.
revoke create on schema public from public;
revoke all on all tables in schema public from public, anon, authenticated;
revoke all on all functions in schema public from public, anon, authenticated;
alter default privileges in schema public revoke all on tables from anon, authenticated;
alter default privileges in schema public revoke all on functions from anon, authenticated;
alter default privileges in schema public revoke all on sequences from anon, authenticated;

-- Trigram and accent-folding for the gallery's search; trusted extensions, so no superuser is needed.
create extension if not exists pg_trgm with schema extensions;
create extension if not exists unaccent with schema extensions;
