import { expect, it } from 'vitest'
import { addIndex, dropDefault, dropNotNull, renameColumn, setDefault, setNotNull } from '../../src/index.ts'
import { describeEveryServer } from '../servers/databases.ts'
import { migrator, outcome, rename, rows, run, withUsers } from './shop.ts'

const title = 'full_name'
const contract = { quietPeriod: 0, retention: 86_400_000 }

describeEveryServer('a second intent on a column that is renamed', (server) => {
  it('of the same migration is one plan with it, and goes back with it', () =>
    withUsers(server, async (database) => {
      await run(
        database,
        `update users set age = 1 where age is null; alter table users alter column age set default 5`,
      )
      const renamed = renameColumn({ table: 'users', from: 'age', to: 'years' })
      const m = migrator(database, {
        m: [
          renamed,
          setNotNull({ table: 'users', column: 'years' }),
          setDefault({ table: 'users', column: 'years', default: '7' }),
        ],
      })
      await m.expand()
      await m.backfill()
      await run(database, `insert into users (name) values ('old'); update users set years = null where id = 3`)
      expect(await outcome(m.contract(contract))).toBe('5 gate.closed')
      await run(database, 'update users set years = 3 where id = 3')
      const forth = async (): Promise<void> => {
        await m.contract(contract)
        await expect(run(database, 'update users set years = null where id = 4')).rejects.toThrow()
        await run(database, `insert into users (name) values ('new')`)
      }
      await forth()
      await m.rollback()
      await run(database, `update users set age = null where id = 4; update users set age = 4 where id = 4`)
      await run(database, `insert into users (name) values ('back')`)
      await forth()
      await m.purge({ ignoreRetention: true })
      expect(
        await rows(database, 'select name, years from users where id > 1000 or id in (3, 4) order by id'),
      ).toMatchObject([
        { years: 3 },
        { years: 4 },
        { name: 'old', years: 5 },
        { name: 'new', years: 7 },
        { name: 'back', years: 5 },
        { name: 'new', years: 7 },
      ])
      await m.close()
    }))

  it('takes a default away', () =>
    withUsers(server, async (database) => {
      await run(database, 'alter table users alter column age set default 5')
      const m = migrator(database, {
        m: [
          renameColumn({ table: 'users', from: 'age', to: 'years' }),
          dropDefault({ table: 'users', column: 'years' }),
        ],
      })
      for await (const { state } of m.walk()) {
        if (state === 'completed') await run(database, `insert into users (name) values ('x')`)
      }
      expect(await rows(database, 'select years from users where id > 1000')).toEqual([{ years: null }])
      await m.close()
    }))

  it('that has to come at expand is a migration of its own', () =>
    withUsers(server, async (database) => {
      const m = migrator(database, { m: [rename, dropNotNull({ table: 'users', column: title })] })
      expect(await outcome(m.plan())).toBe('3 plan.combination')
      await m.close()
    }))

  it('of a later migration waits until the first is completed, quarantine included; one on another column does not', () =>
    withUsers(server, async (database) => {
      const later = setDefault({ table: 'users', column: title, default: "'-'" })
      const other = addIndex({ table: 'users', name: 'users_age', columns: ['age'] })
      const m = migrator(database, { a: [rename], b: [later], c: [other] })
      await m.expand({ name: 'a' })
      expect(await outcome(m.expand({ name: 'b' }))).toBe('3 plan.conflict')
      await m.backfill({ name: 'a' })
      await m.contract({ name: 'a', ...contract })
      expect(await outcome(m.expand({ name: 'b' }))).toBe('3 plan.conflict')
      await m.expand({ name: 'c' })
      await m.backfill({ name: 'c' })
      expect(await outcome(m.rollback({ name: 'a' }))).toBe('0')
      await m.contract({ name: 'c', ...contract })
      await m.contract({ name: 'a', ...contract })
      await m.purge({ name: 'a', ignoreRetention: true })
      await m.expand({ name: 'b' })
      await m.backfill({ name: 'b' })
      await m.contract({ name: 'b', ...contract })
      await run(database, `insert into users (age) values (5)`)
      expect(await rows(database, `select ${title} from users where id > 1000`)).toEqual([{ [title]: '-' }])
      await m.close()
    }))
})
