import { expect, it } from 'vitest'
import { addColumn, changeType, type Intent, renameColumn, setDefault } from '../../../src/index.ts'
import { describeEachServer } from '../../servers/databases.ts'
import { migrator, outcome, run, withUsers } from '../shop.ts'

const rename = renameColumn({ table: 'users', from: 'name', to: 'full_name' })

// Only PostgreSQL has publications. What a column list can name, and schemas, came with version 15.
describeEachServer('a table that is published', (server) => {
  const since15 = !/postgres14/.test(server.name)
  const publications: readonly (readonly [string, string])[] = [
    ['by itself', 'for table users'],
    ['with everything', 'for all tables'],
    ...(since15 ? ([['with its schema', 'for tables in schema public']] as const) : []),
  ]

  it.each(publications)('%s: a new column has to be consented to', (_, what) =>
    withUsers(
      server,
      async (database) => {
        await run(database, `create publication everything ${what}`)
        const m = migrator(database, { m: [rename] })
        expect((await m.plan()).migrations[0]?.hazards.map(({ code }) => code)).toContain('published-table')
        expect(await outcome(m.expand())).toMatch(/^3 /)
        await m.close()
      },
      5,
    ),
  )

  it.runIf(since15)('with a list of columns: one of them may be renamed, and not change its type (3)', () =>
    withUsers(
      server,
      async (database) => {
        await run(database, 'create publication listed for table users (id, age)')
        const wider = migrator(database, { m: [changeType({ table: 'users', column: 'age', to: 'bigint' })] })
        expect(await outcome(wider.plan())).toBe('3 plan.published-column')
        await wider.close()
        const m = migrator(database, { m: [renameColumn({ table: 'users', from: 'age', to: 'years' })] })
        expect(await outcome(m.up())).toBe('0')
        await m.close()
      },
      5,
    ),
  )

  it.runIf(since15)(
    'with a list or a filter that came since: contract and the way back name it before they begin',
    () =>
      withUsers(
        server,
        async (database) => {
          const filtered = `create publication "Grown" for table users where (age > 17); alter table users replica identity full`
          const m = migrator(database, { m: [changeType({ table: 'users', column: 'age', to: 'bigint' })] })
          await m.expand()
          await m.backfill()
          await run(database, filtered)
          const drop = 'alter publication "Grown" drop table only public.users;'
          await expect(m.contract({ quietPeriod: 0 })).rejects.toMatchObject({
            exitCode: 5,
            hint: expect.stringMatching(
              /\n {2}-- what is written from here .* never reaches the subscribers: .*\n {2}alter publication "Grown" drop table only public.users;/,
            ),
          })
          await run(database, drop)
          await m.contract({ quietPeriod: 0 })
          await run(database, 'drop publication "Grown"; create publication "Grown" for table users (id, age)')
          await expect(m.rollback()).rejects.toMatchObject({
            code: 'rollback.objects',
            message: expect.stringContaining('publication Grown was not there at expand, and stands on the new column'),
            hint: expect.stringContaining(drop),
          })
          await run(database, drop)
          expect(await outcome(m.rollback())).toBe('0')
          await m.close()
        },
        5,
      ),
  )

  it.runIf(since15)('with a filter over a column that changes its type: plan says what that closes', () =>
    withUsers(
      server,
      async (database) => {
        await run(
          database,
          'create publication grown for table users where (age > 17); alter table users replica identity full',
        )
        const codes = async (intent: Intent): Promise<readonly string[] | undefined> => {
          const m = migrator(database, { m: [intent] })
          const { migrations } = await m.plan()
          await m.close()
          return migrations[0]?.hazards.map(({ code }) => code)
        }
        expect(await codes(changeType({ table: 'users', column: 'age', to: 'bigint' }))).toContain('published-filter')
        expect(await codes(renameColumn({ table: 'users', from: 'age', to: 'years' }))).not.toContain(
          'published-filter',
        )
      },
      5,
    ),
  )

  it.runIf(since15)('with a new column in its list, which goes on the way back to pending (5)', () =>
    withUsers(
      server,
      async (database) => {
        const m = migrator(database, { m: [rename] })
        await m.expand()
        await run(database, 'create publication listed for table users (id, full_name)')
        expect(await outcome(m.rollback({ quietPeriod: 0 }))).toBe('5 rollback.dependents')
        expect((await m.status()).migrations[0]?.state).toBe('expanded')
        await run(database, 'alter publication listed set table users (id, name)')
        expect(await outcome(m.rollback({ quietPeriod: 0 }))).toBe('0')
        await m.close()
      },
      5,
    ),
  )

  it('plan says what its subscribers will see, phase by phase, and which columns they need', () =>
    withUsers(
      server,
      async (database) => {
        await run(database, 'create publication shop for table users')
        const m = migrator(database, { m: [rename] })
        const [found] = (await m.plan()).migrations
        const told = found?.hazards.filter(({ code }) => code === 'change-consumers') ?? []
        const hidden = /-> (bellows_q_\w+_name)/.exec(told[0]?.message ?? '')?.[1]
        expect(told).toEqual([
          expect.objectContaining({
            severity: 'warn',
            message: expect.stringMatching(
              new RegExp(
                `^the changes of public\\.users are taken by publication shop, and there are: from expand on full_name; each row once more that the backfill fills .*; other names from contract on \\(full_name -> ${hidden}, name -> full_name\\); no ${hidden} any more in the end$`,
              ),
            ),
            hint: expect.stringMatching(new RegExp(`^Add full_name, ${hidden} to the subscribers before it comes`)),
          }),
        ])
        await run(database, 'drop publication shop')
        expect((await m.plan()).migrations[0]?.hazards.map(({ code }) => code)).not.toContain('change-consumers')
        await m.close()
      },
      5,
    ))

  it('with everything: the state tables are too, which is to be consented to before they are made', () =>
    withUsers(
      server,
      async (database) => {
        await run(database, 'create publication everything for all tables')
        const m = migrator(database, { m: [setDefault({ table: 'users', column: 'age', default: '18' })] })
        expect(await outcome(m.expand())).toBe('3 plan.hazard')
        expect(await outcome(m.expand({ accept: ['published-state-tables'] }))).toBe('0')
        await m.rollback()
        expect((await m.plan()).migrations[0]?.hazards.map(({ code }) => code)).not.toContain('published-state-tables')
        await m.close()
      },
      5,
    ))

  it('without what tells its rows apart: the backfill could not update it, which is refused before anything is done (3)', () =>
    withUsers(
      server,
      async (database) => {
        await run(
          database,
          "create table log (id int not null, what text); create unique index log_id on log (id); insert into log values (1, 'a'); create publication log for table log",
        )
        const intent = addColumn({ table: 'log', column: 'kind', type: 'text', up: 'what' })
        const accept = ['published-table']
        const m = migrator(database, { m: [intent], n: [setDefault({ table: 'log', column: 'what', default: "'b'" })] })
        expect(await outcome(m.plan({ name: 'm' }))).toBe('3 plan.replica-identity')
        expect(await outcome(m.expand({ name: 'm', accept }))).toBe('3 plan.replica-identity')
        expect(await outcome(m.plan({ name: 'n' }))).toBe('0')
        await run(database, 'alter publication log set (publish = insert)')
        expect(await outcome(m.plan({ name: 'm' }))).toBe('0')
        await run(database, 'alter publication log set (publish = "insert, update")')
        await run(database, 'alter table log replica identity using index log_id')
        expect(await outcome(m.expand({ name: 'm', accept, backfill: true }))).toBe('0')
        await m.close()
      },
      5,
    ))
})
