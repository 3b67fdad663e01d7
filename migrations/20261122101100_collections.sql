-- Collections: templates under a name, in an order, private or readable by whoever has the link. The tables are their
-- owner's alone; a shared collection is read through internal.read_collection, which wants its id: a link, and no list of
-- what everybody shares.

create table public.collections (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null references public.users (id) on delete cascade,
  name varchar(100) not null,
  description text not null default '',
  is_shared boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint collections_name_is_not_blank check (name ~ '\S'),
  constraint collections_description_length check (length(description) <= 500)
);
comment on table public.collections is 'A person''s named collections of templates, at most 200.';
comment on column public.collections.is_shared is 'Whoever has the link may read it.';
comment on column public.collections.deleted_at is
  'Set when its owner deletes it, so that it can be brought back; ended by the next deletion, or after 30 days.';
comment on column public.collections.updated_at is 'When it or what is in it was changed last.';
create unique index collections_owner_id_name_key on public.collections (owner_id, lower(name)) where deleted_at is null;
create index collections_owner_id_updated_at_idx on public.collections (owner_id, updated_at desc, id desc);
create index collections_deleted_at_idx on public.collections (deleted_at) where deleted_at is not null;

create table public.collection_templates (
  collection_id uuid not null references public.collections (id) on delete cascade,
  template_id uuid not null references public.prompt_templates (id) on delete cascade,
  note text not null default '',
  position integer not null default 0,
  added_at timestamptz not null default now(),
  primary key (collection_id, template_id),
  constraint collection_templates_note_length check (length(note) <= 300)
);
comment on table public.collection_templates is 'What is in a collection, at most 1,000 templates.';
comment on column public.collection_templates.position is 'Its place, from 1; given by a trigger, changed by public.move_in_collection.';
create index collection_templates_place_idx on public.collection_templates (collection_id, position, template_id);
create index collection_templates_template_id_idx on public.collection_templates (template_id);

-- Rights -------------------------------------------------------------------------------------------------------------------
alter table public.collections enable row level security;
alter table public.collection_templates enable row level security;
revoke all on public.collections, public.collection_templates from public, anon, authenticated;

create policy collections_select_own on public.collections
  for select to authenticated
  using (owner_id = (select auth.uid()));
comment on policy collections_select_own on public.collections is
  'A person reads their own rows; what others may see of a shared one comes from public.get_collection.';

create policy collections_insert_own on public.collections
  for insert to authenticated
  with check (owner_id = (select auth.uid()));
comment on policy collections_insert_own on public.collections is 'A person makes collections of their own.';

create policy collections_update_own on public.collections
  for update to authenticated
  using (owner_id = (select auth.uid()))
  with check (owner_id = (select auth.uid()));
comment on policy collections_update_own on public.collections is 'A person renames, describes, shares, deletes and restores their own.';

create policy collections_delete_own on public.collections
  for delete to authenticated
  using (owner_id = (select auth.uid()));
comment on policy collections_delete_own on public.collections is 'A person ends their own.';

grant select on public.collections to authenticated;
grant insert (owner_id, name, description, is_shared) on public.collections to authenticated;
grant update (name, description, is_shared, deleted_at) on public.collections to authenticated;
grant delete on public.collections to authenticated;

create policy collection_templates_select_own on public.collection_templates
  for select to authenticated
  using (exists (select from public.collections c where c.id = collection_id and c.owner_id = (select auth.uid())));
comment on policy collection_templates_select_own on public.collection_templates is 'A person reads what is in their own collections.';

create policy collection_templates_insert_own on public.collection_templates
  for insert to authenticated
  with check (
    exists (select from public.collections c where c.id = collection_id and c.owner_id = (select auth.uid()))
    and exists (select from public.prompt_templates t where t.id = template_id));
comment on policy collection_templates_insert_own on public.collection_templates is
  'A person adds a template they can see to a collection of their own; a guessed id of a private one is refused.';

create policy collection_templates_update_own on public.collection_templates
  for update to authenticated
  using (exists (select from public.collections c where c.id = collection_id and c.owner_id = (select auth.uid())))
  with check (exists (select from public.collections c where c.id = collection_id and c.owner_id = (select auth.uid())));
comment on policy collection_templates_update_own on public.collection_templates is 'A person writes notes in their own collections, and orders them.';

create policy collection_templates_delete_own on public.collection_templates
  for delete to authenticated
  using (exists (select from public.collections c where c.id = collection_id and c.owner_id = (select auth.uid())));
comment on policy collection_templates_delete_own on public.collection_templates is 'A person takes templates out of their own collections.';

grant select on public.collection_templates to authenticated;
grant insert (collection_id, template_id, note) on public.collection_templates to authenticated;
grant update (note, position) on public.collection_templates to authenticated;
grant delete on public.collection_templates to authenticated;

-- Rules that are no constraint ---------------------------------------------------------------------------------------------
create trigger collections_touch_updated_at
  before update of name, description, is_shared on public.collections
  for each row when ((old.name, old.description, old.is_shared) is distinct from (new.name, new.description, new.is_shared))
  execute function internal.touch_updated_at();

create function internal.limit_collections() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- One at a time for each person, so that two tabs cannot both make the last one.
  perform from public.users u where u.id = new.owner_id for no key update;
  if (select count(*) from public.collections c where c.owner_id = new.owner_id and c.deleted_at is null and c.id <> new.id) >= 200 then
    raise exception 'at most 200 collections' using errcode = '23514', constraint = 'collections_limit';
  end if;
  return new;
end
$$;
comment on function internal.limit_collections() is 'Definer: locks the person''s row, which they could not for this.';
revoke all on function internal.limit_collections() from public;

create trigger collections_limit
  before insert on public.collections
  for each row execute function internal.limit_collections();

create trigger collections_limit_restored
  before update of deleted_at on public.collections
  for each row when (old.deleted_at is not null and new.deleted_at is null)
  execute function internal.limit_collections();

create function internal.end_deleted_collections() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  delete from public.collections c
  where c.deleted_at is not null and c.id <> new.id
    and (c.owner_id = new.owner_id or c.deleted_at < now() - interval '30 days');
  return null;
end
$$;
comment on function internal.end_deleted_collections() is
  'Definer: ends other people''s old ones too. Only the latest deletion can be undone, so nobody keeps more rows than the limits say.';
revoke all on function internal.end_deleted_collections() from public;

create trigger collections_end_deleted
  after update of deleted_at on public.collections
  for each row when (new.deleted_at is not null)
  execute function internal.end_deleted_collections();

create function internal.place_in_collection() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  known integer;
  last integer;
begin
  if exists (select from public.collection_templates t where t.collection_id = new.collection_id and t.template_id = new.template_id) then
    -- The primary key says the rest; to add twice is no error and must not be one in a full collection.
    return new;
  end if;
  -- Locks the collection too: its count and its last place hold until this ends.
  update public.collections c set updated_at = clock_timestamp() where c.id = new.collection_id;
  select count(*), max(t.position) into known, last from public.collection_templates t where t.collection_id = new.collection_id;
  if known >= 1000 then
    raise exception 'at most 1000 templates in a collection' using errcode = '23514', constraint = 'collection_templates_limit';
  end if;
  new.position := coalesce(last, 0) + 1;
  return new;
end
$$;
comment on function internal.place_in_collection() is
  'Definer: people may write no place of a new row, and not when a collection was changed. The new one comes last.';
revoke all on function internal.place_in_collection() from public;

create trigger collection_templates_place
  before insert on public.collection_templates
  for each row execute function internal.place_in_collection();
