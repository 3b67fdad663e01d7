-- Likes and uses, right under contention. A like changes user_favorites and, only if a row changed, adds one line to
-- internal.counter_deltas; a background job folds those lines into the counters every second or so. Without this every
-- like of a popular template would wait for the row lock of the one before.

create table internal.counter_deltas (
  id bigint generated always as identity primary key,
  template_id uuid not null,
  likes integer not null default 0,
  uses integer not null default 0
);
comment on table internal.counter_deltas is
  'Likes and uses not folded into prompt_templates yet. No foreign key: a line may outlive its template by a second.';
alter table internal.counter_deltas enable row level security;
create policy counter_deltas_nobody on internal.counter_deltas for all to anon, authenticated using (false);
comment on policy counter_deltas_nobody on internal.counter_deltas is 'Definer functions alone read and write it.';
create index counter_deltas_template_id_idx on internal.counter_deltas (template_id);

create table internal.template_uses (
  template_id uuid not null references public.prompt_templates (id) on delete cascade,
  user_id uuid not null references public.users (id) on delete cascade,
  used_on date not null default current_date,
  primary key (template_id, user_id, used_on)
);
comment on table internal.template_uses is 'Who used which template on which day: a use counts once per person and day.';
alter table internal.template_uses enable row level security;
create policy template_uses_nobody on internal.template_uses for all to anon, authenticated using (false);
comment on policy template_uses_nobody on internal.template_uses is 'Definer functions alone read and write it.';
create index template_uses_user_id_idx on internal.template_uses (user_id);

-- Likes --------------------------------------------------------------------------------------------------------------------
create or replace function public.increment_likes_count(template_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
  insert into internal.counter_deltas (template_id, likes) values (increment_likes_count.template_id, 1);
end
$$;
comment on function public.increment_likes_count(uuid) is
  'What a new favorite adds. Nobody may call it: a like without its favorite would be a forged one.';
revoke all on function public.increment_likes_count(uuid) from public, anon, authenticated;

create function internal.count_favorite() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    perform public.increment_likes_count(new.template_id);
  else
    insert into internal.counter_deltas (template_id, likes) values (old.template_id, -1);
  end if;
  return null;
end
$$;
comment on function internal.count_favorite() is
  'Definer: nobody may write the deltas. Fires per changed row, so a repeated favorite adds nothing and a deleted account takes its likes back.';
revoke all on function internal.count_favorite() from public;

create trigger user_favorites_count
  after insert or delete on public.user_favorites
  for each row execute function internal.count_favorite();

-- Uses ---------------------------------------------------------------------------------------------------------------------
create function internal.count_use(template_id uuid) returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if (select auth.uid()) is null or not exists (
    select from public.prompt_templates t
    join public.prompts p on p.id = t.prompt_id
    where t.id = count_use.template_id and p.is_public and p.deleted_at is null)
  then
    return;
  end if;
  insert into internal.template_uses (template_id, user_id)
  values (count_use.template_id, (select auth.uid()))
  on conflict do nothing;
  if found then
    insert into internal.counter_deltas (template_id, uses) values (count_use.template_id, 1);
  end if;
end
$$;
comment on function internal.count_use(uuid) is
  'Definer: nobody may write uses or deltas. Counts a published template once per person and day, and nothing for a visitor.';
revoke all on function internal.count_use(uuid) from public;
grant execute on function internal.count_use(uuid) to authenticated;

create or replace function public.increment_uses_count(template_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform internal.count_use(increment_uses_count.template_id);
end
$$;
comment on function public.increment_uses_count(uuid) is 'Counts that the signed-in person used the template, once a day.';
revoke all on function public.increment_uses_count(uuid) from public, anon, authenticated;
grant execute on function public.increment_uses_count(uuid) to authenticated;
