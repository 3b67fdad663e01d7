-- Labels: a person's own words to find their prompts by. A prompt may have many, and nobody else sees them, published or not.

create table public.labels (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.users (id) on delete cascade,
  name varchar(50) not null,
  created_at timestamptz not null default now(),
  constraint labels_name_is_trimmed check (name ~ '\S' and name = btrim(name)),
  constraint labels_id_user_id_key unique (id, user_id)
);
comment on table public.labels is 'A person''s labels for their own prompts, at most 200.';
create unique index labels_user_id_name_key on public.labels (user_id, lower(name));

create table public.prompt_labels (
  prompt_id uuid not null,
  user_id uuid not null,
  label_id uuid not null,
  primary key (prompt_id, user_id, label_id),
  constraint prompt_labels_prompt_fkey foreign key (prompt_id, user_id) references public.prompts (id, user_id) on delete cascade,
  constraint prompt_labels_label_fkey foreign key (label_id, user_id) references public.labels (id, user_id) on delete cascade
);
comment on table public.prompt_labels is 'Which prompt has which label, at most 20 a prompt.';
comment on column public.prompt_labels.user_id is 'In both foreign keys: label and prompt belong to the same person.';
create index prompt_labels_label_id_idx on public.prompt_labels (label_id, user_id, prompt_id);

-- Limits -------------------------------------------------------------------------------------------------------------------
-- Two at the same moment may go one over: these are bounds, not promises.
create function internal.limit_labels() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (select count(*) from public.labels l where l.user_id = new.user_id and lower(l.name) <> lower(new.name)) >= 200 then
    raise exception 'at most 200 labels' using errcode = '23514', constraint = 'labels_limit';
  end if;
  return new;
end
$$;
comment on function internal.limit_labels() is 'At most 200 labels a person.';
revoke all on function internal.limit_labels() from public;

create trigger labels_limit
  before insert on public.labels
  for each row execute function internal.limit_labels();

create function internal.limit_prompt_labels() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (select count(*) from public.prompt_labels m where m.prompt_id = new.prompt_id and m.label_id <> new.label_id) >= 20 then
    raise exception 'at most 20 labels on a prompt' using errcode = '23514', constraint = 'prompt_labels_limit';
  end if;
  return new;
end
$$;
comment on function internal.limit_prompt_labels() is 'At most 20 labels on a prompt.';
revoke all on function internal.limit_prompt_labels() from public;

create trigger prompt_labels_limit
  before insert on public.prompt_labels
  for each row execute function internal.limit_prompt_labels();

-- Rights -------------------------------------------------------------------------------------------------------------------
alter table public.labels enable row level security;
alter table public.prompt_labels enable row level security;
revoke all on public.labels, public.prompt_labels from public, anon, authenticated;

create policy labels_select_own on public.labels
  for select to authenticated
  using (user_id = (select auth.uid()));
comment on policy labels_select_own on public.labels is 'A person reads their own labels.';

create policy labels_insert_own on public.labels
  for insert to authenticated
  with check (user_id = (select auth.uid()));
comment on policy labels_insert_own on public.labels is 'A person makes labels of their own.';

create policy labels_update_own on public.labels
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
comment on policy labels_update_own on public.labels is 'A person renames their own labels.';

create policy labels_delete_own on public.labels
  for delete to authenticated
  using (user_id = (select auth.uid()));
comment on policy labels_delete_own on public.labels is 'A person deletes their own labels.';

grant select on public.labels to authenticated;
grant insert (id, user_id, name) on public.labels to authenticated;
grant update (name) on public.labels to authenticated;
grant delete on public.labels to authenticated;

create policy prompt_labels_select_own on public.prompt_labels
  for select to authenticated
  using (user_id = (select auth.uid()));
comment on policy prompt_labels_select_own on public.prompt_labels is 'A person sees which of their prompts have which label.';

create policy prompt_labels_insert_own on public.prompt_labels
  for insert to authenticated
  with check (user_id = (select auth.uid()));
comment on policy prompt_labels_insert_own on public.prompt_labels is
  'A person labels; the composite foreign keys hold prompt and label to the same person.';

create policy prompt_labels_update_own on public.prompt_labels
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
comment on policy prompt_labels_update_own on public.prompt_labels is 'A person makes one label of two.';

create policy prompt_labels_delete_own on public.prompt_labels
  for delete to authenticated
  using (user_id = (select auth.uid()));
comment on policy prompt_labels_delete_own on public.prompt_labels is 'A person takes labels off.';

grant select on public.prompt_labels to authenticated;
grant insert (prompt_id, user_id, label_id) on public.prompt_labels to authenticated;
grant update (label_id) on public.prompt_labels to authenticated;
grant delete on public.prompt_labels to authenticated;

-- A copy has the labels too --------------------------------------------------------------------------------------------------
create or replace function public.duplicate_prompt(prompt_id uuid) returns uuid
language plpgsql
set search_path = ''
as $$
declare
  created uuid;
begin
  insert into public.prompts (user_id, title, goal, template, variables, origin_template_id)
  select (select auth.uid()), left(p.title, 248) || ' (copy)', p.goal, p.template, p.variables, p.origin_template_id
  from public.prompts p
  where p.id = duplicate_prompt.prompt_id and p.user_id = (select auth.uid()) and p.deleted_at is null
  returning id into created;
  if created is null then
    raise exception 'prompt not found' using errcode = 'P0002';
  end if;
  insert into public.prompt_answers (prompt_id, question_id, question_text, answer, position)
  select created, a.question_id, a.question_text, a.answer, a.position
  from public.prompt_answers a
  where a.prompt_id = duplicate_prompt.prompt_id;
  insert into public.prompt_labels (prompt_id, user_id, label_id)
  select created, m.user_id, m.label_id
  from public.prompt_labels m
  where m.prompt_id = duplicate_prompt.prompt_id;
  return created;
end
$$;
comment on function public.duplicate_prompt(uuid) is
  'A private copy of a prompt of one''s own, with its answers and labels. Returns its id; P0002 where it is not one''s own.';

-- What a person takes away ---------------------------------------------------------------------------------------------------
-- As 20261122132300 has it, and labels with the prompts they are on.
create or replace function internal.export_account(user_id uuid, section text, after_id uuid, page_size integer)
returns table (id uuid, data jsonb)
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  size integer := least(greatest(coalesce(page_size, 100), 1), 500);
begin
  -- Whole rows: a column added later is in the download from then on. Only secrets are left out.
  case section
    when 'account' then
      return query select a.id, jsonb_build_object('id', a.id, 'email', a.email, 'email_confirmed_at', a.email_confirmed_at,
          'last_sign_in_at', a.last_sign_in_at, 'created_at', a.created_at, 'metadata', a.raw_user_meta_data,
          'is_administrator', exists (select from internal.administrators m where m.user_id = a.id))
        from auth.users a
        where a.id = export_account.user_id and after_id is null;
    when 'profile' then
      return query select t.id, to_jsonb(t) from public.users t
        where t.id = export_account.user_id and after_id is null;
    when 'avatar' then
      return query select t.user_id, jsonb_build_object('media_type', t.media_type, 'updated_at', t.updated_at,
          'base64', translate(encode(t.image, 'base64'), E'\n', ''))
        from public.user_avatars t
        where t.user_id = export_account.user_id and after_id is null;
    when 'prompts' then
      return query select t.id, to_jsonb(t) from (
          select * from public.prompts p
          where p.user_id = export_account.user_id and (after_id is null or p.id > after_id)
          order by p.id limit size) t;
    when 'prompt_answers' then
      return query select t.id, to_jsonb(t) from (
          select a.* from public.prompt_answers a
          join public.prompts p on p.id = a.prompt_id
          where p.user_id = export_account.user_id and (after_id is null or a.id > after_id)
          order by a.id limit size) t;
    when 'test_results' then
      return query select t.id, to_jsonb(t) from (
          select * from public.test_results r
          where r.user_id = export_account.user_id and (after_id is null or r.id > after_id)
          order by r.id limit size) t;
    when 'prompt_drafts' then
      return query select t.id, to_jsonb(t) from (
          select * from public.prompt_drafts d
          where d.user_id = export_account.user_id and (after_id is null or d.id > after_id)
          order by d.id limit size) t;
    when 'prompt_versions' then
      return query select t.id, to_jsonb(t) from (
          select v.id, v.prompt_id, v.number, v.title, v.goal, x.text as template, v.variables, v.note, v.created_at
          from public.prompt_versions v
          join public.prompts p on p.id = v.prompt_id
          join public.prompt_texts x on x.prompt_id = v.prompt_id and x.hash = v.template_hash
          where p.user_id = export_account.user_id and (after_id is null or v.id > after_id)
          order by v.id limit size) t;
    when 'prompt_links' then
      return query select t.prompt_id, to_jsonb(t) - 'token' from (
          select l.* from public.prompt_links l
          join public.prompts p on p.id = l.prompt_id
          where p.user_id = export_account.user_id and (after_id is null or l.prompt_id > after_id)
          order by l.prompt_id limit size) t;
    when 'labels' then
      return query select t.id, to_jsonb(t) || jsonb_build_object('prompts', (
            select coalesce(jsonb_agg(m.prompt_id order by m.prompt_id), '[]')
            from public.prompt_labels m where m.label_id = t.id)) from (
          select * from public.labels l
          where l.user_id = export_account.user_id and (after_id is null or l.id > after_id)
          order by l.id limit size) t;
    when 'prompt_templates' then
      return query select t.id, to_jsonb(t) from (
          select * from public.prompt_templates p
          where p.user_id = export_account.user_id and (after_id is null or p.id > after_id)
          order by p.id limit size) t;
    when 'template_versions' then
      return query select t.id, to_jsonb(t) from (
          select v.* from public.template_versions v
          join public.prompt_templates p on p.id = v.template_id
          where p.user_id = export_account.user_id and (after_id is null or v.id > after_id)
          order by v.id limit size) t;
    when 'user_favorites' then
      return query select t.template_id, to_jsonb(t) from (
          select * from public.user_favorites f
          where f.user_id = export_account.user_id and (after_id is null or f.template_id > after_id)
          order by f.template_id limit size) t;
    when 'template_uses' then
      return query select t.template_id, jsonb_build_object('template_id', t.template_id, 'used_on', t.used_on) from (
          select u.template_id, jsonb_agg(u.used_on order by u.used_on) as used_on from internal.template_uses u
          where u.user_id = export_account.user_id and (after_id is null or u.template_id > after_id)
          group by u.template_id
          order by u.template_id limit size) t;
    when 'follows' then
      return query select t.author_id, to_jsonb(t) from (
          select * from public.follows f
          where f.follower_id = export_account.user_id and (after_id is null or f.author_id > after_id)
          order by f.author_id limit size) t;
    when 'following_visits' then
      return query select t.user_id, to_jsonb(t) from internal.following_visits t
        where t.user_id = export_account.user_id and after_id is null;
    when 'collections' then
      return query select t.id, to_jsonb(t) || jsonb_build_object('templates', (
            select coalesce(jsonb_agg(to_jsonb(m) - 'collection_id' order by m.position, m.template_id), '[]')
            from public.collection_templates m where m.collection_id = t.id)) from (
          select * from public.collections c
          where c.owner_id = export_account.user_id and (after_id is null or c.id > after_id)
          order by c.id limit size) t;
    when 'template_reports' then
      return query select t.id, to_jsonb(t) - 'resolved_by' from (
          select * from public.template_reports r
          where r.user_id = export_account.user_id and (after_id is null or r.id > after_id)
          order by r.id limit size) t;
    when 'publications' then
      return query select t.prompt_id, to_jsonb(t) from (
          select * from internal.publications p
          where p.user_id = export_account.user_id and (after_id is null or p.prompt_id > after_id)
          order by p.prompt_id limit size) t;
    when 'hidden_templates' then
      return query select t.prompt_id, to_jsonb(t) - 'log_id' from (
          select * from internal.hidden_templates h
          where h.owner_id = export_account.user_id and (after_id is null or h.prompt_id > after_id)
          order by h.prompt_id limit size) t;
    when 'sessions' then
      return query select export_account.user_id, jsonb_build_object('created_at', s.created_at, 'last_seen_at', s.last_seen_at,
          'expires_at', s.expires_at, 'revoked_at', s.revoked_at, 'user_agent', s.user_agent)
        from internal.sessions s
        where s.user_id = export_account.user_id and after_id is null
        order by s.created_at;
    when 'reset_links' then
      return query select export_account.user_id, jsonb_build_object('created_at', l.created_at, 'expires_at', l.expires_at,
          'used_at', l.used_at)
        from internal.reset_links l
        where l.user_id = export_account.user_id and after_id is null
        order by l.created_at;
    else
      raise exception 'no section %', section using errcode = '22023';
  end case;
end
$$;
