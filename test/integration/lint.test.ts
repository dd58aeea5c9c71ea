import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgresExamples, postgresSchema } from '../lint/postgres.ts'
import { createDatabase, describeEachServer, type TestDatabase, withClient } from '../servers/databases.ts'

/*
 * What the rules say that a statement does, the server is seen to do: the lock that it holds at the end, whether the table has
 * another file, whether all rows were read. For PostgreSQL alone: the locks are its own.
 */
describeEachServer('what the rules of lint claim', (server) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase(server)
    await withClient(database.url, (client) => client.query(postgresSchema))
  })
  afterAll(() => database.drop())

  const measured = postgresExamples.flatMap(({ rule, found: [sql = ''], does }) =>
    does === undefined ? [] : [{ rule, sql, does }],
  )

  test.each(measured)('$rule: $sql', async ({ sql, does }) => {
    await withClient(database.url, async (client) => {
      if (does.fails !== undefined) {
        await expect(client.query(sql)).rejects.toMatchObject({ code: does.fails })
        return
      }
      const one = async <Row>(text: string, values: readonly unknown[]): Promise<Row> =>
        (await client.query(text, [...values])).rows[0] as Row
      const { oid } = await one<{ oid: number }>('select $1::regclass::oid as oid', [does.table])
      const file = async (): Promise<string | undefined> =>
        (await one<{ file: string } | undefined>('select relfilenode as file from pg_class where oid = $1', [oid]))
          ?.file
      await client.query('begin')
      const before = await file()
      await client.query(sql)
      const { modes } = await one<{ modes: readonly string[] }>(
        'select array_agg(mode) as modes from pg_locks where pid = pg_backend_pid() and relation = $1',
        [oid],
      )
      const { scans } = await one<{ scans: number }>('select pg_stat_get_xact_numscans($1)::int as scans', [oid])
      if (does.lock !== undefined) expect(modes).toContain(`${does.lock}Lock`)
      if (does.scans) expect(scans).toBeGreaterThan(0)
      expect((await file()) !== before && (await file()) !== undefined).toBe(does.rewrites === true)
      await client.query('rollback')
    })
  })
})
