import { expect, it } from 'vitest'
import { addIndex, type Intent, mergeColumns, renameColumn, splitColumn } from '../../src/index.ts'
import { familyOf } from '../families/family.ts'
import { describeEveryServer, type TestDatabase } from '../servers/databases.ts'
import { migrator, outcome, rows, run, withUsers } from './shop.ts'

const text = { postgres: 'text', mysql: 'varchar(100)' }
const first = { postgres: "split_part(name, ' ', 1)", mysql: "substring_index(name, ' ', 1)" }
const last = {
  postgres: "substr(name, strpos(name || ' ', ' ') + 1)",
  mysql: "substr(name, locate(' ', concat(name, ' ')) + 1)",
}
const whole = "concat_ws(' ', first, last)"

/** `name` is NOT NULL; a first name of two words does not come back as it was. */
const split: Intent = splitColumn({
  table: 'users',
  column: 'name',
  into: { first: { type: text, up: first }, last: { type: text, up: last } },
  down: whole,
  onError: { name: "'?'" },
})

const firstWord = { postgres: "split_part(note, '/', 1)", mysql: "substring_index(note, '/', 1)" }
const number = { postgres: "split_part(note, '/', 2)::int", mysql: "substring_index(note, '/', -1)" }
const numbered = splitColumn({
  table: 'users',
  column: 'note',
  into: { word: { type: text, up: firstWord }, number: { type: 'int', up: number } },
  down: "concat_ws('/', word, number)",
})

const shape = async (database: TestDatabase, columns: string, id: number): Promise<readonly unknown[]> => {
  const [row = {}] = await rows(database, `select ${columns} from users where id = ${id}`)
  return Object.values(row)
}

describeEveryServer('a split column', (server) => {
  const family = familyOf(server)

  it('keeps what the old version cannot say, whatever that one sends back', () =>
    withUsers(
      server,
      async (database) => {
        await run(database, `update users set name = 'Ada Byron' where id < 4`)
        const m = migrator(database, { m: [split] }, { quietPeriod: 0 })
        await m.expand()
        // A part of a row that is not filled yet: the rest is what was there.
        await run(database, `update users set first = 'Eve' where id = 1`)
        expect(await shape(database, 'first, last, name', 1)).toEqual(['Eve', 'Byron', 'Eve Byron'])
        await m.backfill()
        await run(database, `update users set first = 'Ada Maria' where id = 2`)
        for (const sent of ['name = name, age = 7', "name = 'Ada Maria Byron', age = 8"]) {
          await run(database, `update users set ${sent} where id = 2`)
          expect(await shape(database, 'first, last', 2)).toEqual(['Ada Maria', 'Byron'])
        }
        await run(database, `update users set name = 'Ada Maria  Byron' where id = 2`)
        expect(await shape(database, 'first, last', 2)).toEqual(['Ada', 'Maria  Byron'])
        // NULL is a value from now on, and a statement that changes both sides is one of the new version.
        await run(database, `update users set last = null where id = 3`)
        expect(await shape(database, 'first, last, name', 3)).toEqual(['Ada', null, 'Ada'])
        await run(database, `update users set first = 'X', last = 'Y', name = 'Z' where id = 3`)
        expect(await shape(database, 'first, last, name', 3)).toEqual(['X', 'Y', 'X Y'])
        await run(database, `insert into users (name) values ('New One'); insert into users (last) values ('Alone')`)
        expect(await shape(database, 'first, last', 4)).toEqual(['New', 'One'])
        expect(await shape(database, 'first, last, name', 5)).toEqual([null, 'Alone', 'Alone'])
        await m.contract()
        await run(database, `insert into users (first, last) values ('Late', 'Comer'); update users set age = 9`)
        await m.rollback()
        const found = await rows<{ name: string }>(database, 'select name from users order by id')
        expect(found.map(({ name }) => name)).toEqual([
          'Eve Byron',
          'Ada Maria  Byron',
          'X Y',
          'New One',
          'Alone',
          'Late Comer',
        ])
        await m.close()
      },
      3,
    ))

  it('follows what only down reads, where a row is in sync by down alone', () =>
    withUsers(
      server,
      async (database) => {
        await run(database, `update users set name = 'Ada Byron', age = 0`)
        const aged = { postgres: 'nullif(age, 0)::text', mysql: 'nullif(age, 0)' }
        const down = {
          postgres: `concat_ws(' ', first, last, ${aged.postgres})`,
          mysql: `concat_ws(' ', first, last, ${aged.mysql})`,
        }
        const into = { first: { type: text, up: first }, last: { type: text, up: last } }
        const onError = { name: "'?'" }
        const m = migrator(
          database,
          { m: [splitColumn({ table: 'users', column: 'name', into, down, onError })] },
          { quietPeriod: 0 },
        )
        await m.expand({ backfill: true })
        await run(database, `update users set first = 'Ada Maria' where id = 2`)
        await run(database, 'update users set age = 7 where id < 3')
        expect(await shape(database, 'first, last, name', 1)).toEqual(['Ada', 'Byron', 'Ada Byron'])
        expect(await shape(database, 'first, last, name', 2)).toEqual(['Ada Maria', 'Byron', 'Ada Maria Byron 7'])
        expect(await outcome(m.contract())).toBe('0')
        await m.close()
      },
      3,
    ))

  it('that says more than the old one can is not taken back to pending without a word', () =>
    withUsers(
      server,
      async (database) => {
        const m = migrator(database, { m: [split] }, { quietPeriod: 0 })
        await m.expand({ backfill: true })
        await run(database, `update users set first = 'Ada', last = 'Byron'`)
        await run(database, `update users set first = 'Ada Maria' where id = 2`)
        await expect(m.rollback()).rejects.toMatchObject({
          exitCode: 4,
          message: expect.stringMatching(/would lose 1 values of first, last .*\{"id": ?2\}/s),
        })
        expect(await outcome(m.rollback({ acceptLoss: true, reason: 'test' }))).toBe('0')
        expect(await shape(database, 'name', 2)).toEqual(['Ada Maria Byron'])
        await m.close()
      },
      3,
    ))

  it('is planned with a look at the rows that would not come back: their share and keys, not their values', () =>
    withUsers(
      server,
      async (database) => {
        const m = migrator(database, { m: [split] })
        const lossy = async (): Promise<readonly string[]> =>
          (await m.plan()).migrations.flatMap(({ hazards }) =>
            hazards.flatMap(({ code, message }) => (code === 'lossy' ? [message] : [])),
          )
        // One word comes back with a space behind it.
        await run(database, `update users set name = 'Ada Byron' where id <> 3`)
        expect(await lossy()).toEqual([
          expect.stringMatching(/^1 of 8 rows looked at in \S+ \(12\.5 %\).* such as \{"id": ?3\}$/),
        ])
        // Longer than half of what a row may be on MySQL and MariaDB.
        const long = family.name === 'postgres' ? 'alter name type' : 'modify name'
        await run(database, `alter table users ${long} varchar(9000)`)
        expect(await lossy()).toHaveLength(1)
        await run(database, `update users set name = 'n ' where id = 3`)
        expect(await lossy()).toEqual([])
        await m.close()
      },
      8,
    ))

  it('of which one part cannot be converted keeps contract closed until it is', () =>
    withUsers(
      server,
      async (database) => {
        await run(
          database,
          `alter table users add note varchar(40); update users set note = 'a/1'; update users set note = 'b/x' where id = 2`,
        )
        const m = migrator(database, { m: [numbered] }, { quietPeriod: 0 })
        const { migrations } = await m.plan()
        expect(migrations[0]?.hazards.map(({ code }) => code)).toEqual(
          expect.arrayContaining(['values-raise', 'lossy']),
        )
        await m.expand({ backfill: true })
        const { state, quote } = family
        const open = (): Promise<readonly { readonly target: string }[]> =>
          rows(
            database,
            `select target from ${state('conversion_failures')} where resolved_at is null order by ${quote('key')}`,
          )
        expect(await shape(database, 'word, number', 2)).toEqual(['b', null])
        expect(await open()).toEqual([{ target: 'number' }])
        await run(database, `update users set note = 'c/y' where id = 1`)
        expect(await open()).toEqual([{ target: 'number' }, { target: 'number' }])
        expect(await outcome(m.contract())).toBe('5 gate.closed')
        await run(
          database,
          `update users set note = 'c/3' where id = 1; update users set word = 'b', number = 2 where id = 2`,
        )
        expect(await shape(database, 'note', 2)).toEqual(['b/2'])
        expect(await outcome(m.contract())).toBe('0')
        expect(await open()).toEqual([])
        await m.close()
      },
      3,
    ))

  it('has indexes on what it makes in the same migration, beside a rename', () =>
    withUsers(
      server,
      async (database) => {
        const index = (name: string, columns: string[], unique = false): Intent =>
          addIndex({ table: 'users', name, columns, unique })
        const m = migrator(database, {
          m: [
            split,
            renameColumn({ table: 'users', from: 'email', to: 'mail' }),
            index('by_last', ['last', 'mail']),
            index('once', ['last', 'id'], true),
          ],
        })
        for await (const _ of m.walk());
        for (const name of ['by_last', 'once']) expect(await family.mentions(database.url, name), name).toBe(true)
        expect([...(await family.columns(database.url, 'users'))].sort()).toEqual([
          'age',
          'first',
          'id',
          'last',
          'mail',
        ])
        expect(await family.catalog(database.url)).not.toMatch(family.ours)
        await m.close()
      },
      3,
    ))

  it('is stopped where the old version would have no value, and refused where down cannot serve it', () =>
    withUsers(
      server,
      async (database) => {
        await run(
          database,
          `create table parents (id int primary key);
           alter table users add parent int references parents (id), add constraint users_parent foreign key (parent) references parents (id), add code varchar(40) constraint users_code unique;`.replace(
            family.name === 'mysql' ? ' constraint users_code unique' : /$^/,
            family.name === 'mysql' ? ', add unique key users_code (code)' : '',
          ),
        )
        const of = (column: string, down: string, more: object = {}): Intent =>
          splitColumn({
            table: 'users',
            column,
            into: { x: { type: text, up: 'null' }, y: { type: text, up: 'null' } },
            down,
            ...more,
          })
        const plan = async (...intents: readonly Intent[]): Promise<readonly string[]> => {
          const m = migrator(database, { m: intents })
          try {
            return (await m.plan()).migrations.flatMap(({ hazards }) =>
              hazards.map(({ code, severity }) => `${severity} ${code}`),
            )
          } finally {
            await m.close()
          }
        }
        const onError = { name: "''" }
        const orNull = { postgres: 'x || y', mysql: 'concat(x, y)' }
        expect(await plan(of('name', orNull as never, { onError }))).toContain('stop down-may-be-null')
        expect(await plan(of('name', "coalesce(x, '')", { onError }))).not.toContain('stop down-may-be-null')
        expect(await plan(of('name', "concat_ws(',', x, cast(age as char(9)))"))).toContain('stop down-needs-on-error')
        expect(await plan(of('email', 'x'))).not.toContain('stop down-may-be-null')
        const refused = (...intents: readonly Intent[]): Promise<string> => outcome(plan(...intents))
        expect(await refused(of('id', '1'))).toBe('3 plan.primary-key')
        expect(await refused(of('code', 'x'))).toBe('3 plan.unique-down')
        expect(await refused(of('parent', '1'))).toBe('3 plan.foreign-key')
        expect(await refused(of('email', 'x'), renameColumn({ table: 'users', from: 'email', to: 'mail' }))).toBe(
          '3 plan.combination',
        )
        expect(await refused(of('email', 'name'), split)).toBe('3 plan.combination')
        expect(await refused(split, of('email', 'name'))).toBe('3 plan.combination')
        expect(await refused(of('email', 'nonsense'))).toBe('2 migration.expression')
      },
      1,
    ))
})

describeEveryServer('merged columns', (server) => {
  const family = familyOf(server)
  const merge: Intent = mergeColumns({
    table: 'users',
    columns: ['age', 'email'],
    into: 'label',
    type: text,
    up: "concat_ws(':', age, email)",
    down: {
      age: {
        postgres: "coalesce(split_part(label, ':', 1)::int, 0)",
        mysql: "coalesce(substring_index(label, ':', 1), 0)",
      },
      email: { postgres: "split_part(label, ':', 2)", mysql: "substring_index(label, ':', -1)" },
    },
    onError: { age: '-1' },
  })

  it('come back from contract as they were, rules and indexes with them', () =>
    withUsers(
      server,
      async (database) => {
        const rules =
          family.name === 'postgres'
            ? `alter table users alter age set not null, add constraint older check (age >= -1 and email is not null) not valid, add constraint valid check (age <> 999);`
            : `alter table users modify age int not null;`
        await run(database, `update users set email = 'e'; ${rules} create index by_email on users (email, age)`)
        const m = migrator(database, { m: [merge] }, { quietPeriod: 0 })
        const stops = (await m.plan()).migrations.flatMap(({ hazards }) =>
          hazards.filter(({ severity }) => severity === 'stop'),
        )
        expect(stops.map(({ code }) => code)).toEqual(family.name === 'postgres' ? ['down-may-violate-check'] : [])
        await m.expand({ backfill: true, accept: ['down-may-violate-check'] })
        expect(await shape(database, 'label', 2)).toEqual(['2:e'])
        await run(database, `update users set age = 20 where id = 2; update users set label = '3:x' where id = 3`)
        expect(await shape(database, 'label', 2)).toEqual(['20:e'])
        expect(await shape(database, 'age, email', 3)).toEqual([3, 'x'])
        // One of the two cannot be converted, and gets what is said for it.
        await run(database, `insert into users (name, label) values ('n', 'y:f')`)
        expect(await shape(database, 'age, email', 4)).toEqual([-1, 'f'])
        expect(await outcome(m.contract())).toBe('5 gate.closed')
        await run(database, 'delete from users where id = 4')
        const before = await family.catalog(database.url)
        await m.contract()
        await run(
          database,
          `insert into users (name, label) values ('n', '5:g'); update users set label = '1:h' where id = 1`,
        )
        if (family.name === 'postgres') {
          // Told before anything is done: half of the way back would keep the new version from writing such rows.
          await run(database, `update users set label = '999:h' where id = 1`)
          expect(await outcome(m.rollback())).toBe('4 rollback.unrepresentable')
          await run(
            database,
            `update users set label = '999:i' where id = 1; update users set label = '1:h' where id = 1`,
          )
        }
        await m.rollback()
        expect(await family.catalog(database.url)).toBe(before)
        expect(await shape(database, 'age, email', 5)).toEqual([5, 'g'])
        expect(await shape(database, 'age, email', 1)).toEqual([1, 'h'])
        await m.contract()
        await m.purge({ ignoreRetention: true })
        expect([...(await family.columns(database.url, 'users'))].sort()).toEqual(['id', 'label', 'name'])
        expect(await family.mentions(database.url, 'by_email')).toBe(false)
        await m.close()
      },
      3,
    ))
})
