import pg from 'pg'
import { startEmbedded } from './dist.ts'

/** Server settings that are not the defaults. Durable: fsync, synchronous_commit and full_page_writes stay on. */
export const settings = {
  shared_buffers: '1GB',
  autovacuum: 'off',
  checkpoint_timeout: '1h',
  max_wal_size: '16GB',
  min_wal_size: '4GB',
} as const

/** A server for this run, and a session of the benchmark's own. */
export interface Bench {
  readonly url: string
  readonly version: string
  readonly client: pg.Client
  readonly say: (line: string) => void
  readonly stop: () => Promise<void>
}

/** Starts an embedded PostgreSQL 18 in a temporary folder. */
export async function startBench(): Promise<Bench> {
  const say = (line: string): void => console.log(line)
  const server = await startEmbedded({ major: 18, settings, onMessage: say })
  const client = new pg.Client({ connectionString: server.url, application_name: 'bench' })
  await client.connect()
  const stop = async (): Promise<void> => {
    await client.end()
    await server.stop()
  }
  return { url: server.url, version: server.version, client, say, stop }
}

/** How wide a row is: header, values and item pointer, without the free space of the page. */
export async function rowWidth({ client }: Bench, table: string): Promise<number> {
  const { rows } = await client.query<{ width: number }>(
    `select pg_relation_size('${table}')::float8 / count(*) as width from ${table}`,
  )
  return rows[0]?.width ?? Number.NaN
}

/**
 * A table that nobody has touched: primary key, an index on another column, packed pages, statistics; with everything
 * written out, so that what comes next starts with a checkpoint just over.
 */
export async function freshTable({ client }: Bench, table: string, rows: number): Promise<void> {
  await client.query(`drop table if exists ${table}`)
  await client.query(`create table ${table} (
    id bigint primary key, name text not null, email text not null, status integer not null, seen timestamptz not null, note text not null)`)
  await client.query(`insert into ${table}
    select i, md5(i::text), 'user' || i || '@example.org', i % 7, timestamptz '2026-01-01' + i * interval '1 second', repeat(md5((-i)::text), 2)
    from generate_series(1, ${rows}) i`)
  await client.query(`create index ${table}_email on ${table} (email)`)
  await settle({ client }, table)
}

/** Takes dead rows away and writes everything out. */
export async function settle({ client }: Pick<Bench, 'client'>, table: string): Promise<void> {
  await client.query(`vacuum (analyze) ${table}`)
  await client.query('checkpoint')
}

/** Bytes of the table and of its indexes. */
export interface Size {
  readonly table: number
  readonly indexes: number
}

/** What the table takes now. */
export async function sizeOf({ client }: Bench, table: string): Promise<Size> {
  const { rows } = await client.query<Size>(
    `select pg_table_size('${table}')::float8 as table, pg_indexes_size('${table}')::float8 as indexes`,
  )
  return rows[0] ?? { table: Number.NaN, indexes: Number.NaN }
}
