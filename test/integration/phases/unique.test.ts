import { expect, it } from 'vitest'
import { addColumn, changeType, type Intent, isBellowsError, type Migrator, renameColumn } from '../../../src/index.ts'
import { familyOf } from '../../families/family.ts'
import { withClient } from '../../servers/connect.ts'
import { describeEachServer, describeEveryServer, type TestDatabase } from '../../servers/databases.ts'
import { migrator, outcome, rows, run, withUsers } from '../shop.ts'

const number = changeType({ table: 'users', column: 'email', to: 'int', as: 'mail_no' })
const decimal = { postgres: 'numeric', mysql: 'decimal(10,2)' }
const now = { quietPeriod: 0 }

/** What the gate says of rows, without the schema of the table and the server's own spaces. */
async function violations(m: Migrator): Promise<string | undefined> {
  const gates = (await m.ready(now)).migrations[0]?.gates
  const { reason } = gates?.find(({ name }) => name === 'violations') ?? {}
  return reason?.replaceAll(/ of \S+\.users/g, ' of users').replaceAll(/": ?/g, '": ')
}

const state = async (m: Migrator): Promise<string | undefined> => (await m.status()).migrations[0]?.state

const message = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  return isBellowsError(error)
    ? `${error.exitCode} ${error.message.replaceAll(/in \S+users/g, 'in users').replaceAll(/": ?/g, '": ')}`
    : String(error)
}

async function hazards(m: Migrator): Promise<readonly string[]> {
  return (await m.plan()).migrations.flatMap((plan) => plan.hazards.map(({ code }) => code))
}

describeEveryServer('a unique column whose values may become the same', (server) => {
  const family = familyOf(server)

  it('takes what both versions write until contract, which names the duplicates and waits for them to go', () =>
    withUsers(
      server,
      async (database) => {
        await run(
          database,
          'update users set email = id; alter table users add constraint users_email_key unique (email)',
        )
        const before = await family.catalog(database.url)
        const m = migrator(database, { m: [number] })
        expect(await hazards(m)).toContain('unique-at-contract')
        const collide = async (tail: string): Promise<void> => {
          await run(database, `insert into users (name, email) values ('v1', '1${tail}'), ('v1', '01${tail}')`)
          await run(database, `insert into users (name, email) values ('v1', '02${tail}')`)
          await run(database, `insert into users (name, mail_no) values ('v2', 2${tail})`)
          await run(database, `update users set email = '001${tail}' where email = '01${tail}'`)
        }
        const duplicates = async (): Promise<number> => {
          const found = await rows<{ n: unknown }>(
            database,
            'select count(*) as n from users group by mail_no having count(*) > 1',
          )
          return found.length
        }
        const mend = (): Promise<void> => run(database, `delete from users where email like '0%'`)
        await m.expand()
        await collide('10')
        await m.backfill()
        await collide('20')
        expect(await duplicates()).toBe(4)
        expect(await violations(m)).toMatch(
          /^8 rows of users: the same key twice in users_email_key, which is unique, for example \{"id": \d+\}(, \{"id": \d+\}){3}$/,
        )
        expect(await outcome(m.contract(now))).toBe('5 gate.closed')
        await collide('30')
        await mend()
        expect(await outcome(m.contract(now))).toBe('0')
        await expect(run(database, `insert into users (name, mail_no) values ('v2', 1)`)).rejects.toThrow()

        await m.rollback()
        await collide('40')
        expect(await outcome(m.contract(now))).toBe('5 gate.closed')
        await mend()
        await m.rollback(now)
        expect(await family.catalog(database.url)).toBe(before)

        await m.expand()
        await m.backfill()
        await m.contract(now)
        await m.purge({ ignoreRetention: true })
        await expect(run(database, `insert into users (name, mail_no) values ('v2', 1)`)).rejects.toThrow()
        const after = await family.catalog(database.url)
        expect(after).not.toMatch(family.ours)
        expect(after).toContain('users_email_key')
        await m.close()
      },
      3,
    ))

  it.each([
    ['under its name', undefined],
    ['under another', 'years'],
  ])('goes back only where the old shape holds all rows apart, %s; before anything is done', (_, as) =>
    withUsers(
      server,
      async (database) => {
        await run(database, 'create unique index users_age on users (age)')
        const before = await family.catalog(database.url)
        const m = migrator(database, {
          m: [changeType({ table: 'users', column: 'age', to: decimal, ...(as === undefined ? {} : { as }) })],
        })
        await m.expand()
        await m.backfill()
        await m.contract(now)
        const column = as ?? 'age'
        await run(database, `insert into users (name, ${column}) values ('v2', 3.2)`)
        await run(database, `update users set ${column} = 1.9 where id = 1`)
        await expect(run(database, `insert into users (name, ${column}) values ('v2', 3.2)`)).rejects.toThrow()
        const refused =
          /^4 m: 4 rows with the same key in users_age, which is unique in the old shape, in users, for example (\{"id": [1-4]\}(, |$)){4}/
        expect(await message(m.rollback())).toMatch(refused)
        expect(await message(m.rollback({ dryRun: true }))).toMatch(refused)
        expect(await state(m)).toBe('contracted')
        await run(database, `update users set ${column} = 1 where id = 1; delete from users where id = 4`)
        expect(await outcome(m.rollback())).toBe('0')
        await expect(run(database, `insert into users (name, age) values ('v1', 2)`)).rejects.toThrow()
        await m.rollback(now)
        expect(await family.catalog(database.url)).toBe(before)
        await m.close()
      },
      3,
    ),
  )
})

// Predicates, expressions, and a build that others may go on beside are PostgreSQL's only.
describeEachServer('a unique index of words, of some rows, or of one NULL', (server) => {
  const gate = async (database: TestDatabase, index: string, intent: Intent): Promise<string | undefined> => {
    await run(database, `update users set email = 'Ab' || id; ${index}`)
    const m = migrator(database, { m: [intent] })
    await m.expand()
    await run(database, `insert into users (name, email) values ('v1', 'ab1'), ('other', 'AB2')`)
    await m.backfill()
    const found = await violations(m)
    const closed = await outcome(m.contract(now))
    expect(closed).toBe(found?.startsWith('no row') ? '0' : '5 gate.closed')
    if (closed !== '0') {
      await run(database, `delete from users where email in ('ab1', 'AB2')`)
      expect(await outcome(m.contract(now))).toBe('0')
    }
    expect(await outcome(m.rollback())).toBe('0')
    expect(await outcome(m.contract(now))).toBe('0')
    await m.close()
    return found
  }
  const lower = changeType({ table: 'users', column: 'email', to: 'varchar(50)', up: 'lower(email)', down: 'email' })
  const of = (count: number, ...ids: readonly number[]): string =>
    `${count} rows of users: the same key twice in once, which is unique, for example ${ids.map((id) => `{"id": ${id}}`).join(', ')}`

  it.each([
    ['create unique index once on users (email)', of(4, 1, 2)],
    ['create unique index once on users (name, email)', 'no row violates a rule that contract enforces'],
    [`create unique index once on users (email) where name <> 'other'`, of(2, 1)],
    [`create unique index once on users (email collate "C" desc) include (name)`, of(4, 1, 2)],
    ['create unique index once on users ((email || age))', 'no row violates a rule that contract enforces'],
  ])('%s', (index, expected) =>
    withUsers(
      server,
      async (database) => {
        const said = await gate(database, index, lower)
        expect(said?.split(', for example')[0]).toBe(expected.split(', for example')[0])
        expect(new Set(said?.match(/\{"id": \d+\}/g))).toEqual(new Set(expected.match(/\{"id": \d+\}/g)))
      },
      3,
    ),
  )

  it('where NULLs are the same', () =>
    withUsers(
      server,
      async (database) => {
        const [{ version } = { version: 0 }] = await rows<{ version: number }>(
          database,
          `select current_setting('server_version_num')::int as version`,
        )
        if (version < 150000) return
        await run(database, `update users set email = 'e' || id; update users set email = null where id = 2`)
        await run(database, 'create unique index once on users (email) nulls not distinct')
        const m = migrator(database, {
          m: [changeType({ table: 'users', column: 'email', to: 'text', as: 'mail', up: `nullif(email, 'e3')` })],
        })
        await m.expand()
        await m.backfill()
        expect(await violations(m)).toBe(of(2, 2))
        await m.close()
      },
      3,
    ))

  it('is built with the backfill where the conversion is known to keep values apart', () =>
    withUsers(server, async (database) => {
      await run(
        database,
        `alter table users add code varchar(10), add constraint users_code unique (code);
         create unique index users_age on users (age); create unique index users_id on users (id) include (name)`,
      )
      const where = async (...intents: readonly Intent[]): Promise<string> => {
        const m = migrator(database, { m: intents })
        const [plan] = (await m.plan()).migrations
        await m.close()
        const phases = Object.entries(plan?.phases ?? {})
        return phases
          .flatMap(([phase, steps]) => steps.flatMap(({ kind }) => (kind === 'index' ? phase : [])))
          .join(' ')
      }
      const age = (to: string, how: object = {}): Intent => changeType({ table: 'users', column: 'age', to, ...how })
      const code = (to: string, how: object = {}): Intent => changeType({ table: 'users', column: 'code', to, ...how })
      expect(await where(age('bigint'))).toBe('backfill')
      expect(await where(age('numeric'))).toBe('backfill')
      expect(await where(code('text'))).toBe('backfill')
      expect(await where(code('varchar(11)'))).toBe('backfill')
      expect(await where(changeType({ table: 'users', column: 'name', to: 'varchar(40)' }))).toBe('backfill')
      for (const other of [
        age('numeric(12,2)'),
        age('real'),
        age('smallint'),
        age('text'),
        age('bigint', { up: 'age' }),
        age('bigint', { down: 'age' }),
        code('varchar(9)'),
        code('int'),
        code('text', { up: 'code' }),
      ])
        expect(await where(other), JSON.stringify(other)).toBe('contract')
      expect(await where(age('real', { as: 'years' }))).toBe('backfill contract purge')
      await run(database, 'drop index users_age; create unique index users_age on users ((age + 0))')
      expect(await where(age('bigint'))).toBe('contract')
    }))

  it('holds for nobody after a contract that did not come to its end and was taken back', () =>
    withUsers(
      server,
      async (database) => {
        await run(database, 'update users set email = id; create unique index users_email on users (email)')
        const m = migrator(database, { m: [number] }, { lockBudget: 1500 })
        await m.expand()
        await m.backfill()
        await withClient(database.url, async (reader) => {
          await reader.query('begin')
          await reader.query('select 1 from users')
          expect(await outcome(m.contract(now))).toBe('75 lock.budget')
          await reader.query('rollback')
        })
        expect(await state(m)).toBe('contracting')
        await expect(run(database, `insert into users (name, email) values ('v1', '01')`)).rejects.toThrow('bellows_i_')
        await m.rollback()
        expect(await state(m)).toBe('backfilled')
        await run(database, `insert into users (name, email) values ('v1', '01')`)
        await m.close()
      },
      3,
    ))

  it('is asked about on the way back from a contract of which only its part was done', () =>
    withUsers(
      server,
      async (database) => {
        await run(
          database,
          'create unique index users_age on users (age); create table later (id int primary key, n int)',
        )
        const intents = [
          changeType({ table: 'users', column: 'age', to: 'numeric' }),
          changeType({ table: 'later', column: 'n', to: 'bigint' }),
        ]
        const m = migrator(database, { m: intents }, { lockBudget: 1500 })
        await m.expand()
        await m.backfill()
        await withClient(database.url, async (reader) => {
          await reader.query('begin')
          await reader.query('select 1 from later')
          expect(await outcome(m.contract(now))).toBe('75 lock.budget')
          await reader.query('rollback')
        })
        await run(database, `insert into users (name, age) values ('v2', 3.2)`)
        expect(await message(m.rollback())).toContain('4 m: 2 rows with the same key in users_age')
        expect(await state(m)).toBe('contracting')
        await run(database, `delete from users where age = 3.2`)
        await m.rollback()
        expect(await state(m)).toBe('backfilled')
        await m.close()
      },
      3,
    ))

  it('comes before a foreign key that points at it', () =>
    withUsers(
      server,
      async (database) => {
        await run(
          database,
          'update users set age = id; alter table users add unique (age); create table pointing (age int references users (age))',
        )
        const before = await familyOf(server).catalog(database.url)
        const m = migrator(database, {
          m: [
            changeType({ table: 'users', column: 'age', to: 'bigint', up: 'age + 0', down: 'age' }),
            addColumn({ table: 'users', column: 'spare', type: 'int' }),
          ],
        })
        await m.expand()
        await m.backfill()
        await m.contract(now)
        await m.rollback()
        await m.contract(now)
        await m.rollback()
        await m.rollback({ ...now, acceptLoss: true, reason: 'test' })
        expect(await familyOf(server).catalog(database.url)).toBe(before)
        await m.close()
      },
      3,
    ))
})

// Constraints that are deferrable are PostgreSQL's only.
describeEachServer('a deferrable unique constraint', (server) => {
  const cases: readonly [string, string, Intent, string, string | null][] = [
    ['renamed', 'unique deferrable', renameColumn({ table: 'u', from: 'pos', to: 'rank' }), 'rank', null],
    ['of the key', 'primary key deferrable', renameColumn({ table: 'u', from: 'pos', to: 'rank' }), 'rank', null],
    [
      'of another type',
      'unique deferrable initially deferred',
      changeType({ table: 'u', column: 'pos', to: 'bigint', as: 'rank' }),
      'rank',
      'deferrable-unique',
    ],
    [
      'of another type that keeps its name',
      'unique deferrable',
      changeType({ table: 'u', column: 'pos', to: 'bigint' }),
      'pos',
      'deferrable-unique',
    ],
  ]
  it.each(cases)('bears the same key twice within a statement in every state: %s', (_, rule, intent, to, code) =>
    withUsers(server, async (database) => {
      await run(
        database,
        `create table u (id int not null unique, pos int ${rule}); insert into u values (1, 1), (2, 2)`,
      )
      const before = await familyOf(server).catalog(database.url)
      const shift = async (...columns: readonly string[]): Promise<void> => {
        for (const column of columns) await run(database, `update u set ${column} = ${column} + 1`)
      }
      const m = migrator(database, { m: [intent] })
      expect(await hazards(m)).not.toContain('unique-in-both-shapes')
      if (code !== null) expect(await outcome(m.expand())).toBe('3 plan.hazard')
      await m.expand({ accept: [code ?? ''] })
      await shift('pos', to)
      await m.backfill({ accept: [code ?? ''] })
      await shift('pos', to)
      await m.contract(now)
      await shift(to)
      await m.rollback()
      await shift('pos', to)
      await m.rollback(now)
      expect(await familyOf(server).catalog(database.url)).toBe(before)
      await m.close()
    }),
  )
})
