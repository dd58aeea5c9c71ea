import { type ExitCode, exitCodes } from '../errors.ts'

/** What an error of a driver becomes: our code, the exit code, and what to do. */
export interface ErrorKind {
  readonly code: string
  readonly exitCode: ExitCode
  readonly hint: string | null
}

/** Exit 75. */
export const temporaryKind = (code: string, hint: string | null = null): ErrorKind => ({
  code,
  exitCode: exitCodes.temporary,
  hint,
})
/** Exit 3. */
export const refusalKind = (code: string, hint: string | null = null): ErrorKind => ({
  code,
  exitCode: exitCodes.refused,
  hint,
})
/** Exit 2. */
export const usageKind = (code: string, hint: string | null = null): ErrorKind => ({
  code,
  exitCode: exitCodes.usage,
  hint,
})
/** Exit 4. */
export const findingKind = (code: string, hint: string | null = null): ErrorKind => ({
  code,
  exitCode: exitCodes.findings,
  hint,
})

/** What a temporary error of a running step says. */
export const goesOn = 'Nothing is lost: the same command goes on where it stopped.'

/** What an error says that somebody's own code in the server raised. */
export const raisedHint =
  'A trigger, an event trigger or a function of yours raised this. Mend what it objects to, or let it pass for the role that migrates.'

/** Errors of the network, by Node's codes; the same for every driver. */
export const networkErrors: Readonly<Record<string, ErrorKind>> = {
  ECONNREFUSED: temporaryKind('database.refused', 'Nothing listens there. Is the server up, and host and port right?'),
  ENOENT: temporaryKind('database.refused', 'There is no such socket. Is the server up, and its folder right?'),
  ETIMEDOUT: temporaryKind('database.timeout', 'The server did not answer in time.'),
  ECONNRESET: temporaryKind('database.connection-lost', goesOn),
  EPIPE: temporaryKind('database.connection-lost', goesOn),
  EHOSTUNREACH: temporaryKind('database.unreachable'),
  ENETUNREACH: temporaryKind('database.unreachable'),
  EAI_AGAIN: temporaryKind('database.name-lookup', 'The name could not be looked up now.'),
  ENOTFOUND: usageKind('database.unknown-host', 'Check the host name in the database URL.'),
}
