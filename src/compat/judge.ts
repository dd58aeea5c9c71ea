import type { CheckDialect, Level, Prepared, StatementKind } from '../dialects/check.ts'
import { differences } from './differences.ts'
import { byHandHint, failsHint, type Place, triedHint, unverifiableHint } from './hints.ts'
import type { ListedStatement } from './statement-list.ts'
import { isRequired, type Ready, type State, states } from './states.ts'
import type { AppVersion } from './versions.ts'

/** What was found about one statement in one state. */
export interface Finding {
  readonly statement: string
  readonly verdict: 'fails' | 'changes' | 'unverifiable'
  readonly level: Level
  /**
   * The SQLSTATE (on MySQL and MariaDB the number), or a word of ours: `prepared-star`, `result-columns`, `result-type`,
   * `parameter-type`, `insert-columns`, `copy-columns`, `captured-name`, `join-columns`, `utility`, `not-reached`, `not-copied`,
   * `command-failed`, `command-timeout`, or one of a round trip: `lossy-up`, `lossy-down`, `up-fails`, `down-fails`, `up-null`,
   * `not-in-sync`, `write-refused`, `not-tried`.
   */
  readonly code: string
  readonly message: string
  readonly hint: string | null
  readonly source: string | null
  /** It is told, and fails no check. */
  readonly warning?: true
}

/** What the server said of a statement in each state; null in a state that the shadow could not be brought to. */
export type Results = Readonly<Record<State, Prepared | null>>

/** What is the same for all statements of a check. */
export interface Context {
  readonly ready: Ready
  /** The shadow lacks something that the target has. */
  readonly incomplete: boolean
  readonly dialect: Pick<CheckDialect, 'levelOf' | 'isMissing' | 'cannotPrepare' | 'utility' | 'staleError'>
  /** Why nothing can be said about a statement, because of what the shadow lacks. */
  readonly doubt: (statement: string) => string | null
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
  const { dialect } = context
  const prepares = states.some((state) => results[state]?.ok === true)
  const doubt = kind.kind === 'analysed' ? context.doubt(statement.sql) : null
  const in_ = (state: State): readonly Finding[] => {
    const place = placeOf(version, statement, state, results, context)
    const finding = finder(statement, place)
    if (kind.kind === 'session') return []
    const result = results[state]
    const unprepared = result?.ok === false && dialect.cannotPrepare(result.code)
    if (kind.kind === 'utility' || unprepared) {
      return [finding('unverifiable', 'NAME', 'utility', dialect.utility, byHandHint(place))]
    }
    if (result === null) return [notReached(statement.id, state, place.source)]
    if (doubt !== null) return [finding('unverifiable', 'NAME', 'not-copied', doubt, byHandHint(place))]
    if (result.ok) return base === null ? [] : compared(base, state, results, result, statement, kind, place)
    const level = dialect.levelOf(result.code, result.message, prepares)
    if (isUnverifiable(version, results, context)) {
      return [finding('unverifiable', level, result.code, result.message, unverifiableHint(place))]
    }
    return [finding('fails', level, result.code, result.message, failsHint(place))]
  }
  return {
    before: in_('before'),
    expanded: in_('expanded'),
    backfilled: in_('backfilled'),
    contracted: in_('contracted'),
  }
}

/** That nothing can be said of a statement in a state that the shadow could not be brought to. */
export function notReached(statement: string, state: State, source: string | null): Finding {
  const message = `the shadow did not get to ${state}`
  const hint = 'The notices say why: until the migration gets there, nothing is known of it.'
  return { statement, verdict: 'unverifiable', level: 'NAME', code: 'not-reached', message, hint, source }
}

function placeOf(
  { role, version }: AppVersion,
  { source }: ListedStatement,
  state: State,
  results: Results,
  { ready, dialect }: Context,
): Place {
  const inForce = (each: State): boolean => isRequired(role, each, ready)
  const works = states.some((each) => inForce(each) && results[each]?.ok === true)
  return {
    role,
    version,
    state,
    required: inForce(state),
    ready,
    works,
    source: source ?? null,
    stale: dialect.staleError,
  }
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

/** Nothing is held against a statement that does not work today, or whose only fault may be the shadow's. */
function isUnverifiable({ role }: AppVersion, results: Results, { incomplete, dialect }: Context): boolean {
  if (role === 'old') return results.before?.ok !== true
  const { before } = results
  if (!incomplete || before === null || before.ok || !dialect.isMissing(before.code)) return false
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
  const star = kind.star && statement.prepared !== false && place.stale !== null
  const changes = differences(before, result, star, place).map(({ level, code, message, hint }) =>
    finder(statement, place)('changes', level, code, message, hint),
  )
  return [...refusedNow(before, result, statement, place), ...changes]
}

/** The values that were taken before are not taken any more. */
function refusedNow(
  before: Extract<Prepared, { ok: true }>,
  { tried }: Extract<Prepared, { ok: true }>,
  statement: ListedStatement,
  place: Place,
): readonly Finding[] {
  if (before.tried !== null || tried === null || tried === undefined) return []
  return [finder(statement, place)('fails', 'WRITE', tried.code, tried.message, triedHint(place))]
}
