import type { ConnectOptions, Result, Statement } from '../dialect.ts'
import { openConnection } from './driver.ts'
import { lentLine } from './lent-line.ts'
import { refuseTransactionPooler } from './pooler.ts'

/** What a session of ours sends its statements over. */
export interface Line {
  readonly query: <Row>(statement: Statement) => Promise<Result<Row>>
  /** The number that the server knows the session by. */
  readonly thread: number
  /** Called when the connection ends or breaks. */
  readonly onGone: (gone: () => void) => void
  /** `lock` is what the session holds by GET_LOCK. */
  readonly close: (lock: string | null) => Promise<void>
}

/** A connection of our own, or a session that the pool of an app lends. */
export function openLine(options: ConnectOptions): Promise<Line> {
  return options.lend === undefined ? ownLine(options) : lentLine(options, options.lend)
}

async function ownLine(options: ConnectOptions): Promise<Line> {
  const connection = await openConnection(options)
  const close = (): Promise<void> => connection.end().catch(() => connection.destroy())
  try {
    // First of all: behind a pooler our settings would stay in a session of the app's.
    await refuseTransactionPooler(connection, options)
  } catch (error) {
    await close()
    throw error
  }
  return {
    // Statements with values are prepared, so that no value is ever part of the text. Several of our statements cannot be.
    query: async <Row>({ sql, parameters }: Statement) => {
      const [found] =
        parameters.length === 0
          ? await connection.query(sql)
          : await connection.execute(sql, parameters as Parameters<typeof connection.execute>[1])
      if (Array.isArray(found)) return { rows: found as Row[], rowCount: found.length }
      return { rows: [], rowCount: found.affectedRows }
    },
    thread: connection.threadId,
    onGone: (gone) => {
      connection.on('error', gone)
      connection.on('end', gone)
    },
    close,
  }
}
