import type { BellowsError } from '../../errors.ts'
import type { Colours } from '../colours.ts'
import { indent } from './format.ts'

/** An error for people: what and its stable code, why, `→` what to do next; with `verbose`, stack and causes. */
export function renderError(error: BellowsError, colours: Colours, verbose: boolean): string {
  const [what = '', ...more] = error.message.split('\n')
  const lines = [`${colours.red(colours.bold(`error ${error.code}:`))} ${what}`, ...more.map((line) => indent(line))]
  const why = error.cause instanceof Error ? error.cause.message : ''
  if (why !== '' && !error.message.includes(why)) lines.push(indent(colours.dim(`because: ${why}`)))
  if (error.hint !== null) lines.push(`${colours.cyan('→')} ${error.hint}`)
  if (verbose) lines.push(colours.dim(stackOf(error)))
  return lines.join('\n')
}

/** The stack of an error, then that of each of its causes. */
export function stackOf(error: unknown): string {
  const stacks: string[] = []
  for (let current: unknown = error; current instanceof Error && stacks.length < 10; current = current.cause) {
    stacks.push(`${stacks.length === 0 ? '' : 'caused by '}${current.stack ?? String(current)}`)
  }
  return stacks.join('\n')
}
