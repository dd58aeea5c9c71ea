import type { Copy, Prepared, Preparer } from '../dialects/check.ts'
import type { AppStatements } from '../planner/plan.ts'
import type { MigratorOptions } from '../runner/api.ts'
import { throwIfAborted } from '../runner/interrupt.ts'
import type { Chosen } from './choose.ts'
import type { Results } from './judge.ts'
import type { Shadow } from './shadow.ts'
import type { Ready, State } from './states.ts'
import type { AppVersion } from './versions.ts'
import { type Walked, walk } from './walk.ts'

type Key = `${number}:${number}:${State}`

/**
 * Takes the shadow through the states, and prepares every statement in each; then does what else is to be done there.
 *
 * @param options - those of the shadow
 */
export async function prepareAll(
  shadow: Shadow,
  copy: Copy,
  options: Omit<MigratorOptions, 'migrations'>,
  versions: readonly AppVersion[],
  chosen: Chosen,
  also: (state: State, ready: Ready, preparer: Preparer) => Promise<void>,
): Promise<{ readonly results: (version: AppVersion, index: number) => Results; readonly walked: Walked }> {
  const found = new Map<Key, Prepared>()
  const preparer = await copy.openPreparer(shadow.connect)
  const visit = async (state: State, ready: Ready): Promise<void> => {
    await preparer.arrive()
    for (const [v, version] of versions.entries()) {
      for (const [s, statement] of version.statements.entries()) {
        throwIfAborted(options.signal ?? null)
        const { sql, params, samples = [] } = statement
        found.set(`${v}:${s}:${state}`, await preparer.prepare(sql, declared(params), samples))
      }
    }
    await also(state, ready, preparer)
  }
  try {
    const walked = await walk(options, chosen, copy.outside, visit)
    const results = (version: AppVersion, index: number): Results => {
      const of = (state: State): Prepared | null => found.get(`${versions.indexOf(version)}:${index}:${state}`) ?? null
      return {
        before: of('before'),
        expanded: of('expanded'),
        backfilled: of('backfilled'),
        contracted: of('contracted'),
      }
    }
    return { results, walked }
  } finally {
    await preparer.close()
  }
}

/** `unknown` is what drivers say where they leave it to the server. */
const declared = (params: readonly string[] | undefined): Parameters<Preparer['prepare']>[1] =>
  (params ?? []).map((type) => (type.toLowerCase() === 'unknown' ? null : type))

/** Of the target's options only what is about the schema: its role, patience and listeners are not for the shadow. */
export function shadowOptions(
  { connect }: Shadow,
  { stateSchema, signal }: MigratorOptions,
  statements: AppStatements | null,
): Omit<MigratorOptions, 'migrations'> {
  return {
    database: { url: connect.url, driver: connect.driver ?? {} },
    ...(stateSchema === undefined ? {} : { stateSchema }),
    ...(statements === null ? {} : { statements }),
    ...(signal === undefined ? {} : { signal }),
    ...(connect.setRole === null ? {} : { setRole: connect.setRole }),
    ...(connect.password === null ? {} : { password: connect.password }),
  }
}
