import { globalOptions } from '../options.ts'
import type { CommandFile, OptionSpec } from '../session.ts'

/** A flag as shells see it. */
export interface Flag {
  readonly long: string
  readonly help: string
  readonly takesValue: boolean
  readonly choices: readonly string[]
}

/** Commands with their flags, the global ones included. */
export type CompletionTree = readonly {
  readonly name: string
  readonly summary: string
  readonly flags: readonly Flag[]
}[]

/** The commands as data for the shells. */
export function completionTree(files: readonly CommandFile[]): CompletionTree {
  return files.map(({ name, summary, options = [] }) => ({
    name,
    summary,
    flags: [...options, ...globalOptions].map(toFlag),
  }))
}

function toFlag({ flags, help, choices = [] }: OptionSpec): Flag {
  const [long = ''] = flags.split(' ')
  return { long, help, takesValue: flags.includes('<'), choices }
}
