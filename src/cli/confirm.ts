import { refused } from '../errors.ts'
import type { Migrator } from '../runner/api.ts'
import { count, plural } from './render/format.ts'
import type { Session } from './session.ts'

/** Something that cannot be taken back, and for whom. */
export interface Destruction {
  /** `purge drops the old shape of`. */
  readonly what: string
  /** What can't come back. */
  readonly lost: string
  readonly names: readonly string[]
}

/** Only somebody at a terminal is asked: never a pipeline, never with --json, never after --yes. */
export function mayAsk({ io, output, settings }: Session): boolean {
  const inPipeline = (io.env.CI ?? '') !== '' && io.env.CI !== 'false'
  return io.stdin.isTTY && io.stderr.isTTY && !inPipeline && !output.json && !settings.flag('yes')
}

/**
 * Shows server, database, rows and what can't come back, and asks.
 *
 * @throws BellowsError exit 3 when the answer is not yes.
 */
export async function confirmDestruction(
  session: Session,
  migrator: Migrator,
  destruction: Destruction,
): Promise<void> {
  if (!mayAsk(session) || session.settings.flag('dryRun')) return
  const { database, server } = await migrator.status()
  const { bold, yellow } = session.output.errorColours
  const note = session.output.note
  note(yellow(`${destruction.what} ${destruction.names.length === 0 ? 'nothing' : destruction.names.join(', ')}`))
  note(`  server    ${server}`)
  note(`  database  ${bold(database)}`)
  for (const line of await tableLines(migrator, destruction.names)) note(`  table     ${line}`)
  note(`  lost      ${destruction.lost}`)
  await ask(session, 'Go on? Only `yes` does: ')
}

/** @throws BellowsError exit 3 when the answer is not yes. */
export async function ask(session: Session, question: string): Promise<void> {
  const answer = await session.io.stdin.question(question)
  if (answer.trim().toLowerCase() === 'yes') return
  throw refused('declined', 'nothing was done: the answer was not yes', { hint: '--yes does not ask.' })
}

async function tableLines(migrator: Migrator, names: readonly string[]): Promise<readonly string[]> {
  const lines: string[] = []
  for (const name of names) {
    // Sizes are for the reader's judgement only: a plan that cannot be made must not stop the question.
    const plan = await migrator.plan({ name }).catch(() => undefined)
    const tables = plan?.migrations.flatMap((migration) => migration.tables) ?? []
    lines.push(
      ...tables.map(
        ({ name: table, rows }) => `${table}, about ${rows === 1 ? plural(1, 'row') : `${count(rows)} rows`}`,
      ),
    )
  }
  return [...new Set(lines)]
}
