import pg from 'pg'
import { startEmbedded } from '../dist.ts'
import type { Engine, Row } from './engine.ts'

/** Server settings that are not the defaults. Durable: fsync, synchronous_commit and full_page_writes stay on. */
const settings = {
  shared_buffers: '1GB',
  autovacuum: 'off',
  checkpoint_timeout: '1h',
  max_wal_size: '16GB',
  min_wal_size: '4GB',
} as const

const texts = {
  file: 'performance.md',
  title: 'Performance on PostgreSQL',
  durability: `Durable: \`fsync\`, \`synchronous_commit\` and \`full_page_writes\` are on. Not the defaults: ${Object.entries(
    settings,
  )
    .map(([name, value]) => `\`${name} = ${value}\``)
    .join(
      ', ',
    )}. There is a checkpoint before each measurement and none during it; nothing vacuums but the benchmark itself, between measurements.`,
  growth: `Every row gets a new version, as with any \`UPDATE\`: without a vacuum in between the table takes up to twice the space. The
backfill commits as it goes, so with autovacuum on, which a server in use has, the space of early batches can be used by later ones;
one \`UPDATE\` cannot do that.`,
  inside: 'a loop in PL/pgSQL',
  waits: 'No DDL of ours holds up a statement for longer than its lock timeout (500 ms)',
} as const

/** Starts an embedded PostgreSQL 18 in a temporary folder. */
export async function startPostgres(say: (line: string) => void): Promise<Engine> {
  const server = await startEmbedded({ major: 18, settings, onMessage: say })
  const client = new pg.Client({ connectionString: server.url, application_name: 'bench' })
  await client.connect()
  const run = async (sql: string): Promise<readonly Row[]> => (await client.query<Row>(sql)).rows
  const flush = async (): Promise<void> => void (await run('checkpoint'))
  const number = async (sql: string): Promise<number> => Number((await run(sql))[0]?.value)
  return {
    product: `PostgreSQL ${server.version}`,
    url: server.url,
    texts,
    types: { name: 'text', seen: 'timestamptz', status: 'text', changed: 'integer', cast: 'integer' },
    leastUpdates: 0.8,
    run,
    insert: async (table, rows) => {
      await run(`insert into ${table}
        select i, md5(i::text), 'user' || i || '@example.org', i % 7, timestamptz '2026-01-01' + i * interval '1 second', repeat(md5((-i)::text), 2)
        from generate_series(1, ${rows}) i`)
    },
    settle: async (table) => {
      await run(`vacuum (analyze) ${table}`)
      await flush()
    },
    flush,
    sizes: async (table) => ({
      'Table (`pg_table_size`)': await number(`select pg_table_size('${table}')::float8 as value`),
      'Indexes (`pg_indexes_size`)': await number(`select pg_indexes_size('${table}')::float8 as value`),
    }),
    // Header, values and item pointer, without the free space of the page.
    rowWidth: (table) => number(`select pg_relation_size('${table}')::float8 / count(*) as value from ${table}`),
    loop: async (table, column, from, to) => {
      const begun = performance.now()
      await run(`do $$ begin
        for i in ${from}..${to} loop
          update ${table} set ${column} = 'inside ' || i where id = i;
        end loop;
      end $$`)
      return (performance.now() - begun) / 1000
    },
    copyByTriggers: null,
    stop: async () => {
      await client.end()
      await server.stop()
    },
  }
}
