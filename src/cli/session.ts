import type { LoadedConfig } from '../migrations/config.ts'
import type { Io } from './io.ts'
import type { Answer, Output } from './output.ts'
import type { Settings } from './settings.ts'

/** What a command has at hand. */
export interface Session {
  readonly command: string
  readonly io: Io
  readonly config: LoadedConfig
  readonly settings: Settings
  readonly output: Output
}

/** One command: how it is called, and what it does. */
export interface CommandFile {
  readonly name: string
  readonly summary: string
  /** `<name>`, `[name]`. */
  readonly arguments?: string
  readonly options?: readonly OptionSpec[]
  /** Shown below the help, indented by two. */
  readonly examples?: readonly string[]
  /** Stopped in the middle it leaves nothing behind, and begins anew. */
  readonly keepsNothing?: true
  readonly run: (session: Session, args: readonly (string | undefined)[]) => Promise<Answer>
}

/** A flag as commander writes it, and its help. `many` may be given again and again. */
export interface OptionSpec {
  readonly flags: string
  readonly help: string
  readonly choices?: readonly string[]
  readonly many?: boolean
}
