/** The stable exit codes of the command line, also carried by every error (docs/exit-codes.md). */
export const exitCodes = {
  ok: 0,
  internal: 1,
  usage: 2,
  refused: 3,
  findings: 4,
  gateClosed: 5,
  drift: 6,
  temporary: 75,
  interrupted: 130,
  terminated: 143,
} as const

/** One of the numbers in {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** What an error is made of. `code` is stable and dotted, for programs; `message` and `hint` are for people. */
export interface BellowsErrorInit {
  readonly code: string
  readonly message: string
  readonly exitCode?: ExitCode
  readonly retryable?: boolean
  readonly hint?: string | null
  readonly cause?: unknown
  readonly details?: Readonly<Record<string, unknown>>
}

/**
 * The one error of this package. Driver errors become one of these and stay on as `cause`.
 *
 * @example
 * ```ts
 * try { await migrator.contract() } catch (error) {
 *   if (isBellowsError(error) && error.retryable) scheduleRetry()
 * }
 * ```
 */
export class BellowsError extends Error {
  readonly code: string
  readonly exitCode: ExitCode
  readonly retryable: boolean
  readonly hint: string | null
  readonly details: Readonly<Record<string, unknown>>

  constructor(init: BellowsErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause })
    this.name = 'BellowsError'
    this.code = init.code
    this.exitCode = init.exitCode ?? exitCodes.internal
    this.retryable = init.retryable ?? (this.exitCode === exitCodes.temporary || this.exitCode === exitCodes.gateClosed)
    this.hint = init.hint ?? null
    this.details = init.details ?? {}
  }
}

/** True for errors thrown by this package, whatever copy of it threw them. */
export function isBellowsError(error: unknown): error is BellowsError {
  return error instanceof Error && error.name === 'BellowsError' && 'exitCode' in error
}

type Extra = Partial<Omit<BellowsErrorInit, 'code' | 'message' | 'exitCode'>>
const make =
  (exitCode: ExitCode) =>
  (code: string, message: string, extra: Extra = {}): BellowsError =>
    new BellowsError({ code, message, exitCode, ...extra })

/** Usage, configuration or migration file invalid (exit 2). */
export const usageError: (code: string, message: string, extra?: Extra) => BellowsError = make(exitCodes.usage)
/** Refused before anything was done: wrong order, unsupported, conflict (exit 3). */
export const refused: (code: string, message: string, extra?: Extra) => BellowsError = make(exitCodes.refused)
/** Findings that a person has to look at (exit 4). */
export const findings: (code: string, message: string, extra?: Extra) => BellowsError = make(exitCodes.findings)
/** A gate is closed; the same command may succeed later (exit 5). */
export const gateClosed: (code: string, message: string, extra?: Extra) => BellowsError = make(exitCodes.gateClosed)
/** What was recorded and what is there differ (exit 6). */
export const drift: (code: string, message: string, extra?: Extra) => BellowsError = make(exitCodes.drift)
/** Temporary; the same command again goes on (exit 75). */
export const temporary: (code: string, message: string, extra?: Extra) => BellowsError = make(exitCodes.temporary)
/** A bug of ours, or something we could not classify (exit 1). */
export const internal: (code: string, message: string, extra?: Extra) => BellowsError = make(exitCodes.internal)
