import type { Sent } from '../dialects/capture.ts'
import { isRefused as isRefusedByMysql } from '../dialects/mysql/capture/refusal.ts'
import { textsOf } from './pg.ts'
import { type Recorder, tapOf } from './recorder.ts'

/** What Kysely tells its `log` of a query, as far as recording goes. */
export interface KyselyLogEvent {
  readonly level: 'query' | 'error'
  readonly query: { readonly sql: string; readonly parameters: readonly unknown[] }
  readonly error?: unknown
}

/** What {@link kyselyRecorder} takes. */
export interface KyselyRecorderOptions {
  /** The driver keeps statements prepared. Those of Kysely's own PostgresDialect and MysqlDialect do not. */
  readonly prepared?: boolean
}

/**
 * Records what a Kysely instance sends, as its `log`; a plugin would not do, which sees a query before it is a text. With a `log` of your
 * own, call it there.
 *
 * @throws BellowsError exit 2 for what is no recorder.
 *
 * @example
 * ```ts
 * const db = new Kysely<Database>({ dialect, log: kyselyRecorder(recorder) })
 * ```
 */
export function kyselyRecorder(
  recorder: Recorder,
  { prepared = false }: KyselyRecorderOptions = {},
): (event: KyselyLogEvent) => void {
  const tap = tapOf(recorder, null, 'kyselyRecorder')
  const sent = (sql: string, values: readonly unknown[], source: string | undefined): Sent => ({
    sql,
    types: [],
    values: tap.wantsValues ? textsOf(values) : null,
    kept: prepared,
    source,
    ...(tap.dialect === 'postgres' ? {} : { mode: tap.mode }),
  })
  return (event) =>
    tap.quietly(() => {
      const { sql, parameters } = event.query
      const source = tap.callSite(true)
      const values = [...parameters]
      const told = tap.tell((engine) =>
        engine.inline === undefined ? sent(sql, values, source) : sent(engine.inline(sql, values), [], source),
      )
      const { errno } = (event.error ?? {}) as { readonly errno?: unknown }
      if (tap.dialect !== 'postgres' && isRefusedByMysql(errno, sql, tap.mode)) told.refused()
    })
}
