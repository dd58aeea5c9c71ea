import { type RawBuilder, sql } from 'kysely'

/*
 * What it takes to make a schema again, without its data: one query an aspect, definitions in the server's own words. Asked
 * with an empty search_path, so that every name in them is qualified. What belongs to an extension comes with the extension.
 */

const own = (state: string): RawBuilder<unknown> => sql`
  n.nspname not in ('pg_catalog', 'information_schema', ${sql.lit(state)}) and n.nspname not like 'pg\\_%'`

/** Made by an extension ('e'), or together with something else ('i'): identity sequences, constructors of range types. */
const standalone = (catalog: string, oid: string, types = "'e'"): RawBuilder<unknown> => sql`
  not exists (select from pg_depend ext where ext.classid = ${sql.lit(`pg_catalog.${catalog}`)}::regclass
    and ext.objid = ${sql.raw(oid)} and ext.deptype in (${sql.raw(types)}))`

const qualified = (schema: string, name: string): RawBuilder<unknown> =>
  sql`quote_ident(${sql.ref(schema)}) || '.' || quote_ident(${sql.ref(name)})`

export const schemasQuery = (state: string): RawBuilder<unknown> => sql`
  select n.nspname as name, has_schema_privilege('public', n.oid, 'CREATE') as open
  from pg_namespace n where ${own(state)} and ${standalone('pg_namespace', 'n.oid')} order by 1`

export const extensionsQuery: RawBuilder<unknown> = sql`
  select e.extname as name, n.nspname as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace
  where e.extname <> 'plpgsql' order by e.oid`

export const enumsQuery = (state: string): RawBuilder<unknown> => sql`
  select n.nspname as schema, t.typname as name,
         (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid) as labels
  from pg_type t join pg_namespace n on n.oid = t.typnamespace
  where t.typtype = 'e' and ${own(state)} and ${standalone('pg_type', 't.oid')} order by t.oid`

export const domainsQuery = (state: string): RawBuilder<unknown> => sql`
  select n.nspname as schema, t.typname as name, format_type(t.typbasetype, t.typtypmod) as base, t.typnotnull as notnull,
         pg_get_expr(t.typdefaultbin, 0) as default,
         case when t.typcollation <> b.typcollation then ${qualified('cn.nspname', 'co.collname')} end as collation,
         (select coalesce(json_agg(json_build_object('name', k.conname, 'definition', pg_get_constraintdef(k.oid)) order by k.conname), '[]'::json)
            from pg_constraint k where k.contypid = t.oid and k.contype = 'c') as checks
  from pg_type t join pg_namespace n on n.oid = t.typnamespace join pg_type b on b.oid = t.typbasetype
  left join pg_collation co on co.oid = t.typcollation left join pg_namespace cn on cn.oid = co.collnamespace
  where t.typtype = 'd' and ${own(state)} and ${standalone('pg_type', 't.oid')} order by t.oid`

export const rangesQuery = (state: string): RawBuilder<unknown> => sql`
  select n.nspname as schema, t.typname as name, format_type(r.rngsubtype, null) as subtype,
         ${qualified('on_.nspname', 'oc.opcname')} as opclass, m.typname as multirange,
         case when r.rngcollation <> st.typcollation then ${qualified('cn.nspname', 'co.collname')} end as collation,
         case when r.rngsubdiff <> 0 then r.rngsubdiff::regproc::text end as diff
  from pg_range r join pg_type t on t.oid = r.rngtypid join pg_namespace n on n.oid = t.typnamespace
  join pg_type st on st.oid = r.rngsubtype join pg_type m on m.oid = r.rngmultitypid
  join pg_opclass oc on oc.oid = r.rngsubopc join pg_namespace on_ on on_.oid = oc.opcnamespace
  left join pg_collation co on co.oid = r.rngcollation left join pg_namespace cn on cn.oid = co.collnamespace
  where ${own(state)} and ${standalone('pg_type', 't.oid')} order by t.oid`

/** Ordinary and identity sequences; `table` and `column` are those whose default or identity it is. */
export const sequencesQuery = (state: string): RawBuilder<unknown> => sql`
  select n.nspname as schema, c.relname as name, format_type(s.seqtypid, null) as type, s.seqstart::text as start,
         s.seqincrement::text as increment, s.seqmin::text as min, s.seqmax::text as max, s.seqcache::text as cache,
         s.seqcycle as cycle, coalesce(d.deptype = 'i', false) as identity, d.refobjid::int8::text as table,
         tn.nspname as tableschema, tc.relname as tablename, a.attname as column
  from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
  left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')
    and d.refclassid = 'pg_class'::regclass
  left join pg_class tc on tc.oid = d.refobjid left join pg_namespace tn on tn.oid = tc.relnamespace
  left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
  where ${own(state)} and ${standalone('pg_class', 'c.oid')} order by c.oid`

/** Tables, partitioned or not, foreign tables, and composite types (relkind c). */
export const relationsQuery = (state: string): RawBuilder<unknown> => sql`
  select c.oid::int8::text as oid, n.nspname as schema, c.relname as name, c.relkind as kind, c.relpersistence as persistence,
         pg_get_partkeydef(c.oid) as partkey,
         case when c.relispartition then pg_get_expr(c.relpartbound, c.oid) end as bound,
         c.relrowsecurity as rowsecurity, c.relforcerowsecurity as forcerowsecurity,
         (select coalesce(json_agg(json_build_object('schema', pn.nspname, 'name', p.relname) order by i.inhseqno), '[]'::json)
            from pg_inherits i join pg_class p on p.oid = i.inhparent join pg_namespace pn on pn.oid = p.relnamespace
            where i.inhrelid = c.oid) as parents
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'f', 'c') and ${own(state)} and ${standalone('pg_class', 'c.oid')} order by c.oid`

export const attributesQuery = (state: string): RawBuilder<unknown> => sql`
  select c.oid::int8::text as oid, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as notnull,
         a.attidentity as identity, a.attgenerated as generated, pg_get_expr(d.adbin, d.adrelid) as default,
         case when a.attcollation <> t.typcollation then ${qualified('cn.nspname', 'co.collname')} end as collation,
         case when a.attstorage <> t.typstorage and c.relkind in ('r', 'p') then a.attstorage::text end as storage,
         nullif(a.attcompression::text, '') as compression, nullif(coalesce(a.attstattarget, -1), -1)::int as statistics
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  left join pg_collation co on co.oid = a.attcollation left join pg_namespace cn on cn.oid = co.collnamespace
  where c.relkind in ('r', 'p', 'f', 'c') and ${own(state)} order by c.oid, a.attnum`

export const tableConstraintsQuery = (state: string): RawBuilder<unknown> => sql`
  select c.oid::int8::text as oid, n.nspname as schema, c.relname as table, c.relkind as relkind, k.conname as name,
         k.contype as kind, k.convalidated as validated, k.conparentid <> 0 as inherited, pg_get_constraintdef(k.oid) as definition
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
  where k.contype in ('c', 'u', 'p', 'f', 'x', 'n') and c.relkind in ('r', 'p', 'f') and ${own(state)}
    and ${standalone('pg_class', 'c.oid')} order by k.oid`

/** Indexes that no constraint makes, and of all indexes the partitioned one that they are a part of. */
export const tableIndexesQuery = (state: string): RawBuilder<unknown> => sql`
  select n.nspname as schema, c.relname as table, ic.relname as name, pg_get_indexdef(i.indexrelid) as definition,
         i.indisvalid or c.relkind = 'p' as valid, pn.nspname as parentschema, pc.relname as parent,
         exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x')) as constraint
  from pg_index i join pg_class ic on ic.oid = i.indexrelid join pg_class c on c.oid = i.indrelid
  join pg_namespace n on n.oid = c.relnamespace left join pg_inherits h on h.inhrelid = i.indexrelid
  left join pg_class pc on pc.oid = h.inhparent left join pg_namespace pn on pn.oid = pc.relnamespace
  where c.relkind in ('r', 'p', 'm') and ${own(state)} and ${standalone('pg_class', 'c.oid')} order by ic.oid`

export const routinesQuery = (state: string): RawBuilder<unknown> => sql`
  select p.oid::regprocedure::text as name, pg_get_functiondef(p.oid) as definition
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where p.prokind in ('f', 'p', 'w') and ${own(state)} and ${standalone('pg_proc', 'p.oid', "'e', 'i'")} order by p.oid`

export const viewDefinitionsQuery = (state: string): RawBuilder<unknown> => sql`
  select n.nspname as schema, c.relname as name, c.relkind = 'm' as materialized, rtrim(pg_get_viewdef(c.oid), ';') as definition,
         array_to_string(c.reloptions, ', ') as options
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('v', 'm') and ${own(state)} and ${standalone('pg_class', 'c.oid')} order by c.oid`

/** Triggers and rules of the users; ours call functions of the state schema, clones of a partition come with its parent. */
export const triggerDefinitionsQuery = (state: string): RawBuilder<unknown> => sql`
  select n.nspname as schema, c.relname as table, t.tgname as name, pg_get_triggerdef(t.oid) as definition, t.tgenabled as enabled
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
  join pg_proc p on p.oid = t.tgfoid join pg_namespace fn on fn.oid = p.pronamespace
  where not t.tgisinternal and t.tgparentid = 0 and fn.nspname <> ${sql.lit(state)} and ${own(state)}
    and ${standalone('pg_class', 'c.oid')} order by t.oid`

export const rulesQuery = (state: string): RawBuilder<unknown> => sql`
  select n.nspname as schema, c.relname as table, r.rulename as name, pg_get_ruledef(r.oid) as definition
  from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
  where r.rulename <> '_RETURN' and ${own(state)} and ${standalone('pg_class', 'c.oid')} order by r.oid`

export const extendedStatisticsQuery = (state: string): RawBuilder<unknown> => sql`
  select n.nspname as schema, s.stxname as name, pg_get_statisticsobjdef(s.oid) as definition
  from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace where ${own(state)} order by s.oid`

/** What is not made again. `matters`: a statement may not be prepared without it. */
export const leftOutQuery = (state: string): RawBuilder<unknown> => sql`
  select 'aggregate ' || p.oid::regprocedure::text as what, true as matters from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where p.prokind = 'a' and ${own(state)} and ${standalone('pg_proc', 'p.oid')}
  union all select 'operator ' || o.oid::regoperator::text, true from pg_operator o join pg_namespace n on n.oid = o.oprnamespace
    where ${own(state)} and ${standalone('pg_operator', 'o.oid')}
  union all select 'base type ' || t.oid::regtype::text, true from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where t.typtype = 'b' and t.typelem = 0 and ${own(state)} and ${standalone('pg_type', 't.oid')}
  union all select 'collation ' || ${qualified('n.nspname', 'c.collname')}, true from pg_collation c join pg_namespace n on n.oid = c.collnamespace
    where ${own(state)} and ${standalone('pg_collation', 'c.oid')}
  union all select 'text search configuration ' || ${qualified('n.nspname', 'c.cfgname')}, true from pg_ts_config c
    join pg_namespace n on n.oid = c.cfgnamespace where ${own(state)} and ${standalone('pg_ts_config', 'c.oid')}
  union all select 'cast from ' || format_type(c.castsource, null) || ' to ' || format_type(c.casttarget, null), true from pg_cast c
    where c.oid >= 16384 and ${standalone('pg_cast', 'c.oid', "'e', 'i'")}
  union all select 'row security policy ' || quote_ident(p.polname) || ' on ' || p.polrelid::regclass::text, false from pg_policy p
  union all select 'event trigger ' || quote_ident(e.evtname), false from pg_event_trigger e where ${standalone('pg_event_trigger', 'e.oid')}
  order by 1`

export const rolesQuery: RawBuilder<unknown> = sql`select rolname as name from pg_roles where rolname not like 'pg\\_%' order by 1`
