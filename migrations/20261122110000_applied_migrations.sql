-- An app node that has no owner login (ConnectionStrings:Migrator is empty) must still notice that it runs on a database
-- of another version. Its own login may read no table, the journal included: this function lets it read just that.

create function internal.applied_migrations()
returns table (version text, name text, statements text[])
language sql stable
-- Definer: the journal belongs to the owner, and granting it would open a schema that the Supabase CLI manages.
security definer
set search_path = ''
as $$
  select m.version, m.name, m.statements
  from supabase_migrations.schema_migrations m
  order by m.version collate "C"
$$;

comment on function internal.applied_migrations() is
  'What has been applied to this database, for the start of an app node that does not migrate itself';

revoke all on function internal.applied_migrations() from public, anon, authenticated;
grant execute on function internal.applied_migrations() to metaprompt_app;
