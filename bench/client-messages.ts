/** What the process of the clients is told. */
export type Order =
  | { readonly kind: 'run'; readonly table: string; readonly column: string; readonly rows: number }
  | { readonly kind: 'begin' }
  | { readonly kind: 'end' }
  | { readonly kind: 'pause' }

/** What the clients did between `begin` and the end of the statements that ran at `end`. */
export interface Load {
  readonly statements: number
  readonly failed: number
  readonly seconds: number
  /** Milliseconds of the slowest statement. */
  readonly longest: number
  /** The first failure's message. */
  readonly failure: string | null
}
