import type { Session } from '../dialects/dialect.ts'
import type { RoundTripDialect, Seen, SeenRow, TypedValue, Unrelated } from '../dialects/round-trip.ts'
import { readSeen } from '../dialects/round-trip.ts'
import { isBellowsError } from '../errors.ts'
import type { Catalog, Table } from '../planner/catalog.ts'
import { showTable } from '../planner/change.ts'
import type { Lens, LensColumn } from '../planner/links/lens.ts'
import type { SyncMode } from '../planner/steps.ts'
import type { AppVersion } from './versions.ts'

/*
 * A round trip: one version writes a value by its own names only, and the other reads it. One row at a time, in a transaction that is
 * rolled back.
 */

/** Whose shape is written. */
export type Writer = 'old' | 'new'

/** The statement that a value is from. */
export interface Sample {
  readonly version: AppVersion
  readonly statement: string
  readonly source: string | null
}

/** A value that is written; `sample` where a statement of an app has it, which may be somebody's data. */
export interface Written extends TypedValue {
  readonly sample: Sample | null
}

/** What came of one value. */
export interface Trip {
  readonly value: Written
  /** The column that got it. */
  readonly column: string
  /** Null where the server did not take it. */
  readonly seen: Seen | null
  /** The code by which it was refused. */
  readonly refused: string | null
}

/** One lens, written in one shape. */
export interface Round {
  readonly lens: Lens
  readonly writer: Writer
  readonly trips: readonly Trip[]
}

/** What round trips are made with. */
export interface Tripper {
  readonly session: Session
  readonly dialect: RoundTripDialect
  readonly stateSchema: string
  readonly catalog: Catalog
  readonly mode: SyncMode
  /** Values of statement lists that these columns get. */
  readonly samples: (table: string, column: string, type: string, writer: Writer) => readonly Written[]
}

/** Ends the transaction that must not leave anything. */
class Undo extends Error {}

/** A column that is written, by the name that it has in the table now. */
interface Slot {
  readonly name: string
  readonly physical: string
  readonly type: string
  /** Types whose values are tried in it. */
  readonly types: readonly string[]
}

/** Writes values in one shape; null where no row could be made, with why. */
export async function goRound(tripper: Tripper, lens: Lens, writer: Writer): Promise<Round | { readonly why: string }> {
  const { catalog, session, dialect } = tripper
  const table = catalog.tables.find(({ schema, name }) => schema === lens.table.schema && name === lens.table.name)
  if (table === undefined) return { why: 'its table is not there' }
  const slots = slotsOf(lens, writer, tripper.mode).filter(({ physical }) => isGiven(table, physical))
  const values = await valuesOf(tripper, table, lens, slots, writer)
  if ([...values.values()].some((list) => list.length === 1)) return { why: 'no values of its type are known' }
  const base = await baseOf(tripper, table, lens, slots)
  let found: Round | { why: string } = { why: 'nothing was tried' }
  try {
    await session.transaction(async () => {
      for (const statement of dialect.loosen(unrelated(table, lens))) await session.query(statement)
      await session.query(dialect.empty(lens.table))
      found = await tripsOf(tripper, lens, writer, base, values)
      throw new Undo()
    })
  } catch (error) {
    if (error instanceof Undo) return found
    const code = refusal(error, dialect)
    return { why: `a row could not be made (${code})` }
  }
  return found
}

/** A statement gives it; the server does not make it by itself. */
function isGiven(table: Table, name: string): boolean {
  const column = table.columns.find((each) => each.name === name)
  return column !== undefined && !column.generated && column.identity === null && column.mysql?.autoIncrement !== true
}

/** What is no answer of the server's to a statement goes on. */
function refusal(error: unknown, dialect: RoundTripDialect): string {
  const code = dialect.codeOf(error)
  if (code === null || (isBellowsError(error) && error.retryable)) throw error
  return code
}

/** The columns of a lens that a version writes: its own side, or what a fill is made from. */
function slotsOf(lens: Lens, writer: Writer, mode: SyncMode): readonly Slot[] {
  const physical = (column: LensColumn): string => (mode === 'quarantine' ? column.contracted : column.expanded)
  if (lens.kind === 'row') {
    const [own, other] = writer === 'old' ? [lens.old, lens.new] : [lens.new, lens.old]
    return own.map((column, at) => {
      const types = [column.type, ...(other[at] === undefined ? [] : [other[at].type])]
      return { name: column.name, physical: physical(column), type: column.type, types }
    })
  }
  return lens.value.reads
    .filter((name) => name !== lens.column.name)
    .flatMap((name) => {
      const type = lens.untouched.find((each) => each.name === name)?.type
      return type === undefined ? [] : [{ name, physical: name, type, types: [type] }]
    })
}

/** Values for each slot: those of statements first, then those of the types, then NULL. */
async function valuesOf(
  { session, dialect, samples }: Tripper,
  table: Table,
  lens: Lens,
  slots: readonly Slot[],
  writer: Writer,
): Promise<ReadonlyMap<Slot, readonly Written[]>> {
  const found = new Map<Slot, readonly Written[]>()
  for (const slot of slots) {
    const [own = [], ...others] = await dialect.valuesOf(session, slot.types)
    // A fraction that is rounded when it is stored would be told under a wrong name.
    const whole = own.every(({ value }) => value !== null && /^-?\d+$/.test(value))
    const each = [...own, ...others.flat().filter(({ value }) => !whole || /^-?\d+$/.test(value ?? ''))]
    // A copy is one whatever the value is: only something of yours may change it.
    const made = lens.kind === 'row' && lens.identity ? each.slice(0, 5) : each
    const all = [
      ...samples(table.name, slot.name, slot.type, writer),
      ...[...made, { value: null, what: 'NULL' }].map((one) => ({ ...one, sample: null })),
    ]
    const first = (each: Written, at: number): boolean =>
      all.findIndex((other) => other.value === each.value && (other.sample === null) === (each.sample === null)) === at
    found.set(slot, all.filter(first))
  }
  return found
}

/** Values for the other columns that have to have one. */
async function baseOf(
  { session, dialect }: Tripper,
  table: Table,
  lens: Lens,
  slots: readonly Slot[],
): Promise<ReadonlyMap<string, string | null>> {
  const own = lens.kind === 'row' ? [...lens.old, ...lens.new] : [lens.column]
  const names = new Set([...own.flatMap(({ expanded, contracted }) => [expanded, contracted])])
  const reads = new Set([...lens.untouched.map(({ name }) => name), ...slots.map(({ physical }) => physical)])
  const needed = table.columns.filter((column) => {
    if (names.has(column.name) || !isGiven(table, column.name)) return false
    return reads.has(column.name) || (!column.nullable && column.default === null)
  })
  const values = await dialect.valuesOf(
    session,
    needed.map(({ type }) => type),
  )
  return new Map(needed.map(({ name }, at) => [name, values[at]?.[0]?.value ?? null]))
}

/** Rules that do not name a column of the lens are not what is tried. */
function unrelated(table: Table, lens: Lens): Unrelated {
  const own = lens.kind === 'row' ? [...lens.old, ...lens.new] : [lens.column]
  const names = own.flatMap(({ expanded, contracted }) => [expanded, contracted])
  const of = (kind: string): readonly string[] =>
    table.constraints
      .filter((each) => each.kind === kind && !each.columns.some((name) => names.includes(name)))
      .map(({ name }) => name)
  // What a foreign key points at is not there, whatever the value is.
  const foreign = table.constraints.filter(({ kind }) => kind === 'foreign').map(({ name }) => name)
  return { table, foreignKeys: foreign, checks: of('check') }
}

async function tripsOf(
  tripper: Tripper,
  lens: Lens,
  writer: Writer,
  base: ReadonlyMap<string, string | null>,
  values: ReadonlyMap<Slot, readonly Written[]>,
): Promise<Round | { readonly why: string }> {
  const { session, dialect, mode, stateSchema } = tripper
  const look = dialect.look(lens, mode, stateSchema)
  const see = async (): Promise<Seen | null> => {
    const { rows } = await session.query<SeenRow>(look)
    return rows[0] === undefined ? null : readSeen(rows[0])
  }
  const savepoint = (name: string): Promise<unknown> => session.query({ sql: `savepoint ${name}`, parameters: [] })
  const back = (name: string): Promise<unknown> =>
    session.query({ sql: `rollback to savepoint ${name}`, parameters: [] })
  /** Leaves the row as it was where something is refused. */
  const attempt = async (body: () => Promise<Seen | null>): Promise<{ seen: Seen | null; refused: string | null }> => {
    await savepoint('bellows_trip')
    try {
      return { seen: await body(), refused: null }
    } catch (error) {
      const refused = refusal(error, dialect)
      await back('bellows_trip')
      return { seen: null, refused }
    }
  }
  const insert = (changed: ReadonlyMap<string, string | null>) => async (): Promise<Seen | null> => {
    const given = [...new Map([...base, ...always(lens), ...changed])]
    await session.query(
      dialect.insert(
        lens.table,
        given.map(([column, value]) => ({ column, value })),
      ),
    )
    return see()
  }
  // Each row goes by the savepoint, not by a DELETE, which a trigger of yours may refuse or turn into something else.
  await savepoint('bellows_row')
  const trips: Trip[] = []
  const plain = new Map([...values].map(([slot, [first]]) => [slot.physical, first?.value ?? null]))
  for (const [slot, list] of values) {
    for (const value of list) {
      const one = await attempt(insert(new Map([...plain, [slot.physical, value.value]])))
      trips.push({ value, column: slot.name, ...one })
      await back('bellows_row')
    }
    if (lens.kind !== 'row') continue
    // Some of them by an UPDATE of a row that is there.
    const taken = trips.filter(({ seen, column }) => seen !== null && column === slot.name)
    const [first] = taken
    if (first === undefined) continue
    await attempt(insert(new Map([...plain, [slot.physical, first.value.value]])))
    // It is converted as at an INSERT: what differs is who is seen to have written.
    const again = taken.filter(
      ({ value }, place) => value.sample !== null || value.value === null || place === taken.length - 2,
    )
    for (const { value } of [...again, first]) {
      const given = [{ column: slot.physical, value: value.value }]
      const one = await attempt(async () => {
        await session.query(dialect.update(lens.table, given))
        return see()
      })
      trips.push({ value, column: slot.name, ...one })
    }
    await back('bellows_row')
  }
  if (values.size === 0) {
    const one = await attempt(insert(new Map()))
    trips.push({ value: { value: null, what: 'a row', sample: null }, column: showTable(lens.table), ...one })
  }
  if (trips.length > 0 && trips.every(({ seen }) => seen === null)) {
    const refused = trips.find((trip) => trip.refused !== null)?.refused
    return { why: refused === undefined ? 'no row was there afterwards' : `no row was taken (${refused})` }
  }
  return { lens, writer, trips }
}

/** A NULL is what a fill replaces. */
const always = (lens: Lens): readonly (readonly [string, null])[] =>
  lens.kind === 'fill' && lens.side === 'both' ? [[lens.column.expanded, null]] : []
