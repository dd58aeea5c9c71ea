import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Random } from './random.ts'
import type { Scenario, VersionName } from './scenario.ts'
import { type Hand, statements } from './statements.ts'

/** A statement that failed, or that showed something wrong. */
export interface Trouble {
  readonly writer: string
  readonly statement: string
  readonly stage: string
  readonly code: string
  readonly message: string
}

/** What all writers of a run share. */
export interface Record_ {
  readonly troubles: Trouble[]
  /** Failures that the scenario names, by `<version> <code>`. */
  readonly excepted: Map<string, number>
  /** Statements done, by `<version> <kind>`. */
  readonly done: Map<string, number>
  stage: string
  filled: boolean
  lastId: number
  lastUnique: number
}

/** An empty record; keys of new rows begin after those that are there. */
export function emptyRecord(rows: number): Record_ {
  return {
    troubles: [],
    excepted: new Map(),
    done: new Map(),
    stage: 'before',
    filled: false,
    lastId: rows,
    lastUnique: 0,
  }
}

/** One app version, running. */
export interface Traffic {
  /** Lets every writer end its transaction and disconnects. */
  stop(): Promise<void>
}

const count = (map: Map<string, number>, key: string): void => void map.set(key, (map.get(key) ?? 0) + 1)

/** Starts the writers of a version, each on a connection of its own. */
export async function startTraffic(
  url: string,
  scenario: Scenario,
  by: VersionName,
  random: Random,
  record: Record_,
  writers = 4,
): Promise<Traffic> {
  const state = { stopped: false }
  const clients = await Promise.all(
    Array.from({ length: writers }, async (_, index) => {
      const name = `${by} writer ${index + 1}`
      const client = new pg.Client({ connectionString: url, application_name: name })
      client.on('error', () => undefined)
      await client.connect()
      return { name, client }
    }),
  )
  const loops = clients.map(({ name, client }) =>
    write({ name, client, scenario, by, random: random.fork(`${name} ${record.stage}`), record, state }),
  )
  return {
    stop: async () => {
      state.stopped = true
      await Promise.all(loops)
      await Promise.all(clients.map(({ client }) => client.end()))
    },
  }
}

interface Writer {
  readonly name: string
  readonly client: pg.Client
  readonly scenario: Scenario
  readonly by: VersionName
  readonly random: Random
  readonly record: Record_
  readonly state: { stopped: boolean }
}

async function write(writer: Writer): Promise<void> {
  const { client, random, record, by, state, scenario } = writer
  const memory = { generation: 0 }
  const hand = handOf(writer, memory)
  const kinds = Object.entries(statements)
  while (!state.stopped) {
    const [kind, statement] = random.pick(kinds)
    const { stage } = record
    const trouble = (code: string, message: string): void =>
      void record.troubles.push({ writer: writer.name, statement: kind, stage, code, message })
    try {
      await client.query('begin')
      const wrong = await statement(hand)
      await client.query('commit')
      if (typeof wrong === 'string') trouble('wrong', wrong)
      count(record.done, `${by} ${kind}`)
    } catch (error) {
      const { code = 'none', message } = error as pg.DatabaseError
      await client.query('rollback').catch(() => undefined)
      if (scenario.exceptions.some((exception) => exception.version === by && exception.code === code)) {
        count(record.excepted, `${by} ${code}`)
        // Prepared anew, as an app does that connects again.
        memory.generation++
      } else trouble(code, message)
      if (code === 'none') return
    }
    await sleep(random.integer(0, 6))
  }
}

function handOf({ client, scenario, by, random, record }: Writer, memory: { generation: number }): Hand {
  return {
    client,
    scenario,
    by,
    version: scenario[by],
    random,
    filled: () => record.filled,
    freshId: () => String(++record.lastId),
    someId: () => String(random.integer(1, record.lastId)),
    unique: () => `u${++record.lastUnique}`,
    run: async (text, values) => {
      const named = random.chance(0.7) ? { name: `${memory.generation} ${text}`.slice(0, 63) } : {}
      const { rows } = await client.query<Record<string, unknown>>({ ...named, text, values: [...values] })
      return rows
    },
  }
}
