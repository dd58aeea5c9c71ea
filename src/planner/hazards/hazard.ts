/** Something the plan may do to a running app, found before it does it. `stop` refuses until it is accepted. */
export interface Hazard {
  readonly code: string
  readonly severity: 'info' | 'warn' | 'stop'
  /** The step or the statement it speaks of. */
  readonly statement: string | null
  readonly message: string
  readonly hint: string
  readonly docs: string
}
