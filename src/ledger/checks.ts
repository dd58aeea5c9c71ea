import type { Dialect, Session } from '../dialects/dialect.ts'
import { askOn, fromJson, whoIs } from './asking.ts'
import type { Ledger } from './records.ts'
import type { Actor } from './tables.ts'

/** A version that was checked, with how it did in each state. */
export interface CheckedVersion {
  readonly role: 'old' | 'new'
  readonly app: string
  readonly version: string
  /** Of its statements. */
  readonly hash: string
  /** The worst that was found in each state that it was checked in; `passed` where nothing of it would fail the check, were the state required. */
  readonly states: Readonly<Record<string, { readonly verdict: string; readonly passed: boolean }>>
}

/** What else a check goes by, so that it can be told what has changed since. */
export interface CheckEvidence {
  readonly format: 1
  readonly server: string
  /** The hash of each table and view, by `schema.name`. */
  readonly tables: Readonly<Record<string, string>>
  /** What was checked together, in order, with the hash of each plan; null where it cannot be planned before the others ran. */
  readonly together: readonly { readonly name: string; readonly checksum: string; readonly planHash: string | null }[]
  readonly unverifiable: number
  readonly shadow: string
}

/** The last check of a migration that was recorded, in one environment. */
export interface CheckRow {
  readonly migration: string
  readonly environment: string
  readonly passed: boolean
  readonly checksum: string
  readonly plan_hash: string | null
  readonly versions: readonly CheckedVersion[]
  readonly evidence: CheckEvidence
  /** ISO text of the server's clock. */
  readonly at: string
}

/** The checks of one environment that are kept: of each migration the last one. */
export interface Checks {
  all(environment: string): Promise<readonly CheckRow[]>
  /** In one transaction. */
  save(rows: readonly Omit<CheckRow, 'at'>[]): Promise<void>
}

/** The checks on a session. */
export function openChecks(dialect: Dialect, session: Session, ledger: Ledger, actor: Actor): Checks {
  const { now, iso, upsert } = dialect.state
  const db = dialect.state.queries(ledger.schema)
  const table = dialect.state.table(ledger.schema, 'checks')
  const run = askOn(session)
  const who = whoIs(actor)
  return {
    all: async (environment) => {
      if ((await ledger.layout()) < 2) return []
      const rows = await run<CheckRow>(
        db
          .selectFrom(table)
          .select(['migration', 'environment', 'passed', 'checksum', 'plan_hash', 'versions', 'evidence'])
          .select(iso('at').as('at'))
          .where('environment', '=', environment),
      )
      return rows.map((row) => ({
        ...row,
        passed: Boolean(row.passed),
        versions: fromJson(row.versions),
        evidence: fromJson(row.evidence),
      }))
    },
    save: (rows) =>
      session.transaction(async () => {
        for (const { migration, environment, passed, checksum, plan_hash, versions, evidence } of rows) {
          const json = { versions: JSON.stringify(versions), evidence: JSON.stringify(evidence) }
          const values = { passed, checksum, plan_hash, ...json, at: now, ...who }
          await run(
            upsert(
              db.insertInto(table).values({ migration, environment, ...values }),
              ['migration', 'environment'],
              values,
            ),
          )
          const found = versions.map(({ role, app, version, hash }) => ({ role, app, version, hash }))
          await ledger.event(migration, 'checked', { environment, passed, versions: found })
        }
      }),
  }
}
