-- Reading collections, and the changes to what is in one that are more than one statement.

-- Reading ------------------------------------------------------------------------------------------------------------------
create function internal.read_collection(collection_id uuid)
returns table (
  id uuid, name varchar, description text, is_shared boolean, owner_id uuid, owner_name varchar, owner_is_author boolean,
  is_own boolean, templates bigint, gone bigint, created_at timestamptz, updated_at timestamptz)
language sql
stable
security definer
set search_path = ''
as $$
  select c.id, c.name, c.description, c.is_shared, c.owner_id, u.full_name,
    exists (select from internal.gallery g where g.author_id = c.owner_id),
    coalesce(c.owner_id = (select auth.uid()), false), i.templates, i.gone, c.created_at, c.updated_at
  from public.collections c
  join public.users u on u.id = c.owner_id
  cross join lateral (
    select count(g.template_id) as templates, count(*) - count(g.template_id) as gone
    from public.collection_templates t
    left join internal.gallery g on g.template_id = t.template_id
    where t.collection_id = c.id
  ) i
  where c.id = read_collection.collection_id and c.deleted_at is null
    and (c.is_shared or c.owner_id = (select auth.uid()))
$$;
comment on function internal.read_collection(uuid) is
  'Definer: a shared collection is read by whoever has its link, its owner''s name with it. A private one is its owner''s alone.';
revoke all on function internal.read_collection(uuid) from public;
grant execute on function internal.read_collection(uuid) to anon, authenticated;

create function public.get_collection(collection_id uuid)
returns table (
  id uuid, name varchar, description text, is_shared boolean, owner_id uuid, owner_name varchar, owner_is_author boolean,
  is_own boolean, templates bigint, gone bigint, created_at timestamptz, updated_at timestamptz)
language sql
stable
set search_path = ''
as $$ select * from internal.read_collection(get_collection.collection_id) $$;
comment on function public.get_collection(uuid) is 'A collection of one''s own or a shared one; no row for any other.';
revoke all on function public.get_collection(uuid) from public;
grant execute on function public.get_collection(uuid) to anon, authenticated;

create function internal.collection_cards(collection_id uuid, after_position integer, after_id uuid, page_size integer)
returns table (
  template_id uuid, state text, title varchar, goal text, category varchar, tags text[], variables text[], likes_count integer,
  uses_count integer, author_id uuid, author_name varchar, note text, "position" integer)
language sql
stable
security definer
set search_path = ''
as $$
  select t.template_id,
    case when g.template_id is not null then 'public' when p.id is not null then 'own' else 'gone' end,
    coalesce(g.title, p.title), coalesce(g.goal, left(p.goal, 300)), coalesce(g.category, case when p.id is not null then o.category end),
    coalesce(g.tags, '{}'), coalesce(g.variables, '{}'), coalesce(g.likes_count, 0), coalesce(g.uses_count, 0),
    g.author_id, g.author_name, t.note, t.position
  from public.collections c
  join public.collection_templates t on t.collection_id = c.id
  left join internal.gallery g on g.template_id = t.template_id
  -- What is out of the gallery its own author still reads.
  left join public.prompt_templates o on g.template_id is null and o.id = t.template_id and o.user_id = (select auth.uid())
  left join public.prompts p on p.id = o.prompt_id and p.deleted_at is null
  where c.id = collection_cards.collection_id and c.deleted_at is null
    and (c.owner_id = (select auth.uid()) or (c.is_shared and g.template_id is not null))
    and (t.position, t.template_id)
      > (coalesce(after_position, -2147483648), coalesce(after_id, '00000000-0000-0000-0000-000000000000'))
  order by t.position, t.template_id
  limit least(greatest(coalesce(page_size, 50), 1), 100)
$$;
comment on function internal.collection_cards(uuid, integer, uuid, integer) is
  'Definer: joins the gallery''s table. state: public; own (out of the gallery, the reader''s own); gone (no longer public, only to the collection''s owner, without a word of it).';
revoke all on function internal.collection_cards(uuid, integer, uuid, integer) from public;
grant execute on function internal.collection_cards(uuid, integer, uuid, integer) to anon, authenticated;

create function public.collection_contents(
  collection_id uuid, after_position integer default null, after_id uuid default null, page_size integer default 50)
returns table (
  template_id uuid, state text, title varchar, goal text, category varchar, tags text[], variables text[], likes_count integer,
  uses_count integer, author_id uuid, author_name varchar, note text, "position" integer)
language sql
stable
set search_path = ''
as $$ select * from internal.collection_cards(collection_contents.collection_id, after_position, after_id, page_size) $$;
comment on function public.collection_contents(uuid, integer, uuid, integer) is 'A page of what is in a collection of one''s own or a shared one, in its order.';
revoke all on function public.collection_contents(uuid, integer, uuid, integer) from public;
grant execute on function public.collection_contents(uuid, integer, uuid, integer) to anon, authenticated;

create function internal.own_collections(template_id uuid)
returns table (
  id uuid, name varchar, description text, is_shared boolean, templates bigint, titles text[], has_template boolean, updated_at timestamptz)
language sql
stable
security definer
set search_path = ''
as $$
  select c.id, c.name, c.description, c.is_shared,
    (select count(*) from public.collection_templates t where t.collection_id = c.id),
    array(
      select g.title::text from public.collection_templates t
      join internal.gallery g on g.template_id = t.template_id
      where t.collection_id = c.id order by t.position, t.template_id limit 3),
    exists (
      select from public.collection_templates t
      where t.collection_id = c.id and t.template_id = own_collections.template_id),
    c.updated_at
  from public.collections c
  where c.owner_id = (select auth.uid()) and c.deleted_at is null
  order by c.updated_at desc, c.id desc
$$;
comment on function internal.own_collections(uuid) is
  'Definer: joins the gallery''s table for a few titles of each. The signed-in person''s own, and whether a template is in them.';
revoke all on function internal.own_collections(uuid) from public;
grant execute on function internal.own_collections(uuid) to authenticated;

create function public.list_collections(template_id uuid default null)
returns table (
  id uuid, name varchar, description text, is_shared boolean, templates bigint, titles text[], has_template boolean, updated_at timestamptz)
language sql
stable
set search_path = ''
as $$ select * from internal.own_collections(list_collections.template_id) $$;
comment on function public.list_collections(uuid) is 'One''s own collections, the latest changed first, and whether the template is in each.';
revoke all on function public.list_collections(uuid) from public;
grant execute on function public.list_collections(uuid) to authenticated;

-- Changing -----------------------------------------------------------------------------------------------------------------
create function public.collect_template(template_id uuid, chosen uuid[], offered uuid[], new_name text, share_new boolean default false)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  made uuid;
begin
  if coalesce(btrim(new_name), '') <> '' then
    select c.id into made from public.collections c
    where c.owner_id = (select auth.uid()) and c.deleted_at is null and lower(c.name) = lower(btrim(new_name));
    if made is null then
      insert into public.collections (owner_id, name, is_shared)
      values ((select auth.uid()), btrim(new_name), coalesce(share_new, false))
      on conflict (owner_id, lower(name)) where deleted_at is null do nothing
      returning id into made;
    end if;
    if made is null then
      -- Made by another tab at this moment.
      select c.id into made from public.collections c
      where c.owner_id = (select auth.uid()) and c.deleted_at is null and lower(c.name) = lower(btrim(new_name));
    end if;
  end if;
  insert into public.collection_templates (collection_id, template_id)
  select c.id, collect_template.template_id
  from public.collections c
  where c.owner_id = (select auth.uid()) and c.deleted_at is null and (c.id = any (chosen) or c.id = made)
    and not exists (
      select from public.collection_templates t where t.collection_id = c.id and t.template_id = collect_template.template_id)
  order by c.id
  on conflict do nothing;
  delete from public.collection_templates t
  where t.template_id = collect_template.template_id
    and t.collection_id = any (offered) and t.collection_id <> all (coalesce(chosen, '{}')) and t.collection_id is distinct from made;
  return (
    select count(*) from public.collection_templates t
    join public.collections c on c.id = t.collection_id
    where c.owner_id = (select auth.uid()) and c.deleted_at is null and t.template_id = collect_template.template_id);
end
$$;
comment on function public.collect_template(uuid, uuid[], uuid[], text, boolean) is
  'Puts a template into the chosen collections and a new one, and takes it out of those that were offered and not chosen. Twice is as once; a new name that exists is that collection. Returns in how many it is.';
revoke all on function public.collect_template(uuid, uuid[], uuid[], text, boolean) from public;
grant execute on function public.collect_template(uuid, uuid[], uuid[], text, boolean) to authenticated;

create function public.return_to_collection(collection_id uuid, template_id uuid, note text, place integer) returns void
language plpgsql
set search_path = ''
as $$
begin
  insert into public.collection_templates (collection_id, template_id, note)
  values (return_to_collection.collection_id, return_to_collection.template_id, coalesce(return_to_collection.note, ''))
  on conflict do nothing;
  if found and place is not null then
    update public.collection_templates t set position = place
    where t.collection_id = return_to_collection.collection_id and t.template_id = return_to_collection.template_id;
  end if;
end
$$;
comment on function public.return_to_collection(uuid, uuid, text, integer) is 'Undoes a removal: back with its note, where it was.';
revoke all on function public.return_to_collection(uuid, uuid, text, integer) from public;
grant execute on function public.return_to_collection(uuid, uuid, text, integer) to authenticated;

create function public.move_in_collection(collection_id uuid, template_id uuid, up boolean) returns boolean
language plpgsql
set search_path = ''
as $$
declare
  mover public.collection_templates;
  neighbour public.collection_templates;
begin
  -- One move at a time: two at once could give two templates one place.
  perform from public.collections c where c.id = move_in_collection.collection_id for update;
  select * into mover from public.collection_templates t
  where t.collection_id = move_in_collection.collection_id and t.template_id = move_in_collection.template_id;
  if up then
    select * into neighbour from public.collection_templates t
    where t.collection_id = mover.collection_id and (t.position, t.template_id) < (mover.position, mover.template_id)
    order by t.position desc, t.template_id desc limit 1;
  else
    select * into neighbour from public.collection_templates t
    where t.collection_id = mover.collection_id and (t.position, t.template_id) > (mover.position, mover.template_id)
    order by t.position, t.template_id limit 1;
  end if;
  if neighbour.template_id is null then
    return false;
  end if;
  if neighbour.position = mover.position then
    -- Undoing a removal can leave two in one place: everything gets a place of its own first.
    update public.collection_templates t set position = n.place
    from (
      select m.template_id, (row_number() over (order by m.position, m.template_id))::integer as place
      from public.collection_templates m where m.collection_id = mover.collection_id) n
    where t.collection_id = mover.collection_id and t.template_id = n.template_id;
    return public.move_in_collection(move_in_collection.collection_id, move_in_collection.template_id, up);
  end if;
  update public.collection_templates t
  set position = case t.template_id when mover.template_id then neighbour.position else mover.position end
  where t.collection_id = mover.collection_id and t.template_id in (mover.template_id, neighbour.template_id);
  return true;
end
$$;
comment on function public.move_in_collection(uuid, uuid, boolean) is
  'Changes places with the one before (up) or after it. False where there is none, or no such template in a collection of one''s own.';
revoke all on function public.move_in_collection(uuid, uuid, boolean) from public;
grant execute on function public.move_in_collection(uuid, uuid, boolean) to authenticated;
