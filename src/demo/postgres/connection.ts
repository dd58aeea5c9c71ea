import pg from 'pg'
import type { Counters } from '../counters.ts'
import type { Version } from '../messages.ts'
import type { Shop } from '../shop.ts'
import type { Statement } from './statements.ts'

/** One connection of an app process; everything that goes over it is measured. */
export interface Connection extends Pick<Shop, 'transaction' | 'close'> {
  readonly run: <Row = unknown>(statement: Statement, values: readonly unknown[]) => Promise<readonly Row[]>
}

/** Connects as `shop v1` or `shop v2`: the name by which the contract looks for sessions of the old version. */
export async function openConnection(version: Version, url: string, measure: Counters['measure']): Promise<Connection> {
  const client = new pg.Client({ connectionString: url, application_name: `shop ${version}` })
  // A connection that breaks fails the statement that is under way; without a listener it would end the process.
  client.on('error', () => undefined)
  await client.connect()
  const command = (text: string): Promise<unknown> => measure(false, () => client.query(text))
  return {
    run: async <Row>(statement: Statement, values: readonly unknown[]) => {
      const { rows } = await measure(true, () => client.query({ ...statement, values: [...values] }))
      return rows as Row[]
    },
    transaction: async (body) => {
      await command('begin')
      try {
        await body()
      } catch (error) {
        await client.query('rollback')
        throw error
      }
      await command('commit')
    },
    close: () => client.end(),
  }
}
