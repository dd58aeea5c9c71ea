import type { LedgerState } from '../../ledger/state.ts'
import type { MigrationStatus, StatusResult } from '../../runner/api.ts'
import type { Colours } from '../colours.ts'
import { count, duration, percent } from './format.ts'
import { table } from './table.ts'

/** Every migration with phase, progress and age; who holds a lease; what went wrong. */
export function renderStatus(status: StatusResult, colours: Colours): string {
  const { dim, bold } = colours
  const lines = [`${bold(status.database)} ${dim(status.server)}`]
  for (const { name, holder, expiresAt } of status.lease)
    lines.push(dim(`lease ${name}: ${holder}, until ${expiresAt}`))
  if (status.migrations.length === 0) return [...lines, 'no migrations'].join('\n')
  const rows = status.migrations.map((migration) => [
    migration.name,
    paint(migration.state, colours),
    progress(migration),
    migration.ageSeconds === null ? '' : dim(`${duration(migration.ageSeconds * 1000)} ago`),
  ])
  lines.push(table(rows))
  for (const migration of status.migrations) lines.push(...troubles(migration, colours))
  return lines.join('\n')
}

function progress({ state, backfill, brownOut, phase, quarantinedUntil, gone }: MigrationStatus): string {
  if (backfill !== null && backfill.rowsDone < backfill.rowsTotal) {
    const rows = `${count(backfill.rowsDone)}/${count(backfill.rowsTotal)} rows`
    const pace = backfill.paused ? 'paused' : `${count(backfill.rowsPerSecond)} rows/s`
    const left = backfill.etaSeconds === null ? '' : `, ${duration(backfill.etaSeconds * 1000)} left`
    return `${percent(backfill.rowsDone, backfill.rowsTotal)} ${rows}, ${pace}${left}`
  }
  if (gone === true) return 'no file here: left out'
  if (quarantinedUntil !== null && state === 'contracted') return `old shape kept until ${quarantinedUntil}`
  if (brownOut !== undefined)
    return brownOut.watched ? `brown-out of ${duration(brownOut.seconds * 1000)} since ${brownOut.startedAt}` : ''
  if (phase.name === null || phase.stepsDone >= phase.stepsTotal) return ''
  return `${phase.name} ${phase.stepsDone}/${phase.stepsTotal} steps`
}

function troubles(migration: MigrationStatus, { red, yellow }: Colours): readonly string[] {
  const lines: string[] = []
  if (migration.conversionFailures > 0) {
    lines.push(
      yellow(
        `${migration.name}: ${count(migration.conversionFailures)} rows could not be converted; contract stays closed`,
      ),
    )
  }
  if (migration.brownOut?.watched === false) {
    lines.push(
      red(
        `${migration.name}: the old shape may be hidden by a brown-out whose runner is gone: migrate rollback ${migration.name} brings it back, and so does migrate contract before it begins again`,
      ),
    )
  }
  if (migration.fence?.left === true) lines.push(red(saidOfFence(migration, migration.fence.accounts)))
  if (migration.error !== null) lines.push(red(`${migration.name}: ${migration.error}`))
  return lines
}

/** A way back of one that is backfilled would take the new shape away. */
function saidOfFence({ name, state }: MigrationStatus, accounts: readonly string[]): string {
  const way =
    state === 'contracting'
      ? `migrate contract ${name} goes on, migrate rollback ${name} lets them in again`
      : `migrate contract ${name} lets them in again before it asks its gates`
  return `${name}: ${accounts.join(', ')} may be locked out by a contract whose runner is gone: ${way}`
}

/** A state in the colour of how far along it is. */
export function paint(state: LedgerState, { dim, yellow, cyan, green }: Colours): string {
  if (state === 'pending') return dim(state)
  if (state === 'completed' || state === 'contracted') return green(state)
  return state === 'expanded' || state === 'backfilled' ? cyan(state) : yellow(state)
}
