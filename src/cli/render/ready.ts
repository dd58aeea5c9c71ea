import type { Gate, ReadyResult } from '../../runner/api.ts'
import type { Colours } from '../colours.ts'
import { duration, indent } from './format.ts'
import { renderPoints } from './plan.ts'
import { table } from './table.ts'

/** Each gate of each migration, with the reason where it is not open. */
export function renderReady(result: ReadyResult, colours: Colours): string {
  if (result.migrations.length === 0) return 'nothing is waiting for contract'
  return result.migrations.map((migration) => renderMigration(migration, colours)).join('\n\n')
}

function renderMigration(migration: ReadyResult['migrations'][number], colours: Colours): string {
  const { bold, green, red, dim } = colours
  const verdict = migration.ready ? green('contract may run') : red('contract may not run yet')
  const lines = [`${bold(migration.name)}: ${verdict}`]
  lines.push(indent(table(migration.gates.map((gate) => [paintGate(gate, colours), gate.name, reason(gate)]))))
  for (const { name, hint } of migration.gates)
    if (hint !== null) lines.push(indent(`${colours.cyan('→')} ${name}: ${hint}`))
  for (const session of migration.sessions) {
    lines.push(
      indent(
        dim(
          `connected: ${session.applicationName || '(no application name)'} as ${session.user}, ${session.count} since ${session.since}`,
        ),
      ),
    )
  }
  if (migration.fence !== undefined) {
    const { users, sessions } = migration.fence
    lines.push(indent(`contract locks out ${users.join(', ')} first, and ends their sessions: ${sessions} now`))
  }
  if (migration.readersNotice !== null) lines.push(indent(dim(migration.readersNotice)))
  lines.push(...renderPoints(migration.pointsOfNoReturn, colours).map((line) => indent(line)))
  return lines.join('\n')
}

const reason = (gate: Gate): string =>
  gate.retryAfterSeconds === null ? gate.reason : `${gate.reason} (again in ${duration(gate.retryAfterSeconds * 1000)})`

function paintGate(gate: Gate, { green, red, yellow, dim }: Colours): string {
  const paint = { ok: green, failed: red, unknown: yellow, forced: yellow, advisory: yellow, 'not-applicable': dim }[
    gate.status
  ]
  return paint(gate.status)
}
