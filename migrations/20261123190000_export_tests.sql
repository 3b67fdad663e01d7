-- What a person takes away has their tests in it: runs with their cells, test cases, assertions, verdicts, links to results,
-- presets, keys (never their secrets), limits and what was spent. As 20261122133000 has the function, and these sections.

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
    when 'test_runs' then
      return query select t.id, to_jsonb(t) - 'owner' - 'lease_until' || jsonb_build_object('cells', (
            select coalesce(jsonb_agg(to_jsonb(c) - 'run_id' - 'user_id' order by c.position), '[]')
            from public.test_cells c where c.run_id = t.id)) from (
          select * from public.test_runs x
          where x.user_id = export_account.user_id and (after_id is null or x.id > after_id)
          order by x.id limit size) t;
    when 'test_cases' then
      return query select t.id, to_jsonb(t) from (
          select * from public.test_cases x
          where x.user_id = export_account.user_id and (after_id is null or x.id > after_id)
          order by x.id limit size) t;
    when 'prompt_assertions' then
      return query select t.prompt_id, to_jsonb(t) from (
          select * from public.prompt_assertions x
          where x.user_id = export_account.user_id and (after_id is null or x.prompt_id > after_id)
          order by x.prompt_id limit size) t;
    when 'test_verdicts' then
      return query select t.result_id, to_jsonb(t) from (
          select * from public.test_verdicts x
          where x.user_id = export_account.user_id and (after_id is null or x.result_id > after_id)
          order by x.result_id limit size) t;
    when 'result_links' then
      return query select t.result_id, to_jsonb(t) - 'token' from (
          select * from public.result_links x
          where x.user_id = export_account.user_id and (after_id is null or x.result_id > after_id)
          order by x.result_id limit size) t;
    when 'deleted_results' then
      return query select t.id, jsonb_set(to_jsonb(t), '{link}', coalesce(t.link - 'token', 'null')) from (
          select * from internal.deleted_results x
          where x.user_id = export_account.user_id and (after_id is null or x.id > after_id)
          order by x.id limit size) t;
    when 'parameter_presets' then
      return query select t.id, to_jsonb(t) from (
          select * from public.parameter_presets x
          where x.user_id = export_account.user_id and (after_id is null or x.id > after_id)
          order by x.id limit size) t;
    when 'provider_keys' then
      return query select t.id, to_jsonb(t) - 'secret' || jsonb_build_object('models', (
            select coalesce(jsonb_agg(to_jsonb(m) - 'key_id' - 'user_id' order by m.name), '[]')
            from public.key_models m where m.key_id = t.id)) from (
          select * from public.provider_keys x
          where x.user_id = export_account.user_id and (after_id is null or x.id > after_id)
          order by x.id limit size) t;
    when 'budgets' then
      return query select t.user_id, to_jsonb(t) from public.budgets t
        where t.user_id = export_account.user_id and after_id is null;
    when 'spending' then
      return query select export_account.user_id, to_jsonb(s) from public.spending s
        where s.user_id = export_account.user_id and after_id is null
        order by s.day;
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
