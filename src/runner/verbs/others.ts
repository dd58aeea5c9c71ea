import { isBellowsError, refused, usageError } from '../../errors.ts'
import { rank } from '../../ledger/state.ts'
import { showTable } from '../../planner/change.ts'
import { planFormat } from '../../planner/plan.ts'
import type { Outcome, RunResult, VerifyResult } from '../api.ts'
import { changedObjects, missingObjects } from '../objects.ts'
import { type Environment, unknownMigration } from '../open.ts'
import { frozenPlan } from '../phases.ts'
import { known, saying, takenBy } from '../select.ts'
import { keepVerified, type Verified, verifyLens } from '../verification.ts'
import { contract } from './contract.ts'
import { dryRun, expand } from './forward.ts'
import { purge } from './purge.ts'

/** Compares both shapes of what is backfilled or contracted, row by row, and the objects with the plan. What is found before contract is recorded. */
export async function verify(environment: Environment, options: { readonly name?: string }): Promise<VerifyResult> {
  const chosen = (await known(environment, options.name)).filter(
    ({ state }) => rank(state) >= rank('backfilled') && rank(state) <= rank('contracted'),
  )
  const worker = await environment.worker()
  const dialect = await environment.dialect()
  const { emit, signal, stateSchema } = environment
  const migrations = []
  for (const { name, row } of chosen) {
    if (row === null) continue
    const plan = frozenPlan(row)
    const contracted = row.state === 'contracted'
    const catalog = await environment.catalog()
    const objects =
      row.state === 'backfilled' ? changedObjects(plan, catalog) : missingObjects(plan, catalog, contracted)
    const lenses = []
    for (const lens of objects.length > 0 ? [] : plan.lenses) {
      const result = await verifyLens(
        { worker, dialect, stateSchema, emit, signal },
        name,
        lens,
        contracted ? 'quarantine' : 'final',
      )
      const columns = lens.kind === 'row' ? [...lens.old, ...lens.new].map((end) => end.name) : [lens.column.name]
      lenses.push({ table: showTable(lens.table), columns, ...result })
    }
    if (row.state === 'backfilled' && lenses.length > 0) await record(environment, name, lenses)
    migrations.push({
      name,
      lenses,
      objects,
      ok: objects.length === 0 && lenses.every(({ mismatches }) => mismatches === 0),
    })
  }
  return { migrations }
}

/** So that the gate goes by it. Whoever may only read looks all the same, and contract compares again itself. */
async function record(environment: Environment, name: string, lenses: readonly Verified[]): Promise<void> {
  const sum = (key: keyof Verified): number => lenses.reduce((total, lens) => total + lens[key], 0)
  try {
    await keepVerified(await environment.ledger(), name, { rows: sum('rows'), mismatches: sum('mismatches') })
  } catch (error) {
    if (!isBellowsError(error) || !['database.privilege', 'database.read-only'].includes(error.code)) throw error
    environment.emit({ kind: 'notice', message: `${name}: the comparison could not be recorded: ${error.message}` })
  }
}

/** All phases of everything pending, at once: for local, preview, test and empty databases. */
export async function up(
  environment: Environment,
  options: {
    readonly name?: string
    readonly dryRun?: boolean
    readonly accept?: readonly string[]
    readonly allowTraffic?: boolean
    readonly requireCheck?: false
  },
): Promise<RunResult> {
  if (options.allowTraffic !== true && options.dryRun !== true) await refuseTraffic(environment)
  const { taken, notices } = await takenBy(environment, options.name)
  if (options.dryRun === true) {
    const todo = taken.filter(({ state }) => state !== 'completed')
    return { ...(await dryRun(environment, todo)), ...saying(notices) }
  }
  const outcomes: Outcome[] = []
  for (const migration of taken) {
    if (rank(migration.state) >= rank('completed')) continue
    const one = { name: migration.name }
    const accept = options.accept ?? []
    // No version of an app is there to be checked, unless it was said that there may be.
    const unchecked = options.allowTraffic === true && options.requireCheck !== false ? {} : { requireCheck: false }
    await expand(environment, { ...one, backfill: true, accept, ...unchecked })
    // Nobody else is there, or it was said that they may be, and the backfill was just now.
    const unasked = {
      quietPeriod: 0,
      minAge: 0,
      oldApp: [],
      allowApp: [],
      requireGate: [],
      fence: [],
      evidenceFile: null,
      brownOut: 0,
    }
    await contract(environment, { ...one, ...unasked, retention: 0, accept })
    await purge(environment, { ...one, ignoreRetention: true })
    outcomes.push({ name: migration.name, from: migration.state, state: 'completed', steps: 0, notices: [] })
  }
  return { dryRun: false, migrations: outcomes, ...saying(notices) }
}

/** Asked of each table, because the server's estimates know nothing of a table that was never analyzed. */
async function holdsRows(environment: Environment): Promise<boolean> {
  const dialect = await environment.dialect()
  const worker = await environment.worker()
  for (const table of (await environment.catalog()).tables) {
    if (table.kind === 'view' || table.kind === 'foreign') continue
    const { rows } = await worker.query<{ some: boolean }>(dialect.sessions.hasRows(table))
    if (rows[0]?.some === true) return true
  }
  return false
}

async function refuseTraffic(environment: Environment): Promise<void> {
  const dialect = await environment.dialect()
  const worker = await environment.worker()
  const { rows } = await worker.query<{ application: string | null; user: string }>(dialect.sessions.others)
  if (rows.length === 0) return
  if (!(await holdsRows(environment))) return
  const names = rows.map((row) => row.application || row.user).join(', ')
  throw refused('up.traffic', `others use this database: ${names}`, {
    hint: 'migrate up takes the old shape away at once. Use expand, backfill and contract, or say --allow-traffic.',
  })
}

/** Sets or clears the mark that a running backfill looks at between batches. */
export async function setPaused(
  environment: Environment,
  paused: boolean,
  name?: string,
): Promise<{ readonly migrations: readonly string[] }> {
  const ledger = await environment.ledger()
  const changed: string[] = []
  for (const migration of await known(environment, name)) {
    if ((await ledger.exists()) && (await ledger.setPaused(migration.name, paused)) > 0) changed.push(migration.name)
  }
  return { migrations: changed }
}

/** Records that everything up to this migration is in the database already. */
export async function baseline(
  environment: Environment,
  options: { readonly name: string; readonly dryRun?: boolean },
): Promise<RunResult> {
  const all = await known(environment)
  const last = all.findIndex(({ name }) => name === options.name)
  if (last < 0) throw unknownMigration(options.name)
  const todo = all.slice(0, last + 1).filter(({ state, file }) => state === 'pending' && file !== null)
  const begun = all.slice(0, last + 1).find(({ state }) => state !== 'pending' && state !== 'completed')
  if (begun !== undefined)
    throw usageError('baseline.in-flight', `${begun.name} is ${begun.state}`, {
      hint: 'Complete it or roll it back first.',
    })
  const outcomes: Outcome[] = todo.map(({ name }) => ({
    name,
    from: 'pending',
    state: 'completed',
    steps: 0,
    notices: [],
  }))
  if (options.dryRun === true || todo.length === 0) return { dryRun: options.dryRun === true, migrations: outcomes }
  const catalog = await environment.catalog()
  await environment.withLease('ddl', {}, async (run) => {
    await run.worker.transaction(async () => {
      await run.lease.check()
      for (const { name, file } of todo) {
        const none = { expand: [], backfill: [], contract: [], purge: [] }
        await run.ledger.begin({
          format: planFormat,
          migration: name,
          checksum: file?.checksum ?? '',
          dialect: catalog.dialect,
          server: catalog.server,
          phases: none,
          lenses: [],
          hazards: [],
          accepted: [],
        })
        await run.ledger.setState(name, 'completed', { finished_at: run.dialect.state.now })
        await run.ledger.event(name, 'baseline', {})
      }
    })
  })
  return { dryRun: false, migrations: outcomes }
}
