import { refused } from '../errors.ts'
import type { CheckedVersion, CheckRow } from '../ledger/checks.ts'
import { hashesOf, hashOfPlan } from '../runner/fingerprint.ts'
import { throwIfAborted } from '../runner/interrupt.ts'
import type { Environment } from '../runner/open.ts'
import { planned } from '../runner/require-check.ts'
import { hashOfStatements } from '../runner/statement-hash.ts'
import type { Chosen } from './choose.ts'
import { type Cell, passes } from './matrix.ts'
import type { AppVersion } from './versions.ts'

/** What a check found, as far as it is recorded. */
interface Found {
  readonly ok: boolean
  readonly matrix: readonly Cell[]
  readonly unverifiable: number
  readonly shadow: string
  /** Whether anything of a version was tried at all. */
  readonly known: (version: AppVersion) => boolean
}

/** Records a check, and names the migrations that it is recorded for. */
export type Recorder = (found: Found) => Promise<readonly string[]>

/**
 * Looks at the target before the check does: what changes while it runs makes its record worthless, and not wrong.
 *
 * @throws BellowsError exit 3 where a migration is pending before the one that is checked, and a record was asked for
 */
export async function openRecorder(
  target: Environment,
  asked: boolean | undefined,
  versions: readonly AppVersion[],
  { earlier, checked }: Chosen,
): Promise<{ readonly record: Recorder | null; readonly notices: readonly string[] }> {
  const wanted = asked ?? target.options.requireCheck ?? false
  const [before] = earlier
  if (!wanted) return { record: null, notices: [] }
  if (before !== undefined) {
    const why = `${before.name} is pending before it, and was not checked`
    if (asked !== true) return { record: null, notices: [`the check is not recorded: ${why}`] }
    throw refused('check.record-earlier', `the check cannot be recorded: ${why}`, {
      hint: 'Check all that is pending together, without a name; or expand the earlier one first.',
    })
  }
  const catalog = await target.catalog()
  const tables = hashesOf(catalog, target.stateSchema)
  const together: CheckRow['evidence']['together'][number][] = []
  for (const migration of checked) {
    const plan = await planned(target, migration, catalog)
    const planHash = typeof plan === 'string' ? null : hashOfPlan(plan)
    together.push({ name: migration.name, checksum: migration.checksum, planHash })
  }
  const environment = target.options.environment ?? 'default'
  const record: Recorder = async ({ ok, matrix, unverifiable, shadow, known }) => {
    throwIfAborted(target.signal)
    const evidence = { format: 1 as const, server: catalog.server, tables, together, unverifiable, shadow }
    const rows = together.map(({ name, checksum, planHash }) => ({
      migration: name,
      environment,
      passed: ok,
      checksum,
      plan_hash: planHash,
      versions: checkedVersions(versions, matrix, known),
      evidence,
    }))
    await (await target.writingChecks()).save(rows)
    return rows.map(({ migration }) => migration)
  }
  return { record, notices: [] }
}

/** How each version did in each state. Of a state that the shadow did not get to nothing is said, nor of a version that says nothing. */
function checkedVersions(
  versions: readonly AppVersion[],
  matrix: readonly Cell[],
  known: Found['known'],
): readonly CheckedVersion[] {
  return versions.map((each) => {
    const { role, app, version, statements } = each
    const reached = ({ findings }: Cell): boolean => !findings.some(({ code }) => code === 'not-reached')
    const cells = matrix.filter((cell) => cell.app === app && cell.version === version && known(each) && reached(cell))
    const states = cells.map((cell) => {
      const passed = passes([{ ...cell, required: true }], false)
      return [cell.state, { verdict: cell.verdict, passed }] as const
    })
    return { role, app, version, hash: hashOfStatements(statements), states: Object.fromEntries(states) }
  })
}
