/** A stream that text goes out to, and whether somebody looks at it. */
export interface Terminal {
  readonly isTTY: boolean
  readonly columns: number
  readonly write: (text: string) => void
}

/** All of the outside world that the command line touches; `main.ts` makes it from the process, tests from values. */
export interface Io {
  /** The arguments, without the interpreter and the script. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly stdout: Terminal
  readonly stderr: Terminal
  readonly stdin: { readonly isTTY: boolean; readonly question: (prompt: string) => Promise<string> }
  /** Aborted by SIGINT, SIGTERM and SIGHUP; its reason is the error to end with. */
  readonly signal: AbortSignal
  /** Where Kubernetes looks for the reason of a container's end; null elsewhere. */
  readonly terminationLog: ((text: string) => void) | null
}
