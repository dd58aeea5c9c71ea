import type { Finding } from './judge.ts'
import { isRequired, type Ready, type State, states } from './states.ts'
import type { AppVersion, Role } from './versions.ts'

/** The worst of a cell's findings. */
export type Verdict = 'ok' | 'fails' | 'changes' | 'unverifiable'

/** One version in one state. */
export interface Cell {
  readonly app: string
  readonly version: string
  readonly state: State
  readonly verdict: Verdict
  readonly findings: readonly Finding[]
  readonly role: Role
  /** The version has to work in this state for the check to pass. */
  readonly required: boolean
}

/** The cell of a version in a state. */
export function cellOf(version: AppVersion, state: State, findings: readonly Finding[], ready: Ready): Cell {
  const { app, role } = version
  const required = isRequired(role, state, ready)
  return { app, version: version.version, state, verdict: verdictOf(findings), findings, role, required }
}

/** All cells of a version. */
export function cellsOf(
  version: AppVersion,
  findings: (state: State) => readonly Finding[],
  ready: Ready,
): readonly Cell[] {
  return states.map((state) => cellOf(version, state, findings(state), ready))
}

/** What is only told takes nothing from a cell. */
function verdictOf(findings: readonly Finding[]): Verdict {
  const all = findings.filter(({ warning }) => warning !== true)
  return (['fails', 'changes', 'unverifiable'] as const).find((each) => all.some((one) => one.verdict === each)) ?? 'ok'
}

/** Whether a required cell holds something that fails the check (semantics.md 20). */
export function passes(matrix: readonly Cell[], strict: boolean): boolean {
  return matrix.every(({ required, findings }) => !required || !findings.some((finding) => counts(finding, strict)))
}

/** Whether a finding of a required cell fails the check. */
export function counts(
  { verdict, level, code, warning }: Pick<Finding, 'verdict' | 'level' | 'code' | 'warning'>,
  strict: boolean,
): boolean {
  if (warning === true) return false
  if (verdict === 'fails') return true
  // That a state cannot be reached is known, and no sign that a version works there.
  if (verdict === 'unverifiable') return strict || code === 'not-reached'
  return level === 'WRITE' || level === 'VALUE' || code === 'prepared-star'
}
