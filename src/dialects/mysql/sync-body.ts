import type { FillLens, Lens, LensColumn, RowLens } from '../../planner/links/lens.ts'
import type { SyncMode } from '../../planner/steps.ts'
import type { ActiveLens } from '../dialect.ts'
import { type Direction, downward, physical, upward } from '../shared/directions.ts'
import { emptyValue } from './conversions.ts'
import { ifGiven } from './given.ts'
import { asStored, declareImplicits, orImplicit, readImplicits, someMissing, storedInstead } from './implicit.ts'
import {
  differs,
  errorOf,
  exactType,
  inNew,
  inOld,
  keyJson,
  leadsElsewhere,
  pairs,
  someDiffer,
  stillOpen,
  value,
} from './lens-sql.ts'
import { literal, quote } from './sql.ts'
import { stateTable } from './state.ts'

/** When a trigger of ours fires. */
export type Watch = 'before insert' | 'before update' | 'after insert'

/** Can a new row's value fail to be converted, so that there is something to record? */
export const recordsInserts = (lens: Lens, mode: SyncMode): boolean => raisingOnInsert(lens, mode).length > 0

const failureCode = 'varchar(64) character set ascii'

/** What one lens does in one trigger; nothing where there is nothing to do. */
export function block({ lens, mode, bearsRename }: ActiveLens, watch: Watch, stateSchema: string): string {
  const text = watch === 'after insert' ? recordInserted(lens, mode, stateSchema) : keep(lens, mode, watch, stateSchema)
  if (text === '') return ''
  return `-- ${title(lens, mode)}\n${bearsRename === true ? guarded(text) : text}`
}

/**
 * Bears that its columns change their names: from then on it does nothing, where every write would fail with "unknown column". A column
 * is looked up when the line that names it comes, so the error can be caught; and no line assigns what is there under another name.
 */
const guarded = (text: string): string => `BEGIN
  DECLARE EXIT HANDLER FOR 1054 BEGIN END;
${indent(text, 2)}
END;`

function title(lens: Lens, mode: SyncMode): string {
  const names = (columns: readonly LensColumn[]): string =>
    columns.map(({ name }) => name.replace(/\s/g, ' ')).join(', ')
  if (lens.kind === 'fill') return names([lens.column])
  if (mode === 'quarantine') return `quarantine: ${names(lens.old)} follows`
  return `${names(lens.old)} <-> ${names(lens.new)}`
}

function keep(lens: Lens, mode: SyncMode, watch: 'before insert' | 'before update', stateSchema: string): string {
  if (lens.kind === 'fill') return fillBlock(lens, mode, watch, stateSchema)
  const body = mode === 'quarantine' ? follow(lens, watch, stateSchema) : twoWay(lens, mode, watch, stateSchema)
  if (lens.identity) return body
  const variables = `${declared([...upward(lens), ...downward(lens)], watch)}${declareImplicits(lens, mode)}`
  return `BEGIN\n${indent(variables, 2)}${indent(body, 2)}\nEND;`
}

/** Variables of the exact types of the columns, so that both sides of a comparison have been through the same assignment. */
function declared(directions: readonly Direction[], watch: Watch): string {
  return directions
    .map(({ name, target, scalar }) => {
      const error = scalar.canRaise && watch === 'before update' ? `DECLARE ${name}_error ${failureCode};\n` : ''
      return `DECLARE ${name} ${exactType(target)};\n${error}`
    })
    .join('')
}

/** Both versions write: who changed what is seen from the values, because no app tells us who it is. */
function twoWay(lens: RowLens, mode: SyncMode, watch: Watch, stateSchema: string): string {
  const ups = upward(lens)
  const downs = downward(lens)
  const news = lens.new.map((column) => inNew(physical(column, mode)))
  const empty = news.map((column) => `${column} IS NULL`).join(' AND ')
  const toOld = derive(lens, downs, ups, mode, watch, stateSchema)
  const toNew = derive(lens, ups, downs, mode, watch, stateSchema)
  const markNew = lens.sameName ? '' : `${mark(lens, 'new', stateSchema)}\n`
  const markOld = lens.sameName ? '' : mark(lens, 'old', stateSchema)
  // Under one name nobody but us writes the new side, whose default is no sign of anything.
  if (lens.sameName && watch === 'before insert') return toNew
  if (watch === 'before insert') {
    const given = lens.old.map((column) => ({ column, name: physical(column, mode) }))
    const counted = markOld === '' ? '' : `${ifGiven(given, [markOld])}\n`
    // A copy of a value is one.
    const settled = lens.identity ? '' : settle(lens, mode, watch, stateSchema)
    return `IF NOT (${empty}) THEN
${indent(joined(`${markNew}${toOld}`, settled), 2)}
ELSE
${indent(`${counted}${toNew}`, 2)}
END IF;`
  }
  const olds = changed(lens.old, mode)
  const others = othersChanged(lens, [...ups, ...downs], ups)
  const counted =
    markOld === ''
      ? ''
      : others === '' && mode !== 'fill'
        ? `${markOld}\n`
        : `IF ${olds} THEN\n${indent(markOld, 2)}\nEND IF;\n`
  // Until the backfill is over, a row that is still empty is filled by whatever write passes by.
  const sources = [olds, others, mode === 'fill' ? `(${empty})` : ''].filter((text) => text !== '').join(' OR ')
  if (lens.sameName) return `IF ${sources} THEN\n${indent(toNew, 2)}\nEND IF;`
  const settled = settle(lens, mode, watch, stateSchema)
  const kept = keepOthers(lens, mode, stateSchema)
  const downAlone = readByDownAlone(lens, ups, downs)
  const follows = downAlone === '' ? '' : `ELSEIF ${downAlone} THEN\n${indent(joined(toOld, settled), 2)}\n`
  return `IF ${changed(lens.new, mode)} THEN
${indent(joined(`${markNew}${kept}${toOld}`, settled), 2)}
ELSEIF ${sources} THEN
${indent(`${counted}${toNew}`, 2)}
${follows}END IF;`
}

/**
 * The new version writes a part of a row that is not filled yet: the rest becomes what the old side leads to, as the backfill would
 * have filled it. Else the old side would be derived from the one part alone, and the rest be lost.
 */
function keepOthers(lens: RowLens, mode: SyncMode, stateSchema: string): string {
  if (lens.new.length === 1 || mode !== 'fill') return ''
  const ups = upward(lens)
  const wasEmpty = lens.new.map((column) => `${inOld(physical(column, mode))} IS NULL`).join(' AND ')
  const fill = ups.map(({ name, target }) => {
    const place = inNew(physical(target, mode))
    return `IF ${place} IS NULL THEN SET ${place} = ${name}; END IF;`
  })
  const compute = `${readImplicits(lens, mode)}${computed(lens, ups, mode, 'before update', stateSchema)}`
  return `IF ${wasEmpty} THEN\n${indent(joined(compute, ...fill), 2)}\nEND IF;\n`
}

/**
 * The new version sets its column to NULL, or to what `down` makes NULL of, for which the server stores a value in the old one, that has
 * to have one, in a session that lets it (MariaDB; MySQL fails a NULL that a trigger gives, in any session, or leaves the row of an
 * UPDATE IGNORE as it was): the new column gets what leads to that value.
 */
function settle(lens: RowLens, mode: SyncMode, watch: Watch, stateSchema: string): string {
  const required = lens.old.filter(({ implicit }) => implicit !== undefined)
  if (required.length === 0) return ''
  if (lens.identity)
    return pairs(lens)
      .filter(({ old }) => old.implicit !== undefined)
      .map((pair) => storedInstead(physical(pair.new, mode), physical(pair.old, mode), pair.old.implicit))
      .join('\n')
  const ups = upward(lens)
  const assign = ups.map(({ name, target }) => `SET ${inNew(physical(target, mode))} = ${name};`)
  const again = `${readImplicits(lens, mode)}${computed(lens, ups, mode, watch, stateSchema)}`
  const record = watch === 'before update' ? recorded(lens, ups, stateSchema) : ''
  const body = joined(again, ...assign, record)
  const missing = someMissing(required.map((column) => physical(column, mode)))
  return `IF ${missing} THEN\n${indent(body, 2)}\nEND IF;`
}

/** After contract only the new shape is written; the hidden old one follows, so that undo loses nothing. */
function follow(lens: RowLens, watch: Watch, stateSchema: string): string {
  const mode = 'quarantine'
  const downs = downward(lens)
  const copy = derive(lens, downs, upward(lens), mode, watch, stateSchema)
  if (watch === 'before insert') return copy
  const others = othersChanged(lens, downs, downs)
  return `IF ${[changed(lens.new, mode), others].filter((text) => text !== '').join(' OR ')} THEN\n${indent(copy, 2)}\nEND IF;`
}

function changed(columns: readonly LensColumn[], mode: SyncMode): string {
  return someDiffer(
    columns.map((column) => {
      const name = physical(column, mode)
      return { left: inNew(name), right: inOld(name), type: column.type }
    }),
  )
}

/**
 * Did something else change that the value depends on: a column outside the lens, or the key, under which a failure is on record?
 */
function othersChanged(lens: RowLens, recorded: readonly Direction[], read: readonly Direction[]): string {
  const reads = new Set(read.flatMap(({ scalar }) => scalar.reads))
  const key = recorded.some(({ scalar }) => scalar.canRaise) ? lens.key : []
  const columns = new Map(
    [...lens.untouched.filter(({ name }) => reads.has(name)), ...key].map((each) => [each.name, each]),
  )
  if (columns.size === 0) return ''
  return someDiffer([...columns.values()].map(({ name, type }) => ({ left: inNew(name), right: inOld(name), type })))
}

/** Did something change that only `down` reads? Where the row was in sync by `down` alone, the old side is another one now. */
function readByDownAlone(lens: RowLens, ups: readonly Direction[], downs: readonly Direction[]): string {
  const reads = (directions: readonly Direction[]): ReadonlySet<string> =>
    new Set(directions.flatMap(({ scalar }) => scalar.reads))
  const [up, down] = [reads(ups), reads(downs)]
  const alone = lens.untouched.filter(({ name }) => down.has(name) && !up.has(name))
  return alone.length === 0
    ? ''
    : someDiffer(alone.map(({ name, type }) => ({ left: inNew(name), right: inOld(name), type })))
}

/**
 * Gives one side the value that the other one leads to, unless the two are in sync already. An INSERT gives it always where the
 * other side is hidden: the default of a hidden column is nobody's value.
 */
function derive(
  lens: RowLens,
  forth: readonly Direction[],
  back: readonly Direction[],
  mode: SyncMode,
  watch: Watch,
  stateSchema: string,
): string {
  // A copy is in sync once it is made, whatever was there.
  if (lens.identity) return forth.map((direction) => copyOf(lens, direction, mode)).join('\n')
  const compute = (directions: readonly Direction[]): string => computed(lens, directions, mode, watch, stateSchema)
  const stored = readImplicits(lens, mode)
  const assign = forth
    .map(({ name, target }) => `SET ${inNew(physical(target, mode))} = ${atLeast(name, target, mode)};`)
    .join('\n')
  if (watch === 'before insert' && (mode === 'quarantine' || lens.sameName))
    return `${stored}${compute(forth)}\n${assign}`
  const record = (directions: readonly Direction[]): string =>
    watch === 'before update' ? recorded(lens, directions, stateSchema) : ''
  // A session in strict mode fails an INSERT that gives a required column no value: whatever is stored elsewhere, it needs one.
  const required = forth.filter(({ target }) => target.implicit !== undefined && lens.old.includes(target))
  const missing = watch === 'before insert' ? someMissing(required.map(({ target }) => physical(target, mode))) : ''
  const elsewhere = (directions: readonly Direction[]): string =>
    [missing, leadsElsewhere(directions, mode, asStored(lens, mode), ({ name }) => name)]
      .filter((text) => text !== '')
      .join(' OR ')
  const same = mode === 'quarantine' ? '' : orElse(record(back))
  return `${stored}${compute(forth)}
IF ${elsewhere(forth)} THEN
${indent(compute(back), 2)}
  IF ${elsewhere(back)} THEN
${indent(joined(assign, record(forth)), 4)}
${indent(same, 2)}  END IF;
${orElse(record(forth))}END IF;`
}

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('\n')

/** Where the value that was caught is the one already there: nothing to assign, and still a failure. */
const orElse = (text: string): string => (text === '' ? '' : `ELSE\n${indent(text, 2)}\n`)

function copyOf(lens: RowLens, direction: Direction, mode: SyncMode): string {
  const pair = pairs(lens).find(({ old, new: end }) => old === direction.target || end === direction.target)
  const from = pair?.old === direction.target ? pair.new : pair?.old
  const source = from ?? direction.target
  // Until contract the new column may be NULL, from then on the hidden old one follows it.
  const implicit = lens.new.includes(source) === (mode === 'quarantine') ? source.implicit : undefined
  return orImplicit(inNew(physical(direction.target, mode)), physical(source, mode), implicit)
}

/** A hidden column keeps its NOT NULL, because to take that away is to rebuild the table: it gets an empty value instead. */
function atLeast(value: string, target: LensColumn, mode: SyncMode): string {
  const empty = mode === 'quarantine' && !target.nullable ? emptyValue(target.type) : null
  return empty === null ? value : `COALESCE(${value}, ${empty})`
}

function computed(
  lens: Lens,
  directions: readonly Direction[],
  mode: SyncMode,
  watch: Watch,
  stateSchema: string,
): string {
  const place = asStored(lens, mode)
  return directions
    .map((direction) => {
      const { name, scalar } = direction
      const line = `SET ${name} = ${value(lens, direction, mode, place, stateSchema)};`
      if (!scalar.canRaise || watch !== 'before update') return line
      const error = errorOf(lens, direction, mode, place, stateSchema)
      // Asked only where it may be: a value that was caught is NULL, unless the author says otherwise.
      return `${line}\nSET ${name}_error = ${scalar.onError === null ? `IF(${name} IS NULL, ${error}, NULL)` : error};`
    })
    .join('\n')
}

/** Records what could not be converted, by the row's key: the app's statement goes on (interface.md, Enforcement). */
function recorded(lens: Lens, directions: readonly Direction[], stateSchema: string): string {
  return directions
    .filter(({ scalar }) => scalar.canRaise)
    .map(({ name, target }) => {
      const insert = insertFailure(lens, target, `${name}_error`, stateSchema)
      return `IF ${name}_error IS NOT NULL THEN\n${indent(insert, 2)}\nEND IF;`
    })
    .join('\n')
}

function insertFailure(lens: Lens, target: LensColumn, code: string, stateSchema: string): string {
  const into = quote(lens.table.schema, stateTable(stateSchema, 'conversion_failures'))
  const key = keyJson(lens, inNew)
  const values = [literal(lens.id), literal(lens.migration), key, `SHA2(${key}, 256)`, literal(target.name), code]
  return `INSERT INTO ${into} (lens, migration, \`key\`, key_hash, target, code) VALUES (${values.join(', ')}) ON DUPLICATE KEY UPDATE code = ${code}, at = UTC_TIMESTAMP(6), resolved_at = NULL;`
}

/** The failures of a new row, once it has its key. */
function recordInserted(lens: Lens, mode: SyncMode, stateSchema: string): string {
  return raisingOnInsert(lens, mode)
    .map(({ way, direction }) => {
      const code = `${direction.name}_error`
      return `BEGIN
  DECLARE ${code} ${failureCode} DEFAULT ${errorOf(lens, direction, mode, inNew, stateSchema)};
  IF ${code} IS NOT NULL AND ${stillOpen(lens, way, mode, inNew, stateSchema)} THEN
${indent(insertFailure(lens, direction.target, code, stateSchema), 4)}
  END IF;
END;`
    })
    .join('\n')
}

/** Each side that somebody writes has to be convertible to the other. */
function raisingOnInsert(
  lens: Lens,
  mode: SyncMode,
): readonly { readonly way: 'up' | 'down'; readonly direction: Direction }[] {
  const ups = upward(lens).map((direction) => ({ way: 'up', direction }) as const)
  const downs = downward(lens).map((direction) => ({ way: 'down', direction }) as const)
  const both =
    lens.kind === 'row' && mode === 'quarantine'
      ? downs
      : lens.kind === 'row' && lens.sameName
        ? ups
        : [...ups, ...downs]
  return both.filter(({ direction }) => direction.scalar.canRaise)
}

/** One-sided: a NULL becomes the value. When, depends on who knows the column. */
function fillBlock(lens: FillLens, mode: SyncMode, watch: Watch, stateSchema: string): string {
  const column = physical(lens.column, mode)
  const place = inNew(column)
  const [direction] = upward(lens)
  if (direction === undefined) return ''
  const count = lens.side === 'both' || mode === 'quarantine' ? '' : countFill(lens, column, watch, stateSchema)
  const nothing = /^null$/i.test(lens.value.text.trim())
  if (nothing) return count
  const compute = `${readImplicits(lens, mode)}${computed(lens, [direction], mode, watch, stateSchema)}`
  const { default: given, unseen, nullable } = lens.column
  // Where it may not be NULL and `down` is, its default stays.
  const stays = mode === 'quarantine' && !nullable && (given !== null || unseen)
  const filled = stays ? `COALESCE(${direction.name}, ${place})` : atLeast(direction.name, lens.column, mode)
  const set = `SET ${place} = ${filled};`
  const failures = watch === 'before update' ? recorded(lens, [direction], stateSchema) : ''
  const fill = joined(compute, set, failures)
  const when = fillsWhen(lens, mode, watch, column)
  if (when === null) return count
  const body = when === 'TRUE' ? fill : `IF ${when} THEN\n${indent(fill, 2)}\nEND IF;`
  const variables = `${declared([direction], watch)}${declareImplicits(lens, mode)}`
  return joined(count, `BEGIN\n${indent(variables, 2)}${indent(body, 2)}\nEND;`)
}

function fillsWhen(lens: FillLens, mode: SyncMode, watch: Watch, column: string): string | null {
  const place = inNew(column)
  if (watch === 'before insert') {
    // The default of a hidden column is nobody's value.
    return mode === 'quarantine' ? 'TRUE' : `${place} IS NULL`
  }
  if (lens.side === 'both') return `${place} IS NULL`
  // A NULL that stays NULL was never given.
  return lens.side === 'new' && mode === 'fill' ? `${place} IS NULL AND ${inOld(column)} IS NULL` : null
}

function countFill(lens: FillLens, column: string, watch: Watch, stateSchema: string): string {
  const side = lens.side === 'old' ? 'old' : 'new'
  const count = mark(lens, side, stateSchema)
  if (watch === 'before insert') return ifGiven([{ column: lens.column, name: column }], [count])
  return `IF ${differs(inNew(column), inOld(column), lens.column.type)} THEN\n${indent(count, 2)}\nEND IF;`
}

/**
 * The second of the last write: a row for each session, so that writers share none and nobody waits. What a session
 * remembered by itself would outlive a transaction that is rolled back, and with it the record.
 */
function mark(lens: Lens, side: 'old' | 'new', stateSchema: string): string {
  return `INSERT INTO ${quote(lens.table.schema, stateTable(stateSchema, 'writes'))} (lens, side, second, connection_id) VALUES (${literal(lens.id)}, ${literal(side)}, UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();`
}

/** A line break inside a literal or a name belongs to it. */
const atoms = /`[^`]*`|'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|--[^\n]*|\n(?!\n|$)/g

/** Shifts the lines of a body to the right. */
export function indent(text: string, by: number): string {
  const pad = ' '.repeat(by)
  return text === '' ? text : pad + text.replace(atoms, (atom) => (atom === '\n' ? `\n${pad}` : atom))
}
