import type pg from 'pg'
import type { DescribedColumn, DescribedType, Prepared, Preparer } from '../check.ts'
import type { ConnectOptions } from '../dialect.ts'
import { type CopyStatement, copyStatement } from './copy-statement.ts'
import { toBellowsError } from './driver-errors.ts'
import { refusalOf } from './refusal.ts'
import { meaningOf } from './resolution.ts'
import { compileSql, quote } from './sql.ts'
import { type CallableRow, callableQuery, type Tryable, tryableOf } from './trial.ts'
import { openTrials, type Trials } from './trials.ts'
import { openClient } from './url.ts'
import { type Described, exchange } from './wire.ts'

/**
 * Opens a session for Parse and Describe (manual, 55.2.3), which has statements planned too, and tries those whose work a rollback
 * undoes. `setRole` and the path of the URL's `options` apply.
 */
export async function openPreparer(options: ConnectOptions): Promise<Preparer> {
  const client = await openClient(options).catch((error: unknown) => {
    throw toBellowsError(error)
  })
  try {
    await client.query('set standard_conforming_strings = on')
    if (options.setRole !== null) await client.query(`set role ${quote(options.setRole)}`)
  } catch (error) {
    await client.end().catch(() => undefined)
    throw toBellowsError(error)
  }
  const trials = openTrials(client)
  const names: TypeNames = new Map()
  let tryable: Tryable | null = null
  return {
    arrive: async () => {
      names.clear()
      const { sql, parameters } = compileSql(callableQuery)
      const { rows } = await client.query<CallableRow>(sql, [...parameters]).catch((error: unknown) => {
        throw toBellowsError(error)
      })
      tryable = rows[0] === undefined ? null : tryableOf(rows[0])
    },
    insertIsUndone: (table) => tryable?.undone(`insert into ${quote(table)} default values`) === true,
    prepare: async (text, types, samples) => {
      try {
        const copy = copyStatement(text)
        if (copy !== null && 'table' in copy) return await prepareCopy({ client, names }, copy)
        return await prepare({ client, names, trials, tryable }, copy?.query ?? text, types, samples)
      } catch (error) {
        return { ok: false, ...refusalOf(error) }
      }
    },
    close: async () => {
      await client.end().catch(() => undefined)
    },
  }
}

/** By number and modifier; in another state a type may have another name, or a name another type. */
type TypeNames = Map<string, string>

interface Asking {
  readonly client: pg.Client
  readonly names: TypeNames
}

interface Judge extends Asking {
  readonly trials: Trials
  readonly tryable: Tryable | null
}

async function prepare(
  { client, names, trials, tryable }: Judge,
  text: string,
  types: readonly (string | null)[],
  samples: readonly (readonly unknown[])[],
): Promise<Prepared> {
  const oids = await resolveTypes(client, types)
  const described = await named({ client, names }, await exchange(client, { text, types: oids }))
  const meaning = await meaningOf(
    client,
    text,
    described.parameters.map(({ name }) => name),
  )
  const result = { ok: true, ...described, ...meaning } as const
  if (tryable?.undone(text) !== true) return result
  const values = described.parameters.map(() => null)
  const unplanned = await exchange(client, { text, types: oids, values }).then(() => null, refusalOf)
  if (unplanned !== null && isOfPlanning(unplanned.code)) return { ok: false, ...unplanned }
  if (!tryable.telling(text)) return result
  const trial = await trials.run({
    text,
    types: oids,
    parameters: described.parameters,
    fills: meaning?.fills,
    samples,
  })
  if (trial.schema !== null) return { ok: false, ...trial.schema }
  return trial.values === undefined ? result : { ...result, tried: trial.values }
}

// A unique index for ON CONFLICT, a view that takes no rows: errors of the schema that only the planner has. Rights are not copied.
const isOfPlanning = (state: string): boolean =>
  (state.startsWith('42') && state !== '42501') || state === '0A000' || state === '55000'

async function prepareCopy(
  asking: Asking,
  { table, columns, fills }: Extract<CopyStatement, { table: string }>,
): Promise<Prepared> {
  const { client } = asking
  const all = columns ?? (await columnsOf(client, table))
  const list = all.map((column) => quote(column)).join(', ')
  const described = await named(asking, await exchange(client, { text: `select ${list} from ${table}`, types: [] }))
  if (!fills) return { ok: true, ...described }
  return { ok: true, parameters: [], columns: [], ...(columns === null ? { fills: all, byLine: true } : {}) }
}

/** The columns that COPY without a list takes: those that are not generated. */
async function columnsOf(client: pg.Client, table: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    "select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum",
    [table],
  )
  return rows.map(({ name }) => name)
}

/** Resolved anew in each state: a phase may make a type, or put another one under its name. */
async function resolveTypes(client: pg.Client, types: readonly (string | null)[]): Promise<readonly number[]> {
  if (types.every((type) => type === null)) return []
  const { rows } = await client.query<{ oid: number }>(
    'select coalesce(t::regtype::oid::int8, 0)::float8 as oid from unnest($1::text[]) with ordinality u(t, n) order by n',
    [types],
  )
  return rows.map(({ oid }) => oid)
}

async function named(
  { client, names }: Asking,
  { parameters, fields }: Described,
): Promise<{ readonly parameters: readonly DescribedType[]; readonly columns: readonly DescribedColumn[] }> {
  const oids = [...parameters, ...fields.map(({ dataTypeID }) => dataTypeID)]
  const modifiers = [...parameters.map(() => -1), ...fields.map(({ dataTypeModifier }) => dataTypeModifier)]
  const keys = oids.map((oid, at) => `${oid} ${modifiers[at]}`)
  if (keys.some((key) => !names.has(key))) {
    const { rows } = await client.query<{ name: string }>(
      'select format_type(o, m) as name from unnest($1::oid[], $2::int4[]) with ordinality u(o, m, n) order by n',
      [oids, modifiers],
    )
    for (const [at, key] of keys.entries()) names.set(key, rows[at]?.name ?? String(oids[at]))
  }
  const types = oids.map((oid, at) => ({ oid, name: names.get(keys[at] ?? '') ?? String(oid) }))
  return {
    parameters: types.slice(0, parameters.length),
    columns: fields.map(({ name }, index) => ({
      name,
      type: types[parameters.length + index] ?? { oid: 0, name: '' },
    })),
  }
}
