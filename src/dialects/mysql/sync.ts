import { type RawBuilder, sql } from 'kysely'
import type { TableRef } from '../../planner/catalog.ts'
import { cutBytes, shortHash } from '../../planner/naming.ts'
import type { ActiveLens } from '../dialect.ts'
import { tableRef } from './sql.ts'
import { block, indent, recordsInserts, type Watch } from './sync-body.ts'

/** The servers take 64 characters; one is kept for the copy that stands in while a trigger is replaced. */
const longest = 63

/**
 * The triggers of a table: what keeps its shapes in sync, and, where a value may not be convertible, what records that of a new
 * row. Before an INSERT an AUTO_INCREMENT key is not known yet. Deletes have nothing to keep in sync.
 */
const watches: readonly Watch[] = ['before insert', 'before update', 'after insert']

const ends: Readonly<Record<Watch, string>> = { 'before insert': '_bi', 'before update': '_bu', 'after insert': '_ai' }

/** The ones that a table needs while these lenses are in force. */
export function watchesOf(active: readonly ActiveLens[]): readonly Watch[] {
  if (active.length === 0) return []
  return watches.filter(
    (watch) => watch !== 'after insert' || active.some(({ lens, mode }) => recordsInserts(lens, mode)),
  )
}

/** Is a trigger of this name one of ours? */
export const isOurTrigger = (name: string): boolean => /^bellows_.*_(b[iu]|ai)2?$/s.test(name)

/** `bellows_<table>_bi`, or with a hash where that is too long. */
export function triggerName(table: TableRef, watch: Watch, spare = false): string {
  const end = ends[watch]
  const plain = `bellows_${table.name}${end}`
  const hashed = (): string => {
    const head = `bellows_${shortHash(`${table.schema}\u0000${table.name}`)}_`
    return `${head}${cutBytes(table.name, longest - head.length - end.length)}${end}`
  }
  return `${[...plain].length <= longest ? plain : hashed()}${spare ? '2' : ''}`
}

/** What a trigger does, made from all lenses in force on its table. */
export function triggerBody(watch: Watch, active: readonly ActiveLens[], stateSchema: string): string {
  const blocks = active.map((each) => block(each, watch, stateSchema)).filter((text) => text !== '')
  // The backfill fills new from old itself; deriving the same value again in the trigger would only cost time.
  return `BEGIN
  IF NOT (@bellows_sync <=> 'off') THEN
${indent(blocks.join('\n') || 'DO 0;', 4)}
  END IF;
END`
}

/** A trigger that keeps the shapes of one table in sync. */
export function createTrigger(
  table: TableRef,
  watch: Watch,
  active: readonly ActiveLens[],
  stateSchema: string,
  spare = false,
): RawBuilder<unknown> {
  return sql`create trigger ${sql.id(triggerName(table, watch, spare))} ${sql.raw(watch)} on ${tableRef(table)} for each row ${sql.raw(triggerBody(watch, active, stateSchema))}`
}

/** Takes a trigger away. */
export function dropTrigger(table: TableRef, watch: Watch, spare = false): RawBuilder<unknown> {
  return sql`drop trigger if exists ${sql.id(table.schema, triggerName(table, watch, spare))}`
}
