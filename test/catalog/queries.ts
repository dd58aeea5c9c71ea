/** Each query reads one kind of object: its name, and every fact about it that a schema dump would tell. */

/** Grants as sorted text; what nobody granted is the owner's default, said or not. */
const grants = (acl: string, kind: string, owner: string): string =>
  `(select json_agg(g.grant order by g.grant) from (select case when e.grantee = 0 then 'PUBLIC' else e.grantee::regrole::text end || ':' || e.privilege_type || case when e.is_grantable then '*' else '' end || ' by ' || e.grantor::regrole::text as grant from aclexplode(coalesce(${acl}, acldefault('${kind}', ${owner}))) e) g)`

const comment = (catalog: string, oid: string): string => `obj_description(${oid}, '${catalog}')`

/** An object that an extension brought belongs to the extension. */
const own = (catalog: string, oid: string): string =>
  `not exists (select from pg_depend d where d.classid = '${catalog}'::regclass and d.objid = ${oid} and d.deptype = 'e')`

/** `$1` is the list of schemas that are looked at. */
export const catalogQueries: Readonly<Record<string, string>> = {
  schema: `select n.nspname as name, json_build_object('owner', n.nspowner::regrole::text, 'grants', ${grants('n.nspacl', 'n', 'n.nspowner')}, 'comment', ${comment('pg_namespace', 'n.oid')}) as facts
    from pg_namespace n where n.nspname = any($1)`,
  extension: `select extname as name, json_build_object('version', extversion) as facts from pg_extension where $1::text[] is not null`,
  table: `select n.nspname || '.' || c.relname as name, json_build_object('kind', c.relkind, 'persistence', c.relpersistence, 'owner', c.relowner::regrole::text,
      'grants', ${grants('c.relacl', 'r', 'c.relowner')}, 'comment', obj_description(c.oid, 'pg_class'), 'options', c.reloptions, 'security', c.relrowsecurity, 'force security', c.relforcerowsecurity,
      'replica identity', c.relreplident, 'of type', nullif(c.reloftype, 0)::regtype, 'partition key', pg_get_partkeydef(c.oid), 'partition bound', pg_get_expr(c.relpartbound, c.oid),
      'inherits', (select json_agg(i.inhparent::regclass::text order by i.inhseqno) from pg_inherits i where i.inhrelid = c.oid),
      'columns', (select json_agg(a.attname order by a.attnum) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)) as facts
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = any($1) and c.relkind in ('r', 'p', 'f') and ${own('pg_class', 'c.oid')}`,
  column: `select n.nspname || '.' || c.relname || '.' || a.attname as name, json_build_object('type', format_type(a.atttypid, a.atttypmod), 'default', pg_get_expr(d.adbin, d.adrelid), 'not null', a.attnotnull,
      'identity', a.attidentity, 'generated', a.attgenerated, 'collation', case when a.attcollation <> t.typcollation then a.attcollation::regcollation::text end, 'comment', col_description(c.oid, a.attnum),
      'statistics', nullif(a.attstattarget, -1), 'storage', a.attstorage, 'compression', a.attcompression, 'options', a.attoptions, 'local', a.attislocal, 'grants', ${grants('a.attacl', 'c', 'c.relowner')}) as facts
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace join pg_type t on t.oid = a.atttypid left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where n.nspname = any($1) and c.relkind in ('r', 'p', 'f', 'v', 'm', 'c') and a.attnum > 0 and not a.attisdropped and ${own('pg_class', 'c.oid')}`,
  constraint: `select n.nspname || '.' || coalesce(c.relname, t.typname) || '.' || k.conname as name, json_build_object('definition', pg_get_constraintdef(k.oid), 'valid', k.convalidated, 'deferrable', k.condeferrable, 'deferred', k.condeferred, 'local', k.conislocal, 'comment', ${comment('pg_constraint', 'k.oid')}) as facts
    from pg_constraint k join pg_namespace n on n.oid = k.connamespace left join pg_class c on c.oid = k.conrelid left join pg_type t on t.oid = k.contypid where n.nspname = any($1)`,
  index: `select n.nspname || '.' || i.relname as name, json_build_object('definition', pg_get_indexdef(x.indexrelid), 'valid', x.indisvalid, 'ready', x.indisready, 'live', x.indislive, 'clustered', x.indisclustered, 'replica identity', x.indisreplident,
      'options', i.reloptions, 'comment', obj_description(i.oid, 'pg_class'), 'constraint', (select k.conname from pg_constraint k where k.conindid = x.indexrelid and k.conrelid = x.indrelid),
      'statistics', (select json_agg(a.attstattarget order by a.attnum) from pg_attribute a where a.attrelid = i.oid and a.attstattarget > -1)) as facts
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_namespace n on n.oid = i.relnamespace where n.nspname = any($1)`,
  trigger: `select n.nspname || '.' || c.relname || '.' || t.tgname as name, json_build_object('definition', pg_get_triggerdef(t.oid), 'enabled', t.tgenabled, 'comment', ${comment('pg_trigger', 't.oid')}) as facts
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace where n.nspname = any($1) and not t.tgisinternal`,
  rule: `select n.nspname || '.' || c.relname || '.' || r.rulename as name, json_build_object('definition', pg_get_ruledef(r.oid), 'enabled', r.ev_enabled, 'comment', ${comment('pg_rewrite', 'r.oid')}) as facts
    from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace where n.nspname = any($1) and r.rulename <> '_RETURN'`,
  policy: `select n.nspname || '.' || c.relname || '.' || p.polname as name, json_build_object('command', p.polcmd, 'permissive', p.polpermissive, 'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid),
      'roles', (select json_agg(case when r = 0 then 'PUBLIC' else r::regrole::text end order by 1) from unnest(p.polroles) r), 'comment', ${comment('pg_policy', 'p.oid')}) as facts
    from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace where n.nspname = any($1)`,
  view: `select n.nspname || '.' || c.relname as name, json_build_object('kind', c.relkind, 'definition', pg_get_viewdef(c.oid), 'options', c.reloptions, 'owner', c.relowner::regrole::text, 'grants', ${grants('c.relacl', 'r', 'c.relowner')}, 'comment', obj_description(c.oid, 'pg_class'),
      'populated', c.relispopulated, 'columns', (select json_agg(a.attname order by a.attnum) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0)) as facts
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = any($1) and c.relkind in ('v', 'm') and ${own('pg_class', 'c.oid')}`,
  function: `select n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as name, json_build_object('definition', case when p.prokind in ('f', 'p', 'w') then pg_get_functiondef(p.oid) end, 'kind', p.prokind, 'owner', p.proowner::regrole::text, 'grants', ${grants('p.proacl', 'f', 'p.proowner')}, 'comment', ${comment('pg_proc', 'p.oid')}) as facts
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = any($1) and ${own('pg_proc', 'p.oid')}`,
  sequence: `select n.nspname || '.' || c.relname as name, json_build_object('type', s.seqtypid::regtype::text, 'start', s.seqstart, 'increment', s.seqincrement, 'max', s.seqmax, 'min', s.seqmin, 'cache', s.seqcache, 'cycle', s.seqcycle, 'persistence', c.relpersistence, 'owner', c.relowner::regrole::text, 'grants', ${grants('c.relacl', 's', 'c.relowner')}, 'comment', obj_description(c.oid, 'pg_class'),
      'owned by', (select d.refobjid::regclass::text || '.' || a.attname || ' ' || d.deptype::text from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i'))) as facts
    from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace where n.nspname = any($1)`,
  type: `select n.nspname || '.' || t.typname as name, json_build_object('kind', t.typtype, 'owner', t.typowner::regrole::text, 'grants', ${grants('t.typacl', 'T', 't.typowner')}, 'comment', ${comment('pg_type', 't.oid')},
      'labels', (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid), 'base', case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end, 'not null', t.typnotnull, 'default', t.typdefault,
      'collation', case when t.typtype = 'd' and t.typcollation <> 0 then t.typcollation::regcollation::text end,
      'columns', (select json_agg(a.attname order by a.attnum) from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped)) as facts
    from pg_type t join pg_namespace n on n.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid where n.nspname = any($1) and t.typtype in ('e', 'd', 'c', 'r') and (t.typrelid = 0 or c.relkind = 'c') and ${own('pg_type', 't.oid')}`,
  statistics: `select n.nspname || '.' || s.stxname as name, json_build_object('definition', pg_get_statisticsobjdef(s.oid), 'target', nullif(s.stxstattarget, -1), 'owner', s.stxowner::regrole::text, 'comment', ${comment('pg_statistic_ext', 's.oid')}) as facts
    from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace where n.nspname = any($1)`,
  publication: `select p.pubname as name, json_build_object('owner', p.pubowner::regrole::text, 'all', p.puballtables, 'insert', p.pubinsert, 'update', p.pubupdate, 'delete', p.pubdelete, 'truncate', p.pubtruncate, 'root', p.pubviaroot, 'comment', ${comment('pg_publication', 'p.oid')}) as facts
    from pg_publication p where $1::text[] is not null`,
  'default privileges': `select coalesce(n.nspname, '') || ' ' || d.defaclrole::regrole::text || ' ' || d.defaclobjtype::text as name, to_json(array(select x::text from unnest(d.defaclacl) x order by 1)) as facts
    from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace where n.nspname is null or n.nspname = any($1)`,
}

/** Tables of publications: column lists and row filters came with PostgreSQL 15. */
export function publicationTables(version: number): string {
  const more =
    version >= 150000
      ? `'columns', (select json_agg(a.attname order by a.attnum) from pg_attribute a where a.attrelid = r.prrelid and a.attnum = any(r.prattrs)), 'where', pg_get_expr(r.prqual, r.prrelid)`
      : ''
  return `select p.pubname || ' ' || r.prrelid::regclass::text as name, json_build_object(${more}) as facts
    from pg_publication_rel r join pg_publication p on p.oid = r.prpubid where $1::text[] is not null`
}
