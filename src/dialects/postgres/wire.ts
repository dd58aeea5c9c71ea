import type pg from 'pg'

/** What the server says of a statement once it is parsed. */
export interface Described {
  readonly parameters: readonly number[]
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number; readonly dataTypeModifier: number }[]
}

/** How far the server is to go with a statement. */
export interface Exchange {
  readonly text: string
  readonly types: readonly number[]
  /** Values in the text format. The server plans with them, and looks for what only then is missed. */
  readonly values?: readonly (string | null)[]
  readonly execute?: boolean
}

interface ParameterDescription {
  readonly dataTypeIDs: readonly number[]
}

/** What a connection of the driver can do beside its published types. */
interface Wire {
  on(event: 'parameterDescription', listener: (message: ParameterDescription) => void): unknown
  off(event: 'parameterDescription', listener: (message: ParameterDescription) => void): unknown
  parse(message: { readonly name: string; readonly text: string; readonly types: readonly number[] }): void
  describe(message: { readonly type: 'S'; readonly name: string }): void
  bind(message: { readonly values: readonly (string | null)[] }): void
  execute(message: { readonly rows: number }): void
  sync(): void
}

/** Rows of a result that are asked for: enough for what is called for each to be called. */
const rows = 100

/** Parse and Describe of the unnamed statement (manual, 55.2.3), Bind and Execute as asked, as a query of the driver's own queue. */
export function exchange(client: pg.Client, { text, types, values, execute }: Exchange): Promise<Described> {
  return new Promise((resolve, reject) => {
    let parameters: readonly number[] = []
    let fields: Described['fields'] = []
    let wire: Wire | undefined
    const onParameters = (message: ParameterDescription): void => {
      parameters = message.dataTypeIDs
    }
    const done = (): void => {
      wire?.off('parameterDescription', onParameters)
    }
    const nothing = (): void => undefined
    const query = {
      submit: (connection: Wire): void => {
        wire = connection
        connection.on('parameterDescription', onParameters)
        connection.parse({ name: '', text, types })
        connection.describe({ type: 'S', name: '' })
        if (values !== undefined) connection.bind({ values })
        if (execute === true) connection.execute({ rows })
        connection.sync()
      },
      handleRowDescription: (message: { readonly fields: Described['fields'] }): void => {
        fields = message.fields
      },
      handleDataRow: nothing,
      handlePortalSuspended: nothing,
      handleEmptyQuery: nothing,
      handleCommandComplete: nothing,
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
