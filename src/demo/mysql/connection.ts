import mysql, { type ResultSetHeader, type RowDataPacket } from 'mysql2/promise'
import type { Counters } from '../counters.ts'
import type { Version } from '../messages.ts'
import type { Shop } from '../shop.ts'

type Value = string | number

/** One connection of an app process; everything that goes over it is measured. */
export interface Connection extends Pick<Shop, 'transaction' | 'close'> {
  /** Prepared once and executed again and again. */
  readonly read: <Row>(text: string, values: readonly Value[]) => Promise<readonly Row[]>
  /** Prepared too; the number that AUTO_INCREMENT gave, the first one of several. */
  readonly write: (text: string, values: readonly Value[]) => Promise<number>
  /** Not prepared: for what changes rows that other tables refer to (see docs/demo.md). */
  readonly change: (text: string, values: readonly Value[]) => Promise<unknown>
  /** Not prepared: a list of ids takes the place of its `?`, and is another statement for each length. */
  readonly list: <Row>(text: string, ids: readonly number[]) => Promise<readonly Row[]>
}

/** Connects as `shop v1` or `shop v2`: the program_name by which the contract looks for sessions of the old version. */
export async function openConnection(version: Version, url: string, measure: Counters['measure']): Promise<Connection> {
  const client = await mysql.createConnection({ uri: url, connectAttributes: { program_name: `shop ${version}` } })
  // A connection that breaks fails the statement that is under way; without a listener it would end the process.
  client.on('error', () => undefined)
  const command = (text: string): Promise<unknown> => measure(false, () => client.query(text))
  return {
    read: async <Row>(text: string, values: readonly Value[]) => {
      const [rows] = await measure(true, () => client.execute<RowDataPacket[]>(text, [...values]))
      return rows as Row[]
    },
    write: async (text, values) => {
      const [{ insertId }] = await measure(true, () => client.execute<ResultSetHeader>(text, [...values]))
      return insertId
    },
    change: (text, values) => measure(true, () => client.query(text, [...values])),
    list: async <Row>(text: string, ids: readonly number[]) => {
      // There is no empty list in SQL.
      if (ids.length === 0) return []
      const [rows] = await measure(true, () => client.query<RowDataPacket[]>(text, [[...ids]]))
      return rows as Row[]
    },
    transaction: async (body) => {
      await command('start transaction')
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
