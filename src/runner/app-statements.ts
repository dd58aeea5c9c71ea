import type { AppStatements } from '../planner/plan.ts'
import { registeredVersions } from './counting.ts'
import type { Environment } from './open.ts'

/**
 * What the versions of the app run, as a plan goes by it: of each side the registered versions that count, else what the options say.
 * Null where nothing is known of the old ones: then nothing is decided from it. Only MySQL and MariaDB have something to decide.
 */
export async function statementsOf(environment: Environment): Promise<AppStatements | null> {
  const { statements = null } = environment.options
  if ((await environment.dialect()).name === 'postgres') return statements
  const { versions } = await registeredVersions(environment)
  const apps = await environment.apps()
  const where = environment.options.environment ?? 'default'
  const registered = async (role: 'old' | 'new'): Promise<readonly string[] | null> => {
    const texts: string[] = []
    const counted = versions.filter((each) => each.role === role)
    for (const { app, version } of counted) {
      const own = textsIn(await apps.statements({ environment: where, app, version }))
      // A version that lists nothing runs something all the same.
      if (own.length === 0) return null
      texts.push(...own)
    }
    return counted.length === 0 ? null : texts
  }
  const old = (await registered('old')) ?? statements?.old ?? null
  return old === null ? null : { old, new: (await registered('new')) ?? statements?.new ?? [] }
}

function textsIn(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return []
  return list.flatMap(({ sql }: { sql?: unknown }) => (typeof sql === 'string' ? [sql] : []))
}
