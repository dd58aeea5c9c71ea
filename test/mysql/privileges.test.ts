import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { createMigrator, renameColumn } from '../../src/index.ts'
import { outcome } from '../integration/shop.ts'
import { createDatabase, describeEachStartableMysql, mysqlRows, withMysql } from '../servers/databases.ts'
import { startOwn } from '../servers/mysql/find.ts'
import { schema } from './schema.ts'

const documented = new URL('../../docs/privileges.md', import.meta.url)

describeEachStartableMysql('an account with nothing but the documented privileges', (server) => {
  it('runs everything, the app’s account needs nothing new, and without its setting expand refuses', {
    timeout: 120_000,
  }, async () => {
    // One of its own: what is set for a whole server would concern the other tests.
    const own = await startOwn(server)
    if (own === null) throw new Error(`${server.name} is not there to be started`)
    const database = await createDatabase(own)
    const [migrator, app] = ['migrator', 'app']
    const [grant = ''] = [
      ...(await readFile(documented, 'utf8')).matchAll(/```mysql\n(GRANT SELECT, INSERT.*?)```/gs),
    ].map(([, text = '']) => text)
    const as = (user: string): string => {
      const url = new URL(database.url)
      url.username = user
      url.password = 'pass word'
      return url.href
    }
    const trust = async (value: 0 | 1): Promise<unknown> =>
      withMysql(own.url, (client) => client.query(`set global log_bin_trust_function_creators = ${value}`))
    const made = createMigrator({
      database: as(migrator),
      migrations: { m: { intents: [renameColumn({ table: 'items', from: 'name', to: 'full_name' })] } },
    })
    /** Each phase looks first whether its triggers could be made: nothing is half done. */
    const untrusted = async (phase: () => Promise<unknown>): Promise<void> => {
      const state = (await made.status()).migrations[0]?.state
      await trust(0)
      expect(await outcome(phase())).toBe('3 server.triggers')
      await trust(1)
      expect((await made.status()).migrations[0]?.state).toBe(state)
    }
    const write = (column: string): Promise<unknown> =>
      withMysql(as(app), async (client) => {
        await client.query(`insert into items (${column}) values ('by the app')`)
        await client.query(`update items set ${column} = 'changed' where id = 3`)
      })
    try {
      await withMysql(database.url, async (client) => {
        for (const statement of schema) await client.query(statement)
        for (const user of [migrator, app]) await client.query(`create user '${user}'@'%' identified by 'pass word'`)
        await client.query(grant.replace('shop', database.name).replace('TO migrator', `TO '${migrator}'@'%'`))
        await client.query(`grant select, insert, update, delete on ${database.name}.items to '${app}'@'%'`)
      })
      await trust(0)
      expect(await outcome(made.expand())).toBe('3 server.triggers')
      expect(await mysqlRows(database.url, `show columns from items like 'full_name'`)).toEqual([])
      await trust(1)
      await made.expand()
      await write('name')
      await write('full_name')
      await untrusted(() => made.backfill())
      await made.backfill()
      const asked = { allowApp: ['shop%'], requireGate: ['transactions', 'consumers'], quietPeriod: 0 }
      const gates = (await made.ready(asked)).migrations[0]?.gates.filter(({ status }) => status === 'unknown') ?? []
      expect(gates.map(({ name }) => name)).toEqual(['sessions', 'transactions', 'consumers'])
      for (const { hint } of gates) expect(hint).toContain('GRANT PROCESS ON *.*')
      expect(await outcome(made.contract(asked))).toBe('5 gate.closed')
      await untrusted(() => made.contract({ quietPeriod: 0 }))
      await made.contract({ quietPeriod: 0 })
      await write('full_name')
      await untrusted(() => made.rollback())
      await made.rollback()
      await write('name')
      await made.contract({ quietPeriod: 0, retention: 0 })
      await write('full_name')
      expect((await made.status()).migrations[0]?.state).toBe('completed')
    } finally {
      await made.close()
      await own.stop()
    }
  })
})
