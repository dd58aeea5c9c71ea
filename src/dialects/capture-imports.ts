import type { Sent } from './capture.ts'
import type { ConnectOptions } from './dialect.ts'

/*
 * The seam of `migrate capture --from`: statements that a server has counted or logged. Each dialect has its sources in
 * capture/imports.ts.
 */

/** What a source is read with. */
export interface ImportRequest {
  readonly options: ConnectOptions
  /** A file, or a word for something on the server; null where nothing was given. */
  readonly place: string | null
  /** Values are wanted: of texts in which they stand. */
  readonly samples: boolean
}

/** Where what is read goes. */
export interface ImportSink {
  readonly sent: (statement: Sent) => void
  /** Something that is there, and cannot be had. */
  readonly missed: (what: string) => void
  /** Something that is left out because it is of no use: what it is called. */
  readonly leftOut: (what: string) => void
}

/** A source of statements. */
export interface ImportSource {
  /** What has to stand behind its name, for people; null where nothing has to. */
  readonly place: string | null
  /** @throws BellowsError exit 2 for a place that cannot be read, 3 where the server does not have it or does not show it. */
  readonly read: (request: ImportRequest, sink: ImportSink) => Promise<void>
}
