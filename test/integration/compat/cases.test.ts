import { expect, it } from 'vitest'
import type { CheckResult } from '../../../src/compat/check.ts'
import type { Intent } from '../../../src/planner/intents/index.ts'
import { createDatabase, describeEachDatabase } from '../../servers/databases.ts'
import type { ServerKind } from '../../servers/wanted.ts'
import { everywhere, run as runOn, wordsOf } from './dialects.ts'
import { type Asked, check, type Listed } from './support.ts'

/*
 * What preparing a statement proves on an engine, and what it does not: each case with what has to be found, and with a statement that
 * looks like it and is none. Whatever stands in no `finds` has to be found nowhere.
 */

interface Case {
  /** What happens to the schema, and to whom. */
  readonly about: string
  readonly statements: Listed
  /** By statement what is found from the state on in which the schema changes; on an engine that is not named: nothing. */
  readonly finds: Readonly<Record<string, Partial<Record<ServerKind, string | readonly string[]>>>>
  /** Engines on which this can be said. */
  readonly on?: readonly ServerKind[]
}

const on = (postgres: string, mysql: string = postgres, mariadb: string = mysql) => ({ postgres, mysql, mariadb })
const onPostgres = (finding: string) => ({ postgres: finding })
const onMysql = (mysql: string, mariadb = mysql) => ({ mysql, mariadb })

/** orders gets a column `state`, which users has. */
const added: readonly Case[] = [
  {
    about: 'a name that becomes ambiguous',
    statements: {
      ambiguous: 'select state from users join orders on orders.user_id = users.id',
      ambiguousOrder: 'select total from users join orders on orders.user_id = users.id order by state',
      qualified: 'select users.state from users join orders on orders.user_id = users.id',
      alone: 'select state from users',
    },
    finds: {
      ambiguous: on('fails NAME 42702', 'fails NAME 1052'),
      ambiguousOrder: on('fails NAME 42702', 'fails NAME 1052'),
    },
  },
  {
    about: 'a star that is prepared',
    statements: {
      star: 'select * from orders',
      starOf: 'select o.* from orders o join users u on u.id = o.user_id',
      starUnkept: { sql: 'select * from orders where id = 1', prepared: false },
      starElsewhere: 'select * from users',
      counts: 'select count(*) from orders',
      exists: 'select u.id from users u where exists (select * from orders o where o.user_id = u.id)',
      listed: 'select id, user_id, total, note from orders',
    },
    finds: {
      star: on('changes SHAPE prepared-star', 'changes SHAPE result-columns'),
      starOf: on('changes SHAPE prepared-star', 'changes SHAPE result-columns'),
      starUnkept: on('changes SHAPE result-columns'),
    },
  },
  {
    about: 'an INSERT by place',
    statements: {
      place: "insert into orders values (1, 2, 3, 'x')",
      placeListed: "insert into orders (id, user_id, total, note) values (1, 2, 3, 'x')",
      placeElsewhere: "insert into users values (1, 'a', 'abc', 'new')",
      copies: 'insert into old_orders select * from orders',
      copiesListed: 'insert into old_orders (id, user_id, total, note) select id, user_id, total, note from orders',
    },
    finds: {
      place: onMysql('fails SHAPE 1136'),
      copies: on('fails SHAPE 42601', 'fails SHAPE 1136'),
    },
  },
  {
    about: 'a name of an outer query that the new column takes',
    statements: {
      captured: "select id from users where exists (select 1 from orders where user_id = users.id and state = 'x')",
      inner: 'select id from users where exists (select 1 from orders where user_id = users.id and total > 1)',
      outer: "select id from users where exists (select 1 from orders where user_id = users.id and users.state = 'x')",
    },
    finds: { captured: on('changes VALUE captured-name') },
  },
  {
    about: 'a join over the columns of the same name',
    statements: {
      natural: 'select users.name from users natural join orders',
      naturalElsewhere: 'select note from orders natural join notes',
      using: 'select users.name from users join orders using (id)',
    },
    finds: { natural: on('changes VALUE join-columns') },
  },
  {
    about: 'RETURNING',
    statements: {
      returning: 'delete from orders where id = 1 returning *',
      returningListed: 'delete from orders returning id',
    },
    // MariaDB tells the columns of RETURNING at execution only.
    finds: { returning: onPostgres('changes SHAPE prepared-star') },
    on: ['postgres', 'mariadb'],
  },
]

/** What contract takes away, and what only execution shows of that. */
const takenAway: readonly Case[] = [
  {
    about: 'a column that is gone',
    statements: {
      readsGone: 'select code from users',
      ordersGone: 'select id from users order by code',
      writesGone: "insert into users (id, code) values (1, 'abc')",
      updatesGone: "update users set code = 'abc' where id = 1",
      deletesGone: "delete from users where code = 'abc'",
      readsOther: 'select id, name from users',
      updatesOther: "update users set name = 'abc' where id = 1",
    },
    finds: Object.fromEntries(
      ['readsGone', 'ordersGone', 'writesGone', 'updatesGone', 'deletesGone'].map((id) => [
        id,
        on('fails NAME 42703', 'fails NAME 1054'),
      ]),
    ),
  },
  {
    about: 'a place that another column has now',
    statements: {
      swapped: "insert into places values (1, 'a', 'b')",
      swappedListed: 'insert into places (id, second) values (1, 2)',
    },
    finds: { swapped: on('changes SHAPE insert-columns') },
  },
  {
    about: 'a column that has to be given now',
    statements: {
      omits: 'insert into required (id) values (1)',
      gives: "insert into required (id, must) values (1, 'x')",
      givesSample: { sql: 'insert into required (id, must) values (%1, %2)', samples: [[1, 'x']] },
      givesNull: { sql: 'insert into required (id, must) values (%1, %2)', samples: [[1, null]] },
      updates: "update required set must = 'y'",
    },
    finds: {
      omits: on('fails WRITE 23502', 'fails WRITE 1364'),
      givesNull: on('fails WRITE 23502', 'fails WRITE 1048'),
    },
  },
  {
    about: 'a type that is narrower',
    statements: {
      tooLong: { sql: 'insert into narrow (id, word) values (1, %1)', samples: [['longer than that']] },
      tooLongLiteral: "insert into narrow (id, word) values (1, 'longer than that')",
      fits: { sql: 'insert into narrow (id, word) values (1, %1)', samples: [['abc']] },
      fitsLiteral: "insert into narrow (id, word) values (1, 'abc')",
      madeUp: 'insert into narrow (id, word) values (%1, %2)',
    },
    finds: {
      tooLong: on('fails WRITE 22001', 'fails WRITE 1406'),
      tooLongLiteral: on('fails WRITE 22001', 'fails WRITE 1406'),
    },
  },
  {
    about: 'an upsert without its index',
    statements: {
      upsert: "insert into keyed (code, n) values ('a', 1) on conflict (code) do nothing",
      upsertOther: "insert into keyed (code, n) values ('a', 1) on conflict (n) do nothing",
      upsertAny: "insert into keyed (code, n) values ('a', 1) on conflict do nothing",
    },
    finds: { upsert: onPostgres('fails WRITE 42P10') },
    on: ['postgres'],
  },
  {
    about: 'the same where the server needs no index for it',
    statements: { upsert: "insert into keyed (code, n) values ('a', 1) on duplicate key update n = 2" },
    finds: {},
    on: ['mysql', 'mariadb'],
  },
  {
    about: 'a row that another one has to be there for: the shadow has none',
    statements: {
      child: "insert into keyed (code, n) values ('a', 1)",
      childSample: { sql: "insert into keyed (code, n) values ('a', %1)", samples: [[1]] },
      childMadeUp: 'insert into keyed (code, n) values (%1, %2)',
    },
    finds: {},
  },
  {
    about: 'a member of an enum that is gone',
    statements: {
      member: "insert into events (id, kind) values (1, 'q')",
      memberRead: "select id from events where kind = 'q'",
      memberLeft: "insert into events (id, kind) values (1, 'p')",
      memberSample: { sql: 'insert into events (id, kind) values (1, %1)', samples: [['q']] },
      memberMadeUp: 'insert into events (id, kind) values (1, %1)',
    },
    finds: {
      member: on('fails TYPE 22P02', 'fails WRITE 1265'),
      memberRead: onPostgres('fails TYPE 22P02'),
      memberSample: { ...on('fails WRITE 1265'), postgres: ['changes TYPE parameter-type', 'fails WRITE 22P02'] },
      // The enum is another one by that name, for which a client may have kept the number.
      memberMadeUp: onPostgres('changes TYPE parameter-type'),
    },
  },
  {
    about: 'a function or trigger that names what is gone',
    statements: {
      fires: 'insert into logs (a) values (1)',
      calls: 'insert into notes (user_id, remark) values (1, named(1))',
      firesNothing: "insert into notes (user_id, remark) values (1, 'x')",
      reads: 'select a from logs',
      asks: 'select named(1)',
      asksMadeUp: 'select name, named(%1) from users',
      callsOther: 'select other(1)',
    },
    finds: {
      fires: on('fails NAME 42703', 'fails NAME 1054'),
      calls: on('fails NAME 42703', 'fails NAME 1054'),
      asks: on('fails NAME 42703', 'fails NAME 1054'),
    },
  },
  {
    about: 'a view that names what is gone',
    statements: { seen: 'select id from seen', seenOther: 'select id from seen_other' },
    finds: { seen: onMysql('fails NAME 1356') },
    on: ['mysql', 'mariadb'],
  },
  {
    about: 'what did not work before either, or cannot be known',
    statements: {
      never: 'select nowhere from users',
      neverTable: 'select id from nowhere',
      neverFits: { sql: "insert into users (id, state) values (1, 'much too long for it')" },
      session: 'rollback',
    },
    finds: {
      never: on('unverifiable NAME 42703', 'unverifiable NAME 1054'),
      neverTable: on('unverifiable NAME 42P01', 'unverifiable NAME 1146'),
    },
  },
]

/** The statements of the cases that can be said on an engine, with its placeholders. */
function listOf(cases: readonly Case[], kind: ServerKind, at: (n: number) => string): Listed {
  const fill = (sql: string): string => sql.replace(/%(\d)/g, (_, n: string) => at(Number(n)))
  const statements = cases.filter((each) => each.on?.includes(kind) ?? true).map((each) => each.statements)
  return Object.fromEntries(
    statements
      .flatMap((each) => Object.entries(each))
      .map(([id, entry]) => [id, typeof entry === 'string' ? fill(entry) : { ...entry, sql: fill(entry.sql) }]),
  )
}

const expectedOf = (cases: readonly Case[], kind: ServerKind): string[] =>
  cases
    .filter((each) => each.on?.includes(kind) ?? true)
    .flatMap(({ finds }) => Object.entries(finds))
    .flatMap(([id, found]) => [found[kind] ?? []].flat().map((each) => `${id} ${each}`))
    .toSorted()

const foundIn = ({ matrix }: CheckResult, state: string): string[] =>
  matrix
    .filter((each) => each.state === state)
    .flatMap(({ findings }) => findings.map((each) => `${each.statement} ${each.verdict} ${each.level} ${each.code}`))
    .toSorted()

describeEachDatabase('every case of what preparing proves', everywhere, (server) => {
  const { at, postgres } = wordsOf(server)
  const text = postgres ? 'text' : 'varchar(60)'
  const withTables = async (
    more: string,
    body: (of: (asked: Partial<Asked>) => Promise<CheckResult>) => Promise<void>,
  ) => {
    const database = await createDatabase(server)
    try {
      const tables = [
        'create table users (id integer primary key, name varchar(60), code char(3), state varchar(9))',
        'create table orders (id integer primary key, user_id integer, total integer, note varchar(60))',
        'create table old_orders (id integer, user_id integer, total integer, note varchar(60))',
        `create table notes (user_id integer, remark varchar(60))`,
        more,
      ]
      for (const each of tables.filter((each) => each !== '')) await runOn(database.url, each)
      await body((asked) => check({ database: database.url, intents: [], ...asked }))
    } finally {
      await database.drop()
    }
  }

  it('a column that comes', { timeout: 180_000 }, () =>
    withTables('', async (of) => {
      const column = { table: 'orders', column: 'state', type: 'varchar(9)', visible: 'expand' } as const
      const result = await of({ intents: [{ addColumn: column }], old: listOf(added, server.kind, at) })
      expect(foundIn(result, 'before')).toEqual([])
      for (const state of ['expanded', 'backfilled', 'contracted']) {
        expect(foundIn(result, state), state).toEqual(expectedOf(added, server.kind))
      }
    }),
  )

  it('what goes', { timeout: 180_000 }, () => {
    const bodies = postgres
      ? `create type kind as enum ('p', 'q');
         create function named(who integer) returns text language plpgsql as 'begin return (select code from users where id = who); end';
         create function other(who integer) returns text language plpgsql as 'begin return (select name from users where id = who); end';
         create function tell() returns trigger language plpgsql as 'begin perform code from users; return new; end';
         create table logs (a integer); create trigger tell before insert on logs for each row execute function tell();`
      : `create function named(who integer) returns varchar(60) reads sql data return (select code from users where id = who);
         create function other(who integer) returns varchar(60) reads sql data return (select name from users where id = who);
         create table logs (a integer);
         create trigger tell before insert on logs for each row set new.a = (select count(code) from users);
         create view seen as select id, code from users; create view seen_other as select id, name from users;`
    const tables = `${bodies}
      create table places (id integer primary key, first ${text}, second ${text});
      create table required (id integer primary key, must varchar(9));
      create table narrow (id integer primary key, word varchar(60));
      create table keyed (code varchar(9) unique, n integer unique);
      create table events (id integer primary key, kind ${postgres ? 'kind' : "enum('p', 'q')"})`
    const narrow = postgres ? 'alter column word type varchar(3)' : 'modify word varchar(3)'
    const must = postgres ? 'alter must set not null' : 'modify must varchar(9) not null'
    const contract = [
      'alter table users drop column code',
      'alter table places drop column first',
      `alter table places add column later ${text}`,
      `alter table required ${must}`,
      `alter table narrow ${narrow}`,
      'alter table keyed add foreign key (n) references users (id)',
      ...(postgres
        ? [
            'alter table keyed drop constraint keyed_code_key',
            'alter table events alter kind type text',
            'drop type kind',
            "create type kind as enum ('p')",
            'alter table events alter kind type kind using kind::kind',
          ]
        : ['alter table keyed drop index code', "alter table events modify kind enum('p')"]),
    ].join('; ')
    return withTables(tables, async (of) => {
      const result = await of({
        intents: [{ rawSql: { contract, reason: 'test' } }],
        old: listOf(takenAway, server.kind, at),
      })
      expect(result.notices).toEqual([])
      const before = expectedOf(takenAway, server.kind).filter((each) => each.includes('unverifiable'))
      for (const state of ['before', 'expanded', 'backfilled']) expect(foundIn(result, state), state).toEqual(before)
      expect(foundIn(result, 'contracted')).toEqual(expectedOf(takenAway, server.kind))
      expect(result.ok).toBe(true)
    })
  })

  // A rename takes along what PostgreSQL has parsed. Where something would not follow, contract is not reached, and it is said why.
  it.each([
    { about: 'a rename', intent: { renameColumn: { table: 'users', from: 'code', to: 'mark' } }, follows: postgres },
    { about: 'the end of a column', intent: { dropColumn: { table: 'users', column: 'code' } }, follows: false },
  ])('$about under a view, or a function that is parsed', { timeout: 180_000 }, ({ intent, follows }) => {
    const atomic = 'create function counted() returns bigint begin atomic select count(code) from users; end;'
    const view = `create view seen as select id, code from users; ${postgres ? atomic : ''}`
    return withTables(view, async (of) => {
      const old = { view: 'select code from seen', ...(postgres ? { call: 'select counted()' } : {}) }
      const result = await of({ intents: [intent as Intent], old })
      for (const state of ['before', 'expanded', 'backfilled']) expect(foundIn(result, state), state).toEqual([])
      const unreached = Object.keys(old).map((id) => `${id} unverifiable NAME not-reached`)
      expect(foundIn(result, 'contracted')).toEqual(follows ? [] : unreached.toSorted())
      expect(result.notices).toEqual(
        follows ? [] : [expect.stringMatching(/^the shadow could not be contracted: .*\bseen\b/)],
      )
      expect(result.ok).toBe(true)
    })
  })
})
