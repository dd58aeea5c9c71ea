import type pg from 'pg'

// The part of node-postgres' connection that COPY needs; its types leave it out.
interface Connection {
  query(text: string): void
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
}

const field = (value: string | null): string =>
  value === null ? '\\N' : value.replace(/[\\\t\n\r]/g, (c) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n' })[c] ?? '\\r')

/** COPY ... FROM STDIN with these rows. (pg-copy-streams is not a dependency; a query object of our own is enough.) */
export function copyIn(client: pg.Client, text: string, rows: readonly (readonly (string | null)[])[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let failed: Error | null = null
    client.query({
      submit: (connection: Connection) => connection.query(text),
      handleCopyInResponse: (connection: Connection) => {
        for (const row of rows) connection.sendCopyFromChunk(Buffer.from(`${row.map(field).join('\t')}\n`))
        connection.endCopyFrom()
      },
      handleCommandComplete: () => undefined,
      handleError: (error: Error) => {
        failed = error
        reject(error)
      },
      handleReadyForQuery: () => {
        if (failed === null) resolve()
      },
    } as unknown as pg.Submittable)
  })
}
