import { refused, usageError } from '../../errors.ts'
import type { ConnectOptions, Lent, Statement } from '../dialect.ts'
import { cast } from './driver.ts'
import type { Line } from './line.ts'
import { ownThread, pooled } from './pooler.ts'
import { ownSettings, sessionSettings } from './settings.ts'
import { quote } from './sql.ts'

/** How the driver is to give us values, whatever the app has told it for its own rows. */
const reading = {
  typeCast: cast,
  supportBigNumbers: true,
  bigNumberStrings: false,
  decimalNumbers: false,
  dateStrings: true,
  rowsAsArray: false,
  nestTables: false,
} as const

type Lend = NonNullable<ConnectOptions['lend']>

/** A session that the pool of an app lends. What we set in it is set back, each variable to what it was. */
export async function lentLine(options: ConnectOptions, lend: Lend): Promise<Line> {
  if (options.setRole !== null) {
    throw usageError('database.role', 'a role cannot be taken in a session that is lent', {
      hint: 'Give the database as a URL or as a pool.',
    })
  }
  const lent = await lend(options.connectTimeout)
  const ask = (sql: string, values: readonly unknown[] = []): ReturnType<Lent['query']> =>
    lent.query({ ...reading, sql }, values)
  try {
    const thread = await threadOf(lent)
    await refuseLentPooler(lent, thread, () => lend(options.connectTimeout))
    const kept = await keep(ask)
    return {
      query: async <Row>({ sql, parameters }: Statement) => {
        const { rows, affected } = await ask(sql, parameters)
        return { rows: rows as Row[], rowCount: affected ?? rows.length }
      },
      thread,
      // Its pool finds out by itself; we, by the next statement.
      onGone: () => undefined,
      close: (lock) =>
        restore(ask, kept, lock)
          .catch(() => undefined)
          .finally(() => lent.giveBack()),
    }
  } catch (error) {
    lent.giveBack()
    throw error
  }
}

type Ask = (sql: string, values?: readonly unknown[]) => ReturnType<Lent['query']>

/** Every variable that our settings change, and those that steps change for a while. */
async function keep(ask: Ask): Promise<readonly string[]> {
  const { rows } = await ask("select version() like '%mariadb%' as mariadb, @@character_set_client as charset")
  const [about] = rows as { readonly mariadb: boolean; readonly charset: string }[]
  // The driver goes on writing what it was told at connecting, and would be read as utf8mb4.
  if (!about?.charset.startsWith('utf8')) {
    throw refused('database.charset', `the sessions of the pool are in ${about?.charset}, not in utf8mb4`, {
      hint: 'Give the database as a URL.',
    })
  }
  const set = [...sessionSettings, ...ownSettings[about.mariadb ? 'mariadb' : 'mysql']].join('\n')
  const names = [
    ...[...set.matchAll(/^set session (\w+) =/gm)].map(([, name = '']) => name),
    ...['character_set_client', 'character_set_results', 'collation_connection'],
    'sql_notes',
    ...(about.mariadb ? ['tx_isolation', 'tx_read_only'] : ['transaction_isolation', 'transaction_read_only']),
  ]
  // In variables of the session itself, where they keep their types.
  await ask(`set ${names.map((name) => `${variable(name)} = @@session.${quote(name)}`).join(', ')}`)
  return names
}

const variable = (name: string): string => `@${quote(`bellows_${name}`)}`

async function restore(ask: Ask, names: readonly string[], lock: string | null): Promise<void> {
  await ask('rollback')
  await ask('unlock tables')
  if (lock !== null) await ask('do release_lock(?)', [lock])
  for (const name of names) await ask(`set session ${quote(name)} = ${variable(name)}`)
  await ask(`set @bellows_sync = null, ${names.map((name) => `${variable(name)} = null`).join(', ')}`)
}

async function threadOf(lent: Lent): Promise<number> {
  return (
    (await lent.query({ ...reading, sql: ownThread }, [])).rows.map((row) => (row as { thread: number }).thread)[0] ?? 0
  )
}

/** While one session is ours and idle, a pooler gives its server session to the next who asks. */
async function refuseLentPooler(lent: Lent, own: number, another: () => Promise<Lent>): Promise<void> {
  const other = await another()
  try {
    for (let round = 0; round < 5; round++) {
      if ((await threadOf(other)) === own || (await threadOf(lent)) !== own) throw pooled()
    }
  } finally {
    other.giveBack()
  }
}
