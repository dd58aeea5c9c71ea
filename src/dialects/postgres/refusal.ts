import type { Refusal } from '../check.ts'
import { sqlState, toBellowsError } from './driver-errors.ts'

/** Why the server does not take a statement. What is no judgement of the server's is thrown. */
export function refusalOf(error: unknown): Refusal {
  const state = sqlState(error)
  // Without a SQLSTATE, or with one of a lost session, the server did not judge the statement.
  if (state === null || /^(08|57P)/.test(state)) throw toBellowsError(error)
  return { code: state, message: withoutValues(state, (error as Error).message) }
}

/** Messages about input quote it, a captured statement may hold somebody's data as a literal, and what a function raises may say anything. */
function withoutValues(state: string, message: string): string {
  if (state.startsWith('P0')) return 'a function or a trigger raises an error'
  if (state.startsWith('22')) return message.replace(/:? ".*$/s, '')
  if (state === '42601') return message.replace(/ at or near "['\d$].*$/s, ' at or near a literal')
  return message
}
