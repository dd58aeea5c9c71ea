import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { addColumn, addForeignKey, type Intent, type Migrator, renameColumn } from '../../../src/index.ts'
import { familyOf } from '../../families/family.ts'
import { whole } from '../../scenarios/sample.ts'
import { describeEveryServer, type TestDatabase } from '../../servers/databases.ts'
import { migrator, outcome, rows, run, withUsers } from '../shop.ts'

const now = { quietPeriod: 0 }
const orders = `
  create table pairs (a int not null, b int not null, primary key (a, b));
  insert into pairs values (1, 1), (1, 2);
  create table orders (id int primary key, buyer int, a int, b int, word varchar(20));
  insert into orders values (1, 1, 1, 1, 'x'), (2, 2, 1, 2, 'y'), (3, null, null, 9, 'z')`
const users = { table: 'users', columns: ['id'] }
const buyer = addForeignKey({ table: 'orders', name: 'orders_buyer', columns: ['buyer'], references: users })

async function violations(m: Migrator): Promise<string | undefined> {
  const gates = (await m.ready(now)).migrations[0]?.gates ?? []
  return gates
    .find(({ name }) => name === 'violations')
    ?.reason.replaceAll(/ of \w+\./g, ' of ')
    .replaceAll(/": ?/g, '": ')
}

describeEveryServer('a foreign key that the old version does not know', (server) => {
  const family = familyOf(server)
  const withOrders = (body: (database: TestDatabase) => Promise<void>): Promise<void> =>
    withUsers(
      server,
      async (database) => {
        await run(database, orders)
        await body(database)
      },
      3,
    )

  it('lets rows that point at nothing through until contract, names them, stays closed, and goes back', () =>
    withOrders(async (database) => {
      const before = await family.catalog(database.url)
      const pair = addForeignKey({
        table: 'orders',
        name: 'orders_pair',
        columns: ['a', 'b'],
        references: { table: 'pairs', columns: ['a', 'b'] },
        onDelete: 'cascade',
        onUpdate: 'cascade',
      })
      const m = migrator(database, { m: [buyer, pair] })
      await m.expand({ backfill: true })
      await run(database, `update orders set buyer = 77 where id = 1; update orders set a = 8 where id = 2`)
      expect(await violations(m)).toBe(
        '1 rows of orders: it points at no row of users by orders_buyer, for example {"id": 1}; ' +
          '1 rows of orders: it points at no row of pairs by orders_pair, for example {"id": 2}',
      )
      expect(await outcome(m.contract(now))).toBe('5 gate.closed')
      const forced = { ...now, forceGates: ['violations'], reason: 'as if they had been written a moment later' }
      expect(await outcome(m.contract(forced))).toBe('5 gate.closed')
      expect((await m.status()).migrations[0]?.state).toBe('backfilled')
      expect(await family.catalog(database.url)).toBe(before)
      await run(database, `update orders set buyer = 1 where id = 1; update orders set a = 1 where id = 2`)
      expect(await outcome(m.contract(now))).toBe('0')
      await expect(run(database, 'update orders set buyer = 77 where id = 1')).rejects.toThrow(/orders_buyer/)
      await run(database, 'update pairs set b = 5 where b = 1; delete from pairs where b = 2')
      expect(await rows(database, 'select id, b from orders order by id')).toEqual([
        { id: 1, b: 5 },
        { id: 3, b: 9 },
      ])
      expect(await outcome(m.rollback())).toBe('0')
      await run(database, 'update orders set buyer = 77 where id = 1')
      expect(await outcome(m.rollback(now))).toBe('0')
      expect(await family.catalog(database.url)).toBe(before)
      await m.close()
    }))

  // It takes a second or two.
  it.runIf(whole)('stands on a column that the same migration adds, or renames', () =>
    withOrders(async (database) => {
      const before = await family.catalog(database.url)
      const m = migrator(database, {
        m: [
          addColumn({ table: 'orders', column: 'payer', type: 'int', up: 'id' }),
          renameColumn({ table: 'orders', from: 'buyer', to: 'client' }),
          addForeignKey({
            table: 'orders',
            name: 'payers',
            columns: ['payer'],
            references: users,
            onDelete: 'cascade',
          }),
          addForeignKey({ table: 'orders', name: 'clients', columns: ['client'], references: users }),
        ],
      })
      await m.expand({ backfill: true })
      await run(database, `insert into orders (id, buyer) values (4, 77)`)
      expect(await violations(m)).toBe(
        '1 rows of orders: it points at no row of users by payers, for example {"id": 4}; ' +
          '1 rows of orders: it points at no row of users by clients, for example {"id": 4}',
      )
      await run(database, 'delete from orders where id = 4')
      expect(await outcome(m.contract(now))).toBe('0')
      await expect(run(database, 'update orders set client = 77')).rejects.toThrow(/clients/)
      await expect(run(database, 'update orders set payer = 77')).rejects.toThrow(/payers/)
      expect(await outcome(m.rollback())).toBe('0')
      expect(await outcome(m.rollback({ ...now, acceptLoss: true, reason: 'test' }))).toBe('0')
      expect(await family.catalog(database.url)).toBe(before)
      await m.close()
    }),
  )

  it('waits for who deletes what is pointed at and has not committed yet', () =>
    withOrders(async (database) => {
      const m = migrator(database, { m: [buyer] })
      await m.expand({ backfill: true })
      const other = await family.session(database.url, 'other')
      await other.run('begin; delete from users where id = 2')
      const contracting = outcome(m.contract(now))
      const over = contracting.then(() => true)
      const waits = async (): Promise<boolean> => {
        if (m.events.some(({ kind }) => kind === 'retry')) return true
        return (await Promise.race([over, sleep(20, false)])) || waits()
      }
      await waits()
      await other.run('commit')
      await other.end()
      expect(await contracting).toBe('5 gate.closed')
      await m.close()
    }))

  it('goes back also where what it pointed at is gone', () =>
    withOrders(async (database) => {
      const before = await family.catalog(database.url)
      const m = migrator(database, { m: [buyer] })
      await m.expand({ backfill: true })
      expect(await outcome(m.contract(now))).toBe('0')
      const drop =
        family.name === 'postgres' ? 'drop table users cascade' : 'set foreign_key_checks = 0; drop table users'
      await run(database, drop)
      expect(await outcome(m.rollback())).toBe('0')
      await run(database, family.users(3))
      expect(await family.catalog(database.url)).toBe(before)
      await m.close()
    }))

  it('is refused before anything is done, with the reason', () =>
    withOrders(async (database) => {
      const before = await family.catalog(database.url)
      const refusal = async (
        given: Partial<Parameters<typeof addForeignKey>[0]>,
        ...more: Intent[]
      ): Promise<string> => {
        const intent = addForeignKey({ ...buyer.addForeignKey, ...given })
        const m = migrator(database, { m: [...more, intent] })
        const said = await m.expand().then(
          () => '0',
          (error: { exitCode: number; code: string; message: string }) =>
            `${error.exitCode} ${error.code}: ${error.message}`,
        )
        await m.close()
        expect(await family.catalog(database.url)).toBe(before)
        return said
      }
      const to = (table: string, ...columns: string[]) => ({ references: { table, columns } })
      expect(await refusal({ columns: ['word'] })).toMatch(/^3 plan\.(constraint|foreign-key): .*(word|orders_buyer)/)
      expect(await refusal(to('users', 'age'))).toMatch(/^3 plan\.(constraint|foreign-key): .*unique/)
      expect(await refusal(to('users', 'nothing'))).toMatch(/^3 plan\.column: .*nothing/)
      expect(await refusal(to('nowhere', 'id'))).toMatch(/^3 plan\.table: .*nowhere/)
      expect(await refusal(to('pairs', 'a', 'b'))).toMatch(/^2 migration\.foreign-key/)
      expect(await refusal({ name: 'n'.repeat(65) })).toMatch(/^3 plan\.name-too-long/)
      await run(database, 'alter table orders add constraint orders_buyer foreign key (buyer) references users (id)')
      const m = migrator(database, { m: [buyer] })
      expect(await outcome(m.expand())).toBe('3 plan.constraint-exists')
      await m.close()
      if (family.name === 'postgres') return
      await run(database, 'alter table orders add column seller int not null')
      expect(
        await outcome(
          migrator(database, {
            m: [addForeignKey({ ...buyer.addForeignKey, name: 'n', columns: ['seller'], onDelete: 'set null' })],
          }).expand(),
        ),
      ).toBe('3 plan.foreign-key')
      expect(
        await outcome(
          migrator(database, {
            m: [addForeignKey({ ...buyer.addForeignKey, name: 'n', deferrable: 'deferred' })],
          }).expand(),
        ),
      ).toBe('3 plan.foreign-key')
    }))
})
