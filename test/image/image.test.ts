import { expect, test, vi } from 'vitest'
import { connect, createDatabase, describeEachServer } from '../servers/databases.ts'
import { image, inspect, mounts, run, skipped, start } from './container.ts'

/*
 * The image as a Job runs it. In a container of its own each time, as pods are.
 */
const migrations = {
  '20260101000000_rename_name.ts': `import { defineMigration, renameColumn } from 'bellows'
export default defineMigration({ intents: [renameColumn({ table: 'users', from: 'name', to: 'full_name' })] })
`,
}

const patience = { timeout: 60_000, interval: 100 }

async function shop(
  server: Parameters<typeof createDatabase>[0],
  rows: number,
): Promise<{ url: string; drop: () => Promise<void> }> {
  const database = await createDatabase(server)
  const client = await connect(database.url)
  await client.query('create table users (id bigint primary key generated always as identity, name text not null)')
  await client.query("insert into users (name) select 'user ' || i from generate_series(1, $1::int) i", [rows])
  await client.end()
  return database
}

describeEachServer(`the image${skipped}`, (server) => {
  test.skipIf(image === null)('runs as a number that is not root, with Node as its first process', () => {
    expect(inspect('{{.Config.User}}')).toBe('1000:1000')
    expect(inspect('{{json .Config.Entrypoint}}')).toBe('["node","/opt/bellows/dist/cli/main.js"]')
  })

  test.skipIf(image === null)(
    'goes through all phases, and finds nothing to do the next time',
    { timeout: 300_000 },
    async () => {
      const database = await shop(server, 1000)
      const mounted = await mounts(database.url, migrations)
      for (const argv of [
        ['expand', '--backfill'],
        ['wait', '--for', 'backfilled'],
        ['ready', '--quiet-period', '0'],
      ]) {
        const { code, stderr } = await run(mounted, ...argv)
        expect(code, stderr).toBe(0)
      }
      const begun = performance.now()
      const again = await run(mounted, 'expand', '--json')
      expect(again.code).toBe(0)
      expect(JSON.parse(again.stdout)).toMatchObject({ ok: true })
      expect(performance.now() - begun).toBeLessThan(30_000)
      expect((await run(mounted, 'contract', '--quiet-period', '0', '--yes')).code).toBe(0)
      expect((await run(mounted, 'rollback', '--json')).code).toBe(0)
      await database.drop()
    },
  )

  test.skipIf(image === null)(
    'saves what is done at SIGTERM (143), and another one goes on; also after SIGKILL',
    { timeout: 300_000 },
    async () => {
      const database = await shop(server, 40_000)
      const mounted = await mounts(database.url, migrations)
      expect((await run(mounted, 'expand')).code).toBe(0)
      for (const [signal, code] of [
        ['TERM', 143],
        ['KILL', 137],
      ] as const) {
        const pod = start(mounted, 'backfill', '--max-rate', '2000', '--log-format', 'json')
        await vi.waitUntil(() => pod.said().includes('"progress"'), patience)
        pod.signal(signal)
        expect((await pod.ended).code).toBe(code)
      }
      const { code, stderr } = await run(mounted, 'backfill', '--lease-wait', '60s')
      expect(code, stderr).toBe(0)
      await database.drop()
    },
  )

  test.skipIf(image === null)(
    'two at once: one does it, the other waits and finds it done',
    { timeout: 300_000 },
    async () => {
      const database = await shop(server, 10_000)
      const mounted = await mounts(database.url, migrations)
      const both = await Promise.all([1, 2].map(() => run(mounted, 'expand', '--backfill')))
      expect(both.map(({ code }) => code)).toEqual([0, 0])
      const client = await connect(database.url)
      const { rows } = await client.query(
        "select count(*)::int as times from bellows.steps where id like '%.fill' and state = 'done'",
      )
      expect(rows).toEqual([{ times: 1 }])
      await client.end()
      await database.drop()
    },
  )

  test.skipIf(image === null)('never tells the password', { timeout: 60_000 }, async () => {
    const url = new URL(server.url)
    url.password = 'geheim&mehr'
    url.port = '1'
    const mounted = await mounts(url.href, migrations)
    for (const argv of [
      ['status', '--verbose'],
      ['expand', '--json', '--log-format', 'json'],
    ]) {
      const { code, stdout, stderr } = await run(mounted, ...argv, '--connect-timeout', '1s')
      expect(code).toBe(75)
      expect(stdout + stderr).not.toMatch(/geheim/)
    }
  })
})
