import type pg from 'pg'
import type { LensCase } from './lenses.ts'
import { type Mode, type Oracle, type Row, type Value, write } from './model.ts'
import type { Operation } from './operations.ts'

/** The names of the columns in a mode. */
export interface Names {
  readonly old: string
  readonly new: string
}

/** The table that the lens is on, in the database and in the model. */
export interface ModelledTable {
  readonly oracle: Oracle
  /** All rows as the model has them. */
  readonly rows: Map<number, Row>
  /** Runs the statements on a row that is not there yet; gives the row as it then is, in both. */
  run(mode: Mode, operations: readonly Operation[]): Promise<{ readonly real: Row | null; readonly model: Row | null }>
  /** All rows of the database. */
  read(mode: Mode): Promise<Map<number, Row>>
}

/** The schema that a lens is tried on. */
export function schemaOf({ oldType }: LensCase): string {
  return `
create collation nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
create table items (id int primary key, val ${oldType}, note text)`
}

/** Binds a lens to a connection. */
export async function modelledTable(client: pg.Client, lens: LensCase): Promise<ModelledTable> {
  const oracle = await oracleOf(client, lens)
  const canonical = await canonicalOf(client, lens)
  const rows = new Map<number, Row>()
  let last = 0
  const table: ModelledTable = {
    oracle,
    rows,
    run: async (mode, operations) => {
      const names = await namesIn(client, mode, lens)
      const id = ++last
      let model: Row | null = null
      for (const operation of operations) {
        await execute(client, names, lens, id, operation)
        model = await apply(lens, mode, oracle, model, await canonical(operation))
      }
      const real = (await readRows(client, names, id)).get(id) ?? null
      if (model !== null) rows.set(id, model)
      return { real, model }
    },
    read: async (mode) => readRows(client, await namesIn(client, mode, lens)),
  }
  return table
}

/** Where the two shapes are: after contract the old one is hidden, and before it, under one name, the new one is. */
async function namesIn(client: pg.Client, mode: Mode, lens: LensCase): Promise<Names> {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = 'items'::regclass and attnum > 0 and not attisdropped and attname ~ '^bellows_[qs]_'`,
  )
  const hidden = rows[0]?.name
  if (mode === 'quarantine') return { old: hidden ?? 'none', new: lens.sameName ? 'val' : 'neu' }
  return { old: 'val', new: lens.sameName ? (hidden ?? 'none') : 'neu' }
}

async function readRows(client: pg.Client, names: Names, id?: number): Promise<Map<number, Row>> {
  const { rows } = await client.query<{ id: number; old: Value; new: Value; note: Value }>(
    `select id, "${names.old}"::text as old, "${names.new}"::text as new, note from items ${id === undefined ? '' : `where id = ${id}`} order by id`,
  )
  return new Map(rows.map(({ id: key, ...row }) => [key, row]))
}

async function execute(
  client: pg.Client,
  names: Names,
  lens: LensCase,
  id: number,
  { kind, set }: Operation,
): Promise<void> {
  const types = { old: lens.oldType, new: lens.newType, note: 'text' }
  const given = Object.entries(set) as ['old' | 'new' | 'note', Value][]
  const column = (name: 'old' | 'new' | 'note'): string => (name === 'note' ? 'note' : `"${names[name]}"`)
  const place = (name: 'old' | 'new' | 'note', index: number): string =>
    `$${index + 1}::text::${types[name].replace(' collate nocase', '')}`
  const values = given.map(([, value]) => value)
  const insert = `insert into items (id${given.map(([name]) => `, ${column(name)}`).join('')}) values (${id}${given.map(([name], index) => `, ${place(name, index)}`).join('')})`
  const updates = given.map(([name, _], index) => `${column(name)} = ${place(name, index)}`).join(', ')
  switch (kind) {
    case 'insert':
      await client.query(`${insert} on conflict do nothing`, values)
      return
    case 'update':
      await client.query(`update items set ${updates} where id = ${id}`, values)
      return
    case 'upsert':
      await client.query(
        `${insert} on conflict (id) do update set ${given.map(([name]) => `${column(name)} = excluded.${column(name)}`).join(', ')}`,
        values,
      )
      return
    case 'delete':
      await client.query(`delete from items where id = ${id}`)
      return
    case 'untouched':
      await client.query("set bellows.sync = 'off'")
      await client.query(insert, values)
      await client.query('reset bellows.sync')
  }
}

async function apply(
  lens: LensCase,
  mode: Mode,
  oracle: Oracle,
  row: Row | null,
  { kind, set }: Operation,
): Promise<Row | null> {
  const fresh: Row = { old: null, new: null, note: null, ...set }
  if (kind === 'delete') return null
  if (kind === 'untouched') return fresh
  if (kind === 'update') return row === null ? null : write(lens, mode, oracle, row, { ...row, ...set })
  if (kind === 'insert') return row ?? write(lens, mode, oracle, null, fresh)
  // EXCLUDED is what the trigger has made of the row that was to be inserted.
  const proposed = await write(lens, mode, oracle, null, fresh)
  if (row === null) return proposed
  const excluded = Object.fromEntries(Object.keys(set).map((name) => [name, proposed[name as keyof Row]]))
  return write(lens, mode, oracle, row, { ...row, ...excluded })
}

/** A value as its column prints it: 05 is 5 in an integer. */
async function canonicalOf(client: pg.Client, lens: LensCase): Promise<(operation: Operation) => Promise<Operation>> {
  const known = new Map<string, Value>()
  const print = async (type: string, value: Value): Promise<Value> => {
    if (value === null) return null
    const key = `${type}\u0000${value}`
    if (!known.has(key)) {
      const { rows } = await client.query<{ v: string }>(
        `select ($1::text::${type.replace(' collate nocase', '')})::text as v`,
        [value],
      )
      known.set(key, rows[0]?.v ?? null)
    }
    return known.get(key) ?? null
  }
  return async ({ kind, set }) => ({
    kind,
    set: {
      ...set,
      ...(set.old === undefined ? {} : { old: await print(lens.oldType, set.old) }),
      ...(set.new === undefined ? {} : { new: await print(lens.newType, set.new) }),
    },
  })
}

/** Asks the server what a plain assignment would store; each question once. */
async function oracleOf(client: pg.Client, lens: LensCase): Promise<Oracle> {
  await client.query(
    `create temporary table to_new (v ${lens.newType}); create temporary table to_old (v ${lens.oldType})`,
  )
  const known = new Map<string, Value>()
  const bare = (type: string): string => type.replace(' collate nocase', '')
  const ask = async (expression: string, source: string, target: string, value: Value, note: Value): Promise<Value> => {
    const { rows } = await client.query<{ v: string | null }>(
      `insert into ${target} select (${expression}) from (select $1::text::${bare(source)} as val, $2::text as note) s returning v::text as v`,
      [value, note],
    )
    return rows[0]?.v ?? null
  }
  const scalar =
    (expression: string, source: string, target: string, onError: string | null) =>
    async (value: Value, note: Value): Promise<Value> => {
      const key = [target, value === null ? 'null' : `'${value}`, /\bnote\b/.test(expression) ? note : ''].join(
        '\u0000',
      )
      if (!known.has(key)) {
        const answer = await ask(expression, source, target, value, note).catch(() =>
          onError === null ? null : ask(onError, source, target, value, note),
        )
        known.set(key, answer)
      }
      return known.get(key) ?? null
    }
  return {
    up: scalar(lens.up, lens.oldType, 'to_new', lens.onError?.up ?? null),
    down: scalar(lens.down, lens.newType, 'to_old', lens.onError?.down ?? null),
  }
}
