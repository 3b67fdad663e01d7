-- Pictures of people, as they were uploaded: small, of three kinds, shown to others only where their person has published
-- something (as public.get_author shows the name).

create table public.user_avatars (
  user_id uuid primary key references public.users (id) on delete cascade,
  media_type varchar(20) not null,
  image bytea not null,
  etag text not null generated always as (encode(sha256(image), 'hex')) stored,
  updated_at timestamptz not null default now(),
  constraint user_avatars_media_type check (media_type in ('image/png', 'image/jpeg', 'image/webp')),
  constraint user_avatars_size check (octet_length(image) between 1 and 524288)
);
comment on table public.user_avatars is 'One picture per person, at most 512 KB.';
alter table public.user_avatars enable row level security;
revoke all on public.user_avatars from public, anon, authenticated;

create policy user_avatars_select_own on public.user_avatars
  for select to authenticated
  using (user_id = (select auth.uid()));
comment on policy user_avatars_select_own on public.user_avatars is
  'A person reads their own row; what others may see comes from public.get_avatar.';

create policy user_avatars_insert_own on public.user_avatars
  for insert to authenticated
  with check (user_id = (select auth.uid()));
comment on policy user_avatars_insert_own on public.user_avatars is 'A person gives themselves a picture.';

create policy user_avatars_update_own on public.user_avatars
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
comment on policy user_avatars_update_own on public.user_avatars is 'A person changes their own picture.';

create policy user_avatars_delete_own on public.user_avatars
  for delete to authenticated
  using (user_id = (select auth.uid()));
comment on policy user_avatars_delete_own on public.user_avatars is 'A person removes their own picture.';

grant select on public.user_avatars to authenticated;
grant insert (user_id, media_type, image) on public.user_avatars to authenticated;
grant update (media_type, image) on public.user_avatars to authenticated;
grant delete on public.user_avatars to authenticated;

create trigger user_avatars_touch_updated_at
  before update on public.user_avatars
  for each row when ((old.media_type, old.image) is distinct from (new.media_type, new.image))
  execute function internal.touch_updated_at();

create function internal.avatar_url_follows() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    update public.users u set avatar_url = null where u.id = old.user_id and u.avatar_url like '/avatars/%';
  else
    update public.users u
    set avatar_url = '/avatars/' || new.user_id || '?v=' || left(new.etag, 16)
    where u.id = new.user_id;
  end if;
  return null;
end
$$;
comment on function internal.avatar_url_follows() is
  'Keeps users.avatar_url at the picture''s own address, which changes with the picture, so that browsers may keep it.';
revoke all on function internal.avatar_url_follows() from public;

create trigger user_avatars_url
  after insert or update or delete on public.user_avatars
  for each row execute function internal.avatar_url_follows();

create function internal.read_avatar(user_id uuid) returns table (media_type varchar, etag text, image bytea)
language sql
stable
security definer
set search_path = ''
as $$
  select a.media_type, a.etag, a.image from public.user_avatars a
  where a.user_id = read_avatar.user_id
    and (a.user_id = (select auth.uid()) or exists (select from internal.gallery g where g.author_id = a.user_id))
$$;
comment on function internal.read_avatar(uuid) is
  'Definer: the picture of somebody who published something, as internal.read_author, or one''s own.';
revoke all on function internal.read_avatar(uuid) from public;
grant execute on function internal.read_avatar(uuid) to anon, authenticated;

create function public.get_avatar(user_id uuid) returns table (media_type varchar, etag text, image bytea)
language sql
stable
set search_path = ''
as $$ select * from internal.read_avatar(get_avatar.user_id) $$;
comment on function public.get_avatar(uuid) is 'A person''s picture, where it is one''s own or its person has published something.';
revoke all on function public.get_avatar(uuid) from public, anon, authenticated;
grant execute on function public.get_avatar(uuid) to anon, authenticated;
