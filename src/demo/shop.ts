/** A customer as the app adds one. */
export interface NewCustomer {
  readonly email: string
  readonly name: string
  readonly city: string
}

/** A customer's name as it was read. */
export interface Named {
  readonly id: number
  readonly name: string
}

/** What was read, and what the versions had written, in the same transaction, into a table that no migration touches. */
export interface Pair {
  readonly read: unknown
  readonly written: unknown
}

/**
 * What one version of the app sends on one connection, in the words of an engine. Columns are always listed. A method is one
 * statement, or two where the engine does not return what it has written.
 */
export interface Shop {
  readonly page: (after: number) => Promise<unknown>
  readonly find: (name: string) => Promise<readonly number[]>
  readonly shared: (ids: readonly number[]) => Promise<readonly Pair[]>
  readonly own: (ids: readonly number[]) => Promise<readonly Named[]>
  /** Three at once; as they were read back. */
  readonly insert: (customers: readonly NewCustomer[]) => Promise<readonly Named[]>
  /** The id of the customer with this e-mail address. */
  readonly upsert: (customer: NewCustomer) => Promise<number>
  readonly rename: (id: number, name: string) => Promise<unknown>
  readonly renameMany: (customers: readonly Named[]) => Promise<unknown>
  readonly move: (id: number, city: string) => Promise<unknown>
  readonly remove: (ids: readonly number[]) => Promise<unknown>
  readonly expectName: (id: number, name: string) => Promise<unknown>
  readonly revenue: (customer: number) => Promise<unknown>
  readonly order: (customer: number, cents: number) => Promise<{ readonly id: number; readonly cents: unknown }>
  readonly reprice: (id: number, cents: number) => Promise<unknown>
  readonly expectTotal: (id: number, cents: number) => Promise<unknown>
  readonly sharedTotals: (ids: readonly number[]) => Promise<readonly Pair[]>
  readonly ship: (id: number) => Promise<unknown>
  readonly cancel: (id: number) => Promise<unknown>
  /** Commits when the body ends and rolls back when it throws. */
  readonly transaction: (body: () => Promise<unknown>) => Promise<void>
  readonly close: () => Promise<void>
}

/** The column that holds a customer's name, as a version knows it. */
export const nameColumn = { v1: 'name', v2: 'full_name' } as const

/** Where our way is shown. */
export const shopDatabase = 'shop'

/** Its copy, on which the control runs. */
export const controlDatabase = 'shop_control'

/** The same server, another database. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  return url.href
}
