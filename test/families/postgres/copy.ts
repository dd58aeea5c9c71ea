import type pg from 'pg'

// The part of node-postgres' connection that COPY needs; its types leave it out.
interface Connection {
  query(text: string): void
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
const field = (value: unknown): string => String(value).replace(/[\\\t\n\r]/g, (found) => escapes[found] ?? found)

/** COPY ... FROM STDIN with these rows, in the text format. */
export function copyIn(client: pg.Client, text: string, rows: readonly (readonly unknown[])[]): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query({
      submit: (connection: Connection) => connection.query(text),
      handleCopyInResponse: (connection: Connection) => {
        for (const row of rows) connection.sendCopyFromChunk(Buffer.from(`${row.map(field).join('\t')}\n`))
        connection.endCopyFrom()
      },
      handleCommandComplete: () => undefined,
      // The client lets go of a query that failed: it hears of no ReadyForQuery.
      handleError: reject,
      handleReadyForQuery: resolve,
    } as unknown as pg.Submittable)
  })
}
