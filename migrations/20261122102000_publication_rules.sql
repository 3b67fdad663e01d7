-- What holds whichever way a prompt becomes visible to others: by the function, by an UPDATE through the API, by an INSERT.
-- The states PT403, PT409 and PT429 are answered as HTTP 403, 409 and 429 by Supabase's API.

-- How often --------------------------------------------------------------------------------------------------------------
create table internal.publications (
  prompt_id uuid primary key,
  user_id uuid not null references public.users (id) on delete cascade deferrable initially deferred,
  published_at timestamptz not null default now(),
  counted boolean not null
);
comment on table internal.publications is
  'When a prompt was first shown to others. No foreign key to the prompt: deleting and making it anew is no way round the limit.';
comment on constraint publications_user_id_fkey on internal.publications is
  'Deferred: the starter gallery makes its author and their prompts in one statement.';
comment on column internal.publications.counted is 'False for what the program''s own import published, or an administrator: no limit holds for them.';
alter table internal.publications enable row level security;
create policy publications_nobody on internal.publications for all to anon, authenticated using (false);
comment on policy publications_nobody on internal.publications is 'Definer functions alone read and write it.';
create index publications_user_id_idx on internal.publications (user_id, published_at desc);

create function internal.count_publication(user_id uuid, prompt_id uuid) returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  per_hour constant integer := 10;
  per_day constant integer := 30;
  again timestamptz;
  limited boolean := (select auth.uid()) = count_publication.user_id and not internal.is_administrator();
begin
  if exists (select from internal.publications p where p.prompt_id = count_publication.prompt_id) then
    return;
  end if;
  limited := coalesce(limited, false);
  if limited then
    -- One after the other, so that many at once do not each find room for themselves.
    perform pg_advisory_xact_lock(hashtextextended('metaprompt.publish.' || count_publication.user_id, 0));
    select greatest(
      (select p.published_at + interval '1 hour' from internal.publications p
       where p.user_id = count_publication.user_id and p.counted and p.published_at > now() - interval '1 hour'
       order by p.published_at desc offset per_hour - 1 limit 1),
      (select p.published_at + interval '1 day' from internal.publications p
       where p.user_id = count_publication.user_id and p.counted and p.published_at > now() - interval '1 day'
       order by p.published_at desc offset per_day - 1 limit 1))
    into again;
    if again is not null then
      raise exception 'too many publications' using errcode = 'PT429',
        hint = to_char(again at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');
    end if;
  end if;
  insert into internal.publications (prompt_id, user_id, counted)
  values (count_publication.prompt_id, count_publication.user_id, limited)
  on conflict on constraint publications_pkey do nothing;
end
$$;
comment on function internal.count_publication(uuid, uuid) is
  'Definer: keeps its own table. Ten new publications an hour and thirty a day; editing, and showing again what was shown before, are none. PT429 with the time in the hint.';
revoke all on function internal.count_publication(uuid, uuid) from public;

create function internal.guard_public_prompt() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if internal.is_hidden(new.id) then
    new.is_public := false;
    return new;
  end if;
  if tg_op = 'UPDATE' and old.is_public and old.template = new.template then
    return new;
  end if;
  if (select auth.uid()) = new.user_id then
    perform internal.refuse_copy(new.user_id, new.template);
  end if;
  perform internal.count_publication(new.user_id, new.id);
  return new;
end
$$;
comment on function internal.guard_public_prompt() is
  'Definer: asks tables nobody may read. Keeps a hidden prompt private whatever its owner writes, refuses exact copies of strangers'' templates, counts publications.';
revoke all on function internal.guard_public_prompt() from public;

create trigger prompts_guard_public
  before insert on public.prompts
  for each row when (new.is_public)
  execute function internal.guard_public_prompt();
create trigger prompts_guard_public_change
  before update of is_public, template on public.prompts
  for each row when (new.is_public)
  execute function internal.guard_public_prompt();

create function internal.guard_template() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  hidden record;
begin
  if tg_op = 'INSERT' then
    select * into hidden from internal.hidden_templates h where h.prompt_id = new.prompt_id;
    if found then
      -- Deleted and made anew: it is the same template, and as hidden as before.
      new.id := hidden.template_id;
      new.hidden_at := hidden.hidden_at;
      return new;
    end if;
  end if;
  if new.unlisted and new.hidden_at is null then
    perform internal.count_publication(new.user_id, new.prompt_id);
  end if;
  return new;
end
$$;
comment on function internal.guard_template() is
  'Definer: asks tables nobody may read. A hidden template made anew stays hidden; unlisted ones count as published.';
revoke all on function internal.guard_template() from public;

create trigger prompt_templates_guard
  before insert on public.prompt_templates
  for each row execute function internal.guard_template();
create trigger prompt_templates_guard_unlisted
  before update of unlisted on public.prompt_templates
  for each row when (new.unlisted and not old.unlisted)
  execute function internal.guard_template();
