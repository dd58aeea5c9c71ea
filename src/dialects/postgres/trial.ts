import { type RawBuilder, sql } from 'kysely'
import { parse, type Token, tokens } from './parser.ts'

/*
 * Some errors show only when a statement is executed: a column without a default that is not given, a function that names what is
 * gone. On a shadow a statement may be executed, if all that it does is undone by a rollback.
 */

/** Tells which statements can be executed and undone. */
export interface Tryable {
  /** All that it does, and calls when it is planned, is undone by a rollback. */
  readonly undone: (text: string) => boolean
  /** It changes rows, or calls a function whose body is looked at when it is called only. */
  readonly telling: (text: string) => boolean
}

// Volatile functions of the server that a rollback undoes, or that only move a sequence of the shadow.
const undone = [
  ...['random', 'random_normal', 'setseed', 'nextval', 'currval', 'lastval', 'setval', 'clock_timestamp', 'timeofday'],
  ...['gen_random_uuid', 'uuidv4', 'uuidv7', 'txid_current', 'txid_current_if_assigned', 'pg_current_xact_id'],
  ...['pg_notify', 'set_config', 'pg_advisory_xact_lock', 'pg_advisory_xact_lock_shared', 'array_shuffle'],
  ...['pg_try_advisory_xact_lock', 'pg_try_advisory_xact_lock_shared', 'array_sample', 'unique_key_recheck'],
  ...['tsvector_update_trigger', 'tsvector_update_trigger_column', 'suppress_redundant_updates_trigger'],
  ...['uuid_generate_v1', 'uuid_generate_v1mc', 'uuid_generate_v4', 'gen_random_bytes', 'gen_salt'],
]
// Not volatile by their own word, and they run a text as a statement.
const runText = '(query|cursor|table|schema|database)_to_xml.*|ts_stat|ts_rewrite'
// Extensions whose functions compute, apart from the volatile ones.
const computing = [
  ...[
    'citext',
    'pgcrypto',
    'uuid-ossp',
    'hstore',
    'ltree',
    'pg_trgm',
    'unaccent',
    'intarray',
    'btree_gin',
    'btree_gist',
  ],
  ...['cube', 'earthdistance', 'isn', 'seg', 'fuzzystrmatch', 'vector', 'postgis'],
]

const list = (names: readonly string[]): RawBuilder<unknown> => sql.join(names.map((each) => sql.lit(each)))

const ownSchema = sql`n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_%'`

/** What there is in a database, in one row. */
export const callableQuery: RawBuilder<unknown> = sql`
  with routine as (
    select p.oid, p.proname as name, l.lanname as language, n.nspname as schema,
           coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) as body, e.extname as extension,
           p.provolatile <> 'v' or p.proname in (${list(undone)}) as tame, p.prokind as kind
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
    left join pg_depend d on d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
    left join pg_extension e on e.oid = d.refobjid
  ), judged as (
    select oid, name, case
      when extension is not null or schema in ('pg_catalog', 'information_schema') then
        case when tame and name !~ ${sql.lit(`^(${runText})$`)} and (extension is null or extension in (${list(computing)}))
          then 'harmless' else 'lasting' end
      when language in ('sql', 'plpgsql') and kind in ('f', 'p') then 'text'
      else 'lasting' end as kind, body
    from routine
  ), text as (
    select tgrelid as relation, pg_get_triggerdef(oid) as text from pg_trigger where not tgisinternal
    union all select ev_class, pg_get_ruledef(oid) from pg_rewrite
    union all select adrelid, pg_get_expr(adbin, adrelid) from pg_attrdef
    union all select conrelid, pg_get_constraintdef(oid) from pg_constraint where conrelid <> 0 and contype in ('c', 'x')
    union all select indrelid, pg_get_indexdef(indexrelid) from pg_index where indexprs is not null or indpred is not null
    union all select partrelid, pg_get_partkeydef(partrelid) from pg_partitioned_table where partexprs is not null
  ), texts as (select relation, json_agg(text) as texts from text group by 1),
  children as (
    select i.inhparent as relation, json_agg(k.relname) as names from pg_inherits i join pg_class k on k.oid = i.inhrelid group by 1
  )
  select
    (select coalesce(json_agg(json_build_object('name', name, 'kind', kind, 'body', case when kind = 'text' then body end)), '[]')
       from (select distinct name, kind, case when kind = 'text' then body end as body from judged where kind <> 'harmless') f) as functions,
    (select coalesce(json_agg(json_build_object('name', c.relname, 'foreign', c.relkind = 'f',
       'texts', coalesce(t.texts, '[]'), 'children', coalesce(k.names, '[]'))), '[]')
       from pg_class c join pg_namespace n on n.oid = c.relnamespace left join texts t on t.relation = c.oid
       left join children k on k.relation = c.oid where c.relkind in ('r', 'p', 'v', 'm', 'f') and ${ownSchema}) as relations,
    (select coalesce(json_agg(distinct j.name), '[]') from pg_depend d join judged j on j.oid = d.refobjid
       where d.refclassid = 'pg_proc'::regclass and d.deptype <> 'e' and j.kind <> 'harmless'
         and d.classid in ('pg_operator'::regclass, 'pg_cast'::regclass, 'pg_type'::regclass, 'pg_opclass'::regclass,
           'pg_opfamily'::regclass, 'pg_amproc'::regclass)) as unnamed,
    (select coalesce(json_agg(pg_get_constraintdef(oid)), '[]') from pg_constraint where contypid <> 0) as domains`

/** One row of {@link callableQuery}: what a database calls, as far as it decides whether a statement can be undone. */
export interface CallableRow {
  /** Of functions what they are written in, and their text; the ones that only compute are left out. */
  readonly functions: readonly {
    readonly name: string
    readonly kind: 'lasting' | 'text'
    readonly body: string | null
  }[]
  /** Tables and views; `texts`: what fires or computes when they are written or read; `children`: partitions too. */
  readonly relations: readonly {
    readonly name: string
    readonly foreign: boolean
    readonly texts: readonly string[]
    readonly children: readonly string[]
  }[]
  /** What an operator, a cast or a type calls: it may be called without being named. */
  readonly unnamed: readonly string[]
  /** The rules of domains. */
  readonly domains: readonly string[]
}

/** Says of each statement whether it may be tried. */
export function tryableOf({ functions, relations, unnamed, domains }: CallableRow): Tryable {
  const lasting = new Set(functions.filter(({ kind }) => kind === 'lasting').map(({ name }) => name))
  const ofOwn = new Set<string>()
  for (const { name, foreign } of relations) if (foreign) ofOwn.add(name)
  const isLasting = (text: string): boolean => uses(text, lasting, ofOwn)
  for (let before = -1; before !== lasting.size + ofOwn.size; ) {
    before = lasting.size + ofOwn.size
    for (const { name, kind, body } of functions) {
      if (kind !== 'text' || ofOwn.has(name) || (body !== null && !runsText(body) && !isLasting(body))) continue
      lasting.add(name)
      ofOwn.add(name)
    }
    for (const { name, texts, children } of relations) {
      if (texts.some(isLasting) || children.some((child) => ofOwn.has(child))) ofOwn.add(name)
    }
  }
  const own = new Set(functions.filter(({ kind }) => kind === 'text').map(({ name }) => name))
  const everywhere = unnamed.some((name) => lasting.has(name)) || domains.some(isLasting)
  return {
    undone: (text) => !everywhere && !isLasting(text),
    telling: (text) => {
      const kind = kindOf(text)
      return kind === 'changes' || (kind === 'reads' && namesOf(pieces(text) ?? []).some((name) => own.has(name)))
    },
  }
}

/** Whether a text calls what lasts, or names what does: a function may be called without a parenthesis (`row.function`). */
function uses(text: string, lasting: ReadonlySet<string>, ofOwn: ReadonlySet<string>): boolean {
  const all = pieces(text)
  // What cannot be read may be anything.
  if (all === null || all.some((token) => /^u&"/i.test(token.text))) return true
  return (
    all.some((token, at) => isName(token) && all[at + 1]?.text === '(' && lasting.has(nameOf(token))) ||
    namesOf(all).some((name) => ofOwn.has(name))
  )
}

// In the body of a function: what makes statements of texts, reaches files and programs, or changes the schema.
const leaves = new Set(['execute', 'copy', 'create', 'alter', 'drop', 'load', 'call', 'import', 'listen', 'vacuum'])

function runsText(body: string): boolean {
  const all = pieces(body) ?? []
  return all.some(({ text }, at) => {
    const word = text.toLowerCase()
    if (word === 'do') return !['nothing', 'update'].includes(all[at + 1]?.text.toLowerCase() ?? '')
    return leaves.has(word)
  })
}

function pieces(text: string): readonly Token[] | null {
  try {
    return tokens(text)
  } catch {
    return null
  }
}

const isName = ({ text }: Token): boolean => /^["\p{L}_]/u.test(text)

const nameOf = ({ text }: Token): string =>
  text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.toLowerCase()

const namesOf = (all: readonly Token[]): readonly string[] => all.filter(isName).map(nameOf)

function kindOf(text: string): 'changes' | 'reads' | null {
  const [statement] = treeOf(text)?.stmts ?? []
  const [type] = Object.keys(statement?.stmt ?? {})
  if (type === 'InsertStmt' || type === 'UpdateStmt' || type === 'DeleteStmt' || type === 'MergeStmt') return 'changes'
  const select = statement?.stmt.SelectStmt as { intoClause?: unknown } | undefined
  if (select === undefined || select.intoClause !== undefined) return null
  return JSON.stringify(select).match(/"(Insert|Update|Delete|Merge)Stmt"/) ? 'changes' : 'reads'
}

function treeOf(text: string): ReturnType<typeof parse> | null {
  try {
    return parse(text)
  } catch {
    return null
  }
}
