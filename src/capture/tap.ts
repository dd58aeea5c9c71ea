import type { Recorder as Collector } from '../compat/capture/recorder.ts'
import type { CaptureDialect, Sent, Told } from '../dialects/capture.ts'
import { modeFrom } from '../dialects/mysql/capture/mode.ts'
import type { DialectName } from '../planner/catalog.ts'
import { callSite } from './call-site.ts'

/** Where drivers tell what is sent. Nothing here throws into the app that they work for. */
export interface Tap {
  readonly dialect: DialectName
  readonly wantsValues: boolean
  /** How the texts of a new session are read. */
  readonly mode: string
  /** Tells a statement, or what it is once the engine is there. */
  readonly tell: (statement: Sent | ((engine: CaptureDialect) => Sent)) => Told
  readonly missed: (what: string) => void
  /** Does what is not the app's work; whether it is done or fails, the app goes on. */
  readonly quietly: (work: () => void) => void
  /** See `callSite`; relative to where the app was at first. */
  readonly callSite: (behindPackage?: boolean) => string | undefined
  /** True the first time that this is asked of something. */
  readonly isNew: (target: object) => boolean
  /** From now on what is told is collected. */
  readonly open: (collector: Collector, engine: CaptureDialect) => void
}

/** Keeps what is told until the engine's grammar is loaded, and passes it on then. */
export function createTap(options: {
  readonly dialect: DialectName
  readonly samples?: boolean
  readonly sqlMode?: string
}): Tap {
  const folder = process.cwd()
  const known = new WeakSet<object>()
  const early: ((collector: Collector, engine: CaptureDialect) => void)[] = []
  let opened: { readonly collector: Collector; readonly engine: CaptureDialect } | undefined

  const pass = (work: (collector: Collector, engine: CaptureDialect) => void): void => {
    if (opened === undefined) early.push(work)
    else work(opened.collector, opened.engine)
  }
  const missed = (what: string): void => pass((collector) => collector.missed(what))
  const quietly = (work: () => void): void => {
    try {
      work()
    } catch {
      missed('statements that could not be recorded')
    }
  }
  return {
    dialect: options.dialect,
    wantsValues: options.samples ?? false,
    mode: options.dialect === 'postgres' ? '' : modeFrom(options.sqlMode ?? ''),
    missed,
    quietly,
    tell: (statement) => {
      let told: Told | undefined
      pass((collector, engine) =>
        quietly(() => {
          told = collector.sent(typeof statement === 'function' ? statement(engine) : statement)
        }),
      )
      return { refused: () => pass(() => told?.refused()) }
    },
    callSite: (behindPackage) => callSite(folder, behindPackage),
    isNew: (target) => {
      const isNew = !known.has(target)
      known.add(target)
      return isNew
    },
    open: (collector, engine) => {
      opened = { collector, engine }
      for (const work of early.splice(0)) work(collector, engine)
    },
  }
}
