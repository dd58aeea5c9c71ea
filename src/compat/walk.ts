import { isBellowsError } from '../errors.ts'
import type { Migrator, MigratorOptions } from '../runner/api.ts'
import { createMigrator } from '../runner/migrator.ts'
import type { Chosen } from './choose.ts'
import type { Ready, State } from './states.ts'

/** What is known once the shadow has been through all states. */
export interface Walked {
  readonly ready: Ready
  readonly notices: readonly string[]
}

/**
 * Brings the shadow through the states, and calls back in each. Hazards that would stop a real database are accepted: nobody's
 * rows or sessions are at stake here.
 */
export async function walk(
  options: Omit<MigratorOptions, 'migrations'>,
  { earlier, checked }: Chosen,
  visit: (state: State) => Promise<void>,
): Promise<Walked> {
  const migrations = [...earlier, ...checked].map(({ name, definition }) => ({ name, migration: definition }))
  const migrator = createMigrator({ ...options, migrations })
  const names = checked.map(({ name }) => name)
  const notices: string[] = []
  try {
    for (const { name } of earlier) await migrator.up({ name, accept: await stops(migrator, name), allowTraffic: true })
    await visit('before')
    let ready: Ready = 'expanded'
    for (const name of names) {
      const plan = (await migrator.plan({ name })).migrations[0]
      if (plan !== undefined && plan.newVersionReady !== 'expanded') ready = 'backfilled'
      await migrator.expand({ name, accept: await stops(migrator, name) })
    }
    await visit('expanded')
    for (const name of names) await migrator.backfill({ name })
    await visit('backfilled')
    const closed = await contractAll(migrator, names)
    if (closed === null) await visit('contracted')
    else notices.push(`the shadow could not be contracted: ${closed}`)
    return { ready, notices }
  } finally {
    await migrator.close()
  }
}

async function stops(migrator: Migrator, name: string): Promise<readonly string[]> {
  const { migrations } = await migrator.plan({ name })
  return migrations.flatMap(({ hazards }) =>
    hazards.filter(({ severity }) => severity === 'stop').map(({ code }) => code),
  )
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
