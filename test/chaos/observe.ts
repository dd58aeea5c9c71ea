import pg from 'pg'
import { canonicalCatalog } from '../catalog/canonical.ts'
import { withClient } from '../servers/databases.ts'

/** A database as a user, and we, find it: objects (ours included), rows, and what the ledger says. */
export interface Observation {
  readonly catalog: string
  readonly rows: Readonly<Record<string, string>>
  readonly ledger: string
}

/** Looks at everything that has to be the same however often a run was killed. */
export function observe(url: string): Promise<Observation> {
  return withClient(url, async (client) => ({
    catalog: await canonicalCatalog(client, { without: [] }),
    rows: await rowsOf(client),
    ledger: await ledgerOf(client),
  }))
}

async function rowsOf(client: pg.Client): Promise<Record<string, string>> {
  const { rows: tables } = await client.query<{ schema: string; name: string }>(
    `select schemaname as schema, tablename as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema', 'bellows') order by 1, 2`,
  )
  const found: Record<string, string> = {}
  for (const { schema, name } of tables) {
    const { rows } = await client.query<{ digest: string }>(
      `select count(*) || ' rows ' || coalesce(md5(string_agg(to_jsonb(t)::text, chr(10) order by to_jsonb(t)::text)), '') as digest from ${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)} t`,
    )
    found[name] = rows[0]!.digest
  }
  return found
}

// Not the times, the attempts or the number of tries: only what later commands go by.
const ledgerQuestions = {
  migrations: `select name || ' ' || state || ' ' || generation || ' ' || coalesce(error, 'no error') from bellows.migrations`,
  steps: `select generation || ' ' || phase || ' ' || id || ' ' || state || ' ' || coalesce(error, 'no error') from bellows.steps`,
  phases: `select generation || ' ' || phase || ' ' || state from bellows.phases`,
  lenses: `select id || ' ' || mode from bellows.lenses`,
  backfills: `select generation || ' ' || step || ' ' || state || ' ' || rows_done || ' ' || coalesce(mismatches, -1) from bellows.backfills`,
  'leases held': `select name from bellows.lease where pid is not null`,
  'open failures': `select lens || ' ' || key || ' ' || code from bellows.conversion_failures where resolved_at is null`,
}

async function ledgerOf(client: pg.Client): Promise<string> {
  const { rows: there } = await client.query(`select 1 where to_regclass('bellows.migrations') is not null`)
  if (there.length === 0) return 'none'
  const lines: string[] = []
  for (const [what, question] of Object.entries(ledgerQuestions)) {
    const { rows } = await client.query<Record<string, string>>(
      `select x.line from (${question}) as x (line) order by 1`,
    )
    for (const { line } of rows) lines.push(`${what}: ${line}`)
  }
  return lines.join('\n')
}

/** The state of the only migration; `pending` when nothing is recorded. */
export function stateOf(url: string): Promise<string> {
  return withClient(url, async (client) => {
    const { rows: there } = await client.query(`select 1 where to_regclass('bellows.migrations') is not null`)
    if (there.length === 0) return 'pending'
    const { rows } = await client.query<{ state: string }>('select state from bellows.migrations')
    return rows[0]?.state ?? 'pending'
  })
}
