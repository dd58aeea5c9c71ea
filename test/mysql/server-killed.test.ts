import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { EmbeddedMysql } from '../../src/embedded/mysql/server.ts'
import { createMigrator, type Migrator, type RunnerEvent, renameColumn, setNotNull } from '../../src/index.ts'
import { mysqlFamily } from '../families/mysql/family.ts'
import { outcome } from '../integration/shop.ts'
import {
  createDatabase,
  describeEachStartableMysql,
  mysqlRows,
  type TestDatabase,
  withMysql,
} from '../servers/databases.ts'
import { startOwn } from '../servers/mysql/find.ts'

const rows = 1 << 15
const intents = [
  renameColumn({ table: 'items', from: 'name', to: 'full_name' }),
  setNotNull({ table: 'items', column: 'note' }),
]
const rebuild = 'alter table%algorithm=inplace%'

const migratorOn = (
  url: string,
  { leaseTtl = 15_000, onEvent = (_event: RunnerEvent): void => undefined } = {},
): Migrator =>
  createMigrator({
    database: url,
    migrations: { m: { intents } },
    leaseTtl,
    leaseWait: 60_000,
    connectTimeout: 1000,
    onEvent,
  })

async function filled(server: { readonly url: string }): Promise<TestDatabase> {
  const database = await createDatabase(server)
  await withMysql(database.url, async (client) => {
    await client.query(
      'create table items (id int primary key auto_increment, name varchar(20) not null, note varchar(20), filler char(200), key (filler, note), key (note, filler))',
    )
    await client.query(`insert into items (name, note, filler) values ('a', 'b', uuid()), ('c', 'd', uuid())`)
    for (let n = 2; n < rows; n *= 2)
      await client.query('insert into items (name, note, filler) select name, note, filler from items')
  })
  return database
}

/** What stands in the table and the ledger. */
async function end(database: TestDatabase): Promise<unknown> {
  const [sum] = await mysqlRows(
    database.url,
    `select count(*) as n, sum(id) + 0e0 as ids, sum(full_name = 'a') + 0e0 as a, sum(full_name = 'c') + 0e0 as c from items`,
  )
  const [state] = await mysqlRows(database.url, 'select state from bellows_migrations')
  const catalog = await mysqlFamily.catalog(database.url)
  // The ids in our names are made from the database's name, too.
  return [catalog.replace(/(?<![0-9a-f])[0-9a-f]{8}(?![0-9a-f])/g, 'id'), sum, state]
}

/** Returns once a statement like this is carried out in the server. */
async function underWay(url: string, pattern: string, milliseconds: number): Promise<void> {
  await withMysql(url, async (client) => {
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(5)) {
      const [found] = await client.query(
        'select id from information_schema.processlist where info like ? and id <> connection_id()',
        [pattern],
      )
      if ((found as unknown as readonly unknown[]).length > 0) break
    }
  })
  await sleep(milliseconds)
}

describeEachStartableMysql('the server killed, or its client gone, while it works', (server) => {
  let own: EmbeddedMysql
  beforeAll(async () => {
    const started = await startOwn(server)
    if (started === null) throw new Error(`${server.name} is not there to be started`)
    own = started
  }, 60_000)
  afterAll(() => own.stop())

  it('a server that dies in the middle of a chunk and of an ALTER: restarted, the same command comes to the same end', {
    timeout: 300_000,
  }, async () => {
    const [alone, killed] = [await filled(own), await filled(own)]
    const left = migratorOn(alone.url)
    await left.expand()
    await left.backfill()
    await left.contract({ quietPeriod: 0 })
    await left.close()
    const wanted = await end(alone)

    const die = async (pattern: string, milliseconds: number, command: (m: Migrator) => Promise<unknown>) => {
      const runner = migratorOn(killed.url)
      const running = outcome(command(runner))
      await underWay(own.url, pattern, milliseconds)
      await own.kill()
      expect(await running).toMatch(/^75 /)
      await runner.close()
      await own.restart()
      const again = migratorOn(killed.url)
      await command(again)
      await again.close()
    }
    const first = migratorOn(killed.url)
    await first.expand()
    await first.close()
    await die('update%items%', 2, (m) => m.backfill())
    await die(rebuild, 50, (m) => m.contract({ quietPeriod: 0 }))
    expect(await end(killed)).toEqual(wanted)
    await Promise.all([alone.drop(), killed.drop()])
  })

  it('an ALTER that goes on after its client died is waited for, not started a second time', {
    timeout: 300_000,
  }, async () => {
    const database = await filled(own)
    const prepared = migratorOn(database.url)
    await prepared.expand()
    await prepared.backfill()
    await prepared.close()
    const alters: string[] = []
    const proxy = await mysqlFamily.proxy(database.url, {})
    const dying = migratorOn(proxy.url, { leaseTtl: 1500 })
    const running = outcome(dying.contract({ quietPeriod: 0 }))
    await underWay(own.url, rebuild, 0)
    await proxy.close()
    expect(await running).toMatch(/^75 /)
    await dying.close()
    const second = await mysqlFamily.proxy(database.url, {
      before: ({ sql }) => {
        if (/^alter table .*algorithm=inplace/i.test(sql)) alters.push(sql)
        return 'forward'
      },
    })
    const waited: string[] = []
    const next = migratorOn(second.url, {
      leaseTtl: 1500,
      onEvent: (event) => {
        if (event.kind === 'waiting') waited.push(event.what)
      },
    })
    await next.contract({ quietPeriod: 0 })
    expect(waited).toEqual(['lease ddl'])
    expect(alters).toEqual([])
    await next.close()
    await second.close()
    await database.drop()
  })
})
