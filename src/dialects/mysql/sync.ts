import { type RawBuilder, sql } from 'kysely'
import type { TableRef } from '../../planner/catalog.ts'
import type { Lens, LensColumn, RowLens } from '../../planner/links/lens.ts'
import { cutBytes, shortHash } from '../../planner/naming.ts'
import type { SyncMode } from '../../planner/steps.ts'
import type { ActiveLens } from '../dialect.ts'
import { differs, inNew, inOld, pairs, physical } from './lens-sql.ts'
import { literal, quote, tableRef } from './sql.ts'
import { stateTable } from './state.ts'

/** The events that a table is watched for; deletes have nothing to keep in sync. */
export const events = ['insert', 'update'] as const
type Event = (typeof events)[number]

/** The servers take 64 characters; one is kept for the copy that stands in while a trigger is replaced. */
const longest = 63

/** `bellows_<table>_bi`, or with a hash where that is too long. */
export function triggerName(table: TableRef, event: Event, spare = false): string {
  const end = `_b${event === 'insert' ? 'i' : 'u'}`
  const plain = `bellows_${table.name}${end}`
  const hashed = (): string => {
    const head = `bellows_${shortHash(`${table.schema}\u0000${table.name}`)}_`
    return `${head}${cutBytes(table.name, longest - head.length - end.length)}${end}`
  }
  return `${[...plain].length <= longest ? plain : hashed()}${spare ? '2' : ''}`
}

/** A trigger that keeps the shapes of one table in sync, made from all lenses in force. */
export function createTrigger(
  table: TableRef,
  event: Event,
  active: readonly ActiveLens[],
  stateSchema: string,
  spare = false,
): RawBuilder<unknown> {
  const blocks = active.map(({ lens, mode }) => block(lens, mode, event, stateSchema)).join('\n')
  // The backfill fills new from old itself; deriving the same value again in the trigger would only cost time.
  const body = `BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
${indent(blocks, 4)}
  END IF;
END`
  return sql`create trigger ${sql.id(triggerName(table, event, spare))} before ${sql.raw(event)} on ${tableRef(table)} for each row ${sql.raw(body)}`
}

/** Takes a trigger away. */
export function dropTrigger(table: TableRef, event: Event, spare = false): RawBuilder<unknown> {
  return sql`drop trigger if exists ${sql.id(table.schema, triggerName(table, event, spare))}`
}

function block(lens: Lens, mode: SyncMode, event: Event, stateSchema: string): string {
  if (lens.kind === 'fill' || !lens.identity) throw new TypeError(`no trigger for a ${lens.kind} lens`)
  const names = (columns: readonly LensColumn[]): string =>
    columns.map(({ name }) => name.replace(/\s/g, ' ')).join(', ')
  if (mode === 'quarantine') return `-- quarantine: ${names(lens.old)} follows\n${follow(lens, event)}`
  return `-- ${names(lens.old)} <-> ${names(lens.new)}\n${twoWay(lens, mode, event, stateSchema)}`
}

/** Both versions write: who changed what is seen from the values, because no app tells us who it is. */
function twoWay(lens: RowLens, mode: SyncMode, event: Event, stateSchema: string): string {
  const all = pairs(lens)
  const news = all.map((pair) => inNew(physical(pair.new, mode)))
  const empty = news.map((column) => `${column} IS NULL`).join(' AND ')
  const changed = (side: 'old' | 'new'): string =>
    all
      .map((pair) => {
        const name = physical(pair[side], mode)
        return differs(inNew(name), inOld(name), pair.old.type)
      })
      .join(' OR ')
  const toOld = all.map((pair) => assign(pair.old, pair.new, mode)).join('\n')
  const toNew = all.map((pair) => assign(pair.new, pair.old, mode)).join('\n')
  const given = all.map((pair) => wasGiven(pair.old, physical(pair.old, mode))).join(' OR ')
  if (event === 'insert') {
    return `IF NOT (${empty}) THEN
${indent(mark(lens, 'new', stateSchema), 2)}
${indent(toOld, 2)}
ELSE
  IF ${given} THEN
${indent(mark(lens, 'old', stateSchema), 4)}
  END IF;
${indent(toNew, 2)}
END IF;`
  }
  // Until the backfill is over, a row that is still empty is filled by whatever write passes by.
  const fill = mode === 'fill' ? `\nELSEIF ${empty} THEN\n${indent(toNew, 2)}` : ''
  return `IF ${changed('new')} THEN
${indent(mark(lens, 'new', stateSchema), 2)}
${indent(toOld, 2)}
ELSEIF ${changed('old')} THEN
${indent(mark(lens, 'old', stateSchema), 2)}
${indent(toNew, 2)}${fill}
END IF;`
}

/** After contract only the new shape is written; the hidden old one follows, so that undo loses nothing. */
function follow(lens: RowLens, event: Event): string {
  const all = pairs(lens)
  const copy = all.map((pair) => assign(pair.old, pair.new, 'quarantine')).join('\n')
  if (event === 'insert') return copy
  const changed = all.map((pair) => differs(inNew(pair.new.contracted), inOld(pair.new.contracted), pair.old.type))
  return `IF ${changed.join(' OR ')} THEN\n${indent(copy, 2)}\nEND IF;`
}

function assign(to: LensColumn, from: LensColumn, mode: SyncMode): string {
  return `SET ${inNew(physical(to, mode))} = ${inNew(physical(from, mode))};`
}

/** Was this column given by the statement that inserts? A default that is the same each time is not "given". */
function wasGiven(column: LensColumn, name: string): string {
  if (column.unseen) return 'FALSE'
  const place = inNew(name)
  if (column.default === null) return `${place} IS NOT NULL`
  return `(${place} IS NOT NULL AND ${differs(place, `(${column.default})`, column.type)})`
}

/**
 * The second of the last write: a row for each session, so that writers share none and nobody waits. What a session
 * remembered by itself would outlive a transaction that is rolled back, and with it the record.
 */
function mark(lens: Lens, side: 'old' | 'new', stateSchema: string): string {
  return `INSERT INTO ${quote(lens.table.schema, stateTable(stateSchema, 'writes'))} (lens, side, second, connection_id) VALUES (${literal(lens.id)}, ${literal(side)}, UNIX_TIMESTAMP(), CONNECTION_ID()) ON DUPLICATE KEY UPDATE second = UNIX_TIMESTAMP();`
}

function indent(text: string, by: number): string {
  return text
    .split('\n')
    .map((line) => `${' '.repeat(by)}${line}`)
    .join('\n')
}
