-- Likes and uses by day, for the author. Nothing is written for it: a favorite knows when it was set, a use on which day.
-- A like that was taken back is therefore gone from the day on which it was given.

create index user_favorites_template_id_created_at_idx on public.user_favorites (template_id, created_at);
-- Covered by the index above.
drop index public.user_favorites_template_id_idx;
create index template_uses_template_id_used_on_idx on internal.template_uses (template_id, used_on);

create function internal.count_daily(template_id uuid, since date)
returns table (day date, likes bigint, uses bigint)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
    with own as materialized (
      select t.id from public.prompt_templates t
      where t.user_id = (select auth.uid()) and (count_daily.template_id is null or t.id = count_daily.template_id)
        and (t.likes_count > 0 or t.uses_count > 0 or count_daily.template_id is not null)
    )
    select d.day, sum(d.likes)::bigint, sum(d.uses)::bigint
    from (
      select (f.created_at at time zone 'UTC')::date as day, count(*) as likes, 0 as uses
      from own join public.user_favorites f on f.template_id = own.id
      where f.created_at >= coalesce(since::timestamp at time zone 'UTC', '-infinity')
      group by 1
      union all
      select u.used_on, 0, count(*)
      from own join internal.template_uses u on u.template_id = own.id
      where u.used_on >= coalesce(since, '-infinity')
      group by 1
    ) d
    group by d.day
    order by d.day;
end
$$;
comment on function internal.count_daily(uuid, date) is
  'Definer: others'' favorites and uses are counted, by day, never shown. Of the signed-in person''s own templates only, of one or of all.';
revoke all on function internal.count_daily(uuid, date) from public;
grant execute on function internal.count_daily(uuid, date) to authenticated;

create function public.daily_counts(template_id uuid default null, since date default null)
returns table (day date, likes bigint, uses bigint)
language sql
stable
set search_path = ''
as $$ select * from internal.count_daily(daily_counts.template_id, since) $$;
comment on function public.daily_counts(uuid, date) is
  'Likes that are still there and uses of one''s own templates, by day (UTC); days without any are left out.';
revoke all on function public.daily_counts(uuid, date) from public;
grant execute on function public.daily_counts(uuid, date) to authenticated;
