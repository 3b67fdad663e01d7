-- What administrators decide: hide, dismiss, restore, and undo each. Every decision is one function and one line of the log.

create function internal.require_administrator() returns void
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if not internal.is_administrator() then
    raise exception 'administrators only' using errcode = '42501';
  end if;
end
$$;
comment on function internal.require_administrator() is 'Definer: nobody may read who is an administrator. 42501 for everybody else.';
revoke all on function internal.require_administrator() from public;

create function internal.hide_template(template_id uuid, reason text) returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  about record;
  line bigint;
begin
  perform internal.require_administrator();
  if coalesce(hide_template.reason, '') !~ '\S' or length(hide_template.reason) > 1000 then
    raise exception 'a reason of up to 1000 characters' using errcode = '22023';
  end if;
  select t.id, t.prompt_id, t.user_id, t.unlisted, p.title, p.is_public, p.template into about
  from public.prompt_templates t
  join public.prompts p on p.id = t.prompt_id
  where t.id = hide_template.template_id
  for update of p;
  if not found then
    raise exception 'template not found' using errcode = 'P0002';
  end if;
  if internal.is_hidden(about.prompt_id) then
    return null;
  end if;
  insert into internal.moderation_log (actor_id, action, template_id, prompt_id, title, reason)
  values ((select auth.uid()), 'hide', about.id, about.prompt_id, about.title, btrim(hide_template.reason))
  returning id into line;
  insert into internal.hidden_templates (prompt_id, template_id, owner_id, reason, log_id, was_public, was_unlisted, text_hash)
  select about.prompt_id, about.id, about.user_id, btrim(hide_template.reason), line, about.is_public, about.unlisted,
    case when length(n.normalised) >= 100 then md5(n.normalised)::uuid end
  from (select internal.normalised_text(about.template) as normalised) n;
  update public.prompts p set is_public = false where p.id = about.prompt_id and p.is_public;
  update public.prompt_templates t set hidden_at = now() where t.id = about.id;
  update public.template_reports r set resolved_at = now(), outcome = 'hidden', resolved_by = line
  where r.prompt_id = about.prompt_id and r.resolved_at is null;
  return line;
end
$$;
comment on function internal.hide_template(uuid, text) is
  'Definer: an administrator changes a row of somebody else''s. Takes a template out for everybody but its author, who reads the reason. Returns the line of the log; null where it was hidden already.';
revoke all on function internal.hide_template(uuid, text) from public;
grant execute on function internal.hide_template(uuid, text) to authenticated;

create function public.hide_template(template_id uuid, reason text) returns bigint
language sql
set search_path = ''
as $$ select internal.hide_template(hide_template.template_id, hide_template.reason) $$;
comment on function public.hide_template(uuid, text) is 'For administrators: hides a template, its author reads the reason. Returns the line of the log.';
revoke all on function public.hide_template(uuid, text) from public;
grant execute on function public.hide_template(uuid, text) to authenticated;

create function internal.dismiss_reports(template_id uuid, reason text) returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  about record;
  reviewed boolean;
  line bigint;
begin
  perform internal.require_administrator();
  select coalesce(h.template_id, t.id) as id, p.id as prompt_id, p.title into about
  from public.prompts p
  left join public.prompt_templates t on t.prompt_id = p.id
  left join internal.hidden_templates h on h.prompt_id = p.id
  where p.id in (
    select x.prompt_id from public.prompt_templates x where x.id = dismiss_reports.template_id
    union
    select x.prompt_id from internal.hidden_templates x where x.template_id = dismiss_reports.template_id)
  for update of p;
  if not found then
    raise exception 'template not found' using errcode = 'P0002';
  end if;
  update internal.hidden_templates h set review_open = false
  where h.prompt_id = about.prompt_id and h.review_open;
  reviewed := found;
  if not reviewed and not exists (select from public.template_reports r where r.prompt_id = about.prompt_id and r.resolved_at is null) then
    return null;
  end if;
  insert into internal.moderation_log (actor_id, action, template_id, prompt_id, title, reason, before)
  values ((select auth.uid()), 'dismiss', about.id, about.prompt_id, about.title, left(coalesce(btrim(dismiss_reports.reason), ''), 1000),
    jsonb_build_object('review_open', reviewed))
  returning id into line;
  update public.template_reports r set resolved_at = now(), outcome = 'dismissed', resolved_by = line
  where r.prompt_id = about.prompt_id and r.resolved_at is null;
  return line;
end
$$;
comment on function internal.dismiss_reports(uuid, text) is
  'Definer: an administrator decides reports of others. Closes the open reports and the author''s question; what is hidden stays so. Returns the line of the log; null where nothing was open.';
revoke all on function internal.dismiss_reports(uuid, text) from public;
grant execute on function internal.dismiss_reports(uuid, text) to authenticated;

create function public.dismiss_reports(template_id uuid, reason text default '') returns bigint
language sql
set search_path = ''
as $$ select internal.dismiss_reports(dismiss_reports.template_id, dismiss_reports.reason) $$;
comment on function public.dismiss_reports(uuid, text) is 'For administrators: leaves a template as it is and closes what was reported. Returns the line of the log.';
revoke all on function public.dismiss_reports(uuid, text) from public;
grant execute on function public.dismiss_reports(uuid, text) to authenticated;

create function internal.show_again(hidden internal.hidden_templates) returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  delete from internal.hidden_templates h where h.prompt_id = show_again.hidden.prompt_id;
  update public.prompt_templates t set hidden_at = null, unlisted = show_again.hidden.was_unlisted
  where t.prompt_id = show_again.hidden.prompt_id;
  update public.prompts p set is_public = true
  where p.id = show_again.hidden.prompt_id and show_again.hidden.was_public;
end
$$;
comment on function internal.show_again(internal.hidden_templates) is
  'Definer, for restore and undo: brings back what was visible before the hiding. Likes were never touched.';
revoke all on function internal.show_again(internal.hidden_templates) from public;

create function internal.restore_template(template_id uuid, reason text) returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  hidden internal.hidden_templates;
  line bigint;
begin
  perform internal.require_administrator();
  select * into hidden from internal.hidden_templates h where h.template_id = restore_template.template_id for update;
  if not found then
    return null;
  end if;
  insert into internal.moderation_log (actor_id, action, template_id, prompt_id, title, reason, before)
  select (select auth.uid()), 'restore', hidden.template_id, hidden.prompt_id, coalesce(p.title, 'A deleted prompt'),
    left(coalesce(btrim(restore_template.reason), ''), 1000), to_jsonb(hidden)
  from (select hidden.prompt_id as id) one
  left join public.prompts p on p.id = one.id
  returning id into line;
  perform internal.show_again(hidden);
  return line;
end
$$;
comment on function internal.restore_template(uuid, text) is
  'Definer: an administrator changes a row of somebody else''s. Brings a hidden template back as visible as it was. Returns the line of the log; null where it is not hidden.';
revoke all on function internal.restore_template(uuid, text) from public;
grant execute on function internal.restore_template(uuid, text) to authenticated;

create function public.restore_template(template_id uuid, reason text default '') returns bigint
language sql
set search_path = ''
as $$ select internal.restore_template(restore_template.template_id, restore_template.reason) $$;
comment on function public.restore_template(uuid, text) is 'For administrators: brings a hidden template back as it was. Returns the line of the log.';
revoke all on function public.restore_template(uuid, text) from public;
grant execute on function public.restore_template(uuid, text) to authenticated;

create function internal.undo_moderation(log_id bigint) returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  entry internal.moderation_log;
  hidden internal.hidden_templates;
  line bigint;
begin
  perform internal.require_administrator();
  select * into entry from internal.moderation_log l
  where l.id = undo_moderation.log_id and l.action in ('hide', 'dismiss', 'restore')
    and not exists (select from internal.moderation_log u where u.undoes = l.id);
  if not found then
    return null;
  end if;
  perform from public.prompts p where p.id = entry.prompt_id for update;
  select * into hidden from internal.hidden_templates h where h.prompt_id = entry.prompt_id;
  -- What somebody decided since stays decided.
  if entry.action = 'hide' and hidden.log_id is distinct from entry.id or entry.action = 'restore' and hidden.prompt_id is not null then
    return null;
  end if;
  insert into internal.moderation_log (actor_id, action, template_id, prompt_id, title, reason, undoes)
  values ((select auth.uid()), 'undo', entry.template_id, entry.prompt_id, entry.title, entry.action, entry.id)
  on conflict (undoes) do nothing
  returning id into line;
  if line is null then
    return null;
  end if;

  if entry.action = 'hide' then
    perform internal.show_again(hidden);
  elsif entry.action = 'restore' then
    hidden := jsonb_populate_record(null::internal.hidden_templates, entry.before);
    insert into internal.hidden_templates select hidden.*;
    update public.prompts p set is_public = false where p.id = hidden.prompt_id and p.is_public;
    update public.prompt_templates t set hidden_at = hidden.hidden_at where t.prompt_id = hidden.prompt_id;
  elsif (entry.before ->> 'review_open')::boolean then
    update internal.hidden_templates h set review_open = true where h.prompt_id = entry.prompt_id;
  end if;
  update public.template_reports r set resolved_at = null, outcome = null, resolved_by = null
  where r.resolved_by = entry.id
    -- Its writer has reported anew since.
    and not exists (
      select from public.template_reports o
      where o.prompt_id = r.prompt_id and o.user_id = r.user_id and o.resolved_at is null);
  return line;
end
$$;
comment on function internal.undo_moderation(bigint) is
  'Definer: an administrator changes rows of others. Undoes one decision, its reports are open again. Returns the line of the log; null where it is undone already or somebody decided otherwise since.';
revoke all on function internal.undo_moderation(bigint) from public;
grant execute on function internal.undo_moderation(bigint) to authenticated;

create function public.undo_moderation(log_id bigint) returns bigint
language sql
set search_path = ''
as $$ select internal.undo_moderation(undo_moderation.log_id) $$;
comment on function public.undo_moderation(bigint) is 'For administrators: undoes a decision by its line of the log. Returns the new line; null where it cannot be undone.';
revoke all on function public.undo_moderation(bigint) from public;
grant execute on function public.undo_moderation(bigint) to authenticated;

-- What administrators read -------------------------------------------------------------------------------------------------
create type internal.moderation_item as (
  template_id uuid, title varchar, goal text, template text, category varchar, tags text[], visibility text,
  author_id uuid, author_name varchar, likes_count integer, hidden_at timestamptz, hidden_reason text,
  review_requested_at timestamptz, review_note text, review_open boolean, reports integer, first_reported_at timestamptz,
  reports_json jsonb, history_json jsonb
);
comment on type internal.moderation_item is 'A template as a moderator judges it, with its open reports and what was decided before.';

create function internal.moderation_items(hidden boolean, before_at timestamptz, before_id uuid, page_size integer)
returns setof internal.moderation_item
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform internal.require_administrator();
  return query
    with open as materialized (
      select r.prompt_id, count(*)::integer as reports, min(r.created_at) as first_at
      from public.template_reports r
      where r.resolved_at is null
      group by r.prompt_id
    ), chosen as materialized (
      select coalesce(o.prompt_id, h.prompt_id) as prompt_id, coalesce(o.reports, 0) as reports, o.first_at,
        h.hidden_at, h.reason, h.review_requested_at, h.review_note, coalesce(h.review_open, false) as review_open,
        coalesce(h.template_id, t.id) as template_id
      from open o
      full join internal.hidden_templates h on h.prompt_id = o.prompt_id
      left join public.prompt_templates t on t.prompt_id = coalesce(o.prompt_id, h.prompt_id)
      where coalesce(h.template_id, t.id) is not null
        and case when moderation_items.hidden then h.prompt_id is not null else o.prompt_id is not null or h.review_open end
        and (moderation_items.before_id is null or (h.hidden_at, h.template_id) < (moderation_items.before_at, moderation_items.before_id))
      order by case when moderation_items.hidden then null else coalesce(o.reports, 0) + h.review_open::integer end desc nulls last,
        case when moderation_items.hidden then h.hidden_at end desc nulls last,
        coalesce(o.first_at, h.review_requested_at), 9 desc
      limit least(greatest(coalesce(moderation_items.page_size, 25), 1), 100)
    )
    select c.template_id, p.title, left(p.goal, 1000), left(p.template, 20000), t.category, coalesce(t.tags, '{}'),
      case when p.deleted_at is not null then 'deleted' when c.hidden_at is not null then 'hidden' when p.is_public then 'public'
        when t.unlisted then 'unlisted' else 'private' end,
      p.user_id, u.full_name, coalesce(t.likes_count, 0), c.hidden_at, c.reason, c.review_requested_at, coalesce(c.review_note, ''),
      c.review_open, c.reports, c.first_at,
      coalesce((
        select jsonb_agg(jsonb_build_object('reason', r.reason, 'details', r.details, 'at', r.created_at, 'by', w.full_name)
          order by r.created_at)
        from (select * from public.template_reports r
          where r.prompt_id = c.prompt_id and r.resolved_at is null order by r.created_at limit 50) r
        join public.users w on w.id = r.user_id), '[]'),
      coalesce((
        select jsonb_agg(jsonb_build_object('action', l.action, 'reason', l.reason, 'at', l.happened_at, 'by', w.full_name)
          order by l.id desc)
        from (select * from internal.moderation_log l where l.template_id = c.template_id order by l.id desc limit 10) l
        left join public.users w on w.id = l.actor_id), '[]')
    from chosen c
    join public.prompts p on p.id = c.prompt_id
    join public.users u on u.id = p.user_id
    left join public.prompt_templates t on t.prompt_id = c.prompt_id
    order by case when moderation_items.hidden then null else c.reports + c.review_open::integer end desc nulls last,
      case when moderation_items.hidden then c.hidden_at end desc nulls last,
      coalesce(c.first_at, c.review_requested_at), c.template_id desc;
end
$$;
comment on function internal.moderation_items(boolean, timestamptz, uuid, integer) is
  'Definer: administrators read reports and templates of others. What waits for a decision, most reports and oldest first; or what is hidden, latest first.';
revoke all on function internal.moderation_items(boolean, timestamptz, uuid, integer) from public;
grant execute on function internal.moderation_items(boolean, timestamptz, uuid, integer) to authenticated;

create function public.moderation_items(
  hidden boolean default false, before_at timestamptz default null, before_id uuid default null, page_size integer default 25)
returns setof internal.moderation_item
language sql
stable
set search_path = ''
as $$
  select * from internal.moderation_items(
    moderation_items.hidden, moderation_items.before_at, moderation_items.before_id, moderation_items.page_size)
$$;
comment on function public.moderation_items(boolean, timestamptz, uuid, integer) is
  'For administrators: templates that wait for a decision, or those that are hidden.';
revoke all on function public.moderation_items(boolean, timestamptz, uuid, integer) from public;
grant execute on function public.moderation_items(boolean, timestamptz, uuid, integer) to authenticated;

create function internal.moderation_count() returns integer
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform internal.require_administrator();
  return (
    select count(*) from (
      select r.prompt_id from public.template_reports r
      where r.resolved_at is null and exists (select from public.prompt_templates t where t.prompt_id = r.prompt_id)
      union
      select h.prompt_id from internal.hidden_templates h
      where h.review_open and exists (select from public.prompts p where p.id = h.prompt_id)) waiting);
end
$$;
comment on function internal.moderation_count() is 'Definer: administrators count reports of others. How many templates wait for a decision.';
revoke all on function internal.moderation_count() from public;
grant execute on function internal.moderation_count() to authenticated;

create function public.moderation_count() returns integer
language sql
stable
set search_path = ''
as $$ select internal.moderation_count() $$;
comment on function public.moderation_count() is 'For administrators: how many templates wait for a decision.';
revoke all on function public.moderation_count() from public;
grant execute on function public.moderation_count() to authenticated;

create function internal.read_moderation_log(by_action text, by_actor uuid, by_template uuid, before_id bigint, page_size integer)
returns table (
  id bigint, happened_at timestamptz, actor_id uuid, actor_name varchar, action varchar, template_id uuid, title varchar,
  reason text, undone boolean)
language plpgsql
stable
security definer
set search_path = ''
as $$
#variable_conflict use_column
begin
  perform internal.require_administrator();
  return query
    select l.id, l.happened_at, l.actor_id, u.full_name, l.action, l.template_id, l.title, l.reason,
      exists (select from internal.moderation_log o where o.undoes = l.id)
    from internal.moderation_log l
    left join public.users u on u.id = l.actor_id
    where ($1 is null or l.action = $1)
      and ($2 is null or l.actor_id = $2)
      and ($3 is null or l.template_id = $3)
      and ($4 is null or l.id < $4)
    order by l.id desc
    limit least(greatest(coalesce($5, 50), 1), 200);
end
$$;
comment on function internal.read_moderation_log(text, uuid, uuid, bigint, integer) is
  'Definer: administrators read what nobody else may. The log, latest first, by what was done, by whom, to what.';
revoke all on function internal.read_moderation_log(text, uuid, uuid, bigint, integer) from public;
grant execute on function internal.read_moderation_log(text, uuid, uuid, bigint, integer) to authenticated;

create function public.read_moderation_log(
  by_action text default null, by_actor uuid default null, by_template uuid default null, before_id bigint default null,
  page_size integer default 50)
returns table (
  id bigint, happened_at timestamptz, actor_id uuid, actor_name varchar, action varchar, template_id uuid, title varchar,
  reason text, undone boolean)
language sql
stable
set search_path = ''
as $$ select * from internal.read_moderation_log(by_action, by_actor, by_template, before_id, page_size) $$;
comment on function public.read_moderation_log(text, uuid, uuid, bigint, integer) is 'For administrators: who decided what, when and why; latest first.';
revoke all on function public.read_moderation_log(text, uuid, uuid, bigint, integer) from public;
grant execute on function public.read_moderation_log(text, uuid, uuid, bigint, integer) to authenticated;
