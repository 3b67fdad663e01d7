-- Reports, what a moderator hides, and the log of who did what. Functions here are plpgsql also where one expression would
-- do: internal.is_administrator() comes in a later file.

-- Reports ------------------------------------------------------------------------------------------------------------------
create table public.template_reports (
  id uuid primary key default gen_random_uuid(),
  prompt_id uuid not null references public.prompts (id) on delete cascade,
  user_id uuid not null references public.users (id) on delete cascade,
  reason varchar(20) not null,
  details text not null default '',
  created_at timestamptz not null default now(),
  resolved_at timestamptz,
  outcome varchar(20),
  resolved_by bigint,
  constraint template_reports_reason check (reason in ('spam', 'harmful', 'personal_data', 'copyright', 'broken', 'other')),
  constraint template_reports_details_length check (length(details) <= 1000),
  constraint template_reports_other_says_what check (reason <> 'other' or details ~ '\S'),
  constraint template_reports_outcome check (
    (resolved_at is null) = (outcome is null) and outcome in ('hidden', 'dismissed', 'withdrawn'))
);
comment on table public.template_reports is 'What people report about templates. Of the prompt, so that a template deleted and made anew keeps its reports.';
comment on column public.template_reports.resolved_by is 'The line of the log that decided it; null while open and where its writer withdrew it.';
create unique index template_reports_one_open_each on public.template_reports (prompt_id, user_id) where resolved_at is null;
create index template_reports_prompt_id_idx on public.template_reports (prompt_id, created_at);
create index template_reports_user_id_idx on public.template_reports (user_id, created_at desc);
create index template_reports_open_idx on public.template_reports (created_at) where resolved_at is null;
create index template_reports_resolved_by_idx on public.template_reports (resolved_by) where resolved_by is not null;

alter table public.template_reports enable row level security;
create policy template_reports_select_own on public.template_reports
  for select to authenticated
  using (user_id = (select auth.uid()));
comment on policy template_reports_select_own on public.template_reports is
  'A person sees what they reported themselves. They are written and withdrawn by functions; moderators read them by one of their own.';
revoke all on public.template_reports from public, anon, authenticated, metaprompt_app;
grant select (id, prompt_id, user_id, reason, details, created_at, resolved_at, outcome) on public.template_reports to authenticated;

-- Hidden templates ---------------------------------------------------------------------------------------------------------
create table internal.hidden_templates (
  prompt_id uuid primary key,
  template_id uuid not null unique,
  owner_id uuid not null references public.users (id) on delete cascade,
  hidden_at timestamptz not null default now(),
  reason text not null,
  log_id bigint not null,
  was_public boolean not null,
  was_unlisted boolean not null,
  text_hash uuid,
  review_requested_at timestamptz,
  review_note text not null default '',
  review_open boolean not null default false
);
comment on table internal.hidden_templates is
  'What a moderator hid, until it is restored. No foreign key to prompt or template: deleting them and making them anew is no way out.';
comment on column internal.hidden_templates.text_hash is 'Of the normalised text as it was hidden, where it is long enough to be a copy: nobody publishes it again.';
comment on column internal.hidden_templates.review_requested_at is 'When its author asked to look again, once per hiding.';
alter table internal.hidden_templates enable row level security;
create policy hidden_templates_nobody on internal.hidden_templates for all to anon, authenticated using (false);
comment on policy hidden_templates_nobody on internal.hidden_templates is 'Definer functions alone read and write it.';
create index hidden_templates_owner_id_idx on internal.hidden_templates (owner_id);
create index hidden_templates_text_hash_idx on internal.hidden_templates (text_hash) where text_hash is not null;
create index hidden_templates_hidden_at_idx on internal.hidden_templates (hidden_at desc, template_id desc);

create function internal.is_hidden(prompt_id uuid) returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return exists (select from internal.hidden_templates h where h.prompt_id = is_hidden.prompt_id);
end
$$;
comment on function internal.is_hidden(uuid) is 'Definer: nobody reads what is hidden. Whether a moderator hid the template of this prompt.';
revoke all on function internal.is_hidden(uuid) from public;
grant execute on function internal.is_hidden(uuid) to authenticated;

-- The log ------------------------------------------------------------------------------------------------------------------
create table internal.moderation_log (
  id bigint generated always as identity primary key,
  happened_at timestamptz not null default clock_timestamp(),
  actor_id uuid not null,
  action varchar(20) not null,
  template_id uuid not null,
  prompt_id uuid not null,
  title varchar(255) not null,
  reason text not null default '',
  undoes bigint unique,
  before jsonb,
  constraint moderation_log_action check (action in ('hide', 'dismiss', 'restore', 'undo', 'review'))
);
comment on table internal.moderation_log is
  'Who decided what, when and why. Lines are added and never changed, by nobody; no foreign keys: a line outlives what it is about.';
comment on column internal.moderation_log.before is 'What the decision ended, so that it can be undone.';
alter table internal.moderation_log enable row level security;
create policy moderation_log_nobody on internal.moderation_log for all to anon, authenticated using (false);
comment on policy moderation_log_nobody on internal.moderation_log is 'Definer functions alone add to it and read it.';
create index moderation_log_template_id_idx on internal.moderation_log (template_id, id desc);

create function internal.refuse_change() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  raise exception '% is only ever added to', tg_table_name using errcode = '42501';
end
$$;
comment on function internal.refuse_change() is 'Holds a log to what a log is, against its owner too.';
revoke all on function internal.refuse_change() from public;
create trigger moderation_log_append_only
  before update or delete on internal.moderation_log
  for each row execute function internal.refuse_change();
create trigger moderation_log_not_emptied
  before truncate on internal.moderation_log
  for each statement execute function internal.refuse_change();

-- Reporting ----------------------------------------------------------------------------------------------------------------
create function internal.report_template(template_id uuid, reason varchar, details text) returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  per_day constant integer := 20;
  me constant uuid := (select auth.uid());
  about public.prompts;
  again timestamptz;
  report uuid;
begin
  if me is null then
    raise exception 'sign in to report' using errcode = '42501';
  end if;
  select p.* into about
  from public.prompt_templates t
  join public.prompts p on p.id = t.prompt_id
  where t.id = report_template.template_id and (p.is_public or t.unlisted) and p.deleted_at is null and t.hidden_at is null;
  if not found then
    raise exception 'template not found' using errcode = 'P0002';
  end if;
  if about.user_id = me then
    raise exception 'this template is your own' using errcode = '22023';
  end if;
  -- Sent twice is sent once: the later words count.
  update public.template_reports r set reason = report_template.reason, details = btrim(report_template.details)
  where r.prompt_id = about.id and r.user_id = me and r.resolved_at is null
  returning r.id into report;
  if report is not null then
    return report;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('metaprompt.report.' || me, 0));
  select r.created_at + interval '1 day' into again
  from public.template_reports r
  where r.user_id = me and r.created_at > now() - interval '1 day'
  order by r.created_at desc offset per_day - 1 limit 1;
  if again is not null then
    raise exception 'too many reports' using errcode = 'PT429', hint = to_char(again at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');
  end if;
  insert into public.template_reports as r (prompt_id, user_id, reason, details)
  values (about.id, me, report_template.reason, btrim(report_template.details))
  on conflict (prompt_id, user_id) where resolved_at is null
  do update set reason = excluded.reason, details = excluded.details
  returning r.id into report;
  return report;
end
$$;
comment on function internal.report_template(uuid, varchar, text) is
  'Definer: unlisted templates are not the reporter''s to read in the table. One open report per person and template, twenty a day. P0002: no such template; PT429: too many, the hint says until when.';
revoke all on function internal.report_template(uuid, varchar, text) from public;
grant execute on function internal.report_template(uuid, varchar, text) to authenticated;

create function public.report_template(template_id uuid, reason varchar, details text default '') returns uuid
language sql
set search_path = ''
as $$ select internal.report_template(report_template.template_id, report_template.reason, report_template.details) $$;
comment on function public.report_template(uuid, varchar, text) is
  'Reports a template one can see to the moderators, or changes what one reported. Returns the report''s id.';
revoke all on function public.report_template(uuid, varchar, text) from public;
grant execute on function public.report_template(uuid, varchar, text) to authenticated;

create function internal.withdraw_report(template_id uuid) returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  update public.template_reports r set resolved_at = now(), outcome = 'withdrawn'
  from public.prompt_templates t
  where t.id = withdraw_report.template_id and r.prompt_id = t.prompt_id and r.user_id = (select auth.uid()) and r.resolved_at is null;
  return found;
end
$$;
comment on function internal.withdraw_report(uuid) is 'Definer: nobody writes reports directly. Withdraws the signed-in person''s own open report; false where there is none.';
revoke all on function internal.withdraw_report(uuid) from public;
grant execute on function internal.withdraw_report(uuid) to authenticated;

create function public.withdraw_report(template_id uuid) returns boolean
language sql
set search_path = ''
as $$ select internal.withdraw_report(withdraw_report.template_id) $$;
comment on function public.withdraw_report(uuid) is 'Withdraws one''s own open report of a template; false where there is none.';
revoke all on function public.withdraw_report(uuid) from public;
grant execute on function public.withdraw_report(uuid) to authenticated;

create function internal.own_report(template_id uuid) returns table (reason varchar, details text, created_at timestamptz)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query select r.reason, r.details, r.created_at
    from public.prompt_templates t
    join public.template_reports r on r.prompt_id = t.prompt_id
    where t.id = own_report.template_id and r.user_id = (select auth.uid()) and r.resolved_at is null;
end
$$;
comment on function internal.own_report(uuid) is 'Definer: an unlisted template does not tell its prompt. The signed-in person''s own open report of it.';
revoke all on function internal.own_report(uuid) from public;
grant execute on function internal.own_report(uuid) to authenticated;

create function public.own_report(template_id uuid) returns table (reason varchar, details text, created_at timestamptz)
language sql
stable
set search_path = ''
as $$ select * from internal.own_report(own_report.template_id) $$;
comment on function public.own_report(uuid) is 'One''s own open report of a template; no row where there is none.';
revoke all on function public.own_report(uuid) from public;
grant execute on function public.own_report(uuid) to authenticated;

-- What the author learns ---------------------------------------------------------------------------------------------------
create function internal.moderation_notice(prompt_id uuid)
returns table (hidden_at timestamptz, reason text, review_requested_at timestamptz, review_open boolean)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query select h.hidden_at, h.reason, h.review_requested_at, h.review_open
    from internal.hidden_templates h
    where h.prompt_id = moderation_notice.prompt_id and h.owner_id = (select auth.uid());
end
$$;
comment on function internal.moderation_notice(uuid) is 'Definer: reads a table nobody may. Of prompts of the signed-in person''s own.';
revoke all on function internal.moderation_notice(uuid) from public;
grant execute on function internal.moderation_notice(uuid) to authenticated;

create function public.moderation_notice(prompt_id uuid)
returns table (hidden_at timestamptz, reason text, review_requested_at timestamptz, review_open boolean)
language sql
stable
set search_path = ''
as $$ select * from internal.moderation_notice(moderation_notice.prompt_id) $$;
comment on function public.moderation_notice(uuid) is 'Why a prompt of one''s own is hidden, and whether one has asked for a review; no row where it is not hidden.';
revoke all on function public.moderation_notice(uuid) from public;
grant execute on function public.moderation_notice(uuid) to authenticated;

create function internal.request_review(prompt_id uuid, note text) returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  hidden internal.hidden_templates;
begin
  update internal.hidden_templates h
  set review_requested_at = now(), review_open = true, review_note = left(coalesce(btrim(request_review.note), ''), 1000)
  where h.prompt_id = request_review.prompt_id and h.owner_id = (select auth.uid()) and h.review_requested_at is null
  returning * into hidden;
  if not found then
    return false;
  end if;
  insert into internal.moderation_log (actor_id, action, template_id, prompt_id, title, reason)
  select hidden.owner_id, 'review', hidden.template_id, hidden.prompt_id, p.title, hidden.review_note
  from public.prompts p where p.id = hidden.prompt_id;
  return true;
end
$$;
comment on function internal.request_review(uuid, text) is
  'Definer: writes a table nobody may. The author of a hidden template asks once to look again; false where it is not hidden, not theirs, or they have asked.';
revoke all on function internal.request_review(uuid, text) from public;
grant execute on function internal.request_review(uuid, text) to authenticated;

create function public.request_review(prompt_id uuid, note text default '') returns boolean
language sql
set search_path = ''
as $$ select internal.request_review(request_review.prompt_id, request_review.note) $$;
comment on function public.request_review(uuid, text) is 'Asks the moderators to look again at a prompt of one''s own that they hid, once per hiding.';
revoke all on function public.request_review(uuid, text) from public;
grant execute on function public.request_review(uuid, text) to authenticated;
