import { expect, it } from 'vitest'
import { addUnique, changeType, type Intent, type Migrator, renameColumn } from '../../../src/index.ts'
import { familyOf } from '../../families/family.ts'
import { whole } from '../../scenarios/sample.ts'
import { describeEachServer, describeEveryServer } from '../../servers/databases.ts'
import { migrator, outcome, rows, run, withUsers } from '../shop.ts'

const now = { quietPeriod: 0 }
const ages = addUnique({ table: 'users', name: 'users_age_key', columns: ['age'] })

async function violations(m: Migrator): Promise<string | undefined> {
  const gates = (await m.ready(now)).migrations[0]?.gates ?? []
  return gates
    .find(({ name }) => name === 'violations')
    ?.reason.replaceAll(/ of \S+\.users/g, ' of users')
    .replaceAll(/": ?/g, '": ')
}

describeEveryServer('a unique constraint that the old version does not know', (server) => {
  const family = familyOf(server)

  it('lets duplicates through until contract, names them, stays closed, and goes back', () =>
    withUsers(
      server,
      async (database) => {
        const before = await family.catalog(database.url)
        const m = migrator(database, { m: [ages] })
        await m.expand({ backfill: true })
        await run(database, 'update users set age = 2 where id = 3')
        expect(await violations(m)).toBe(
          '2 rows of users: the same key twice in users_age_key, which is unique, for example {"id": 2}',
        )
        expect(await outcome(m.contract(now))).toBe('5 gate.closed')
        const forced = { ...now, forceGates: ['violations'], reason: 'as if it had been written a moment later' }
        expect(await outcome(m.contract(forced))).toBe('5 gate.closed')
        expect((await m.status()).migrations[0]?.state).toBe('backfilled')
        expect(await family.catalog(database.url)).toBe(before)
        await run(database, 'update users set age = null where id > 1')
        expect(await outcome(m.contract(now))).toBe('0')
        await expect(run(database, 'update users set age = 1')).rejects.toThrow(/users_age_key/)
        expect(await outcome(m.rollback())).toBe('0')
        await run(database, 'update users set age = 1')
        expect(await outcome(m.rollback(now))).toBe('0')
        expect(await family.catalog(database.url)).toBe(before)
        await m.close()
      },
      3,
    ))

  // It takes a second or two.
  it.runIf(whole)('stands on columns as they are after contract', () =>
    withUsers(
      server,
      async (database) => {
        const before = await family.catalog(database.url)
        const m = migrator(database, {
          m: [
            addUnique({ table: 'users', name: 'named', columns: ['full_name', 'years'] }),
            renameColumn({ table: 'users', from: 'name', to: 'full_name' }),
            changeType({ table: 'users', column: 'age', to: 'bigint', as: 'years' }),
          ],
        })
        await m.expand({ backfill: true })
        await run(database, `update users set name = 'n1', age = 1 where id = 3`)
        expect(await violations(m)).toMatch(/^2 rows of users: the same key twice in named/)
        await run(database, 'update users set age = 3 where id = 3')
        expect(await outcome(m.contract(now))).toBe('0')
        await expect(run(database, 'update users set years = 1, full_name = 1')).rejects.toThrow(/named/)
        expect(await outcome(m.rollback())).toBe('0')
        await run(database, `update users set name = 'x', age = 1`)
        expect(await outcome(m.rollback(now))).toBe('0')
        expect(await family.catalog(database.url)).toBe(before)
        await m.close()
      },
      3,
    ),
  )

  it('is refused before anything is done, with the reason', () =>
    withUsers(
      server,
      async (database) => {
        await run(database, 'create index taken on users (name)')
        if (family.name === 'mysql') await run(database, 'alter table users add column long_text text')
        else await run(database, 'alter table users add column doc json')
        const before = await family.catalog(database.url)
        const refusal = async (intent: Intent): Promise<string> => {
          const m = migrator(database, { m: [intent] })
          const said = await outcome(m.expand())
          await m.close()
          expect(await family.catalog(database.url)).toBe(before)
          return said
        }
        const unique = (name: string, columns: string[], more = {}): Intent =>
          addUnique({ table: 'users', name, columns, ...more })
        expect(await refusal(unique('taken', ['age']))).toMatch(/^3 plan\.(index|constraint)-exists/)
        expect(await refusal(unique('n'.repeat(65), ['age']))).toBe('3 plan.name-too-long')
        expect(await refusal(unique('u', ['ages']))).toBe('3 plan.column')
        expect(await refusal(unique('u', ['age'], { deferrable: 'deferred' }))).toMatch(/^3 plan\.(hazard|unique-kind)/)
        expect(await refusal(unique('u', ['age'], { enforce: 'backfill' }))).toBe('3 check.required')
        expect(await refusal(unique('u', ['age', 'age']))).toBe('2 migration.column-twice')
        if (family.name === 'postgres') {
          expect(await refusal(unique('u', ['doc']))).toBe('3 plan.constraint')
          return
        }
        expect(await refusal(unique('u', ['long_text']))).toMatch(/^3 plan\.(cannot-carry|not-online)/)
        expect(await refusal(unique('u', ['age'], { nullsNotDistinct: true }))).toBe('3 plan.unique-kind')
      },
      3,
    ))

  it('does not take an index for its own that came since under its name (6)', () =>
    withUsers(
      server,
      async (database) => {
        const m = migrator(database, { m: [ages] })
        await m.expand({ backfill: true })
        await run(database, 'create index users_age_key on users (name)')
        expect(await outcome(m.contract(now))).toBe('6 gate.objects')
        await m.close()
      },
      3,
    ))
})

// What MySQL and MariaDB do not have.
describeEachServer('a unique constraint of PostgreSQL', (server) => {
  it('may be deferrable, and take NULLs for the same', () =>
    withUsers(
      server,
      async (database) => {
        const more = server.major >= 15 ? { nullsNotDistinct: true } : {}
        const m = migrator(database, { m: [addUnique({ ...ages.addUnique, deferrable: 'deferred', ...more })] })
        await m.expand({ backfill: true, accept: ['deferrable-unique'] })
        if (server.major >= 15) {
          await run(database, 'update users set age = null where id > 1')
          expect(await violations(m)).toMatch(/^2 rows of users: the same key twice/)
          await run(database, 'update users set age = id')
        }
        expect(await outcome(m.contract(now))).toBe('0')
        await run(database, 'begin; update users set age = 9; update users set age = id; commit')
        const found = await rows(
          database,
          `select pg_get_constraintdef(oid) as text from pg_constraint where conname = 'users_age_key'`,
        )
        const nulls = server.major >= 15 ? ' NULLS NOT DISTINCT' : ''
        expect(found).toEqual([{ text: `UNIQUE${nulls} (age) DEFERRABLE INITIALLY DEFERRED` }])
        await m.close()
      },
      3,
    ))
})
