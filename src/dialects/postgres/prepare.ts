import type pg from 'pg'
import type { Prepared, Preparer } from '../check.ts'
import type { ConnectOptions } from '../dialect.ts'
import { sqlState, toBellowsError } from './driver-errors.ts'
import { quote } from './sql.ts'
import { openClient } from './url.ts'

interface Described {
  readonly parameters: readonly number[]
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number; readonly dataTypeModifier: number }[]
}

/** Opens a session for Parse and Describe (manual, 55.2.3). `setRole` and the path of the URL's `options` apply. */
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
  return {
    prepare: async (text, types) => {
      try {
        const oids = await resolveTypes(client, types)
        return await named(client, await describe(client, text, oids))
      } catch (error) {
        const state = sqlState(error)
        // Without a SQLSTATE, or with one of a lost session, the server did not judge the statement.
        if (state === null || /^(08|57P)/.test(state)) throw toBellowsError(error)
        return { ok: false, code: state, message: withoutValues(state, (error as Error).message) }
      }
    },
    close: async () => {
      await client.end().catch(() => undefined)
    },
  }
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

/** What a connection of the driver can do beside its published types. */
interface Wire {
  on(event: 'parameterDescription', listener: (message: { readonly dataTypeIDs: readonly number[] }) => void): unknown
  off(event: 'parameterDescription', listener: (message: { readonly dataTypeIDs: readonly number[] }) => void): unknown
  parse(message: { readonly name: string; readonly text: string; readonly types: readonly number[] }): void
  describe(message: { readonly type: 'S'; readonly name: string }): void
  sync(): void
}

/** Parse, Describe and Sync of the unnamed statement, as a query of the driver's own queue. Nothing is executed. */
function describe(client: pg.Client, text: string, types: readonly number[]): Promise<Described> {
  return new Promise((resolve, reject) => {
    let parameters: readonly number[] = []
    let fields: Described['fields'] = []
    let wire: Wire | undefined
    const onParameters = (message: { readonly dataTypeIDs: readonly number[] }): void => {
      parameters = message.dataTypeIDs
    }
    const done = (): void => {
      wire?.off('parameterDescription', onParameters)
    }
    const query = {
      submit: (connection: Wire): void => {
        wire = connection
        connection.on('parameterDescription', onParameters)
        connection.parse({ name: '', text, types })
        connection.describe({ type: 'S', name: '' })
        connection.sync()
      },
      handleRowDescription: (message: { readonly fields: Described['fields'] }): void => {
        fields = message.fields
      },
      handleReadyForQuery: (): void => {
        done()
        resolve({ parameters, fields })
      },
      handleError: (error: Error): void => {
        done()
        reject(error)
      },
    }
    client.query(query as unknown as pg.Submittable)
  })
}

async function named(client: pg.Client, { parameters, fields }: Described): Promise<Prepared> {
  const oids = [...parameters, ...fields.map(({ dataTypeID }) => dataTypeID)]
  const modifiers = [...parameters.map(() => -1), ...fields.map(({ dataTypeModifier }) => dataTypeModifier)]
  if (oids.length === 0) return { ok: true, parameters: [], columns: [] }
  const { rows } = await client.query<{ name: string }>(
    'select format_type(o, m) as name from unnest($1::oid[], $2::int4[]) with ordinality u(o, m, n) order by n',
    [oids, modifiers],
  )
  const types = oids.map((oid, index) => ({ oid, name: rows[index]?.name ?? String(oid) }))
  return {
    ok: true,
    parameters: types.slice(0, parameters.length),
    columns: fields.map(({ name }, index) => ({
      name,
      type: types[parameters.length + index] ?? { oid: 0, name: '' },
    })),
  }
}

/** Messages about input quote it, and a captured statement may hold somebody's data as a literal. */
function withoutValues(state: string, message: string): string {
  if (state.startsWith('22')) return message.replace(/:? ".*$/s, '')
  if (state === '42601') return message.replace(/ at or near "['\d$].*$/s, ' at or near a literal')
  return message
}
