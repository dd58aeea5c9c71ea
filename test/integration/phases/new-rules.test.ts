import { expect, it } from 'vitest'
import {
  addCheck,
  addColumn,
  changeType,
  dropColumn,
  type Intent,
  type Migrator,
  renameColumn,
} from '../../../src/index.ts'
import { familyOf } from '../../families/family.ts'
import { whole } from '../../scenarios/sample.ts'
import { describeEveryServer, type TestDatabase } from '../../servers/databases.ts'
import { migrator, outcome, rows, run, withUsers } from '../shop.ts'

const now = { quietPeriod: 0 }
/** On MySQL and older MariaDB a CHECK is a copy that stops writers. */
const consent = { accept: ['check-stops-writers'] }
const adult = addCheck({ table: 'users', name: 'users_adult', check: 'age >= 1' })

/** What the gate says, with tables by their name and keys spelled as on every server. */
async function violations(m: Migrator): Promise<string | undefined> {
  const gates = (await m.ready(now)).migrations[0]?.gates ?? []
  return gates
    .find(({ name }) => name === 'violations')
    ?.reason.replaceAll(/ of \S+\.users/g, ' of users')
    .replaceAll(/": ?/g, '": ')
}

describeEveryServer('a rule that the old version does not know', (server) => {
  const family = familyOf(server)
  const refusal = async (database: TestDatabase, ...intents: readonly Intent[]): Promise<string> => {
    const before = await family.catalog(database.url)
    const m = migrator(database, { m: intents })
    const said = await m.expand(consent).then(
      () => '0',
      (error: { exitCode: number; code: string; message: string }) =>
        `${error.exitCode} ${error.code}: ${error.message}`,
    )
    expect((await m.status()).migrations[0]?.state).toBe('pending')
    expect(await family.catalog(database.url)).toBe(before)
    await m.close()
    return said
  }

  it('lets what violates it through until contract, names it, stays closed, and goes back', () =>
    withUsers(
      server,
      async (database) => {
        const before = await family.catalog(database.url)
        const m = migrator(database, { m: [adult] })
        await m.expand(consent)
        await run(database, `insert into users (name, age) values ('young', 0)`)
        await m.backfill()
        await run(database, `update users set age = null where id = 4; update users set age = -1 where id = 2`)
        expect(await violations(m)).toBe('1 rows of users: it violates users_adult, for example {"id": 2}')
        expect(await outcome(m.contract(now))).toBe('5 gate.closed')
        expect((await m.status()).migrations[0]?.state).toBe('backfilled')
        await run(database, 'update users set age = 3 where age < 1')
        expect(await outcome(m.contract(now))).toBe('0')
        await expect(run(database, 'update users set age = 0 where id = 1')).rejects.toThrow(/users_adult/)
        expect(await outcome(m.rollback())).toBe('0')
        await run(database, 'update users set age = 0 where id = 1')
        expect(await outcome(m.rollback(now))).toBe('0')
        expect(await family.catalog(database.url)).toBe(before)
        await m.close()
      },
      3,
    ))

  it('closes again when a row violates it between the last look and the rule', () =>
    withUsers(
      server,
      async (database) => {
        const m = migrator(database, { m: [adult] })
        await m.expand({ ...consent, backfill: true })
        const before = await family.catalog(database.url)
        await run(database, 'update users set age = 0 where id = 2')
        const forced = { ...now, forceGates: ['violations'], reason: 'as if it had been written a moment later' }
        expect(await outcome(m.contract(forced))).toBe('5 gate.closed')
        expect((await m.status()).migrations[0]?.state).toBe('backfilled')
        expect(await family.catalog(database.url)).toBe(before)
        await run(database, 'update users set age = -5 where id = 1')
        await run(database, 'update users set age = 1')
        expect(await outcome(m.contract(now))).toBe('0')
        await m.close()
      },
      3,
    ))

  // It takes a second or two.
  it.runIf(whole)('is about the columns as they are after contract', () =>
    withUsers(
      server,
      async (database) => {
        const before = await family.catalog(database.url)
        const m = migrator(database, {
          m: [
            addCheck({ table: 'users', name: 'named', check: "full_name <> 'x'" }),
            addCheck({ table: 'users', name: 'aged', check: 'age < 100 or years < 100 and level >= 0' }),
            renameColumn({ table: 'users', from: 'name', to: 'full_name' }),
            changeType({ table: 'users', column: 'age', to: 'bigint', as: 'years' }),
            addColumn({ table: 'users', column: 'level', type: 'int', up: '7', nullable: false }),
          ],
        })
        await m.expand({ ...consent, backfill: true })
        await run(database, `update users set name = 'x', age = 100 where id = 1`)
        expect(await violations(m)).toBe(
          '1 rows of users: it violates named, for example {"id": 1}; 1 rows of users: it violates aged, for example {"id": 1}',
        )
        await run(database, `update users set name = 'y', age = 9 where id = 1`)
        expect(await outcome(m.contract(now))).toBe('0')
        await expect(run(database, `update users set full_name = 'x'`)).rejects.toThrow(/named/)
        await expect(run(database, 'update users set years = 100')).rejects.toThrow(/aged/)
        expect(await outcome(m.rollback())).toBe('0')
        await run(database, `update users set name = 'x', age = 100 where id = 1`)
        expect(await outcome(m.rollback({ ...now, acceptLoss: true, reason: 'test' }))).toBe('0')
        expect(await family.catalog(database.url)).toBe(before)
        await m.close()
      },
      3,
    ),
  )

  it('is refused before anything is done, with the reason (3)', () =>
    withUsers(
      server,
      async (database) => {
        await run(database, `alter table users add constraint taken check (name <> 'none')`)
        const check = (name: string, text: string): Intent => addCheck({ table: 'users', name, check: text })
        expect(await refusal(database, check('taken', 'age > 0'))).toMatch(/^3 plan\.constraint-exists: .*taken/)
        expect(await refusal(database, check('x'.repeat(65), 'age > 0'))).toMatch(/^3 plan\.name-too-long/)
        expect(await refusal(database, check('kind', 'agee > 0'))).toMatch(
          /^[23] (plan\.column|migration\.expression): /,
        )
        expect(await refusal(database, check('kind', 'age > (select 1)'))).toMatch(/^2 migration\.expression: /)
        expect(
          await refusal(database, check('kind', "email <> 'x'"), dropColumn({ table: 'users', column: 'email' })),
        ).toMatch(/^3 plan\.column: .*which drops it/)
        if (server.kind !== 'mariadb')
          expect(await refusal(database, check('kind', 'age + 1'))).toMatch(/^3 plan\.(constraint|cannot-carry): /)
      },
      3,
    ))

  it('that the old version has to keep before contract needs a check that it passed', () =>
    withUsers(
      server,
      async (database) => {
        const m = migrator(database, {
          m: [addCheck({ table: 'users', name: 'users_adult', check: 'age >= 1', enforce: 'backfill' })],
        })
        expect(await outcome(m.expand(consent))).toBe('3 check.required')
        await m.expand({ ...consent, requireCheck: false })
        expect(await outcome(m.backfill())).toBe('0')
        await expect(run(database, 'update users set age = 0')).rejects.toThrow(/users_adult/)
        expect(await outcome(m.rollback(now))).toBe('0')
        await run(database, 'update users set age = 0')
        expect(await rows(database, 'select age from users where age <> 0')).toEqual([])
        await m.close()
      },
      3,
    ))
})
