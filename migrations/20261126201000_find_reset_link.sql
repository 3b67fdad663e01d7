-- Whose a mailed link is, before its password is set: no password is made of one's own name or address, and whoever follows a
-- link has typed neither. As the other functions of the local account store it is granted only where there is no Supabase.
create function internal.find_reset_link(token_hash bytea) returns table (email varchar, full_name varchar)
language sql
stable
security definer
set search_path = ''
as $$
  select a.email, u.full_name
  from internal.reset_links l
  join auth.users a on a.id = l.user_id
  left join public.users u on u.id = a.id
  where l.token_hash = find_reset_link.token_hash and l.used_at is null
    and l.expires_at > now() and l.expires_at <= now() + interval '65 minutes'
$$;
comment on function internal.find_reset_link(bytea) is 'Definer, for the program alone: whose a mailed link is, without using it; no row where it is no good.';
revoke all on function internal.find_reset_link(bytea) from public;

do $local$
begin
  if (select c.relowner from pg_catalog.pg_class c where c.oid = 'auth.users'::regclass)
    = (select r.oid from pg_catalog.pg_roles r where r.rolname = current_user)
  then
    grant execute on function internal.find_reset_link(bytea) to metaprompt_app;
  end if;
end
$local$;
