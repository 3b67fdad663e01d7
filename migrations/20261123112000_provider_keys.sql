-- Keys of people's own at model providers, and which models they use with each.
--
-- The secret is encrypted by the program before it comes here (Data Protection, whose key ring the program alone reads), and no
-- role has a right to its column: it is written and read through functions that only the program's own login may execute. A
-- person sees everything else of their keys. Removing a key removes the row at once; nothing of it is left.

create table public.provider_keys (
  id uuid primary key,
  user_id uuid not null references public.users (id) on delete cascade,
  name varchar(50) not null,
  provider varchar(20) not null,
  endpoint varchar(500) not null,
  secret text,
  hint varchar(4),
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  constraint provider_keys_id_user_id_key unique (id, user_id),
  constraint provider_keys_name_is_trimmed check (name ~ '\S' and name = btrim(name)),
  constraint provider_keys_provider_is_known check (provider in ('openai', 'anthropic')),
  constraint provider_keys_endpoint_is_http check (endpoint ~ '^https?://[^/@]+')
);
comment on table public.provider_keys is 'A person''s own keys at model providers, at most 20; what a call with one costs is theirs to pay.';
comment on column public.provider_keys.endpoint is 'The API''s base address, fixed with the key: a key must not be sent elsewhere later.';
comment on column public.provider_keys.secret is 'Encrypted by the program; null where the server wants none. No role may read it.';
comment on column public.provider_keys.hint is 'The key''s last four characters, to tell keys apart; null where the key is short or there is none.';
create unique index provider_keys_user_id_name_key on public.provider_keys (user_id, lower(name));

create table public.key_models (
  id uuid primary key default gen_random_uuid(),
  key_id uuid not null,
  user_id uuid not null,
  name varchar(50) not null,
  model varchar(200) not null,
  input_price_per_million numeric(12, 6),
  output_price_per_million numeric(12, 6),
  priced_on date,
  context_tokens integer,
  max_output_tokens integer,
  created_at timestamptz not null default now(),
  constraint key_models_key_fkey foreign key (key_id, user_id) references public.provider_keys (id, user_id) on delete cascade,
  constraint key_models_key_id_model_key unique (key_id, model),
  constraint key_models_name_is_trimmed check (name ~ '\S' and name = btrim(name)),
  constraint key_models_model_is_trimmed check (model ~ '\S' and model = btrim(model)),
  constraint key_models_prices_are_both_or_none check ((input_price_per_million is null) = (output_price_per_million is null)),
  constraint key_models_prices_are_not_negative check (input_price_per_million >= 0 and output_price_per_million >= 0),
  constraint key_models_day_has_prices check (priced_on is null or input_price_per_million is not null),
  constraint key_models_tokens_are_positive check (context_tokens > 0 and max_output_tokens > 0)
);
comment on table public.key_models is 'Which models a person uses with which of their keys, at most 200 in all, and what they cost.';
comment on column public.key_models.name is 'What the person chooses it by, and what results are kept under.';
comment on column public.key_models.model is 'What the provider calls it.';
comment on column public.key_models.input_price_per_million is 'US dollars for a million tokens read; null where unknown, 0 where free.';
comment on column public.key_models.output_price_per_million is 'US dollars for a million tokens written; null where unknown, 0 where free.';
comment on column public.key_models.priced_on is 'The day the prices were looked up.';
create unique index key_models_user_id_name_key on public.key_models (user_id, lower(name));
create index key_models_key_id_user_id_idx on public.key_models (key_id, user_id);

-- Limits -------------------------------------------------------------------------------------------------------------------
-- Two at the same moment may go one over: these are bounds, not promises.
create function internal.limit_provider_keys() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (select count(*) from public.provider_keys k where k.user_id = new.user_id) >= 20 then
    raise exception 'at most 20 keys' using errcode = '23514', constraint = 'provider_keys_limit';
  end if;
  return new;
end
$$;
comment on function internal.limit_provider_keys() is 'At most 20 keys a person.';
revoke all on function internal.limit_provider_keys() from public;

create trigger provider_keys_limit
  before insert on public.provider_keys
  for each row execute function internal.limit_provider_keys();

create function internal.limit_key_models() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (select count(*) from public.key_models m where m.user_id = new.user_id) >= 200 then
    raise exception 'at most 200 models' using errcode = '23514', constraint = 'key_models_limit';
  end if;
  return new;
end
$$;
comment on function internal.limit_key_models() is 'At most 200 models a person.';
revoke all on function internal.limit_key_models() from public;

create trigger key_models_limit
  before insert on public.key_models
  for each row execute function internal.limit_key_models();

-- Rights -------------------------------------------------------------------------------------------------------------------
alter table public.provider_keys enable row level security;
alter table public.key_models enable row level security;
revoke all on public.provider_keys, public.key_models from public, anon, authenticated;

create policy provider_keys_select_own on public.provider_keys
  for select to authenticated
  using (user_id = (select auth.uid()));
comment on policy provider_keys_select_own on public.provider_keys is 'A person sees their own keys; the grants leave the secret out.';

create policy provider_keys_update_own on public.provider_keys
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
comment on policy provider_keys_update_own on public.provider_keys is 'A person renames their own keys.';

create policy provider_keys_delete_own on public.provider_keys
  for delete to authenticated
  using (user_id = (select auth.uid()));
comment on policy provider_keys_delete_own on public.provider_keys is 'A person removes their own keys. There is no insert: a function takes the secret.';

grant select (id, user_id, name, provider, endpoint, hint, created_at, last_used_at) on public.provider_keys to authenticated;
grant update (name) on public.provider_keys to authenticated;
grant delete on public.provider_keys to authenticated;

create policy key_models_select_own on public.key_models
  for select to authenticated
  using (user_id = (select auth.uid()));
comment on policy key_models_select_own on public.key_models is 'A person sees their own models.';

create policy key_models_insert_own on public.key_models
  for insert to authenticated
  with check (user_id = (select auth.uid()));
comment on policy key_models_insert_own on public.key_models is
  'A person chooses models; the composite foreign key holds them to keys of the same person.';

create policy key_models_update_own on public.key_models
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
comment on policy key_models_update_own on public.key_models is 'A person renames their models and enters prices.';

create policy key_models_delete_own on public.key_models
  for delete to authenticated
  using (user_id = (select auth.uid()));
comment on policy key_models_delete_own on public.key_models is 'A person no longer uses a model.';

grant select on public.key_models to authenticated;
grant insert (key_id, user_id, name, model, input_price_per_million, output_price_per_million, priced_on, context_tokens,
  max_output_tokens) on public.key_models to authenticated;
grant update (name, input_price_per_million, output_price_per_million, priced_on, context_tokens, max_output_tokens)
  on public.key_models to authenticated;
grant delete on public.key_models to authenticated;

-- The secret, for the program alone ----------------------------------------------------------------------------------------
create function internal.add_provider_key(
  id uuid, user_id uuid, name text, provider text, endpoint text, secret text, hint text)
returns void
language sql
security definer
set search_path = ''
as $$
  insert into public.provider_keys (id, user_id, name, provider, endpoint, secret, hint)
  values (add_provider_key.id, add_provider_key.user_id, add_provider_key.name, add_provider_key.provider,
    add_provider_key.endpoint, add_provider_key.secret, add_provider_key.hint)
$$;
comment on function internal.add_provider_key(uuid, uuid, text, text, text, text, text) is
  'Definer, for the program alone: nobody else may write a secret, and it comes encrypted.';
revoke all on function internal.add_provider_key(uuid, uuid, text, text, text, text, text) from public;
grant execute on function internal.add_provider_key(uuid, uuid, text, text, text, text, text) to metaprompt_app;

create function internal.replace_provider_secret(id uuid, user_id uuid, secret text, hint text) returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  update public.provider_keys k
  set secret = replace_provider_secret.secret, hint = replace_provider_secret.hint
  where k.id = replace_provider_secret.id and k.user_id = replace_provider_secret.user_id;
  return found;
end
$$;
comment on function internal.replace_provider_secret(uuid, uuid, text, text) is
  'Definer, for the program alone: another key for the same address. False where the person has no such key.';
revoke all on function internal.replace_provider_secret(uuid, uuid, text, text) from public;
grant execute on function internal.replace_provider_secret(uuid, uuid, text, text) to metaprompt_app;

create function internal.remove_provider_key(id uuid, user_id uuid)
returns table (name varchar, provider varchar, endpoint varchar, secret text, hint varchar)
language sql
security definer
set search_path = ''
as $$
  delete from public.provider_keys k
  where k.id = remove_provider_key.id and k.user_id = remove_provider_key.user_id
  returning k.name, k.provider, k.endpoint, k.secret, k.hint
$$;
comment on function internal.remove_provider_key(uuid, uuid) is
  'Definer, for the program alone: removes a key and gives it back once, still encrypted, so that the person may undo it.';
revoke all on function internal.remove_provider_key(uuid, uuid) from public;
grant execute on function internal.remove_provider_key(uuid, uuid) to metaprompt_app;

create function internal.find_provider_key(id uuid, user_id uuid)
returns table (provider varchar, endpoint varchar, secret text)
language sql
stable
security definer
set search_path = ''
as $$
  select k.provider, k.endpoint, k.secret from public.provider_keys k
  where k.id = find_provider_key.id and k.user_id = find_provider_key.user_id
$$;
comment on function internal.find_provider_key(uuid, uuid) is 'Definer, for the program alone: a key with its secret, to test it.';
revoke all on function internal.find_provider_key(uuid, uuid) from public;
grant execute on function internal.find_provider_key(uuid, uuid) to metaprompt_app;

create function internal.list_own_models(user_id uuid)
returns table (key_id uuid, provider varchar, endpoint varchar, secret text, name varchar, model varchar,
  input_price_per_million numeric, output_price_per_million numeric, priced_on date, context_tokens integer,
  max_output_tokens integer)
language sql
stable
security definer
set search_path = ''
as $$
  select k.id, k.provider, k.endpoint, k.secret, m.name, m.model, m.input_price_per_million, m.output_price_per_million,
    m.priced_on, m.context_tokens, m.max_output_tokens
  from public.provider_keys k
  join public.key_models m on m.key_id = k.id and m.user_id = k.user_id
  where k.user_id = list_own_models.user_id
  order by k.created_at, k.id, m.created_at, m.name
$$;
comment on function internal.list_own_models(uuid) is 'Definer, for the program alone: a person''s models with the secrets their calls need.';
revoke all on function internal.list_own_models(uuid) from public;
grant execute on function internal.list_own_models(uuid) to metaprompt_app;

create function internal.note_key_use(id uuid) returns void
language sql
security definer
set search_path = ''
as $$
  update public.provider_keys k set last_used_at = now()
  where k.id = note_key_use.id and (k.last_used_at is null or k.last_used_at < now() - interval '1 minute')
$$;
comment on function internal.note_key_use(uuid) is 'Definer, for the program alone: when a key was last used, written down at most once a minute.';
revoke all on function internal.note_key_use(uuid) from public;
grant execute on function internal.note_key_use(uuid) to metaprompt_app;
