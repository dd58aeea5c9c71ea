import type pg from 'pg'
import type { DescribedType, Refusal } from '../check.ts'
import { sqlState } from './driver-errors.ts'
import { parse } from './parser.ts'
import { refusalOf } from './refusal.ts'
import { givenValues, madeValues, type ParameterType, type Values } from './trial-values.ts'
import { exchange } from './wire.ts'

/** What is executed. */
export interface Trial {
  readonly text: string
  readonly types: readonly number[]
  readonly parameters: readonly DescribedType[]
  /** The columns that it fills by their place. */
  readonly fills: readonly string[] | undefined
  readonly samples: readonly (readonly unknown[])[]
}

/** How it went. */
export interface Outcome {
  /** Whatever the values are, it fails. */
  readonly schema: Refusal | null
  /** The values of the author were not taken; null: they were. Undefined: there are none. */
  readonly values: Refusal | null | undefined
}

/** Executes statements, each in a transaction that is rolled back. */
export interface Trials {
  run(trial: Trial): Promise<Outcome>
}

// A statement that waits or loops is not judged.
const begin = "begin; set local statement_timeout = '5s'; set local lock_timeout = '5s'"

/** Keeps which values were taken in an earlier state: what was never taken says nothing later. */
export function openTrials(client: pg.Client): Trials {
  const taken = new Map<string, readonly Values[]>()
  return {
    run: async (trial) => {
      const { text, samples } = trial
      const parameters = await parameterTypes(client, trial.parameters)
      const key = JSON.stringify([text, trial.parameters.length, samples])
      const given = taken.get(key) ?? givenValues(parameters, samples)
      const lists = given.length > 0 ? given : [madeValues(parameters)]
      const refused: (Refusal | null)[] = []
      for (const values of lists) {
        const error = await once(client, trial, values)
        const refusal = error === null ? null : saidBy(error)
        if (error !== null && refusal !== null && (await isOfSchema(client, trial, error))) {
          return { schema: refusal, values: undefined }
        }
        refused.push(refusal)
      }
      // Values that were made up may be none that the app ever gives.
      if (given.length === 0) return { schema: null, values: undefined }
      const first = refused.find((each) => each !== null) ?? null
      if (taken.has(key)) return { schema: null, values: first }
      const good = given.filter((_, at) => refused[at] === null)
      if (good.length > 0) taken.set(key, good)
      return { schema: null, values: good.length > 0 ? null : first }
    },
  }
}

async function once(client: pg.Client, { text, types }: Trial, values: Values): Promise<unknown> {
  await client.query(begin)
  try {
    await exchange(client, { text, types, values, execute: true })
    return null
  } catch (error) {
    return error
  } finally {
    await client.query('rollback')
  }
}

/**
 * What the error says of the statement; null where it says nothing. The tables are empty, and rights are not copied, so that a key that
 * is missing or there twice, and a right, is none of it.
 */
function saidBy(error: unknown): Refusal | null {
  const refusal = refusalOf(error)
  if (['23503', '23505', '23P01', '42501'].includes(refusal.code)) return null
  return /^(22|23|42|P0)/.test(refusal.code) ? refusal : null
}

/** A name that is gone, in a function or a trigger; or a column that the statement does not give, and nobody else does. */
async function isOfSchema(client: pg.Client, { text, fills }: Trial, error: unknown): Promise<boolean> {
  const state = sqlState(error)
  if (state?.startsWith('42') === true) return true
  if (state !== '23502') return false
  const { schema, table, column } = error as { schema?: string; table?: string; column?: string }
  const insert = insertOf(text)
  if (insert === null || table !== insert.table || column === undefined) return false
  if ((insert.columns ?? fills ?? [column]).includes(column)) return false
  const { rows } = await client.query<{ other: boolean }>(
    "select exists (select from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2 and not t.tgisinternal and t.tgname not like '~bellows%') as other",
    [schema, table],
  )
  // A trigger may find the value in rows, and there are none here.
  return rows[0]?.other === false
}

function insertOf(text: string): { readonly table: string; readonly columns: readonly string[] | null } | null {
  try {
    const insert = parse(text).stmts?.[0]?.stmt.InsertStmt as
      | { relation: { relname: string }; cols?: readonly { ResTarget: { name: string } }[] }
      | undefined
    if (insert === undefined) return null
    return { table: insert.relation.relname, columns: insert.cols?.map(({ ResTarget }) => ResTarget.name) ?? null }
  } catch {
    return null
  }
}

async function parameterTypes(
  client: pg.Client,
  parameters: readonly DescribedType[],
): Promise<readonly ParameterType[]> {
  if (parameters.length === 0) return []
  const { rows } = await client.query<ParameterType>(
    `select format_type(b.oid, null) as name, case when b.typtype = 'm' then 'A' else b.typcategory::text end as category,
       coalesce((select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_enum e where e.enumtypid = b.oid), '{}') as labels
     from unnest($1::oid[]) with ordinality u(o, n) join pg_type t on t.oid = u.o
     join pg_type b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end order by u.n`,
    [parameters.map(({ oid }) => oid)],
  )
  return rows
}
