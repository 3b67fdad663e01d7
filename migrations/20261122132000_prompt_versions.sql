-- Versions: what a prompt said after each save. Triggers write them, whichever way a prompt is saved; nobody changes one.
-- A template may have half a million characters, and often only a title or a variable changed: each text of a prompt is kept
-- once, by its hash. The published versions of a template refer to these rows from now on instead of holding the text again.

create table public.prompt_texts (
  prompt_id uuid not null references public.prompts (id) on delete cascade,
  hash bytea not null,
  text text not null,
  bytes integer not null generated always as (octet_length(text)) stored,
  primary key (prompt_id, hash)
);
comment on table public.prompt_texts is 'Each text that a prompt''s template had in a version that is kept, once.';
comment on column public.prompt_texts.hash is 'SHA-256 of the text in UTF-8.';
comment on column public.prompt_texts.bytes is 'Its length in UTF-8, so that lists need not read it.';
alter table public.prompt_texts enable row level security;

create table public.prompt_versions (
  id uuid primary key default gen_random_uuid(),
  prompt_id uuid not null references public.prompts (id) on delete cascade,
  number integer not null,
  title varchar(255) not null,
  goal text not null,
  template_hash bytea not null,
  variables jsonb not null,
  note varchar(500),
  created_at timestamptz not null default clock_timestamp(),
  constraint prompt_versions_prompt_id_number_key unique (prompt_id, number),
  constraint prompt_versions_text foreign key (prompt_id, template_hash) references public.prompt_texts (prompt_id, hash)
);
comment on table public.prompt_versions is
  'What a prompt said after each save, numbered from 1 without gaps; the newest is what it says now. At most 500 of a prompt and 40 MB: the oldest go first.';
comment on column public.prompt_versions.note is 'What its writer says has changed: the setting metaprompt.version_note of the transaction that saved it.';
create index prompt_versions_prompt_id_template_hash_idx on public.prompt_versions (prompt_id, template_hash);
alter table public.prompt_versions enable row level security;

create policy prompt_texts_select_own on public.prompt_texts
  for select to authenticated
  using (exists (select from public.prompts p where p.id = prompt_id and p.user_id = (select auth.uid())));
comment on policy prompt_texts_select_own on public.prompt_texts is
  'What a prompt said before is its owner''s alone, even where the prompt is published.';

create policy prompt_versions_select_own on public.prompt_versions
  for select to authenticated
  using (exists (select from public.prompts p where p.id = prompt_id and p.user_id = (select auth.uid())));
comment on policy prompt_versions_select_own on public.prompt_versions is
  'A person reads the versions of their own prompts. What was published is read through get_template_version.';

revoke all on public.prompt_texts, public.prompt_versions from anon, authenticated;
grant select on public.prompt_texts, public.prompt_versions to authenticated;

-- Writing them -------------------------------------------------------------------------------------------------------------
create function internal.write_prompt_version(prompt_id uuid) returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  given constant varchar := nullif(left(btrim(current_setting('metaprompt.version_note', true)), 500), '');
  saved record;
  latest record;
  written uuid;
begin
  -- No lock: whoever finds another text than the latest version's has written it in this transaction and holds the row.
  select p.id, p.title, p.goal, p.template, p.variables, sha256(convert_to(p.template, 'UTF8')) as hash into saved
  from public.prompts p
  where p.id = write_prompt_version.prompt_id;
  select v.id, v.number, v.title, v.goal, v.template_hash, v.variables into latest
  from public.prompt_versions v
  where v.prompt_id = saved.id
  order by v.number desc
  limit 1;
  if saved.id is null or (latest.title, latest.goal, latest.template_hash, latest.variables)
    is not distinct from (saved.title, saved.goal, saved.hash, saved.variables)
  then
    return latest.id;
  end if;

  insert into public.prompt_texts (prompt_id, hash, text) values (saved.id, saved.hash, saved.template) on conflict do nothing;
  insert into public.prompt_versions (prompt_id, number, title, goal, template_hash, variables, note)
  values (saved.id, coalesce(latest.number, 0) + 1, saved.title, saved.goal, saved.hash, saved.variables, given)
  returning id into written;
  return written;
end
$$;
comment on function internal.write_prompt_version(uuid) is
  'Definer: nobody writes versions. Adds one where the prompt says something else than its latest version; returns the one that says what it says.';
revoke all on function internal.write_prompt_version(uuid) from public;

create function internal.drop_unused_texts(prompt_id uuid) returns void
language sql
security definer
set search_path = ''
as $$
  delete from public.prompt_texts t
  where t.prompt_id = drop_unused_texts.prompt_id
    and not exists (select from public.prompt_versions v where v.prompt_id = t.prompt_id and v.template_hash = t.hash)
$$;
comment on function internal.drop_unused_texts(uuid) is 'Definer, as write_prompt_version: a text goes with the last version that has it.';
revoke all on function internal.drop_unused_texts(uuid) from public;

create function internal.prompt_version_follows() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform internal.write_prompt_version(new.id);
  perform internal.drop_old_prompt_versions(new.id);
  return null;
end
$$;
comment on function internal.prompt_version_follows() is 'Definer, as write_prompt_version: a prompt was saved with other words.';
revoke all on function internal.prompt_version_follows() from public;

-- Before prompts_version by its name: what is published refers to the version that is written here.
create trigger prompts_keep_version
  after update of title, goal, template, variables on public.prompts
  for each row when ((old.title, old.goal, old.template, old.variables) is distinct from (new.title, new.goal, new.template, new.variables))
  execute function internal.prompt_version_follows();

create function internal.first_prompt_versions() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  given constant varchar := nullif(left(btrim(current_setting('metaprompt.version_note', true)), 500), '');
begin
  -- Where a prompt and its template came in one statement, the template has asked for the version already.
  insert into public.prompt_texts (prompt_id, hash, text)
  select c.id, sha256(convert_to(c.template, 'UTF8')), c.template from created c
  on conflict do nothing;
  insert into public.prompt_versions (prompt_id, number, title, goal, template_hash, variables, note)
  select c.id, 1, c.title, c.goal, sha256(convert_to(c.template, 'UTF8')), c.variables, given from created c
  on conflict do nothing;
  return null;
end
$$;
comment on function internal.first_prompt_versions() is
  'Definer, as write_prompt_version: version 1 of new prompts, a whole import in two statements.';
revoke all on function internal.first_prompt_versions() from public;

create trigger prompts_first_version
  after insert on public.prompts
  referencing new table as created
  for each statement execute function internal.first_prompt_versions();

-- What was there before --------------------------------------------------------------------------------------------------------
-- The published versions, in their order and under their ids, then what the prompt says now where that is something else.
create temporary table earlier on commit drop as
select t.prompt_id, v.id, v.number as published, v.title, v.goal, v.template, v.variables, v.note, v.created_at
from public.template_versions v
join public.prompt_templates t on t.id = v.template_id
union all
select p.id, gen_random_uuid(), null, p.title, p.goal, p.template, p.variables, null, p.updated_at
from public.prompts p
where not exists (
  select from public.prompt_templates t
  join public.template_versions v on v.template_id = t.id
  where t.prompt_id = p.id
    and v.number = (select max(newest.number) from public.template_versions newest where newest.template_id = t.id)
    and (v.title, v.goal, v.template, v.variables) is not distinct from (p.title, p.goal, p.template, p.variables));

insert into public.prompt_texts (prompt_id, hash, text)
select distinct on (e.prompt_id, sha256(convert_to(e.template, 'UTF8'))) e.prompt_id, sha256(convert_to(e.template, 'UTF8')), e.template
from earlier e;

insert into public.prompt_versions (id, prompt_id, number, title, goal, template_hash, variables, note, created_at)
select e.id, e.prompt_id, row_number() over (partition by e.prompt_id order by e.published nulls last), e.title, e.goal,
  sha256(convert_to(e.template, 'UTF8')), e.variables, e.note, e.created_at
from earlier e;

-- Published versions refer to them ------------------------------------------------------------------------------------------------
alter table public.template_versions add column prompt_version_id uuid;
update public.template_versions set prompt_version_id = id;
alter table public.template_versions
  alter column prompt_version_id set not null,
  add constraint template_versions_prompt_version_id_fkey
    foreign key (prompt_version_id) references public.prompt_versions (id) on delete cascade,
  -- The program that runs before this migration reads them through functions only, so they can go at once.
  drop column title,
  drop column goal,
  drop column template,
  drop column variables;
create index template_versions_prompt_version_id_idx on public.template_versions (prompt_version_id);
comment on table public.template_versions is
  'Each version of a prompt that was published, numbered from 1; the last 200 of a template. The newest is what the gallery shows.';
comment on column public.template_versions.prompt_version_id is
  'What it says. Whoever deletes that version of their prompt takes it out of here too.';

create or replace function internal.write_template_version(template_id uuid) returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  given constant varchar := nullif(left(btrim(current_setting('metaprompt.version_note', true)), 500), '');
  published record;
  said uuid;
  latest record;
begin
  -- The lock keeps two writers from taking the same number.
  select t.id, t.prompt_id into published
  from public.prompt_templates t
  join public.prompts p on p.id = t.prompt_id
  where t.id = write_template_version.template_id and (p.is_public or t.unlisted) and p.deleted_at is null
  for no key update of t;
  if not found then
    return;
  end if;

  said := internal.write_prompt_version(published.prompt_id);
  select v.id, v.number, v.note, (o.title, o.goal, o.template_hash, o.variables)
    is not distinct from (n.title, n.goal, n.template_hash, n.variables) as same into latest
  from public.template_versions v
  join public.prompt_versions o on o.id = v.prompt_version_id
  join public.prompt_versions n on n.id = said
  where v.template_id = published.id
  order by v.number desc
  limit 1;
  if found and latest.same then
    -- Saved first, published with a note afterwards: the note is about this text.
    if latest.note is null and given is not null then
      update public.template_versions v set note = given where v.id = latest.id;
    end if;
    return;
  end if;

  insert into public.template_versions (template_id, number, prompt_version_id, note)
  values (published.id, coalesce(latest.number, 0) + 1, said, given);
  delete from public.template_versions v where v.template_id = published.id and v.number <= latest.number - 199;
end
$$;

create or replace function internal.read_template_version(template_id uuid, version integer)
returns table (number integer, title varchar, goal text, template text, variables jsonb, note varchar, created_at timestamptz)
language sql
stable
security definer
set search_path = ''
as $$
  select v.number, p.title, p.goal, t.text, p.variables, v.note, v.created_at
  from public.template_versions v
  join public.prompt_versions p on p.id = v.prompt_version_id
  join public.prompt_texts t on t.prompt_id = p.prompt_id and t.hash = p.template_hash
  where v.template_id = read_template_version.template_id and v.number = read_template_version.version and internal.may_read_template(v.template_id)
$$;

-- Ending them ----------------------------------------------------------------------------------------------------------------------
create function internal.drop_old_prompt_versions(prompt_id uuid) returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- A text counts once, with the newest version that has it. What was published stays while its template has it.
  delete from public.prompt_versions v
  using (
    select s.id, row_number() over newest as place, sum(s.bytes) over newest as total
    from (
      select o.id, o.number, octet_length(o.goal) + octet_length(o.variables::text)
        + case when row_number() over (partition by o.template_hash order by o.number desc) = 1 then t.bytes else 0 end as bytes
      from public.prompt_versions o
      join public.prompt_texts t on t.prompt_id = o.prompt_id and t.hash = o.template_hash
      where o.prompt_id = drop_old_prompt_versions.prompt_id
    ) s
    window newest as (order by s.number desc)
  ) old
  where v.id = old.id and old.place > 1 and (old.place > 500 or old.total > 40000000)
    and not exists (select from public.template_versions p where p.prompt_version_id = v.id);
  if found then
    perform internal.drop_unused_texts(drop_old_prompt_versions.prompt_id);
  end if;
end
$$;
comment on function internal.drop_old_prompt_versions(uuid) is
  'Definer, as write_prompt_version: at most 500 versions and 40 MB of a prompt, so that saving often cannot fill the disk.';
revoke all on function internal.drop_old_prompt_versions(uuid) from public;

create function internal.delete_prompt_version(prompt_id uuid, version integer) returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  ended boolean;
begin
  delete from public.prompt_versions v
  using public.prompts p
  where p.id = v.prompt_id and p.user_id = (select auth.uid())
    and v.prompt_id = delete_prompt_version.prompt_id and v.number = delete_prompt_version.version
    and v.number < (select max(newest.number) from public.prompt_versions newest where newest.prompt_id = p.id);
  ended := found;
  if ended then
    perform internal.drop_unused_texts(delete_prompt_version.prompt_id);
  end if;
  return ended;
end
$$;
comment on function internal.delete_prompt_version(uuid, integer) is
  'Definer: nobody writes versions. An owner may end one, for a password typed by mistake must not stay; never the newest, which is what the prompt says.';
revoke all on function internal.delete_prompt_version(uuid, integer) from public;
grant execute on function internal.delete_prompt_version(uuid, integer) to authenticated;

create function public.delete_prompt_version(prompt_id uuid, version integer) returns boolean
language sql
set search_path = ''
as $$ select internal.delete_prompt_version(delete_prompt_version.prompt_id, delete_prompt_version.version) $$;
comment on function public.delete_prompt_version(uuid, integer) is
  'Ends a version of a prompt of one''s own, also where it was published; false where there is none or it is the newest.';
revoke all on function public.delete_prompt_version(uuid, integer) from public;
grant execute on function public.delete_prompt_version(uuid, integer) to authenticated;
