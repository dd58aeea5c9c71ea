import { type RawBuilder, sql } from 'kysely'

/*
 * One query an aspect, each for all tables of the users at once. The definitions are the server's own (pg_get_*def),
 * taken with an empty search_path so that every name in them is qualified.
 */

const userTable = (state: string): RawBuilder<unknown> => sql`
  n.nspname not in ('pg_catalog', 'information_schema', ${sql.lit(state)}) and n.nspname not like 'pg\\_%'`

export const tablesQuery = (state: string): RawBuilder<unknown> => sql`
  select c.oid::int8::text as oid, n.nspname as schema, c.relname as name, c.relkind as relkind, c.relispartition as ispartition, case when c.reloftype <> 0 then format_type(c.reloftype, null) end as oftype,
         pg_get_userbyid(c.relowner) as owner, greatest(c.reltuples, 0)::float8 as rows,
         pg_table_size(c.oid)::float8 as bytes, obj_description(c.oid, 'pg_class') as comment,
         case when c.relforcerowsecurity and c.relrowsecurity then 'forced' when c.relrowsecurity then 'on' else 'off' end as rowsecurity,
         (select coalesce(json_agg(json_build_object('grantee', case when x.grantee = 0 then 'public' else pg_get_userbyid(x.grantee) end,
             'privilege', x.privilege_type, 'grantable', x.is_grantable) order by 1::text), '[]'::json)
            from aclexplode(c.relacl) x where x.grantee <> c.relowner) as grants,
         (select json_agg(p.polname order by p.polname) from pg_policy p where p.polrelid = c.oid) as policies,
         exists (select from pg_inherits i where i.inhparent = c.oid or i.inhrelid = c.oid) as inherits
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'f') and ${userTable(state)}
  order by 2, 3`

/** The sequence of an identity, and what stands on it but its column: defaults and views by their own names, anything else as the server has it. */
const sequenceOf: RawBuilder<unknown> = sql`
  (select json_build_object('schema', sn.nspname, 'name', s.relname, 'users', (
      select coalesce(json_agg(json_build_object('kind', u.kind, 'name', u.name, 'drop', u.drop) order by u.kind, u.name), '[]'::json) from (
        select distinct case when o.oid is not null then 'default' when v.relkind = 'm' then 'materialized view' when w.rulename = '_RETURN' then 'view' else i.type end as kind,
            case when o.oid is not null then oc.oid::regclass::text || '.' || oa.attname
              when w.rulename = '_RETURN' then vn.nspname || '.' || v.relname else i.identity end as name,
            case when o.oid is not null then format('alter table %s alter column %I drop default', oc.oid::regclass, oa.attname)
              when i.type = 'table constraint' then (select format('alter table %s drop constraint %I', k.conrelid::regclass, k.conname) from pg_constraint k where k.oid = x.objid)
              when i.type in ('function', 'procedure', 'policy', 'rule', 'trigger') and w.rulename is distinct from '_RETURN' then format('drop %s %s', i.type, i.identity) end as drop
          from pg_depend x cross join lateral pg_identify_object(x.classid, x.objid, x.objsubid) i
          left join pg_attrdef o on x.classid = 'pg_attrdef'::regclass and o.oid = x.objid
          left join pg_class oc on oc.oid = o.adrelid left join pg_attribute oa on oa.attrelid = o.adrelid and oa.attnum = o.adnum
          left join pg_rewrite w on x.classid = 'pg_rewrite'::regclass and w.oid = x.objid
          left join pg_class v on v.oid = w.ev_class left join pg_namespace vn on vn.oid = v.relnamespace
          where x.refclassid = 'pg_class'::regclass and x.refobjid = s.oid and x.deptype <> 'i') u))
     from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S' join pg_namespace sn on sn.oid = s.relnamespace
     where d.classid = 'pg_class'::regclass and d.refclassid = d.classid and d.refobjid = c.oid and d.refobjsubid = a.attnum and d.deptype = 'i')`

/** Sequences that go with a column, by OWNED BY; that of an identity is the column's own. */
const ownedSequences: RawBuilder<unknown> = sql`
  (select json_agg(sn.nspname || '.' || s.relname order by sn.nspname, s.relname) from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S' join pg_namespace sn on sn.oid = s.relnamespace
     where d.classid = 'pg_class'::regclass and d.refclassid = d.classid and d.refobjid = c.oid and d.refobjsubid = a.attnum and d.deptype = 'a')`

export const columnsQuery = (state: string): RawBuilder<unknown> => sql`
  select c.oid::int8::text as oid, a.attname as name, a.attnum::int as position, format_type(a.atttypid, a.atttypmod) as type,
         tn.nspname as typeschema, not a.attnotnull as nullable, a.attidentity as identity, case when a.attidentity <> '' then ${sequenceOf} end as sequence, ${ownedSequences} as owns, a.attgenerated <> '' as generated,
         pg_get_expr(d.adbin, d.adrelid) as default,
         coalesce((select bool_or(p.provolatile = 'v') from pg_depend x join pg_proc p on p.oid = x.refobjid
           where x.classid = 'pg_attrdef'::regclass and x.objid = d.oid and x.refclassid = 'pg_proc'::regclass), false) as calls_volatile,
         case when a.attcollation <> t.typcollation then quote_ident(cn.nspname) || '.' || quote_ident(co.collname) end as collation,
         col_description(c.oid, a.attnum) as comment,
         nullif(nullif(coalesce(a.attstattarget, -1), -1), 0)::int as statistics, to_json(a.attoptions) as options,
         case when a.attstorage <> t.typstorage then a.attstorage::text end as storage,
         nullif(a.attcompression::text, '') as compression,
         (select coalesce(json_agg(json_build_object('grantee', case when x.grantee = 0 then 'public' else pg_get_userbyid(x.grantee) end,
             'privilege', x.privilege_type, 'grantable', x.is_grantable) order by 1::text), '[]'::json)
            from aclexplode(a.attacl) x) as grants
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid join pg_namespace tn on tn.oid = t.typnamespace
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  left join pg_collation co on co.oid = a.attcollation left join pg_namespace cn on cn.oid = co.collnamespace
  where c.relkind in ('r', 'p', 'v', 'f') and ${userTable(state)}
  order by c.oid, a.attnum`

export const indexesQuery = (state: string, nullsNotDistinct: boolean): RawBuilder<unknown> => sql`
  select c.oid::int8::text as oid, ic.relname as name, am.amname as method, i.indisunique as unique, i.indisprimary as primary,
         i.indisvalid and i.indisready as valid, case when not (i.indisvalid and i.indisready) then format('drop index concurrently %s', i.indexrelid::regclass) end as drop, i.indisreplident as replicaidentity, i.indisclustered as clustered,
         (select json_agg(json_build_object('place', a.attnum, 'target', a.attstattarget) order by a.attnum) from pg_attribute a where a.attrelid = i.indexrelid and coalesce(a.attstattarget, -1) >= 0) as targets, con.conname as constraint, pg_get_indexdef(i.indexrelid) as definition,
         pg_get_expr(i.indpred, i.indrelid) as predicate, ts.spcname as tablespace,
         (select string_agg(quote_ident(split_part(o, '=', 1)) || '=' || quote_literal(substr(o, strpos(o, '=') + 1)), ', ')
            from unnest(ic.reloptions) o) as with,
         ${nullsNotDistinct ? sql`i.indnullsnotdistinct` : sql`false`} as nullsnotdistinct,
         obj_description(i.indexrelid, 'pg_class') as comment,
         (select json_agg(json_build_object(
             'column', (select attname from pg_attribute where attrelid = i.indrelid and attnum = i.indkey[k - 1] and attnum > 0),
             'expression', pg_get_indexdef(i.indexrelid, k, false),
             'collation', (select case when a.attcollation <> 0 and i.indcollation[k - 1] <> coalesce(
                  (select attcollation from pg_attribute where attrelid = i.indrelid and attnum = i.indkey[k - 1] and attnum > 0), 0)
                  and i.indkey[k - 1] <> 0 then quote_ident(cn.nspname) || '.' || quote_ident(co.collname) end
                from pg_attribute a left join pg_collation co on co.oid = i.indcollation[k - 1]
                left join pg_namespace cn on cn.oid = co.collnamespace
                where a.attrelid = i.indexrelid and a.attnum = k),
             'opclass', (select case when oc.opcdefault then null else quote_ident(on_.nspname) || '.' || quote_ident(oc.opcname) end
                from pg_opclass oc join pg_namespace on_ on on_.oid = oc.opcnamespace where oc.oid = i.indclass[k - 1]),
             'option', i.indoption[k - 1]::int) order by k)
            from generate_series(1, i.indnkeyatts) k) as keys,
         (select coalesce(json_agg(a.attname order by k), '[]'::json) from generate_series(i.indnkeyatts + 1, i.indnatts) k
            join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[k - 1]) as include,
         (select coalesce(json_agg(distinct a.attname), '[]'::json) from pg_attribute a where a.attrelid = i.indrelid and a.attnum > 0 and
            (a.attnum = any (i.indkey::int2[]) or exists (select from pg_depend x where x.classid = 'pg_class'::regclass
               and x.objid = i.indexrelid and x.refclassid = 'pg_class'::regclass and x.refobjid = i.indrelid and x.refobjsubid = a.attnum)
             or exists (select from pg_depend x join pg_constraint pc on pc.oid = x.objid and x.classid = 'pg_constraint'::regclass
               where pc.conindid = i.indexrelid and pc.conrelid = i.indrelid and pc.contype in ('p', 'u', 'x') and x.refclassid = 'pg_class'::regclass
               and x.refobjid = i.indrelid and x.refobjsubid = a.attnum))) as columns
  from pg_index i join pg_class ic on ic.oid = i.indexrelid join pg_class c on c.oid = i.indrelid
  join pg_namespace n on n.oid = c.relnamespace join pg_am am on am.oid = ic.relam
  left join pg_constraint con on con.conindid = i.indexrelid and con.conrelid = i.indrelid and con.contype in ('p', 'u', 'x')
  left join pg_tablespace ts on ts.oid = ic.reltablespace
  where c.relkind in ('r', 'p') and ${userTable(state)}
  order by c.oid, ic.relname`

/** Columns of ON DELETE SET came with version 15; periods, and rules that are not enforced, with 18. */
export const constraintsQuery = (state: string, version: number): RawBuilder<unknown> => sql`
  select c.oid::int8::text as oid, k.conname as name, k.contype as kind, pg_get_constraintdef(k.oid) as definition,
         k.convalidated as validated, k.condeferrable as deferrable, ic.relname as index,
         obj_description(k.oid, 'pg_constraint') as comment,
         (select coalesce(json_agg(a.attname order by u.ord), '[]'::json) from unnest(k.conkey) with ordinality u(num, ord)
            join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.num) as columns,
         case when k.contype = 'f' then format('alter table %s drop constraint %I', c.oid::regclass, k.conname) end as drop, fn.nspname as fschema, fc.relname as ftable, fc.oid::int8::text as foid,
         (select coalesce(json_agg(a.attname order by u.ord), '[]'::json) from unnest(k.confkey) with ordinality u(num, ord)
            join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.num) as fcolumns,
         k.confmatchtype as match, k.confupdtype as upd, k.confdeltype as del, k.condeferred as deferred,
         ${
           version >= 150000
             ? sql`(select json_agg(a.attname order by u.ord) from unnest(k.confdelsetcols) with ordinality u(num, ord)
            join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.num)`
             : sql`null::json`
         } as sets,
         ${version >= 180000 ? sql`k.conperiod` : sql`false`} as period, ${version >= 180000 ? sql`k.conenforced` : sql`true`} as enforced
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
  left join pg_class ic on ic.oid = k.conindid
  left join pg_class fc on fc.oid = nullif(k.confrelid, 0) left join pg_namespace fn on fn.oid = fc.relnamespace
  where k.contype in ('c', 'u', 'p', 'f', 'x', 'n') and ${userTable(state)}
  order by c.oid, k.conname`

export const triggersQuery = (state: string): RawBuilder<unknown> => sql`
  select c.oid::int8::text as oid, t.tgname as name, t.tgtype::int as type, t.tgenabled as enabled,
         (select coalesce(json_agg(a.attname), '[]'::json) from pg_attribute a
            where a.attrelid = c.oid and a.attnum = any (t.tgattr::int2[])) as updateof
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
  join pg_proc p on p.oid = t.tgfoid join pg_namespace pn on pn.oid = p.pronamespace
  where not t.tgisinternal and pn.nspname <> ${sql.lit(state)} and ${userTable(state)}
  order by c.oid, t.tgname`

/**
 * Who takes away what others own has to have their rights, and who gives it to them has to be allowed to become them, which is a right
 * of its own from 16 on; both have to be allowed to make it there.
 */
const mayMakeAgain = (owner: RawBuilder<unknown>, schema: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  pg_has_role(${owner}, 'USAGE') and pg_has_role(${owner}, case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end)
  and has_schema_privilege(${schema}, 'CREATE')
  and (has_schema_privilege(${owner}, ${schema}, 'CREATE') or (select rolsuper from pg_roles where rolname = current_user))`

export const statisticsQuery = (state: string): RawBuilder<unknown> => sql`
  select c.oid::int8::text as oid, sn.nspname as schema, s.stxname as name, pg_get_statisticsobjdef(s.oid) as definition,
         to_json(pg_get_statisticsobjdef_expressions(s.oid)) as expressions, pg_get_userbyid(s.stxowner) as owner, ${mayMakeAgain(sql`s.stxowner`, sql`sn.oid`)} as again,
         nullif(coalesce(s.stxstattarget, -1), -1)::int as target, obj_description(s.oid, 'pg_statistic_ext') as comment,
         (select coalesce(json_agg(a.attname), '[]'::json) from pg_attribute a
            where a.attrelid = c.oid and exists (select from pg_depend d where d.classid = 'pg_statistic_ext'::regclass
              and d.objid = s.oid and d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid = a.attnum)) as columns
  from pg_statistic_ext s join pg_namespace sn on sn.oid = s.stxnamespace join pg_class c on c.oid = s.stxrelid join pg_namespace n on n.oid = c.relnamespace
  where ${userTable(state)} order by c.oid, s.stxname`

/**
 * Does a text say this name, as a word of its own or in quotes, where a quote inside it is doubled? In whatever case: rather too often.
 * Most texts do not have it anywhere, which is found out faster than by a pattern for each pair of function and table.
 */
const names = (text: RawBuilder<unknown>, name: RawBuilder<unknown>): RawBuilder<unknown> => {
  const quoted = sql`replace(${name}, '"', '""')`
  return sql`(strpos(lower(${text}), lower(${quoted})) > 0 and ${text} ~* ('(^|[^[:alnum:]_$])' || regexp_replace(${quoted}, '([^[:alnum:]_])', '\\\\\\1', 'g') || '($|[^[:alnum:]_$])'))`
}

/**
 * What blocks or outlives a column: by pg_depend, and bodies of functions by their text, which the server does not track. What takes
 * each away is said with names that can be pasted. A publication names columns in its list and in its filter of rows. Up to version 14 a generated column depends itself on what it reads, later its expression
 * does.
 */
export const dependentsQuery = (state: string): RawBuilder<unknown> => sql`
  with used as materialized (
    select c.oid, x.classid, x.objid, x.objsubid, a.attname, a.attnum
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_depend x on x.refclassid = 'pg_class'::regclass and x.refobjid = c.oid and x.refobjsubid > 0
    join pg_attribute a on a.attrelid = c.oid and a.attnum = x.refobjsubid
    where ${userTable(state)}
  )
  select u.oid::int8::text as oid, 'rule' as what, case when k.own then '' else v.relkind::text end as detail, k.name, json_agg(distinct u.attname) as columns, null::json as policy,
         case when k.own then format('drop rule %I on %s', r.rulename, v.oid::regclass) end as drop
  from used u join pg_rewrite r on r.oid = u.objid join pg_class v on v.oid = r.ev_class join pg_namespace vn on vn.oid = v.relnamespace,
    lateral (select r.rulename <> '_RETURN' as own,
      case when r.rulename <> '_RETURN' then r.rulename || ' on ' else '' end || vn.nspname || '.' || v.relname as name) k
  where u.classid = 'pg_rewrite'::regclass group by 1, 2, 3, 4, 7
  union all
  select u.oid::int8::text, 'policy', '', p.polname, json_agg(distinct u.attname),
         case when p.polrelid = u.oid then json_build_object('using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid)) end,
         format('drop policy %I on %s', p.polname, p.polrelid::regclass)
  from used u join pg_policy p on p.oid = u.objid
  where u.classid = 'pg_policy'::regclass group by 1, 2, 3, 4, 7, u.oid, p.polqual, p.polwithcheck, p.polrelid
  union all
  select u.oid::int8::text, 'trigger', '', t.tgname, json_agg(distinct u.attname), null, format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass)
  from used u join pg_trigger t on t.oid = u.objid and not t.tgisinternal
  where u.classid = 'pg_trigger'::regclass group by 1, 2, 3, 4, 7
  union all
  select u.oid::int8::text, 'generated', '', g.attname, json_agg(distinct u.attname), null, format('alter table %s drop column %I', g.attrelid::regclass, g.attname)
  from used u left join pg_attrdef d on u.classid = 'pg_attrdef'::regclass and d.oid = u.objid and d.adrelid = u.oid and d.adnum <> u.attnum
  join pg_attribute g on g.attrelid = u.oid and g.attgenerated <> ''
    and (g.attnum = d.adnum or (u.classid = 'pg_class'::regclass and u.objid = u.oid and g.attnum = u.objsubid))
  group by 1, 2, 3, 4, 7
  union all
  select u.oid::int8::text, 'publication', '', p.pubname, json_agg(distinct u.attname), null, format('alter publication %I drop table only %s', p.pubname, u.oid::regclass)
  from used u join pg_publication_rel r on r.oid = u.objid join pg_publication p on p.oid = r.prpubid
  where u.classid = 'pg_publication_rel'::regclass group by 1, 2, 3, 4, 7
  union all
  select u.oid::int8::text, 'function', '', p.oid::regprocedure::text, json_agg(distinct u.attname), null, format('drop routine %s', p.oid::regprocedure)
  from used u join pg_proc p on p.oid = u.objid
  where u.classid = 'pg_proc'::regclass group by 1, 2, 3, 4, 7
  union all
  select c.oid::int8::text, 'text', '', p.oid::regprocedure::text, json_agg(distinct a.attname), null, null
  from pg_proc p join pg_namespace pn on pn.oid = p.pronamespace
  join (pg_class c join pg_type r on r.oid = c.reltype) on c.relkind in ('r', 'p') and (${names(sql`p.prosrc`, sql`c.relname`)}
    or exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgfoid = p.oid)
    or coalesce(p.proallargtypes, p.proargtypes::oid[]) || p.prorettype && array[r.oid, r.typarray])
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    and ${names(sql`p.prosrc`, sql`a.attname`)}
  where p.prosrc <> '' and pn.nspname not in ('pg_catalog', 'information_schema', ${sql.lit(state)})
    and not exists (select from pg_depend e where e.classid = 'pg_proc'::regclass and e.objid = p.oid and e.deptype = 'e')
    and ${userTable(state)} group by 1, 2, 3, 4
  order by 1, 2, 4`

/**
 * A row type has one field for each column, so what makes rows of it has to know how many there are: whatever gives such a row back or
 * keeps it, also inside an array, a domain, a range or another composite type.
 */
export const rowTypeUsersQuery = (state: string): RawBuilder<unknown> => sql`
  with recursive steps as materialized (
    select t.oid as inner, t.typarray as outer, null::text as kind from pg_type t where t.typarray <> 0
    union all select t.typbasetype, t.oid, 'domain' from pg_type t where t.typtype = 'd'
    union all select r.rngsubtype, o, 'type' from pg_range r, unnest(array[r.rngtypid, r.rngmultitypid]) o
    union all select a.atttypid, r.reltype, 'type' from pg_attribute a join pg_class r on r.oid = a.attrelid and r.relkind = 'c'
      where a.attnum > 0 and not a.attisdropped
  ), types as (
    select c.oid, c.reltype as type, null::text as kind from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and ${userTable(state)}
    union select k.oid, s.outer, s.kind from types k join steps s on s.inner = k.type
  )
  select distinct k.oid::int8::text as oid, case p.prokind when 'p' then 'procedure ' else 'function ' end || p.oid::regprocedure::text as name
  from pg_proc p, lateral (
    select p.prorettype as type
    union select u.type from unnest(p.proallargtypes, p.proargmodes) u(type, mode) where u.mode in ('o', 'b', 't')
  ) given join types k on k.type = given.type
  where p.pronamespace <> 'pg_catalog'::regnamespace and not exists (select from pg_depend e where e.classid = 'pg_proc'::regclass and e.objid = p.oid and e.deptype = 'e')
  union all
  select distinct k.oid::int8::text, 'column ' || a.attrelid::regclass::text || '.' || a.attname
  from types k join pg_attribute a on a.atttypid = k.type and a.attnum > 0 and not a.attisdropped
  join pg_class r on r.oid = a.attrelid and r.relkind in ('r', 'p', 'f')
  union all
  select k.oid::int8::text, k.kind || ' ' || k.type::regtype::text from types k where k.kind is not null
  order by 1, 2`

/**
 * What else a table cannot go without, but for foreign keys and views: what depends on the table as a whole, or on the type of its rows. What
 * is the table's own goes with it. The same names as in {@link dependentsQuery}, so that what is in both is told once.
 */
export const holdersQuery = (state: string): RawBuilder<unknown> => sql`
  with mine as materialized (
    select c.oid, k.classid, k.objid from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_type y on y.oid = c.reltype,
      lateral (values ('pg_class'::regclass, c.oid), ('pg_type'::regclass, y.oid), ('pg_type'::regclass, y.typarray)) k(classid, objid)
    where c.relkind in ('r', 'p') and ${userTable(state)}
  )
  select distinct m.oid::int8::text as oid, case when f.oid is not null then 'function' else i.type end as kind,
         case when f.oid is not null then f.oid::regprocedure::text when p.oid is not null then p.polname
           when r.oid is not null then r.rulename || ' on ' || rn.nspname || '.' || rc.relname else i.identity end as name,
         case when f.oid is not null then format('drop routine %s', f.oid::regprocedure)
           when p.oid is not null then format('drop policy %I on %s', p.polname, p.polrelid::regclass)
           when r.oid is not null then format('drop rule %I on %s', r.rulename, r.ev_class::regclass) end as drop
  from mine m join pg_depend d on d.refclassid = m.classid and d.refobjid = m.objid and d.refobjsubid = 0 and d.deptype = 'n'
  cross join lateral pg_identify_object(d.classid, d.objid, d.objsubid) i
  left join pg_proc f on d.classid = 'pg_proc'::regclass and f.oid = d.objid
  left join pg_policy p on d.classid = 'pg_policy'::regclass and p.oid = d.objid
  left join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
  left join pg_class rc on rc.oid = r.ev_class left join pg_namespace rn on rn.oid = rc.relnamespace
  left join pg_constraint k on d.classid = 'pg_constraint'::regclass and k.oid = d.objid
  left join pg_attrdef a on d.classid = 'pg_attrdef'::regclass and a.oid = d.objid
  left join pg_trigger t on d.classid = 'pg_trigger'::regclass and t.oid = d.objid
  left join pg_index x on d.classid = 'pg_class'::regclass and x.indexrelid = d.objid
  left join pg_statistic_ext s on d.classid = 'pg_statistic_ext'::regclass and s.oid = d.objid
  where r.rulename is distinct from '_RETURN' and k.contype is distinct from 'f'
    and m.oid not in (coalesce(p.polrelid, 0), coalesce(r.ev_class, 0), coalesce(k.conrelid, 0), coalesce(a.adrelid, 0), coalesce(t.tgrelid, 0), coalesce(x.indrelid, 0), coalesce(s.stxrelid, 0))
  order by 1, 2, 3`

/** Also those that publish a schema, or everything. Lists of columns, and publications of schemas, came with version 15. */
export const publicationsQuery = (since15: boolean): RawBuilder<unknown> => sql`
  select pr.prrelid::int8::text as oid, p.pubname as name, ${since15 ? sql`(select json_agg(a.attname) from pg_attribute a where a.attrelid = pr.prrelid and a.attnum = any (pr.prattrs::int2[]))` : sql`null::json`} as columns
  from pg_publication_rel pr join pg_publication p on p.oid = pr.prpubid
  union all
  select c.oid::int8::text, p.pubname, null::json
  from pg_publication p join pg_class c on c.relkind in ('r', 'p') and c.relpersistence = 'p'
  where p.puballtables${since15 ? sql` or exists (select from pg_publication_namespace pn where pn.pnpubid = p.oid and pn.pnnspid = c.relnamespace)` : sql``}`

/** Its own rule and its triggers go with a view; other views are in what they read. */
const holdersOf = (view: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  (select coalesce(json_agg(json_build_object('name', o.type || ' ' || o.identity,
      'drop', case when o.type in ('function', 'procedure', 'aggregate', 'policy', 'rule') then format('drop %s %s', o.type, o.identity) end) order by o.type, o.identity), '[]'::json)
     from (select distinct i.type, i.identity from pg_type y
        join pg_depend d on d.deptype = 'n' and ((d.refclassid = 'pg_class'::regclass and d.refobjid = y.typrelid)
          or (d.refclassid = 'pg_type'::regclass and d.refobjid in (y.oid, y.typarray))),
        lateral pg_identify_object(d.classid, d.objid, d.objsubid) i
        where y.oid = ${view}.reltype and not exists (select from pg_rewrite w join pg_class v on v.oid = w.ev_class
          where d.classid = 'pg_rewrite'::regclass and w.oid = d.objid and (v.oid = ${view}.oid or (v.relkind in ('v', 'm') and w.rulename = '_RETURN')))) o)`

export const viewsQuery = (state: string): RawBuilder<unknown> => sql`
  select n.nspname as schema, c.relname as name, rtrim(pg_get_viewdef(c.oid), ';') as definition,
         array_to_string(c.reloptions, ', ') as options, pg_get_userbyid(c.relowner) as owner,
         obj_description(c.oid, 'pg_class') as comment,
         format('drop %s %s', case c.relkind when 'm' then 'materialized view' else 'view' end, c.oid::regclass) as drop,
         (select coalesce(json_agg(json_build_object('grantee', case when x.grantee = 0 then 'public' else pg_get_userbyid(x.grantee) end,
             'privilege', x.privilege_type, 'grantable', x.is_grantable) order by 1::text), '[]'::json)
            from aclexplode(c.relacl) x where x.grantee <> c.relowner) as grants,
         (select coalesce(json_agg(distinct rn.nspname || '.' || r.relname), '[]'::json) from pg_rewrite w
            join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid
            left join pg_type t on d.refclassid = 'pg_type'::regclass and t.oid = d.refobjid
            left join pg_type e on e.oid = t.typelem
            join pg_class r on r.oid <> c.oid and r.oid = case when d.refclassid = 'pg_class'::regclass then d.refobjid
              else coalesce(nullif(t.typrelid, 0), e.typrelid) end
            join pg_namespace rn on rn.oid = r.relnamespace
            where w.ev_class = c.oid and w.rulename = '_RETURN') as reads,
         ${holdersOf(sql`c`)} as holders,
         c.relkind = 'v' and (select count(*) from pg_rewrite w where w.ev_class = c.oid) = 1
           and not exists (select from pg_trigger t where t.tgrelid = c.oid)
           and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attnum > 0
             and (a.attacl is not null or a.atthasdef or col_description(c.oid, a.attnum) is not null)) as plain,
         (select json_agg(x.what order by x.place) from (
            select 1 as place, 'the comment of column ' || quote_ident(a.attname) as what from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and col_description(c.oid, a.attnum) is not null
            union all select 2, 'the default of column ' || quote_ident(a.attname) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and a.atthasdef
            union all select 3, 'rights on column ' || quote_ident(a.attname) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and a.attacl is not null
            union all select 4, 'rule ' || quote_ident(w.rulename) from pg_rewrite w where w.ev_class = c.oid and w.rulename <> '_RETURN'
            union all select 5, 'trigger ' || quote_ident(t.tgname) from pg_trigger t where t.tgrelid = c.oid) x where c.relkind = 'v') as "ofItsOwn",
         ${mayMakeAgain(sql`c.relowner`, sql`n.oid`)} as "mayMakeAgain"
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('v', 'm') and ${userTable(state)} order by 1, 2`

/** Of the role that migrates: what others say holds for what they make. */
export const defaultGrantsQuery: RawBuilder<unknown> = sql`
  select distinct n.nspname as schema, case when x.grantee = 0 then 'public' else pg_get_userbyid(x.grantee) end as grantee,
         x.privilege_type as privilege, x.is_grantable as grantable
  from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace, aclexplode(d.defaclacl) x
  where d.defaclobjtype = 'r' and d.defaclrole = (select oid from pg_roles where rolname = current_user) and x.grantee <> d.defaclrole order by 1, 2, 3`

export const functionsQuery: RawBuilder<unknown> = sql`
  select distinct n.nspname as schema, p.proname as name, bool_or(p.provolatile = 'v') as volatile
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname not in ('pg_catalog', 'information_schema') group by 1, 2 order by 1, 2`

export const typesQuery: RawBuilder<unknown> = sql`
  select n.nspname as schema, t.typname as name, d.base, t.typtype = 'd' and t.typdefault is not null as "hasDefault",
         coalesce(d.refuses, false) as "notNull", coalesce(d.rules, false) as rules
  from pg_type t join pg_namespace n on n.oid = t.typnamespace
  left join lateral (
    with recursive chain as (
      select t.oid, t.typtype, t.typbasetype, t.typtypmod, t.typnotnull, 0 as depth where t.typtype = 'd'
      union all
      select b.oid, b.typtype, b.typbasetype, case when b.typtype = 'd' then b.typtypmod else chain.typtypmod end, b.typnotnull, depth + 1
      from chain join pg_type b on b.oid = chain.typbasetype
    )
    select max(format_type(oid, typtypmod)) filter (where typtype <> 'd') as base,
           bool_or(typtype = 'd' and (typnotnull or exists (select from pg_constraint k where k.contypid = chain.oid and k.contype = 'c'
             and pg_get_constraintdef(k.oid) ~* '\\m(is not null|coalesce|distinct from)\\M'))) as refuses,
           bool_or(typtype = 'd' and (typnotnull or exists (select from pg_constraint k where k.contypid = chain.oid))) as rules
    from chain
  ) d on true
  where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_%' and t.typtype in ('b', 'd', 'e', 'r', 'm')
    and t.typname not like '\\_%' order by 1, 2`

export const serverQuery: RawBuilder<unknown> = sql`
  select current_setting('server_version') as version, current_setting('server_version_num')::int as num, current_database() as database,
         (select json_agg(s order by o) from unnest(current_schemas(false)) with ordinality x(s, o)) as schemas,
         (select coalesce(json_agg(nspname order by nspname), '[]'::json) from pg_namespace n
            where has_schema_privilege('public', n.oid, 'CREATE') and nspname not like 'pg\\_%') as open`
