import { type Family, familyOf } from '../families/family.ts'
import { generator } from '../scenarios/sample.ts'
import type { Scenario } from '../scenarios/scenario.ts'

/** What a version's writers did. */
export interface Tally {
  statements: number
  /** Each with the state of the story in which it came. */
  readonly failures: string[]
  /** Statements that were prepared before a column changed: the engine's exception, counted apart. */
  prepared: number
}

/** Running writers of one version. */
export interface Writers {
  stop(): Promise<void>
}

/** What writers are started with. */
export interface WritersOptions {
  readonly url: string
  readonly scenario: Scenario
  readonly version: 'v1' | 'v2'
  readonly count: number
  readonly tally: Tally
  readonly stage: () => string
  readonly seed: number
  /** The highest key that was there in the beginning. */
  readonly rows: number
}

/** Every writer that is ever started inserts keys of its own: a duplicate is then never the test's own doing. */
const room = 100_000_000
let begun = 0

/** Starts writers of one version, each with ids of its own and statements of every kind. */
export async function startWriters(options: WritersOptions): Promise<Writers> {
  const { url, count } = options
  const family = familyOf({ url })
  const state = { stopped: false }
  const loops = Array.from({ length: count }, (_, number) => write(family, options, number, state))
  return {
    stop: async () => {
      state.stopped = true
      await Promise.all(loops)
    },
  }
}

async function write(
  family: Family,
  { url, scenario, version, tally, stage, seed, rows }: WritersOptions,
  number: number,
  state: { readonly stopped: boolean },
): Promise<void> {
  const random = generator(seed + number + (version === 'v1' ? 0 : 1000))
  const base = ++begun * room
  const make = (version === 'v2' ? scenario.v2Value : undefined) ?? scenario.value
  const writer = await family.openWriter(url, `${version} writer ${number}`)
  try {
    for (let turn = 1; !state.stopped; turn++) {
      const pair = base + room / 2 + turn * 2
      const kind = Math.floor(random() * writer.kinds)
      const mine = base + 1 + Math.floor(random() * turn)
      const anybody = 1 + Math.floor(random() * rows)
      const column = scenario[version]
      const values = {
        id: base + turn,
        pair: [pair, pair + 1],
        mine,
        anybody,
        value: make(random),
        other: make(random),
      } as const
      try {
        await writer.write(kind, { ...values, side: version, column })
        tally.statements++
      } catch (error) {
        const { text, exception } = writer.failure(error)
        if (exception) tally.prepared++
        else tally.failures.push(`${version} ${stage()}: ${text}`)
        await writer.rollback()
      }
    }
  } finally {
    await writer.end()
  }
}
