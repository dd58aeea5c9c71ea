import { CommanderError } from 'commander'
import { BellowsError, internal, isBellowsError, usageError } from '../errors.ts'

/**
 * Any thrown thing as one of our errors. After a signal, whatever failed because of it counts as the interruption.
 *
 * @param keeps - what the command had done by then is kept
 */
export function toFailure(error: unknown, signal: AbortSignal, keeps: boolean): BellowsError {
  if (signal.aborted && isBellowsError(signal.reason)) return keeps ? signal.reason : beginsAnew(signal.reason)
  if (isBellowsError(error)) return error
  if (error instanceof CommanderError) return fromCommander(error)
  const message = error instanceof Error ? error.message : String(error)
  return internal('internal', message === '' ? 'something failed without saying what' : message, {
    cause: error,
    hint: 'Run it again with --verbose; if this looks like a bug of ours, please report it with that output.',
  })
}

const beginsAnew = ({ code, message, exitCode, retryable, details, cause }: BellowsError): BellowsError =>
  new BellowsError({
    ...{ code, message, exitCode, retryable, details, cause },
    hint: 'Nothing of it was kept; the same command begins anew.',
  })

/** Commander writes `error: what\n(Did you mean expand?)`, and ends every usage error with 1. */
function fromCommander(error: CommanderError): BellowsError {
  if (error.code === 'commander.help') {
    return usageError('usage.no-command', 'no command was given', { hint: '`migrate --help` lists the commands.' })
  }
  const [what = '', ...rest] = error.message.replace(/^error: /, '').split('\n')
  const suggestion = /^\((.*)\)$/.exec(rest.join(' ').trim())?.[1]
  const code = error.code.replace('commander.', '').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return usageError(`usage.${code}`, what, { hint: suggestion ?? '`migrate --help` lists the commands and flags.' })
}
