import pg from 'pg'
import { withClient } from '../servers/databases.ts'
import type { Mend, Row, Scenario } from './scenario.ts'

/** A row of the control table: what `items` has to hold under this key, in either shape. */
export interface Controlled extends Row {
  readonly id: string
}

/** Keys below zero are written by everybody at once and not controlled. */
export const hotRows = 20

/** Creates the control table, and the hot rows. Every later write goes to `items` and `control` in one transaction. */
export async function seedControl(url: string, scenario: Scenario): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(
      'create table control (id bigint primary key, "old" text, "new" text, other text not null) with (fillfactor = 50)',
    )
    const column = scenario.v1.column
    const value = column === null ? 'null' : `${pg.escapeIdentifier(column)}::text`
    const { rows } = await client.query<{ id: string; value: string | null; other: string }>(
      `select id, ${value} as value, other from items`,
    )
    const known = rows.map(({ id, value: given, other }) => ({
      id,
      ...scenario.write(null, 'v1', column === null ? { other } : { value: given, other }),
    }))
    await insertControl(client, known)
    await seedHotRows(client, column)
  })
}

/** Digits, which are text and number alike. */
async function seedHotRows(client: pg.Client, column: string | null): Promise<void> {
  const keys = `generate_series(-${hotRows}, -1) g`
  if (column === null) {
    await client.query(`insert into items (id, other) select g, 'hot' from ${keys}`)
    return
  }
  const { rows } = await client.query<{ type: string }>(
    `select format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = 'items'::regclass and attname = $1`,
    [column],
  )
  await client.query(
    `insert into items (id, ${pg.escapeIdentifier(column)}, other) select g, (100 - g)::text::${rows[0]!.type}, 'hot' from ${keys}`,
  )
}

/** Notes new rows. */
export async function insertControl(client: pg.Client, rows: readonly Controlled[]): Promise<void> {
  await client.query(
    'insert into control (id, "old", "new", other) select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[])',
    [rows.map(({ id }) => id), rows.map((row) => row.old), rows.map((row) => row.new), rows.map(({ other }) => other)],
  )
}

/** Holds rows until the end of the transaction; in key order, so that writers do not deadlock over the control table. */
export async function lockControl(client: pg.Client, ids: readonly string[]): Promise<readonly Controlled[]> {
  const { rows } = await client.query<Controlled>({
    name: 'lock control',
    text: 'select id, "old", "new", other from control where id = any ($1::bigint[]) order by id for update',
    values: [ids],
  })
  return rows
}

/** Notes what a write made of a row. */
export async function updateControl(client: pg.Client, { id, ...row }: Controlled): Promise<void> {
  await client.query({
    name: 'update control',
    text: 'update control set "old" = $2, "new" = $3, other = $4 where id = $1',
    values: [id, row.old, row.new, row.other],
  })
}

/** What the new shape has to hold after the old one alone was kept: derived anew. */
export async function forgetNewShape(url: string, scenario: Scenario): Promise<void> {
  await withClient(url, async (client) => {
    await client.query('begin')
    const { rows } = await client.query<Controlled>('select * from control order by id for update')
    const known = scenario.v1.column !== null
    const derived = rows.map((row) => scenario.write(null, 'v1', known ? { value: row.old, other: row.other } : row))
    await client.query(
      `update control c set "new" = d.n from unnest($1::bigint[], $2::text[]) as d (id, n) where d.id = c.id and c."new" is distinct from d.n`,
      [rows.map(({ id }) => id), derived.map((row) => row.new)],
    )
    await client.query('commit')
  })
}

/** v1 puts rows right; nobody else may write meanwhile. */
export async function mendRows(url: string, scenario: Scenario, { broken, value }: Mend): Promise<void> {
  const column = pg.escapeIdentifier(scenario.v1.column ?? '')
  await withClient(url, async (client) => {
    await client.query('begin')
    const { rows } = await client.query<Controlled>('select * from control order by id for update')
    for (const row of rows.filter(broken)) {
      await client.query(`update items set ${column} = $2 where id = $1`, [row.id, value])
      await updateControl(client, { id: row.id, ...scenario.write(row, 'v1', { value }) })
    }
    await client.query(`update items set ${column} = $1 where id < 0`, [value])
    await client.query('commit')
  })
}

/** Compares `items` with `control` at one moment, in every shape that is there and filled; lists what differs. */
export async function compareControl(url: string, scenario: Scenario, filled: boolean): Promise<readonly string[]> {
  return withClient(url, async (client) => {
    await client.query('begin isolation level repeatable read read only')
    const { rows: found } = await client.query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = 'items'::regclass and attnum > 0 and not attisdropped`,
    )
    const there = new Set(found.map(({ name }) => name))
    const sides = [scenario.v1, scenario.v2].flatMap(({ column, shape }) => {
      const visible = column !== null && there.has(column) && (shape === 'old' || filled)
      return visible ? [{ column: pg.escapeIdentifier(column), shape }] : []
    })
    const select = sides.map(({ column, shape }) => `, ${column}::text as ${pg.escapeIdentifier(`is ${shape}`)}`)
    const { rows } = await client.query<Record<string, string | null>>(
      `select i.id as "is id", i.other as "is other"${select.join('').replaceAll(', "', ', i."')}, c.* from (select * from items where id > 0) i full join control c on c.id = i.id`,
    )
    const normal = scenario.normal ?? ((value) => value)
    const compared = [...sides.map(({ shape }) => shape), 'other', 'id']
    return rows
      .filter((row) => compared.some((what) => normal(row[what] ?? null) !== normal(row[`is ${what}`] ?? null)))
      .map((row) => JSON.stringify(row))
  })
}
