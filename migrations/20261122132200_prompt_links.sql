-- A secret link: whoever has it reads one prompt as it is then, without an account. It is in no list and no search, and ends
-- when its owner takes it back.
--
-- The token is kept as it is, for its owner alone, and not as a hash: they copy it again on another day instead of making a
-- new one and breaking the link that others have, and taking a link back can be undone. Whoever could read this table past
-- its policies reads the prompts themselves there as well. Nothing is noted about who reads.

create table public.prompt_links (
  prompt_id uuid primary key references public.prompts (id) on delete cascade,
  token varchar(43) not null,
  created_at timestamptz not null default now(),
  constraint prompt_links_token_key unique (token),
  -- 32 random bytes in characters that need no escaping.
  constraint prompt_links_token_is_long check (token ~ '^[A-Za-z0-9_-]{43}$')
);
comment on table public.prompt_links is 'The secret link of a prompt, where it has one: whoever knows the token may read the prompt.';
comment on column public.prompt_links.token is '256 random bits, base64url; never shown to anybody but the owner.';
alter table public.prompt_links enable row level security;

create policy prompt_links_select_own on public.prompt_links
  for select to authenticated
  using (exists (select from public.prompts p where p.id = prompt_id and p.user_id = (select auth.uid())));
comment on policy prompt_links_select_own on public.prompt_links is 'A person sees the links of their own prompts.';

create policy prompt_links_insert_own on public.prompt_links
  for insert to authenticated
  with check (exists (select from public.prompts p where p.id = prompt_id and p.user_id = (select auth.uid())));
comment on policy prompt_links_insert_own on public.prompt_links is 'A person shares prompts of their own.';

create policy prompt_links_delete_own on public.prompt_links
  for delete to authenticated
  using (exists (select from public.prompts p where p.id = prompt_id and p.user_id = (select auth.uid())));
comment on policy prompt_links_delete_own on public.prompt_links is 'A person takes links back; there is no update.';

revoke all on public.prompt_links from anon, authenticated;
grant select on public.prompt_links to authenticated;
grant insert (prompt_id, token) on public.prompt_links to authenticated;
grant delete on public.prompt_links to authenticated;

create function internal.read_shared_prompt(token text)
returns table (title varchar, goal text, template text, variables jsonb, updated_at timestamptz)
language sql
stable
security definer
set search_path = ''
as $$
  select p.title, p.goal, p.template, p.variables, p.updated_at
  from public.prompt_links l
  join public.prompts p on p.id = l.prompt_id
  where l.token = read_shared_prompt.token and p.deleted_at is null
    -- What a moderator took away is its owner's alone, by link or otherwise.
    and not exists (select from internal.hidden_templates h where h.prompt_id = p.id)
    and not exists (select from public.prompt_templates t where t.prompt_id = p.id and t.hidden_at is not null)
$$;
comment on function internal.read_shared_prompt(text) is
  'Definer: whoever has the link may read a prompt that no policy shows. Its words only: not whose it is, no answers, tests or versions.';
revoke all on function internal.read_shared_prompt(text) from public;
grant execute on function internal.read_shared_prompt(text) to anon, authenticated;

create function public.get_shared_prompt(token text)
returns table (title varchar, goal text, template text, variables jsonb, updated_at timestamptz)
language sql
stable
set search_path = ''
as $$ select * from internal.read_shared_prompt(get_shared_prompt.token) $$;
comment on function public.get_shared_prompt(text) is 'The prompt that a secret link leads to; nothing where the link was taken back or the prompt deleted.';
revoke all on function public.get_shared_prompt(text) from public;
grant execute on function public.get_shared_prompt(text) to anon, authenticated;
