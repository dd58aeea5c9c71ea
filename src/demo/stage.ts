import { setTimeout as sleep } from 'node:timers/promises'
import type { Screen } from './screen.ts'
import type { Traffic } from './traffic.ts'

/** What the parts of the story are told with. */
export interface Stage {
  readonly screen: Screen
  /** Runs one phase under a title; what it and the traffic did is shown live, and once more when it is over. */
  readonly phase: (title: string, traffic: Traffic, run: (notes: Notes) => Promise<void>) => Promise<void>
  /** Waits while the traffic goes on. */
  readonly watch: (milliseconds: number) => Promise<void>
  /** Draws the live lines anew. */
  readonly refresh: () => void
}

/** Lines of a phase: ones that stay, and one that is drawn over until then. */
export interface Notes {
  readonly add: (text: string) => void
  readonly live: (text: string | null) => void
}

/** How a story is told. */
export interface Telling {
  readonly signal: AbortSignal
  /** When the demo began, by `performance.now()`. */
  readonly started: number
  /** 1, or less to watch for a shorter time. */
  readonly patience: number
  /** Awaited after each phase. */
  readonly pause: () => Promise<void>
}

/** The stage on a screen. */
export function createStage(screen: Screen, { signal, started, patience, pause }: Telling): Stage {
  let draw: () => void = () => undefined
  return {
    screen,
    watch: (milliseconds) => sleep(milliseconds * patience, undefined, { signal }),
    refresh: () => draw(),
    phase: async (title, traffic, run) => {
      signal.throwIfAborted()
      const at = `${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s`
      screen.line(`${at}  ${title}`)
      traffic.nextPhase()
      let note: string | null = null
      draw = () => screen.live([...(note === null ? [] : [`    ${note}`]), ...traffic.figures()])
      const add = (text: string): void => screen.line(`    ${text}`)
      await run({
        add,
        live: (text) => {
          note = text
          draw()
        },
      }).finally(() => {
        draw = () => undefined
      })
      screen.settle(traffic.figures())
      await pause()
    },
  }
}
