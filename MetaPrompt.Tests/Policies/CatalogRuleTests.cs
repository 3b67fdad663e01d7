using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Policies;

/// <summary>
/// What every migration has to keep to, read from the catalog: what Supabase's database advisor looks for
/// (github.com/supabase/splinter), and rules of our own.
/// </summary>
public sealed class CatalogRuleTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    // Of PostgreSQL, of Supabase, of extensions.
    private const string OursOnly =
        "n.nspname not in ('pg_catalog', 'information_schema', 'auth', 'extensions', 'supabase_migrations') and n.nspname not like 'pg\\_t%'";

    private const string NotOfAnExtension =
        "not exists (select from pg_depend d where d.objid = p.oid and d.classid = 'pg_proc'::regclass and d.deptype = 'e')";

    [Fact]
    public async Task Every_table_of_ours_has_row_level_security() => await NoneAsync(
        $"""
        select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and {OursOnly} and not c.relrowsecurity
        """);

    [Fact]
    public async Task A_table_with_row_level_security_says_by_a_policy_for_whom_it_is_even_where_that_is_nobody() => await NoneAsync(
        $"""
        select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and {OursOnly} and not exists (select from pg_policy p where p.polrelid = c.oid)
        """);

    [Fact]
    public async Task A_policy_in_internal_lets_nobody_in() => await NoneAsync(
        """
        select format('%I on %I.%I: %s %s', policyname, schemaname, tablename, qual, with_check) from pg_policies
        where schemaname = 'internal' and (qual is distinct from 'false' or with_check is not null or permissive <> 'PERMISSIVE')
        """);

    [Fact]
    public async Task Policies_name_their_roles() => await NoneAsync(
        "select format('%I on %I.%I', policyname, schemaname, tablename) from pg_policies where roles && array['public', 'metaprompt_app']::name[]");

    [Fact]
    public async Task No_role_has_two_permissive_policies_for_one_verb() => await NoneAsync(
        """
        select format('%I.%I %s %s', p.schemaname, p.tablename, r.role, v.verb)
        from pg_policies p
        cross join unnest(p.roles) as r (role)
        cross join unnest(case p.cmd when 'ALL' then array['SELECT', 'INSERT', 'UPDATE', 'DELETE'] else array[p.cmd] end) as v (verb)
        where p.permissive = 'PERMISSIVE'
        group by p.schemaname, p.tablename, r.role, v.verb
        having count(*) > 1
        """);

    [Fact]
    public async Task An_update_policy_checks_the_row_as_it_will_be() => await NoneAsync(
        "select format('%I on %I.%I', policyname, schemaname, tablename) from pg_policies where cmd = 'UPDATE' and with_check is distinct from qual");

    [Fact]
    public async Task No_policy_lets_everybody_write() => await NoneAsync(
        """
        select format('%I on %I.%I', policyname, schemaname, tablename) from pg_policies
        where cmd <> 'SELECT' and 'true' in (btrim(qual, '()'), btrim(with_check, '()'))
        """);

    [Fact]
    public async Task A_policy_asks_who_is_there_once_per_statement_and_not_once_per_row() => await NoneAsync(
        """
        select format('%I on %I.%I', policyname, schemaname, tablename)
        from pg_policies
        where regexp_replace(concat(qual, ' ', with_check), 'select auth\.(uid|jwt|role|email)\(\)', '', 'gi') ~* 'auth\.(uid|jwt|role|email)\(\)|current_setting'
        """);

    [Fact]
    public async Task No_policy_trusts_what_people_can_write_about_themselves() => await NoneAsync(
        "select format('%I on %I.%I', policyname, schemaname, tablename) from pg_policies where concat(qual, with_check) ~ 'user_metadata'");

    [Fact]
    public async Task Every_policy_says_in_words_what_it_is_for() => await NoneAsync(
        """
        select format('%I on %s', p.polname, p.polrelid::regclass) from pg_policy p
        where obj_description(p.oid, 'pg_policy') is null
        """);

    [Fact]
    public async Task Every_function_says_in_words_what_it_does() => await NoneAsync(
        $"""
        select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where {OursOnly} and {NotOfAnExtension} and obj_description(p.oid, 'pg_proc') is null
        """);

    [Fact]
    public async Task Every_table_of_internal_says_in_words_what_it_is() => await NoneAsync(
        """
        select c.oid::regclass::text from pg_class c
        where c.relnamespace = 'internal'::regnamespace and c.relkind = 'r' and obj_description(c.oid, 'pg_class') is null
        """);

    [Fact]
    public async Task No_function_takes_its_tables_from_a_search_path_that_its_caller_chooses() => await NoneAsync(
        $$"""
        select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where {{OursOnly}} and {{NotOfAnExtension}} and not coalesce(p.proconfig, '{}') && array['search_path=""']
        """);

    [Fact]
    public async Task Functions_with_their_owners_rights_are_not_where_the_outside_can_call_them() => await NoneAsync(
        $"""
        select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where {OursOnly} and n.nspname <> 'internal' and p.prosecdef
        """);

    [Fact]
    public async Task A_function_with_its_owners_rights_says_why() => await NoneAsync(
        """
        select p.oid::regprocedure::text from pg_proc p
        where p.pronamespace = 'internal'::regnamespace and p.prosecdef
          and coalesce(obj_description(p.oid, 'pg_proc'), '') !~ '^Definer'
          -- Says so in its own file.
          and p.proname <> 'applied_migrations'
        """);

    [Fact]
    public async Task Nothing_is_granted_to_everybody() => await NoneAsync(
        $"""
        select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where {OursOnly} and {NotOfAnExtension}
          and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0)
        union all
        select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where {OursOnly} and exists (select from aclexplode(c.relacl) a where a.grantee = 0)
        union all
        select c.oid::regclass || '.' || t.attname from pg_attribute t
        join pg_class c on c.oid = t.attrelid join pg_namespace n on n.oid = c.relnamespace
        where {OursOnly} and exists (select from aclexplode(t.attacl) a where a.grantee = 0)
        union all
        select 'create on ' || n.nspname from pg_namespace n
        where {OursOnly} and has_schema_privilege('public', n.oid, 'create')
        union all
        select 'usage on ' || n.nspname from pg_namespace n
        where {OursOnly} and n.nspname <> 'public' and has_schema_privilege('public', n.oid, 'usage')
        """);

    [Fact]
    public async Task The_outside_has_no_table_whole_where_it_could_be_emptied_or_referenced() => await NoneAsync(
        $"""
        select format('%s %s %s', r.role, v.verb, c.oid::regclass)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        cross join unnest(array['anon', 'authenticated', 'metaprompt_app']) as r (role)
        cross join unnest(array['truncate', 'references', 'trigger', 'insert', 'update']) as v (verb)
        where c.relkind in ('r', 'p') and {OursOnly} and has_table_privilege(r.role, c.oid, v.verb)
        """);

    [Fact]
    public async Task The_apps_login_is_nothing_by_itself() => await NoneAsync(
        """
        select rolname::text from pg_roles
        where rolname = 'metaprompt_app'
          and (rolsuper or rolinherit or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls or not rolcanlogin)
        union all
        select 'member of ' || m.roleid::regrole from pg_auth_members m
        where m.member = 'metaprompt_app'::regrole and m.roleid not in ('anon'::regrole, 'authenticated'::regrole)
        union all
        select 'may hand on ' || m.roleid::regrole from pg_auth_members m where m.member = 'metaprompt_app'::regrole and m.admin_option
        union all
        select 'owns ' || s.classid::regclass || ' ' || s.objid from pg_shdepend s
        where s.refobjid in ('metaprompt_app'::regrole, 'anon'::regrole, 'authenticated'::regrole) and s.deptype = 'o'
        """);

    [Fact]
    public async Task Every_foreign_key_has_an_index_that_begins_with_its_columns() => await NoneAsync(
        $"""
        select format('%s on %s', f.conname, f.conrelid::regclass)
        from pg_constraint f join pg_namespace n on n.oid = f.connamespace
        where f.contype = 'f' and {OursOnly} and not exists (
          select from pg_index i
          where i.indrelid = f.conrelid and i.indisvalid
            and f.conkey = (string_to_array(i.indkey::text, ' ')::smallint[])[1:cardinality(f.conkey)])
        """);

    [Fact]
    public async Task No_index_is_the_beginning_of_another() => await NoneAsync(
        $"""
        select format('%s is covered by %s', a.indexrelid::regclass, b.indexrelid::regclass)
        from pg_index a
        join pg_index b on b.indrelid = a.indrelid and b.indexrelid <> a.indexrelid
        join pg_class ca on ca.oid = a.indexrelid
        join pg_class cb on cb.oid = b.indexrelid and cb.relam = ca.relam
        join pg_namespace n on n.oid = ca.relnamespace
        where {OursOnly}
          -- A unique index is a rule, whatever else begins like it.
          and not a.indisunique
          and a.indpred is not distinct from b.indpred and a.indexprs is null and b.indexprs is null
          and b.indkey::text || ' ' like a.indkey::text || ' %'
          and b.indoption::text || ' ' like a.indoption::text || ' %'
          and (a.indkey::text <> b.indkey::text or a.indexrelid > b.indexrelid or b.indisunique)
        """);

    [Fact]
    public async Task Every_table_has_a_primary_key() => await NoneAsync(
        $"""
        select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and {OursOnly} and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)
        """);

    [Fact]
    public async Task Nothing_in_public_goes_round_row_level_security() => await NoneAsync(
        """
        select c.oid::regclass::text from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm', 'f')
          and not coalesce(c.reloptions, '{}') && array['security_invoker=true', 'security_invoker=on']
        union all
        select e.extname::text from pg_extension e where e.extnamespace = 'public'::regnamespace
        """);

    [Fact]
    public async Task No_text_is_without_an_end() => await NoneAsync(
        """
        select format('%s.%s', a.attrelid::regclass, a.attname)
        from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped
          and a.atttypid in ('text'::regtype, 'jsonb'::regtype, 'text[]'::regtype, 'bytea'::regtype)
          and has_column_privilege('authenticated', c.oid, a.attnum, 'insert, update')
          and not exists (
            select from pg_constraint k
            where k.conrelid = c.oid and k.contype = 'c' and k.conkey @> array[a.attnum] and pg_get_constraintdef(k.oid) ~ 'length')
        """);

    private async Task NoneAsync(string sql) => Assert.Empty(await Scene.ListAsync(database, sql));
}
