import { refused } from '../../errors.ts'
import type { CommandFile } from '../session.ts'

/** Promised and not there yet: refused rather than unknown, so that scripts can tell the two apart. */
export function toCome(name: string): CommandFile {
  return {
    name,
    summary: '',
    run: async () => {
      throw refused('command.not-there-yet', `\`migrate ${name}\` is not there yet`, {
        hint: '`migrate --help` lists what is.',
      })
    },
  }
}
