-- Moving the tier of hot templates as the gallery grows. A search relies on "every row from these places upwards is hot", so
-- new places are written down for those who write rows first, then the rows that are there are marked, some at a time, and
-- only when all are marked may searches read by them.

create function internal.move_gallery_tier(batch integer) returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  -- Below this a search reads all that matches as quickly.
  least_templates constant bigint := 30000;
  templates bigint := internal.gallery_count('all', '');
  by_likes integer := greatest(2000, templates * 3 / 100);
  by_others integer := greatest(1000, templates * 3 / 200);
  written internal.gallery_tier;
  readable internal.gallery_tier;
  marked integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('metaprompt.move_gallery_tier', 0)) then
    return 0;
  end if;
  select t.* into written from internal.gallery_tier t where t.purpose = 'write';
  select t.* into readable from internal.gallery_tier t where t.purpose = 'read';
  if written.purpose is null and templates < least_templates then
    return 0;
  end if;

  -- The gallery has grown by a fifth: the places are set anew.
  if written.purpose is null or (readable.templates = written.templates and templates > written.templates * 1.2) then
    -- Whoever writes rows by the old places ends first.
    perform pg_advisory_xact_lock(hashtextextended('metaprompt.gallery_tier', 0));
    delete from internal.gallery_tier t where t.purpose = 'write';
    insert into internal.gallery_tier (purpose, popular, popular_id, uses_count, uses_id, trending, trending_id, published_at, published_id, templates)
    select 'write', l.popular, l.template_id, u.uses_count, u.template_id, d.trending, d.template_id, n.published_at, n.template_id, templates
    from (select r.popular, r.template_id from internal.gallery_ranks r order by r.popular desc, r.template_id desc offset by_likes - 1 limit 1) l,
      (select r.uses_count, r.template_id from internal.gallery_ranks r order by r.uses_count desc, r.template_id desc offset by_others - 1 limit 1) u,
      (select r.trending, r.template_id from internal.gallery_ranks r order by r.trending desc, r.template_id desc offset by_others - 1 limit 1) d,
      (select r.published_at, r.template_id from internal.gallery_ranks r order by r.published_at desc, r.template_id desc offset by_others - 1 limit 1) n;
    return 1;
  end if;
  if readable.templates = written.templates then
    if not readable.cooled then
      -- Rows that are hot and need not be are no mistake, only so much more to search.
      update internal.gallery g set hot = false
      where g.template_id in (
          select h.template_id from internal.gallery h
          where h.hot and not ((h.popular, h.template_id) >= (written.popular, written.popular_id)
            or (h.uses_count, h.template_id) >= (written.uses_count, written.uses_id)
            or (h.trending, h.template_id) >= (written.trending, written.trending_id)
            or (h.published_at, h.template_id) >= (written.published_at, written.published_id))
          limit batch)
        -- Once more, of the row as it is now: a like may just have made it hot.
        and not ((g.popular, g.template_id) >= (written.popular, written.popular_id)
          or (g.uses_count, g.template_id) >= (written.uses_count, written.uses_id)
          or (g.trending, g.template_id) >= (written.trending, written.trending_id)
          or (g.published_at, g.template_id) >= (written.published_at, written.published_id));
      get diagnostics marked = row_count;
      if marked = 0 then
        update internal.gallery_tier t set cooled = true where t.purpose = 'read';
      end if;
    end if;
    return marked;
  end if;

  -- A row that must be hot and is not: what searches will rely on.
  with missing as (
    select r.template_id from internal.gallery_ranks r join internal.gallery g on g.template_id = r.template_id
    where not g.hot and ((r.popular, r.template_id) >= (written.popular, written.popular_id)
      or (r.uses_count, r.template_id) >= (written.uses_count, written.uses_id)
      or (r.trending, r.template_id) >= (written.trending, written.trending_id)
      or (r.published_at, r.template_id) >= (written.published_at, written.published_id))
    limit batch
  )
  update internal.gallery g set hot = true from missing m where g.template_id = m.template_id;
  get diagnostics marked = row_count;
  if marked > 0 then
    return marked;
  end if;
  delete from internal.gallery_tier t where t.purpose = 'read';
  insert into internal.gallery_tier (purpose, popular, popular_id, uses_count, uses_id, trending, trending_id, published_at, published_id, templates)
  select 'read', popular, popular_id, uses_count, uses_id, trending, trending_id, published_at, published_id, gallery_tier.templates
  from internal.gallery_tier where purpose = 'write';
  return 1;
end
$$;
comment on function internal.move_gallery_tier(integer) is
  'Definer, for the program alone: the next step towards a tier that suits the gallery''s size, marking so many rows at most. Returns 0 when there is nothing to do.';
revoke all on function internal.move_gallery_tier(integer) from public;
grant execute on function internal.move_gallery_tier(integer) to metaprompt_app;

create function internal.purge_template_uses() returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  purged integer;
begin
  delete from internal.template_uses u where u.used_on < current_date - 400;
  get diagnostics purged = row_count;
  return purged;
end
$$;
comment on function internal.purge_template_uses() is
  'Definer, for the program alone: forgets who used what more than 400 days ago; the counts stay. Returns how many lines.';
revoke all on function internal.purge_template_uses() from public;
grant execute on function internal.purge_template_uses() to metaprompt_app;
