-- Versions: what a published template said before. Written by triggers, never changed by people, readable by whoever may
-- read the template, deleted with it. An author may remove one, because what was published by mistake must not stay.

create table public.template_versions (
  id uuid primary key default gen_random_uuid(),
  template_id uuid not null references public.prompt_templates (id) on delete cascade,
  number integer not null,
  title varchar(255) not null,
  goal text not null,
  template text not null,
  variables jsonb not null,
  note varchar(500),
  created_at timestamptz not null default now(),
  constraint template_versions_template_id_number_key unique (template_id, number)
);
comment on table public.template_versions is
  'Each text a template was published with, numbered from 1; the last 200 of a template. The newest is what the gallery shows.';
comment on column public.template_versions.note is 'What its author says is new; given at publishing.';
alter table public.template_versions enable row level security;

create policy template_versions_select_public on public.template_versions
  for select to anon
  using (exists (select from public.prompt_templates t where t.id = template_id));
comment on policy template_versions_select_public on public.template_versions is
  'Visitors read the versions of templates they may read: the policies of prompt_templates decide.';

create policy template_versions_select_own_or_public on public.template_versions
  for select to authenticated
  using (exists (select from public.prompt_templates t where t.id = template_id));
comment on policy template_versions_select_own_or_public on public.template_versions is
  'A person reads the versions of their own templates and of published ones: the policies of prompt_templates decide.';

create policy template_versions_delete_own on public.template_versions
  for delete to authenticated
  using (exists (select from public.prompt_templates t where t.id = template_id and t.user_id = (select auth.uid())));
comment on policy template_versions_delete_own on public.template_versions is
  'An author removes a version, for instance one that told too much.';

grant select on public.template_versions to anon, authenticated;
grant delete on public.template_versions to authenticated;

-- Writing them -------------------------------------------------------------------------------------------------------------
create function internal.write_template_version(template_id uuid) returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  given constant varchar := nullif(left(btrim(current_setting('metaprompt.version_note', true)), 500), '');
  published record;
  latest record;
begin
  -- The lock keeps two writers from taking the same number.
  select t.id, p.title, p.goal, p.template, p.variables into published
  from public.prompt_templates t
  join public.prompts p on p.id = t.prompt_id
  where t.id = write_template_version.template_id and (p.is_public or t.unlisted) and p.deleted_at is null
  for no key update of t;
  if not found then
    return;
  end if;

  select v.id, v.number, v.title, v.goal, v.template, v.variables, v.note into latest
  from public.template_versions v
  where v.template_id = published.id
  order by v.number desc
  limit 1;
  if found and (latest.title, latest.goal, latest.template, latest.variables)
    is not distinct from (published.title, published.goal, published.template, published.variables)
  then
    -- Saved first, published with a note afterwards: the note is about this text.
    if latest.note is null and given is not null then
      update public.template_versions v set note = given where v.id = latest.id;
    end if;
    return;
  end if;

  insert into public.template_versions (template_id, number, title, goal, template, variables, note)
  values (published.id, coalesce(latest.number, 0) + 1, published.title, published.goal, published.template,
    published.variables, given);
  delete from public.template_versions v where v.template_id = published.id and v.number <= latest.number - 199;
end
$$;
comment on function internal.write_template_version(uuid) is
  'Definer: nobody writes versions. Adds one where the published text is another than the last one''s; its note is the setting metaprompt.version_note of the transaction.';
revoke all on function internal.write_template_version(uuid) from public;

create function internal.version_follows_template() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform internal.write_template_version(new.id);
  return null;
end
$$;
comment on function internal.version_follows_template() is 'Definer, as write_template_version: a template is published first, or becomes unlisted.';
revoke all on function internal.version_follows_template() from public;

create trigger prompt_templates_version
  after insert or update of unlisted on public.prompt_templates
  for each row execute function internal.version_follows_template();

create function internal.version_follows_prompt() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform internal.write_template_version(t.id) from public.prompt_templates t where t.prompt_id = new.id;
  return null;
end
$$;
comment on function internal.version_follows_prompt() is
  'Definer, as write_template_version: the text of a published prompt changes, or it is published again.';
revoke all on function internal.version_follows_prompt() from public;

create trigger prompts_version
  after update of title, goal, template, variables, is_public, deleted_at on public.prompts
  for each row execute function internal.version_follows_prompt();

-- Templates published before this migration.
insert into public.template_versions (template_id, number, title, goal, template, variables, created_at)
select t.id, 1, p.title, p.goal, p.template, p.variables, greatest(t.created_at, p.updated_at)
from public.prompt_templates t
join public.prompts p on p.id = t.prompt_id
where (p.is_public or t.unlisted) and p.deleted_at is null;

-- Reading them -------------------------------------------------------------------------------------------------------------
create function internal.read_template_versions(template_id uuid)
returns table (number integer, note varchar, created_at timestamptz)
language sql
stable
security definer
set search_path = ''
as $$
  select v.number, v.note, v.created_at
  from public.template_versions v
  where v.template_id = read_template_versions.template_id and internal.may_read_template(v.template_id)
  order by v.number desc
$$;
comment on function internal.read_template_versions(uuid) is
  'Definer: whoever has the link may read an unlisted template, which no policy shows. Templates that may be read only.';
revoke all on function internal.read_template_versions(uuid) from public;
grant execute on function internal.read_template_versions(uuid) to anon, authenticated;

create function public.get_template_versions(template_id uuid)
returns table (number integer, note varchar, created_at timestamptz)
language sql
stable
set search_path = ''
as $$ select * from internal.read_template_versions(get_template_versions.template_id) $$;
comment on function public.get_template_versions(uuid) is 'A template''s versions without their texts, the newest first; at most 200.';
revoke all on function public.get_template_versions(uuid) from public;
grant execute on function public.get_template_versions(uuid) to anon, authenticated;

create function internal.read_template_version(template_id uuid, version integer)
returns table (number integer, title varchar, goal text, template text, variables jsonb, note varchar, created_at timestamptz)
language sql
stable
security definer
set search_path = ''
as $$
  select v.number, v.title, v.goal, v.template, v.variables, v.note, v.created_at
  from public.template_versions v
  where v.template_id = read_template_version.template_id and v.number = read_template_version.version and internal.may_read_template(v.template_id)
$$;
comment on function internal.read_template_version(uuid, integer) is 'Definer, as read_template_versions: one version with its text.';
revoke all on function internal.read_template_version(uuid, integer) from public;
grant execute on function internal.read_template_version(uuid, integer) to anon, authenticated;

create function public.get_template_version(template_id uuid, version integer)
returns table (number integer, title varchar, goal text, template text, variables jsonb, note varchar, created_at timestamptz)
language sql
stable
set search_path = ''
as $$ select * from internal.read_template_version(get_template_version.template_id, get_template_version.version) $$;
comment on function public.get_template_version(uuid, integer) is 'One version of a template with its text.';
revoke all on function public.get_template_version(uuid, integer) from public;
grant execute on function public.get_template_version(uuid, integer) to anon, authenticated;

-- Using a template, or a version of it ---------------------------------------------------------------------------------------
create function public.use_template(template_id uuid, version integer default null) returns uuid
language plpgsql
set search_path = ''
as $$
declare
  copy uuid;
begin
  insert into public.prompts (user_id, title, goal, template, variables, origin_template_id)
  select (select auth.uid()), s.title, s.goal, s.template, s.variables, use_template.template_id
  from (
    select t.title, t.goal, t.template, t.variables from public.get_template(use_template.template_id) t
    where use_template.version is null
    union all
    select v.title, v.goal, v.template, v.variables from public.get_template_version(use_template.template_id, use_template.version) v
  ) s
  returning id into copy;
  if copy is null then
    raise exception 'template not found' using errcode = 'P0002';
  end if;
  perform public.increment_uses_count(use_template.template_id);
  return copy;
end
$$;
comment on function public.use_template(uuid, integer) is
  'Copies a template that may be read, or a version of it, into one''s prompts and counts the use. Returns the copy''s id; P0002 where there is none.';
revoke all on function public.use_template(uuid, integer) from public;
grant execute on function public.use_template(uuid, integer) to authenticated;

create function public.copy_to_test(template_id uuid) returns uuid
language plpgsql
set search_path = ''
as $$
declare
  copy uuid;
begin
  select p.id into copy
  from public.prompts p
  join public.get_template(copy_to_test.template_id) t on t.template = p.template and t.variables = p.variables
  where p.user_id = (select auth.uid()) and p.origin_template_id = copy_to_test.template_id and p.deleted_at is null
  order by p.created_at desc
  limit 1;
  return coalesce(copy, public.use_template(copy_to_test.template_id));
end
$$;
comment on function public.copy_to_test(uuid) is
  'The signed-in person''s latest copy that says what the template says; a new one where there is none. P0002 as use_template.';
revoke all on function public.copy_to_test(uuid) from public;
grant execute on function public.copy_to_test(uuid) to authenticated;
