-- Every account of auth.users (Supabase Auth's, or the local store's of the same shape) has its row in public.users from
-- the moment it exists, with the address it has now; and it goes when the account goes, with everything that hangs on it.

create function internal.mirror_new_account() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- Anonymous sign-ins have no address, and public.users wants one.
  if new.email is null then
    return new;
  end if;
  insert into public.users (id, email, full_name, avatar_url)
  values (
    new.id,
    lower(new.email),
    left(coalesce(
      nullif(btrim(new.raw_user_meta_data ->> 'full_name'), ''), nullif(btrim(new.raw_user_meta_data ->> 'name'), '')), 255),
    case
      when new.raw_user_meta_data ->> 'avatar_url' ~ '^https://' and length(new.raw_user_meta_data ->> 'avatar_url') <= 2048
      then new.raw_user_meta_data ->> 'avatar_url'
    end)
  on conflict do nothing;
  return new;
end
$$;
comment on function internal.mirror_new_account() is
  'Definer: the account is made by the account store''s role, which has no right to public.users.';
revoke all on function internal.mirror_new_account() from public;

create function internal.mirror_changed_address() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  update public.users set email = lower(new.email) where id = new.id;
  if not found then
    -- An anonymous sign-in that became an account.
    insert into public.users (id, email, full_name)
    values (new.id, lower(new.email), left(nullif(btrim(new.raw_user_meta_data ->> 'full_name'), ''), 255))
    on conflict do nothing;
  end if;
  return new;
end
$$;
comment on function internal.mirror_changed_address() is
  'Definer, as mirror_new_account: follows a changed address, and makes the row that an account without one did not get.';
revoke all on function internal.mirror_changed_address() from public;

create function internal.mirror_deleted_account() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  delete from public.users where id = old.id;
  return old;
end
$$;
comment on function internal.mirror_deleted_account() is
  'Definer, as mirror_new_account: a deleted account leaves no row behind, the foreign keys cascade.';
revoke all on function internal.mirror_deleted_account() from public;

create trigger metaprompt_mirror_new_account
  after insert on auth.users
  for each row execute function internal.mirror_new_account();

create trigger metaprompt_mirror_changed_address
  after update of email on auth.users
  for each row when (old.email is distinct from new.email and new.email is not null)
  execute function internal.mirror_changed_address();

create trigger metaprompt_mirror_deleted_account
  after delete on auth.users
  for each row execute function internal.mirror_deleted_account();

-- Accounts that were there before MetaPrompt came to this project.
insert into public.users (id, email, full_name)
select id, lower(email), left(nullif(btrim(raw_user_meta_data ->> 'full_name'), ''), 255)
from auth.users
where email is not null
on conflict do nothing;
