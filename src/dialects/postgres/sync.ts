import { type RawBuilder, sql } from 'kysely'
import type { TableRef } from '../../planner/catalog.ts'
import type { FillLens, Lens, LensColumn, RowLens } from '../../planner/links/lens.ts'
import { shortHash } from '../../planner/naming.ts'
import type { SyncMode } from '../../planner/steps.ts'
import type { ActiveLens } from '../dialect.ts'
import { type Direction, downward, physical, upward } from '../shared/directions.ts'
import { bound, differs, inNew, inOld, keyJson, lensFunction, parameters, side } from './lens-sql.ts'
import { dollarQuote, literal, quote, tableRef } from './sql.ts'
import { dependsOnSession, lensDependsOnSession, valueClauses } from './value-settings.ts'

/** '~' sorts after letters and digits, so our trigger sees what the user's have made of the row (manual, 39.1). */
export const syncTrigger = '~bellows_sync'
/** The same for sessions that apply what was replicated. */
export const replicaTrigger = '~bellows_sync_replica'

/** The function behind the trigger of a table. One a table, made anew from all lenses in force. */
export function syncFunctionName(table: TableRef): string {
  return `sync_${shortHash(`${table.schema}\u0000${table.name}`)}`
}

/** The sequence that holds when a side was last written (semantics.md 18). */
export function counterName(lens: Lens, which: 'old' | 'new'): string {
  return `${which}_writes_${lens.id}`
}

/**
 * The function that keeps the shapes of one table in sync: SECURITY DEFINER, so that the app needs no right on our
 * schema, with a pinned search_path, so that no caller's schema is looked into, and pinned settings where one of them
 * changes a value.
 */
export function syncFunction(table: TableRef, active: readonly ActiveLens[], stateSchema: string): RawBuilder<unknown> {
  const blocks = active.map(({ lens, mode }) => block(lens, mode, stateSchema)).join('\n')
  const body = `
BEGIN
  IF ${marked} = 'off' THEN
    RETURN NEW;
  END IF;
${blocks}
  RETURN NEW;
END
`
  const schemas = [...new Set(active.flatMap(({ lens }) => schemasOf(lens)))]
  const path = ['pg_catalog', ...schemas, 'pg_temp'].map((schema) => quote(schema)).join(', ')
  const converts = active.some(({ lens }) => lensDependsOnSession(lens))
  return sql`create or replace function ${sql.id(stateSchema, syncFunctionName(table))}() returns trigger language plpgsql security definer set search_path = ${sql.raw(path)}${sql.raw(valueClauses(converts, body))} as ${sql.raw(dollarQuote(body))}`
}

/** The backfill fills new from old itself: what the function would do for each of its rows would only cost time. */
const marked = `pg_catalog.current_setting('bellows.sync', true)`

/**
 * The trigger, firing last, as two that are never both in force: one for ordinary sessions, one for the role `replica`. Together
 * they are ENABLE ALWAYS. Only the second has a condition, by which the rows of a backfill in that role call nothing: the server
 * reads the text of a condition anew for each statement, which costs an app more than the call itself.
 */
export function createSyncTrigger(table: TableRef, stateSchema: string): readonly RawBuilder<unknown>[] {
  const create = (name: string, condition: RawBuilder<unknown>): RawBuilder<unknown> =>
    sql`create or replace trigger ${sql.id(name)} before insert or update on ${tableRef(table)} for each row ${condition}execute function ${sql.id(stateSchema, syncFunctionName(table))}()`
  return [
    create(syncTrigger, sql``),
    create(replicaTrigger, sql`when (${sql.raw(marked)} IS DISTINCT FROM 'off') `),
    sql`alter table ${tableRef(table)} enable replica trigger ${sql.id(replicaTrigger)}`,
  ]
}

/** Takes trigger and function away. */
export function dropSyncTrigger(table: TableRef, stateSchema: string): readonly RawBuilder<unknown>[] {
  return [
    sql`drop trigger if exists ${sql.id(syncTrigger)} on ${tableRef(table)}`,
    sql`drop trigger if exists ${sql.id(replicaTrigger)} on ${tableRef(table)}`,
    sql`drop function if exists ${sql.id(stateSchema, syncFunctionName(table))}()`,
  ]
}

function schemasOf(lens: Lens): readonly string[] {
  return [...upward(lens), ...downward(lens)].flatMap((direction) => direction.scalar.schemas)
}

function block(lens: Lens, mode: SyncMode, stateSchema: string): string {
  if (lens.kind === 'fill') return fillBlock(lens, mode, stateSchema)
  return mode === 'quarantine' ? quarantineBlock(lens, stateSchema) : twoWayBlock(lens, mode, stateSchema)
}

/** Names, literals and comments: a line break inside one belongs to it. */
const atoms = /"[^"]*"|\bE'(?:[^'\\]|\\.)*'|'[^']*'|--[^\n]*|\/\*.*?\*\/|\$(\w*)\$.*?\$\1\$|\n(?!\n|$)/gis

const indent = (text: string, by: number): string => {
  const pad = ' '.repeat(by)
  return text === '' ? text : pad + text.replace(atoms, (atom) => (atom === '\n' ? `\n${pad}` : atom))
}

/** Declarations for the values of one direction. */
function declared(directions: readonly Direction[]): string {
  return directions
    .map((direction) => `  ${direction.name} ${direction.target.type};\n  ${direction.name}_error text;\n`)
    .join('')
}

/** Assigns the value of each scalar to its variable; where it can raise, the error is caught and kept. */
function compute(directions: readonly Direction[], mode: SyncMode): string {
  return directions
    .map((direction) => {
      const { name, scalar } = direction
      const assign = `${name} := ${bound(direction, scalar.text, mode, inNew)};`
      if (!scalar.canRaise) return assign
      const fallback = scalar.onError === null ? 'NULL' : bound(direction, scalar.onError, mode, inNew)
      return `BEGIN\n  ${assign}\nEXCEPTION WHEN OTHERS THEN\n  ${name} := ${fallback};\n  ${name}_error := SQLSTATE;\nEND;`
    })
    .join('\n')
}

function assignAll(directions: readonly Direction[], mode: SyncMode): string {
  return directions.map(({ name, target }) => `${inNew(physical(target, mode))} := ${name};`).join('\n')
}

/** Records what could not be converted, by the row's key: the app's statement goes on (interface.md, Enforcement). */
function record(lens: Lens, directions: readonly Direction[], stateSchema: string): string {
  return directions
    .filter(({ scalar }) => scalar.canRaise)
    .map(({ name, target }) => {
      const to = quote(stateSchema, 'conversion_failures')
      const values = [
        literal(lens.id),
        literal(lens.migration),
        keyJson(lens, inNew),
        literal(target.name),
        `${name}_error`,
      ]
      return `IF ${name}_error IS NOT NULL THEN
  INSERT INTO ${to} AS f (lens, migration, key, target, code) VALUES (${values.join(', ')})
  ON CONFLICT (lens, key, target) DO UPDATE SET code = EXCLUDED.code, at = pg_catalog.clock_timestamp(), resolved_at = NULL;
END IF;`
    })
    .join('\n')
}

/** Where the value that was caught is the one already there: nothing to assign, and still a failure. */
function recordSame(lens: Lens, directions: readonly Direction[], stateSchema: string): string {
  const text = record(lens, directions, stateSchema)
  return text === '' ? '' : `ELSE\n${indent(text, 2)}\n`
}

/**
 * The time of the last write in whole seconds, not a count: nothing to prune. Each session writes it once a second, because
 * every writer of the table would queue for the page of the sequence, and each setval is a record in the WAL. What the
 * session remembers goes back with its transaction, the sequence does not: then it is written once more.
 */
function mark(lens: Lens, which: 'old' | 'new', stateSchema: string): string {
  const sequence = literal(quote(stateSchema, counterName(lens, which)))
  const remembered = literal(`bellows.${counterName(lens, which)}`)
  const second = 'EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::bigint'
  return `IF pg_catalog.current_setting(${remembered}, true) IS DISTINCT FROM ${second}::text THEN
  PERFORM pg_catalog.set_config(${remembered}, pg_catalog.setval(${sequence}, ${second})::text, false);
END IF;`
}

/** Was this column given by the statement that inserts? A default that is the same each time is not "given". */
function given(column: LensColumn, name: string): string {
  if (column.unseen) return 'false'
  const place = inNew(name)
  if (column.default === null) return `${place} IS NOT NULL`
  return `(${place} IS NOT NULL AND ${differs([place], [`CAST((${column.default}) AS ${column.type})`])})`
}

const any = (conditions: readonly string[]): string => (conditions.length === 0 ? 'false' : conditions.join(' OR '))

/**
 * Gives one side the value that the other one leads to, unless the two are in sync already. An INSERT in quarantine gives
 * it always: the default of the hidden column is nobody's value.
 */
function derive(
  lens: RowLens,
  forth: readonly Direction[],
  back: readonly Direction[],
  mode: SyncMode,
  stateSchema: string,
): string {
  // A copy is in sync once it is made, whatever was there.
  if (lens.identity)
    return forth
      .map(
        (direction) =>
          `${inNew(physical(direction.target, mode))} := ${bound(direction, direction.scalar.text, mode, inNew)};`,
      )
      .join('\n')
  const at = (directions: readonly Direction[]): readonly string[] =>
    directions.map(({ target }) => inNew(physical(target, mode)))
  const values = (directions: readonly Direction[]): readonly string[] => directions.map(({ name }) => name)
  const inserted = mode === 'quarantine' ? ` OR TG_OP = 'INSERT'` : ''
  return `${compute(forth, mode)}
IF ${differs(at(forth), values(forth))} THEN
${indent(compute(back, mode), 2)}
  IF ${differs(at(back), values(back))}${inserted} THEN
${indent(assignAll(forth, mode), 4)}
${indent(record(lens, forth, stateSchema), 4)}
${indent(mode === 'quarantine' ? '' : recordSame(lens, back, stateSchema), 2)}  END IF;
${recordSame(lens, forth, stateSchema)}END IF;`
}

/** Both versions write: who changed what is seen from the values, because no app tells us who it is. */
function twoWayBlock(lens: RowLens, mode: SyncMode, stateSchema: string): string {
  const ups = upward(lens)
  const downs = downward(lens)
  const news = side(lens.new, mode, inNew)
  const olds = side(lens.old, mode, inNew)
  const others = [...untouchedOf(ups, lens), ...recordedKey(lens, [...ups, ...downs])]
  const sources = [...olds, ...others.map(inNew)]
  const before = [...side(lens.old, mode, inOld), ...others.map(inOld)]
  const empty = news.map((column) => `${column} IS NULL`).join(' AND ')
  const oldGiven = any(lens.old.map((column) => given(column, physical(column, mode))))
  const oldChanged = others.length === 0 ? '' : ` AND ${differs(olds, side(lens.old, mode, inOld))}`
  const countOld = lens.sameName ? '' : `IF count_old THEN\n${indent(mark(lens, 'old', stateSchema), 2)}\nEND IF;\n`
  const countNew = lens.sameName ? '' : `${mark(lens, 'new', stateSchema)}\n`
  // Until the backfill is over, a row that is still empty is filled by whatever write passes by: that is what lets the
  // backfill trust that a row which moved was filled (postgres manual, 39.2; facts 4.2).
  const fill = mode === 'fill' ? `\n    from_old := from_old OR (NOT from_new AND ${empty});` : ''
  // Something changed that only `down` reads: where the row was in sync by `down` alone, the old side is another one now.
  const alone = lens.sameName ? [] : untouchedOf(downs, lens).filter((name) => !others.includes(name))
  const follows =
    alone.length === 0
      ? ''
      : `  ELSIF (CASE WHEN TG_OP = 'UPDATE' THEN ${differs(alone.map(inNew), alone.map(inOld))} ELSE false END) THEN
${indent(derive(lens, downs, ups, mode, stateSchema), 4)}
`
  return indent(
    `-- ${lens.old.map(({ name }) => name.replace(/\s/g, ' ')).join(', ')} <-> ${lens.new.map(({ name }) => name.replace(/\s/g, ' ')).join(', ')}
DECLARE
  from_new boolean;
  from_old boolean;
  count_old boolean;
${declared(lens.identity ? [] : [...ups, ...downs])}BEGIN
  IF TG_OP = 'INSERT' THEN
    from_new := NOT (${empty});
    from_old := NOT from_new;
    count_old := from_old AND (${oldGiven});
  ELSE
    from_new := ${differs(news, side(lens.new, mode, inOld))};
    from_old := NOT from_new AND ${differs(sources, before)};
    count_old := from_old${oldChanged};${fill}
  END IF;
  IF from_old THEN
${indent(derive(lens, ups, downs, mode, stateSchema), 4)}
${indent(countOld, 4)}  ELSIF from_new THEN
${indent(`${countNew}${keepOthers(lens, mode)}`, 4)}${indent(`${derive(lens, downs, ups, mode, stateSchema)}${ownDefault(lens, mode, empty, derive(lens, ups, downs, mode, stateSchema))}`, 4)}
${follows}  END IF;
END;`,
    2,
  )
}

/**
 * The new version writes a part of a row that is not filled yet: the rest becomes what the old side leads to, as the backfill would
 * have filled it. Else the old side would be derived from the one part alone, and the rest be lost.
 */
function keepOthers(lens: RowLens, mode: SyncMode): string {
  if (lens.new.length === 1 || mode !== 'fill') return ''
  const ups = upward(lens)
  const wasEmpty = side(lens.new, mode, inOld).map((column) => `${column} IS NULL`)
  const fill = ups.map(({ name, target }) => {
    const place = inNew(physical(target, mode))
    return `${place} := COALESCE(${place}, ${name});`
  })
  return `IF TG_OP = 'UPDATE' THEN
  IF ${wasEmpty.join(' AND ')} THEN
${indent([compute(ups, mode), ...fill].join('\n'), 4)}
  END IF;
END IF;
`
}

/**
 * Until contract the new column has no default, so `SET new = DEFAULT` makes it NULL. Where the old column has to have a value, both get
 * the default, as by an INSERT.
 */
function ownDefault(lens: RowLens, mode: SyncMode, empty: string, toNew: string): string {
  const required = lens.old.filter(({ nullable, default: value }) => !nullable && value !== null)
  if (lens.sameName || required.length === 0) return ''
  const missing = required.map((column) => `${inNew(physical(column, mode))} IS NULL`).join(' AND ')
  const take = required.map(
    (column) => `${inNew(physical(column, mode))} := CAST((${column.default}) AS ${column.type});`,
  )
  return `\nIF TG_OP = 'UPDATE' AND ${empty} AND ${missing} THEN\n${indent([...take, toNew].join('\n'), 2)}\nEND IF;`
}

/** After contract only the new shape is written; the hidden old one follows, so that undo loses nothing. */
function quarantineBlock(lens: RowLens, stateSchema: string): string {
  const mode = 'quarantine'
  const ups = upward(lens)
  const downs = downward(lens)
  const news = side(lens.new, mode, inNew)
  const others = [...untouchedOf(downs, lens), ...recordedKey(lens, downs)]
  const sources = [...news, ...others.map(inNew)]
  const before = [...side(lens.new, mode, inOld), ...others.map(inOld)]
  return indent(
    `-- quarantine: ${lens.old.map(({ name }) => name.replace(/\s/g, ' ')).join(', ')} follows
DECLARE
  from_new boolean;
${declared(lens.identity ? [] : [...ups, ...downs])}BEGIN
  IF TG_OP = 'INSERT' THEN
    from_new := true;
  ELSE
    from_new := ${differs(sources, before)};
  END IF;
  IF from_new THEN
${indent(derive(lens, downs, ups, mode, stateSchema), 4)}
  END IF;
END;`,
    2,
  )
}

/** A failure is on record under the row's key, so a row that gets another key is looked at again. */
function recordedKey(lens: Lens, directions: readonly Direction[]): readonly string[] {
  return directions.some(({ scalar }) => scalar.canRaise) ? lens.key.map(({ name }) => name) : []
}

function untouchedOf(directions: readonly Direction[], lens: RowLens): readonly string[] {
  const reads = new Set(
    directions.flatMap(({ scalar, sees }) =>
      scalar.reads.filter((name) => !sees.some((column) => column.name === name)),
    ),
  )
  return lens.untouched.filter(({ name }) => reads.has(name)).map(({ name }) => name)
}

/** One-sided: a NULL becomes the value. When, depends on who knows the column. */
function fillBlock(lens: FillLens, mode: SyncMode, stateSchema: string): string {
  const name = physical(lens.column, mode)
  const place = inNew(name)
  const [direction] = upward(lens)
  if (direction === undefined) return ''
  const { default: byItself, unseen, nullable } = lens.column
  // Where it may not be NULL and `down` is, its default stays.
  const stays = mode === 'quarantine' && !nullable && (byItself !== null || unseen)
  const assign = stays ? `${place} := COALESCE(${direction.name}, ${place});` : assignAll([direction], mode)
  const fill = `${compute([direction], mode)}\n${assign}\n${record(lens, [direction], stateSchema)}`
  const when =
    lens.side === 'both'
      ? `${place} IS NULL`
      : lens.side === 'new' && mode === 'fill'
        ? `${place} IS NULL AND (TG_OP = 'INSERT' OR ${fillsOnUpdate(name)})`
        : mode === 'quarantine'
          ? // The default of a hidden column is nobody's value.
            `TG_OP = 'INSERT'`
          : `${place} IS NULL AND TG_OP = 'INSERT'`
  const count = lens.side === 'both' || mode === 'quarantine' ? '' : `${countFill(lens, name, stateSchema)}\n`
  return indent(
    `-- ${lens.column.name.replace(/\s/g, ' ')}
DECLARE
${declared([direction])}
BEGIN
${indent(count, 2)}  IF ${when} THEN
${indent(fill, 4)}
  END IF;
END;`,
    2,
  )
}

/** A NULL that stays NULL was never given. In parentheses, because PL/pgSQL ends the condition of an IF at the first THEN. */
function fillsOnUpdate(name: string): string {
  return `(CASE WHEN TG_OP = 'UPDATE' THEN ${inOld(name)} IS NULL ELSE true END)`
}

function countFill(lens: FillLens, name: string, stateSchema: string): string {
  const which = lens.side === 'old' ? 'old' : 'new'
  return `IF (CASE WHEN TG_OP = 'INSERT' THEN ${given(lens.column, name)} ELSE ${differs([inNew(name)], [inOld(name)])} END) THEN
${indent(mark(lens, which, stateSchema), 2)}
END IF;`
}

/** The functions that hold the scalars which can raise, for the statements over many rows. */
export function lensFunctions(lens: Lens, stateSchema: string): readonly RawBuilder<unknown>[] {
  return [...upward(lens), ...downward(lens)]
    .filter(({ scalar }) => scalar.canRaise)
    .flatMap((direction) => [
      scalarFunction(lens, direction, stateSchema, false),
      scalarFunction(lens, direction, stateSchema, true),
    ])
}

/** Takes them away. */
export function dropLensFunctions(lens: Lens, stateSchema: string): readonly RawBuilder<unknown>[] {
  return [...upward(lens), ...downward(lens)]
    .filter(({ scalar }) => scalar.canRaise)
    .flatMap((direction) =>
      [false, true].map(
        (error) => sql`drop function if exists ${sql.raw(lensFunction(lens, direction, stateSchema, error))}`,
      ),
    )
}

function scalarFunction(lens: Lens, direction: Direction, stateSchema: string, error: boolean): RawBuilder<unknown> {
  const { scalar, target } = direction
  const all = parameters(lens, direction)
  const place = (name: string): string => `a${all.findIndex((parameter) => parameter.name === name)}`
  const asLogical: Direction = { ...direction, sees: [] }
  const assign = `result := ${bound(asLogical, scalar.text, 'final', place)};`
  const fallback = scalar.onError === null ? 'NULL' : bound(asLogical, scalar.onError, 'final', place)
  const body = error
    ? `\nDECLARE\n  result ${target.type};\nBEGIN\n  ${assign}\n  RETURN NULL;\nEXCEPTION WHEN OTHERS THEN\n  RETURN SQLSTATE;\nEND\n`
    : `\nDECLARE\n  result ${target.type};\nBEGIN\n  ${assign}\n  RETURN result;\nEXCEPTION WHEN OTHERS THEN\n  result := ${fallback};\n  RETURN result;\nEND\n`
  const head = all.map(({ type }, index) => `a${index} ${type}`).join(', ')
  // Only what fills a new column may be volatile; a function of the user's that writes is refused in any other.
  const volatility = lens.kind === 'fill' && lens.side === 'new' ? 'volatile' : 'stable'
  const path = ['pg_catalog', ...scalar.schemas, 'pg_temp'].map((schema) => quote(schema)).join(', ')
  return sql`create or replace function ${sql.raw(lensFunction(lens, direction, stateSchema, error))}(${sql.raw(head)}) returns ${sql.raw(error ? 'text' : target.type)} language plpgsql ${sql.raw(volatility)} set search_path = ${sql.raw(path)}${sql.raw(valueClauses(dependsOnSession(lens, direction), body))} as ${sql.raw(dollarQuote(body))}`
}
