import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** One finding of squawk. */
export interface SquawkFinding {
  readonly file: string
  /** From 0. */
  readonly line: number
  readonly rule_name: string
  readonly message: string
}

/** The command, where somebody has it: `npm install --no-save squawk-cli@2.66.0`, or `SQUAWK=<path>`. */
export function findSquawk(): string | null {
  const named = process.env.SQUAWK ?? ''
  if (named !== '') return named
  const installed = fileURLToPath(new URL('../../node_modules/.bin/squawk', import.meta.url))
  return existsSync(installed) ? installed : null
}

/** What it says of files, by all its rules. */
export function squawk(command: string, files: readonly string[]): Promise<readonly SquawkFinding[]> {
  const optional = ['require-table-schema', 'require-enum-value-ordering', 'require-statement-timeout']
  const args = ['--reporter', 'json', ...optional.map((rule) => `--include=${rule}`), ...files]
  return new Promise((resolve, reject) => {
    // It ends with 1 when it has found something.
    execFile(command, args, { maxBuffer: 64 << 20 }, (error, stdout) => {
      try {
        resolve(JSON.parse(stdout) as readonly SquawkFinding[])
      } catch {
        reject(error ?? new Error(stdout))
      }
    })
  })
}
