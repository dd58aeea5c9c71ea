import { expect, it } from 'vitest'
import { changeType, dropColumn, type Intent, isBellowsError, setNotNull } from '../../src/index.ts'
import { familyOf } from '../families/family.ts'
import { describeEveryServer, type TestDatabase } from '../servers/databases.ts'
import { migrator, needs, outcome, rows, run, withUsers } from './shop.ts'

/** `years` is free text for v2, while v1 goes on reading a number. */
const years: Intent = changeType({
  table: 'users',
  column: 'age',
  to: { postgres: 'text', mysql: 'varchar(40)' },
  as: 'years',
})

/** The same under one name. */
const ages: Intent = changeType({ table: 'users', column: 'age', to: { postgres: 'text', mysql: 'varchar(40)' } })

/** Free text for v1, a number for v2. */
const numbers: Intent = changeType({ table: 'users', column: 'email', to: 'integer', as: 'number' })

/** The failures that are open: the row's key, the column that was to be filled, and the SQLSTATE. */
async function open(database: TestDatabase): Promise<readonly string[]> {
  const { state, quote } = familyOf(database)
  const found = await rows<{ key: string; target: string; code: string }>(
    database,
    `select ${quote('key')}, target, code from ${state('conversion_failures')} where resolved_at is null order by ${quote('key')}`,
  )
  // 22P02 where PostgreSQL says it; MySQL and MariaDB number what cannot be a value of a type in two ways.
  return found.map(
    ({ key, target, code }) => `${JSON.parse(key).id} ${target} ${code.replace(/^(1366|1292)$/, '22P02')}`,
  )
}

async function write(database: TestDatabase, statement: string): Promise<void> {
  await run(database, statement)
}

describeEveryServer('a value that cannot be converted', (server) => {
  const { freeKeys } = familyOf(server)

  it('that is settled opens the gate in ready too, which writes nothing; contract writes it down', (context) =>
    withUsers(
      server,
      async (database) => {
        await needs(context, server, database, numbers)
        await write(database, `update users set email = null`)
        const m = migrator(database, { m: [numbers] }, { quietPeriod: 0 })
        await m.expand({ backfill: true })
        await write(database, `update users set email = 'twelve' where id = 2`)
        await write(database, 'delete from users where id = 2')
        expect(await m.ready()).toMatchObject({ migrations: [{ ready: true }] })
        expect(await open(database)).toEqual(['2 number 22P02'])
        expect(await outcome(m.contract())).toBe('0')
        expect(await open(database)).toEqual([])
        await m.close()
      },
      3,
    ))

  it('keeps the old shape from coming back under the same name, unless its loss is consented to', (context) =>
    withUsers(
      server,
      async (database) => {
        await needs(context, server, database, ages)
        const m = migrator(database, { m: [ages] })
        await m.expand()
        await m.backfill()
        await m.contract({ quietPeriod: 0 })
        await write(database, `update users set age = 'twelve' where id = 2; update users set age = '13' where id = 3`)
        const refused = await m.rollback().catch((error: unknown) => error)
        expect(isBellowsError(refused) && [refused.exitCode, refused.code, refused.message]).toEqual([
          4,
          'rollback.unrepresentable',
          expect.stringMatching(/: 1 values of age in \S+, for example \{"id": ?2\}$/),
        ])
        expect(await rows(database, 'select age from users where id = 2')).toEqual([{ age: 'twelve' }])
        const consented = { acceptLoss: true, reason: 'nobody needs it' }
        expect(await outcome(m.rollback(consented))).toBe('0')
        expect(await rows(database, 'select age from users where id > 1 order by id')).toEqual([
          { age: null },
          { age: 13 },
        ])
        await m.close()
      },
      3,
    ))

  it('is on record also where the other side had nothing before, and nothing changes there', (context) =>
    withUsers(
      server,
      async (database) => {
        await needs(context, server, database, years)
        const m = migrator(database, { m: [years] })
        await m.expand()
        await write(database, `insert into users (name, years) values ('new', 'twelve')`)
        await write(database, `insert into users (name) values ('none')`)
        expect(await open(database)).toEqual(['4 age 22P02'])
        await m.backfill()
        expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('5 gate.closed')
        await write(database, `update users set years = '12' where id = 4`)
        expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')

        // In quarantine the hidden old column follows; what it cannot hold is what a way back would lose.
        await write(database, `insert into users (name, years) values ('newer', 'thirteen')`)
        expect(await open(database)).toEqual(['6 age 22P02'])
        await m.close()
      },
      3,
    ))

  it('is on record again after a way back and a second expand', (context) =>
    withUsers(
      server,
      async (database) => {
        await needs(context, server, database, years)
        const m = migrator(database, { m: [numbers] })
        await write(database, `update users set email = 'x' where id = 2`)
        for (const round of ['first', 'second']) {
          await m.expand()
          await m.backfill()
          expect(await open(database), round).toEqual(['2 number 22P02'])
          await m.rollback({ quietPeriod: 0 })
          expect(await open(database), round).toEqual([])
        }
        await m.close()
      },
      3,
    ))

  it('goes with its row when that gets another key, and is over when the value is mended there', (context) =>
    withUsers(
      server,
      async (database) => {
        await needs(context, server, database, years)
        await write(database, freeKeys)
        const m = migrator(database, { m: [numbers] })
        await m.expand()
        await m.backfill()
        await write(database, `update users set email = 'x' where id = 2`)
        await write(database, `update users set id = 20 where id = 2`)
        expect(await open(database)).toContain('20 number 22P02')
        expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('5 gate.closed')
        await write(database, `update users set email = '2' where id = 20`)
        expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
        expect(await open(database)).toEqual([])
        await m.close()
      },
      3,
    ))

  it('goes with its row also when the old side is what could not be filled', (context) =>
    withUsers(
      server,
      async (database) => {
        await needs(context, server, database, years)
        await write(database, freeKeys)
        const m = migrator(database, { m: [years] })
        await m.expand()
        await m.backfill()
        await write(database, `update users set years = 'twelve' where id = 2`)
        await write(database, `update users set id = 20 where id = 2`)
        expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('5 gate.closed')
        expect(await open(database)).toEqual(['20 age 22P02'])
        await write(database, `update users set age = 12 where id = 20`)
        expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')

        await write(database, `update users set years = 'thirteen' where id = 3`)
        await write(database, `update users set id = 30 where id = 3`)
        expect(await open(database)).toContain('30 age 22P02')
        await m.close()
      },
      3,
    ))

  it('for a column that is dropped, or becomes NOT NULL, is what onError says, and not to be done without where it has to be NOT NULL', (context) =>
    withUsers(
      server,
      async (database) => {
        const drop = (more: object, column = 'code'): Intent => dropColumn({ table: 'users', column, ...more })
        const number = { postgres: 'email::int', mysql: 'email' }
        await needs(context, server, database, drop({}))
        await run(database, 'alter table users add free int, add code int not null')
        const hazards = async (more: object, column?: string): Promise<readonly string[]> => {
          const m = migrator(database, { m: [drop(more, column)] })
          const { migrations } = await m.plan()
          await m.close()
          return migrations.flatMap((plan) =>
            plan.hazards.flatMap(({ code }) => (code.startsWith('down-') ? [code] : [])),
          )
        }
        expect(await hazards({ down: number }, 'free')).toEqual([])
        expect(await hazards({ down: '0' })).toEqual([])
        expect(await hazards({ down: number })).toEqual(['down-needs-on-error', 'down-may-be-null'])
        expect(await hazards({ down: number, onError: '-1' })).toEqual(['down-may-be-null'])
        const down = { postgres: `coalesce(email::int, 0)`, mysql: 'coalesce(email, 0)' }
        expect(await hazards({ down })).toEqual(['down-needs-on-error'])
        const strict = migrator(database, { m: [drop({ down })] })
        expect(await outcome(strict.expand())).toBe('3 plan.hazard')
        await strict.close()
        const age = setNotNull({ table: 'users', column: 'age', up: number, onError: '-2' })
        const m = migrator(database, { m: [drop({ down, onError: '-1' })], n: [age] })
        await m.expand()
        await write(
          database,
          `insert into users (name, email) values ('x', '7'), ('y', null), ('z', 'seven'); update users set age = 5 where id = 1`,
        )
        expect(await rows(database, 'select code, age from users order by id')).toEqual([
          { code: 7, age: 5 },
          { code: 0, age: null },
          { code: -1, age: -2 },
        ])
        await m.close()
      },
      0,
    ))
})
