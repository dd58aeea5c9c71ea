import type { Operation } from '../../../planner/lint/operations.ts'
import { isWord, type Token } from '../lexer.ts'
import { partsOf } from './cursor.ts'

const own = ['session', 'local']
/** These are for sessions to come. */
const others = ['global', 'persist', 'persist_only']

/** What SET sets, one after the other. Variables of the user's own, and NAMES, are nothing. */
export function settingsOf(tokens: readonly Token[]): readonly Operation[] {
  return partsOf(tokens).map((part): Operation => {
    const scoped = part[1]?.text !== '='
    if (scoped && isWord(part[0], ...others)) return { do: 'other' }
    const said = scoped && isWord(part[0], ...own) ? part.slice(1) : part
    const equals = said.findIndex(({ text }) => text === '=' || text === ':=')
    const name = nameOf(said.slice(0, equals))
    if (equals === -1 || name === null) return { do: 'other' }
    const value = said
      .slice(equals + 1)
      .map(({ kind, text }) => (kind === 'string' ? text.slice(1, -1) : text))
      .join(' ')
    return { do: 'set', name, value: value.toLowerCase() === 'default' ? null : value, local: false }
  })
}

/** `@@session.sql_mode` is sql_mode; `@old` is nobody's. */
function nameOf(tokens: readonly Token[]): string | null {
  const whole = tokens
    .map(({ name }) => name)
    .join('')
    .toLowerCase()
  if (whole.startsWith('@') && !whole.startsWith('@@')) return null
  if (/^@@(?:global|persist|persist_only)\./.test(whole)) return null
  return whole.replace('@@', '').split('.').at(-1) ?? null
}
