import type { Prepared } from '../dialects/postgres/prepare.ts'
import type { StatementKind } from '../dialects/postgres/statement-kind.ts'
import { differences } from './differences.ts'
import { byHandHint, failsHint, type Place, unverifiableHint } from './hints.ts'
import { type Level, levelOf } from './levels.ts'
import type { ListedStatement } from './statement-list.ts'
import { isRequired, type Ready, type State, states } from './states.ts'
import type { AppVersion } from './versions.ts'

/** What was found about one statement in one state. */
export interface Finding {
  readonly statement: string
  readonly verdict: 'fails' | 'changes' | 'unverifiable'
  readonly level: Level
  /** The SQLSTATE, or a word of ours: `prepared-star`, `result-columns`, `result-type`, `parameter-type`, `utility`, `not-reached`. */
  readonly code: string
  readonly message: string
  readonly hint: string | null
  readonly source: string | null
}

/** What the server said of a statement in each state; null in a state that the shadow could not be brought to. */
export type Results = Readonly<Record<State, Prepared | null>>

/** What is the same for all statements of a check. */
export interface Context {
  readonly ready: Ready
  /** The shadow lacks something that the target has. */
  readonly incomplete: boolean
}

/** Judges one statement of one version in all states. Pure. */
export function judge(
  version: AppVersion,
  statement: ListedStatement,
  kind: StatementKind,
  results: Results,
  context: Context,
): Readonly<Record<State, readonly Finding[]>> {
  const base = baseline(version, results, context)
  const prepares = states.some((state) => results[state]?.ok === true)
  const in_ = (state: State): readonly Finding[] => {
    const place = placeOf(version, statement, state, results, context)
    const finding = finder(statement, place)
    if (kind.kind === 'session') return []
    if (kind.kind === 'utility') return [finding('unverifiable', 'NAME', 'utility', utility, byHandHint(place))]
    const result = results[state]
    if (result === null) {
      const message = `the shadow did not get to ${state}`
      return [finding('unverifiable', 'NAME', 'not-reached', message, 'The notices say why.')]
    }
    if (result.ok) return base === null ? [] : compared(base, state, results, result, statement, kind, place)
    const level = levelOf(result.sqlState, result.message, prepares)
    if (isUnverifiable(version, results, context)) {
      return [finding('unverifiable', level, result.sqlState, result.message, unverifiableHint(place))]
    }
    return [finding('fails', level, result.sqlState, result.message, failsHint(place))]
  }
  return {
    before: in_('before'),
    expanded: in_('expanded'),
    backfilled: in_('backfilled'),
    contracted: in_('contracted'),
  }
}

const utility = 'PostgreSQL looks its names up when it is executed only, so preparing it proves nothing'

function placeOf(
  { role, version }: AppVersion,
  { source }: ListedStatement,
  state: State,
  results: Results,
  { ready }: Context,
): Place {
  const inForce = (each: State): boolean => isRequired(role, each, ready)
  const works = states.some((each) => inForce(each) && results[each]?.ok === true)
  return { role, version, state, required: inForce(state), ready, works, source: source ?? null }
}

type Find = (verdict: Finding['verdict'], level: Level, code: string, message: string, hint: string | null) => Finding

const finder =
  (statement: ListedStatement, { source }: Place): Find =>
  (verdict, level, code, message, hint) => ({ statement: statement.id, verdict, level, code, message, hint, source })

/** The state whose result the later ones are compared with: the first in which the version runs and the statement works. */
function baseline({ role }: AppVersion, results: Results, { ready }: Context): State | null {
  if (role === 'old') return results.before?.ok === true ? 'before' : null
  return states.find((state) => isRequired('new', state, ready) && results[state]?.ok === true) ?? null
}

// A relation, function, type, schema or cast that is not there. A table comes with all its columns, or not at all.
const ofMissing = new Set(['42P01', '42883', '42704', '3F000', '42846'])

/** Nothing is held against a statement that does not work today, or whose only fault may be the shadow's. */
function isUnverifiable({ role }: AppVersion, results: Results, { incomplete }: Context): boolean {
  if (role === 'old') return results.before?.ok !== true
  const { before } = results
  if (!incomplete || before === null || before.ok || !ofMissing.has(before.sqlState)) return false
  return states.every((state) => {
    const result = results[state]
    return result === null || (!result.ok && result.message === before.message)
  })
}

function compared(
  base: State,
  state: State,
  results: Results,
  result: Extract<Prepared, { ok: true }>,
  statement: ListedStatement,
  kind: StatementKind,
  place: Place,
): readonly Finding[] {
  const before = results[base]
  if (before?.ok !== true || states.indexOf(state) <= states.indexOf(base)) return []
  const star = kind.star && statement.prepared !== false
  return differences(before, result, star, place).map(({ level, code, message, hint }) =>
    finder(statement, place)('changes', level, code, message, hint),
  )
}
