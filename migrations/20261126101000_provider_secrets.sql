-- The page of a person's keys asks which of them can still be decrypted. It asked for each key by itself; this is all of them at
-- once, and like find_provider_key for the program alone.

create function internal.list_provider_secrets(user_id uuid)
returns table (id uuid, secret text)
language sql
stable
security definer
set search_path = ''
as $$
  select k.id, k.secret
  from public.provider_keys k
  where k.user_id = list_provider_secrets.user_id
$$;
comment on function internal.list_provider_secrets(uuid) is 'Definer, for the program alone: the secrets of a person''s keys, to tell which can still be read.';
revoke all on function internal.list_provider_secrets(uuid) from public;
grant execute on function internal.list_provider_secrets(uuid) to metaprompt_app;
