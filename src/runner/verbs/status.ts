import type { Dialect, Session } from '../../dialects/dialect.ts'
import type { Ledger } from '../../ledger/records.ts'
import { type LedgerState, rank } from '../../ledger/state.ts'
import type { DialectName } from '../../planner/catalog.ts'
import type { Phase } from '../../planner/steps.ts'
import type { HistoryResult, MigrationStatus, StatusResult } from '../api.ts'
import { openBrownOut } from '../brown-out/records.ts'
import type { Environment } from '../open.ts'
import { nextPhase, phaseStates } from '../phases.ts'
import { isGone, type Known, known } from '../select.ts'
import { fenceShown } from './fencing.ts'

/** Every migration, where it is and how far. Reads only. */
export async function status(environment: Environment, options: { readonly name?: string }): Promise<StatusResult> {
  const dialect = await environment.dialect()
  const session = await environment.worker()
  const ledger = await environment.ledger()
  const there = await ledger.exists()
  const chosen = await known(environment, options.name)
  const backfills = there ? await ledger.backfills() : []
  const failures = there ? await ledger.failureCounts() : new Map<string, number>()
  const clock = await session.query<{ now: string; database: string; dialect: DialectName; server: string }>(
    dialect.sessions.whereAmI,
  )
  const [here] = clock.rows
  const lease = there ? await held(dialect, session, await ledger.leases()) : []
  const atWork = lease.some(({ name }) => name === 'ddl')
  const migrations: MigrationStatus[] = []
  for (const migration of chosen) {
    const trial = migration.row === null ? null : await openBrownOut(ledger, migration.row)
    migrations.push({
      name: migration.name,
      state: migration.state,
      checksum: migration.file?.checksum ?? migration.row?.checksum ?? '',
      phase: await phaseOf(environment, migration),
      backfill: progressOf(
        backfills.filter((each) => each.migration === migration.name && each.mismatches === null),
        migration.state,
      ),
      quarantinedUntil: migration.row?.quarantined_until ?? null,
      conversionFailures: failures.get(migration.name) ?? 0,
      ageSeconds:
        migration.row === null || migration.state === 'pending'
          ? null
          : Math.round((Date.parse(here?.now ?? '') - Date.parse(migration.row.created_at)) / 1000),
      error: migration.row?.error ?? null,
      ...(trial === null
        ? {}
        : {
            brownOut: {
              startedAt: trial.at,
              seconds: trial.milliseconds / 1000,
              watched: atWork,
            },
          }),
      ...(migration.row === null ? {} : await fenceShown(ledger, migration.row, atWork)),
      ...(environment.options.migrations !== undefined && isGone(migration) ? { gone: true as const } : {}),
    })
  }
  return {
    database: here?.database ?? '',
    dialect: here?.dialect ?? dialect.name,
    server: here?.server ?? '',
    lease,
    migrations,
  }
}

/** The leases that somebody holds: with its session, a runner that was killed has lost its lease too. */
async function held(
  dialect: Dialect,
  session: Session,
  leases: Awaited<ReturnType<Ledger['leases']>>,
): Promise<StatusResult['lease']> {
  const alive: StatusResult['lease'][number][] = []
  for (const { name, holder, expires, pid, backend_started: started } of leases) {
    const { rows } = await session.query<{ alive: boolean }>(dialect.sessions.backendAlive(pid, started))
    if (rows[0]?.alive !== false) alive.push({ name, holder, expiresAt: expires })
  }
  return alive
}

async function phaseOf(environment: Environment, { row, state }: Known): Promise<MigrationStatus['phase']> {
  const during = Object.entries(phaseStates).find(([, states]) => states.during === state)?.[0] as Phase | undefined
  const name = state === 'rolling-back' ? 'rollback' : (during ?? null)
  if (row?.plan == null || name === null) {
    const next = nextPhase(state)
    const total = row?.plan != null && next !== null ? row.plan.phases[next].length : 0
    return { name: null, stepsDone: 0, stepsTotal: total, startedAt: null }
  }
  const steps = await (await environment.ledger()).steps(row.name, row.generation, name)
  const total = name === 'rollback' ? steps.size : row.plan.phases[name].length
  return {
    name,
    stepsDone: [...steps.values()].filter((each) => each === 'done').length,
    stepsTotal: total,
    startedAt: null,
  }
}

type Progress = Awaited<ReturnType<Awaited<ReturnType<Environment['ledger']>>['backfills']>>

function progressOf(rows: Progress, state: LedgerState): MigrationStatus['backfill'] {
  if (rows.length === 0) return null
  const done = rows.reduce((sum, row) => sum + row.rows_done, 0)
  const over = rank(state) >= rank('backfilled')
  const total = over
    ? done
    : Math.max(
        done,
        rows.reduce((sum, row) => sum + row.rows_total, 0),
      )
  const rate = rows.find((row) => row.state === 'running')?.rate ?? rows.at(-1)?.rate ?? 0
  return {
    rowsDone: done,
    rowsTotal: total,
    percent: over ? 100 : total === 0 ? 0 : Math.min(100, Math.round((done / total) * 1000) / 10),
    rowsPerSecond: Math.round(rate),
    etaSeconds: over ? 0 : rate > 0 ? Math.round((total - done) / rate) : null,
    paused: rows.some((row) => row.paused && row.state === 'running'),
  }
}

/** The ledger: who did what, when, for how long, with which statements. */
export async function history(environment: Environment, options: { readonly name?: string }): Promise<HistoryResult> {
  await known(environment, options.name)
  const ledger = await environment.ledger()
  if (!(await ledger.exists())) return { steps: [], events: [] }
  const { steps, events } = await ledger.history()
  const wanted = (migration: unknown): boolean => options.name === undefined || migration === options.name
  return {
    steps: steps
      .filter((row) => wanted(row.migration))
      .map((row) => ({
        migration: String(row.migration),
        phase: String(row.phase),
        step: String(row.id),
        state: String(row.state),
        statements: row.statements as string[],
        attempts: Number(row.attempts),
        startedAt: String(row.started),
        finishedAt: row.finished as string | null,
        milliseconds: row.finished === null ? null : Date.parse(String(row.finished)) - Date.parse(String(row.started)),
        actor: String(row.actor),
        host: String(row.host),
        toolVersion: String(row.tool_version),
        appVersion: row.app_version as string | null,
        gitRevision: row.git_revision as string | null,
        error: row.error as string | null,
      })),
    events: events
      .filter((row) => wanted(row.migration))
      .map((row) => ({
        at: String(row.at),
        migration: row.migration as string | null,
        kind: String(row.kind),
        detail: JSON.stringify(row.detail),
        actor: String(row.actor),
      })),
  }
}
