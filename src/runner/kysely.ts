import type { Lent } from '../dialects/dialect.ts'
import { temporary } from '../errors.ts'

/** What a connection of Kysely's is asked. */
interface KyselyConnection {
  executeQuery(query: never): Promise<{ readonly rows: readonly unknown[]; readonly numAffectedRows?: bigint }>
}

/** A `Kysely` instance, as far as it is used: its connections are borrowed. */
export interface KyselyInstance {
  getExecutor(): {
    provideConnection<T>(consumer: (connection: KyselyConnection) => Promise<T>): Promise<T>
  }
}

/**
 * Borrows connections of a Kysely instance, which does not tell where it connects: each for as long as a session of ours lives. Its
 * plugins and result handlers see nothing of our queries.
 *
 * @throws BellowsError exit 75 when the pool has none for us in time
 */
export function lenderOf(instance: KyselyInstance): (milliseconds: number) => Promise<Lent> {
  return (milliseconds) =>
    new Promise((resolve, reject) => {
      let late = false
      const timer = setTimeout(() => {
        late = true
        reject(
          temporary('database.pool-busy', 'the pool had no connection for us', {
            hint: 'A migrator on a Kysely instance needs three connections of its pool at the same time.',
          }),
        )
      }, milliseconds)
      const lend = (connection: KyselyConnection): Promise<void> => {
        clearTimeout(timer)
        if (late) return Promise.resolve()
        return new Promise((giveBack) =>
          resolve({ query: (query, values) => ask(connection, query, values), giveBack }),
        )
      }
      instance
        .getExecutor()
        .provideConnection(lend)
        .catch((error: unknown) => {
          clearTimeout(timer)
          reject(error)
        })
    })
}

async function ask(
  connection: KyselyConnection,
  query: string | object,
  values: readonly unknown[],
): ReturnType<Lent['query']> {
  const text = typeof query === 'string' ? query : 'a query of bellows'
  const compiled = {
    // Kysely hands it on to the driver, which takes objects too.
    sql: query,
    parameters: values,
    query: { kind: 'RawNode', sqlFragments: [text], parameters: [] },
    queryId: { queryId: 'bellows' },
  }
  const { rows, numAffectedRows } = await connection.executeQuery(compiled as never)
  return { rows, affected: numAffectedRows === undefined ? null : Number(numAffectedRows) }
}
