import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { createRandom } from '../live/random.ts'
import type { Scenario, Version } from '../live/scenario.ts'
import { cloneDatabase, type TestDatabase, type TestServer, withClient } from '../servers/databases.ts'
import { type ClientMessage, startProxy, type Verdict } from '../servers/proxy.ts'
import { counts, type KillPoint } from './kill-points.ts'
import { optionsFor, runLeg } from './legs.ts'
import { observe, stateOf } from './observe.ts'
import type { Rehearsal } from './stage.ts'
import type { Victim } from './victims.ts'

/** Kills a runner at a point, runs the same command again, and says what is other than without the kill; null: nothing. */
export async function crash(
  server: TestServer,
  scenario: Scenario,
  rehearsal: Rehearsal,
  point: KillPoint,
  victim: Victim,
): Promise<string | null> {
  const { leg } = rehearsal
  const database = await cloneDatabase(server, rehearsal.start)
  try {
    const missed = await killAt(scenario, rehearsal, point, victim, database)
    if (missed !== null) return missed
    // While the killed runner's statement still runs, the same command is already there again.
    if (point.at !== 'during') await untilAlone(server, database)
    const state = await stateOf(database.url)
    const hurt = point.at === 'during' ? null : await bothVersionsWrite(scenario, database)
    if (hurt !== null) return hurt
    // The end was recorded and nobody heard: another rollback would be one more phase back.
    const over = leg.verb === 'rollback' && state === leg.to
    if (!over) await runLeg(scenario, leg, database.url)
    await untilAlone(server, database)
    const found = await observe(database.url)
    // A lease that was never given back is harmless: its holder's session is gone.
    const ledger = over ? found.ledger.replaceAll(/^leases held: .*\n?/gm, '').trimEnd() : found.ledger
    return firstDifference({ ...found, ledger }, rehearsal.end)
  } catch (error) {
    return `the same command again: ${error instanceof Error ? error.message : String(error)}`
  } finally {
    victim.signal('SIGKILL')
    await database.drop()
  }
}

async function killAt(
  scenario: Scenario,
  { leg }: Rehearsal,
  point: KillPoint,
  victim: Victim,
  database: TestDatabase,
): Promise<string | null> {
  let sent = -1
  let answered = -1
  let reached = false
  const kill = async (): Promise<void> => {
    reached = true
    victim.signal('SIGKILL')
    await victim.ended
  }
  const isPoint = (message: ClientMessage): boolean =>
    message.type !== 'E' && counts(message.sql) && ++sent === point.index
  const proxy = await startProxy({
    target: database.url,
    onClientMessage: async (message): Promise<Verdict> => {
      if (reached) return 'drop'
      if (!isPoint(message)) return 'forward'
      if (point.at !== 'before') return 'forward'
      await kill()
      return 'cut-before'
    },
    onForwarded: async (message) => {
      // Of a statement with values the server has all it needs a moment after the Parse: with the Sync.
      if (point.at !== 'during' || reached || message.type === 'P' || !counts(message.sql) || sent !== point.index)
        return
      await kill()
    },
    onReady: async (message) => {
      if (point.at !== 'after' || !counts(message.sql) || ++answered !== point.index) return
      await kill()
    },
  })
  try {
    victim.start({ options: optionsFor(scenario, proxy.url), verb: leg.verb, input: leg.input })
    const { code, errors } = await victim.ended
    return reached ? null : `the point was never reached; the runner ended with ${code} ${errors}`
  } finally {
    await proxy.close()
  }
}

/** A session outlives its client by as long as its statement takes. */
async function untilAlone(server: TestServer, database: TestDatabase): Promise<void> {
  await withClient(server.url, async (client) => {
    for (let tries = 0; tries < 400; tries++) {
      const { rows } = await client.query(`select from pg_stat_activity where datname = $1`, [database.name])
      if (rows.length === 0) return
      await sleep(25)
    }
    throw new Error('the session of the killed runner does not end')
  })
}

/** Whatever columns there are at this moment: who knows them writes them, and nothing fails. */
async function bothVersionsWrite({ v1, v2 }: Scenario, database: TestDatabase): Promise<string | null> {
  return withClient(database.url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = 'items'::regclass and attnum > 0 and not attisdropped`,
    )
    const there = new Set(rows.map(({ name }) => name))
    const gone = Object.entries({ v1, v2 }).filter(([, { column }]) => column !== null && !there.has(column))
    // v2 may have a column that is not there yet, v1 one that is hidden; a shape that neither can use is no shape.
    if (gone.length === 2) return 'after the kill, neither version finds its column'
    for (const [name, version] of Object.entries({ v1, v2 })) {
      if (version.column === null ? gone.length > 0 : !there.has(version.column)) continue
      const error = await tryWrites(client, version)
      if (error !== null) return `after the kill, ${name} could not write: ${error}`
    }
    return null
  })
}

async function tryWrites(client: pg.Client, { column, value }: Version): Promise<string | null> {
  const random = createRandom(1)
  const name = column === null ? 'other' : pg.escapeIdentifier(column)
  const other = column === null ? '' : ', other'
  await client.query('begin')
  try {
    await client.query(
      `insert into items (id, ${name}${other}) values (9000001, $1${column === null ? '' : `, 'o'`})`,
      [value(random, 'probe 1')],
    )
    await client.query(`update items set ${name} = $1 where id = 5`, [value(random, 'probe 2')])
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    await client.query('rollback')
  }
}

function firstDifference(found: object, expected: object): string | null {
  for (const [what, value] of Object.entries(expected)) {
    const other = (found as Record<string, unknown>)[what]
    const lines = (text: unknown): readonly string[] =>
      (typeof text === 'string' ? text : JSON.stringify(text, null, 1)).split('\n')
    const missing = lines(value).filter((line) => !lines(other).includes(line))
    const added = lines(other).filter((line) => !lines(value).includes(line))
    if (missing.length + added.length > 0) {
      return `${what}: ${[...missing.map((line) => `- ${line}`), ...added.map((line) => `+ ${line}`)].slice(0, 6).join('\n    ')}`
    }
  }
  return null
}
