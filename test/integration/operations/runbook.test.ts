import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { createMigrator, type Intent, type Migrator, type MigratorOptions, renameColumn } from '../../../src/index.ts'
import { familyOf } from '../../families/family.ts'
import { pick, seed } from '../../scenarios/sample.ts'
import { describeEveryServer, type TestDatabase, type TestServer } from '../../servers/databases.ts'
import { migrate } from '../../unit/cli/terminal.ts'
import { folderWith } from '../../unit/migrations/folder.ts'
import { outcome, rows, withUsers } from '../shop.ts'

console.log(`some states of docs/runbook.md, all with MATRIX=full: SEED=${seed}`)

/** A row of the table of states: the commands that lead on and back. */
interface Row {
  readonly state: string
  readonly next: string | null
  readonly back: string | null
  readonly backTo: string | null
}

const page = readFileSync(path.join(import.meta.dirname, '../../../docs/runbook.md'), 'utf8')
const table: readonly Row[] = [...page.matchAll(/^\| `([a-z-]+)` \| [^|]* \|([^|]*)\|([^|]*)\|$/gm)].map(
  ([, state = '', next = '', back = '']) => ({
    state,
    next: /`migrate (\w+)`/.exec(next)?.[1] ?? null,
    back: /`migrate (\w+)`/.exec(back)?.[1] ?? null,
    backTo: / to `(\w+)`/.exec(back)?.[1] ?? null,
  }),
)
const after: Readonly<Record<string, string>> = {
  expand: 'expanded',
  backfill: 'backfilled',
  contract: 'contracted',
  purge: 'completed',
  rollback: 'backfilled',
}

const intents: readonly Intent[] = [
  renameColumn({ table: 'users', from: 'name', to: 'full_name' }),
  renameColumn({ table: 'users', from: 'age', to: 'years' }),
]

async function by<T>(
  database: TestDatabase,
  options: Partial<MigratorOptions>,
  body: (m: Migrator) => Promise<T>,
): Promise<T> {
  const migrations = { m: { intents } }
  const made = createMigrator({ database: database.url, migrations, quietPeriod: 0, retention: 1, ...options })
  try {
    return await body(made)
  } finally {
    await made.close()
  }
}

/** Begins, and is stopped at once. */
async function begun(database: TestDatabase, command: (m: Migrator) => Promise<unknown>): Promise<void> {
  const stop = new AbortController()
  const onEvent: MigratorOptions['onEvent'] = ({ kind }) => {
    if (kind === 'phase-started' || kind === 'step-started') stop.abort('SIGTERM')
  }
  expect(await by(database, { signal: stop.signal, onEvent }, (m) => outcome(command(m)))).toMatch(/^143 /)
}

const phases: readonly (readonly [during: string, after: string, run: (m: Migrator) => Promise<unknown>])[] = [
  ['expanding', 'expanded', (m) => m.expand()],
  ['backfilling', 'backfilled', (m) => m.backfill()],
  ['contracting', 'contracted', (m) => m.contract()],
  ['purging', 'completed', (m) => m.purge({ ignoreRetention: true })],
]

async function reach(database: TestDatabase, state: string): Promise<void> {
  if (state === 'pending') return
  for (const [during, end, run] of phases) {
    if (state === during) return begun(database, run)
    await by(database, {}, run)
    if (state === end) return
    if (state === 'rolling-back' && end === 'contracted') return begun(database, (m) => m.rollback())
  }
  throw new Error(`there is no way to ${state}`)
}

const stateOf = async (server: TestServer, database: TestDatabase): Promise<string> =>
  (await rows<{ state: string }>(database, `select state from ${familyOf(server).state('migrations')}`))[0]?.state ??
  'pending'

describeEveryServer('docs/runbook.md', (server) => {
  /** As the page says it; what depends on time is over. */
  const say = async (database: TestDatabase, command: string): Promise<number> => {
    const dir = await folderWith({ 'm.json': JSON.stringify({ intents }) })
    const quiet = command === 'contract' || command === 'rollback' ? ['--quiet-period', '0'] : []
    const env = { DATABASE_URL: database.url, MIGRATE_DIR: dir }
    const ran = await migrate([command, ...quiet], { env })
    expect(ran.stderr.includes('error '), ran.stderr).toBe(ran.exitCode !== 0)
    return ran.exitCode
  }

  it('has a row for every state', () => {
    expect(table.map(({ state }) => state)).toHaveLength(10)
  })

  it.each(pick(table, 2, seed))('$state: on and back as it says', ({ state, next, back, backTo }) =>
    withUsers(
      server,
      async (database) => {
        await reach(database, state)
        expect(await stateOf(server, database)).toBe(state)
        if (back === null && state !== 'pending' && state !== 'rolling-back') {
          // Where the page has no way back, it is refused, and nothing was done.
          const refused = await by(database, {}, (m) => outcome(m.rollback({ name: 'm' })))
          expect(refused).toBe('3 rollback.completed')
          expect(await stateOf(server, database)).toBe(state)
        }
        if (back !== null) {
          expect(await say(database, back)).toBe(0)
          expect(await stateOf(server, database)).toBe(backTo)
          if (backTo === 'backfilled') await by(database, {}, (m) => m.contract())
          else await reach(database, state)
        }
        if (next === null) return
        expect(await say(database, next)).toBe(0)
        expect(await stateOf(server, database)).toBe(after[next])
        expect(await rows(database, 'select count(*) as n from users')).toHaveLength(1)
      },
      20,
    ),
  )
})
