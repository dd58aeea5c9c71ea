import { isBellowsError, refused } from '../errors.ts'
import type { Migrator, MigratorOptions, PlanView } from '../runner/api.ts'
import { createMigrator } from '../runner/migrator.ts'
import type { Chosen } from './choose.ts'
import type { Ready, State } from './states.ts'

/** What is known once the shadow has been through all states. */
export interface Walked {
  readonly ready: Ready
  readonly reached: ReadonlySet<State>
  readonly notices: readonly string[]
  /** The plans of what was checked, as they ran here. */
  readonly plans: readonly PlanView[]
}

/**
 * Brings the shadow through the states, and calls back in each. Hazards that would stop a real database are accepted: nobody's
 * rows or sessions are at stake here. A statement that would leave the shadow is not run.
 *
 * @throws BellowsError exit 3 for such a statement, before anything of its migration has run
 */
export async function walk(
  options: Omit<MigratorOptions, 'migrations'>,
  { earlier, checked }: Chosen,
  outside: (statement: string) => string | null,
  visit: (state: State, ready: Ready) => Promise<void>,
): Promise<Walked> {
  const migrations = [...earlier, ...checked].map(({ name, definition }) => ({ name, migration: definition }))
  const migrator = createMigrator({ ...options, migrations })
  const names = checked.map(({ name }) => name)
  const notices: string[] = []
  const reached = new Set<State>()
  let ready: Ready = 'expanded'
  const arrive = async (state: State): Promise<void> => {
    reached.add(state)
    await visit(state, ready)
  }
  const planOf = async (name: string): Promise<PlanView | undefined> => {
    const [plan] = (await migrator.plan({ name })).migrations
    if (plan !== undefined) refuseOutside(plan, outside)
    return plan
  }
  try {
    for (const { name } of earlier) {
      await migrator.up({ name, accept: stops(await planOf(name)), allowTraffic: true, requireCheck: false })
    }
    await arrive('before')
    const plans: PlanView[] = []
    for (const name of names) {
      const plan = await planOf(name)
      if (plan !== undefined) plans.push(plan)
      if (plan !== undefined && plan.newVersionReady !== 'expanded') ready = 'backfilled'
      await migrator.expand({ name, accept: stops(plan), requireCheck: false })
    }
    await arrive('expanded')
    for (const name of names) await migrator.backfill({ name })
    await arrive('backfilled')
    const closed = await contractAll(migrator, names)
    if (closed === null) await arrive('contracted')
    else notices.push(`the shadow could not be contracted: ${closed}`)
    return { ready, reached, notices, plans }
  } finally {
    await migrator.close()
  }
}

const stops = (plan: PlanView | undefined): readonly string[] =>
  (plan?.hazards ?? []).filter(({ severity }) => severity === 'stop').map(({ code }) => code)

/** What the author wrote; what we make ourselves names the table's own database. */
function refuseOutside({ name, phases }: PlanView, outside: (statement: string) => string | null): void {
  for (const step of Object.values(phases).flat()) {
    if (step.kind !== 'raw') continue
    for (const statement of step.statements) {
      const why = outside(statement)
      if (why === null) continue
      throw refused('check.outside', `a statement of ${name} does not stay in its database: ${why}`, {
        hint: 'Nothing was run. Let it name its tables without the database; or check this migration by hand.',
      })
    }
  }
}

/** A gate that is closed here, on an empty database without anybody, is about the schema: it will be closed there too. */
async function contractAll(migrator: Migrator, names: readonly string[]): Promise<string | null> {
  try {
    for (const name of names) await migrator.contract({ name, quietPeriod: 0 })
    return null
  } catch (error) {
    if (isBellowsError(error) && error.code.startsWith('gate.')) return error.message
    throw error
  }
}
