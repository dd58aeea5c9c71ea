import type { EngineName } from './engine.ts'

/** The two versions of the app. */
export type Version = 'v1' | 'v2'

/** What went wrong under one code of the server: how often, and the first message. */
export interface Failure {
  readonly count: number
  readonly first: string
}

/** What an app process did since its last report. Latencies in milliseconds. */
export interface Sample {
  /** How long it took; a busy machine reports late. */
  readonly milliseconds: number
  readonly statements: number
  readonly failed: number
  /** Values that were read back and compared with what had been written. */
  readonly checked: number
  readonly mismatches: number
  readonly p50: number
  readonly longest: number
  readonly failures: Readonly<Record<string, Failure>>
}

/** From an app process to the demo. */
export type Report = { readonly kind: 'ready' } | { readonly kind: 'sample'; readonly sample: Sample }

/** From the demo to an app process: finish what you are doing, check what is yours, end. */
export const stopMessage = 'stop'

/** How often an app process reports, in milliseconds. */
export const reportEvery = 250

/** How many rows of each table both versions share: those with the ids from 1 on. */
export interface Rows {
  readonly customers: number
  readonly orders: number
}

/** Where an app process finds {@link AppArguments}, as JSON: not on its command line, which everybody can read. */
export const argumentsVariable = 'BELLOWS_DEMO_APP'

/** What an app process is told. */
export interface AppArguments {
  readonly version: Version
  readonly engine: EngineName
  readonly url: string
  readonly rows: Rows
  readonly connections: number
}
