import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import {
  addColumn,
  addIndex,
  changeType,
  dropColumn,
  isBellowsError,
  renameColumn,
  setNotNull,
} from '../../src/index.ts'
import { familyOf } from '../families/family.ts'
import { createDatabase, describeEachServer, describeEveryServer } from '../servers/databases.ts'
import { migrator, needs, outcome, run, withUsers } from './shop.ts'

describeEveryServer('the gates of contract', (server) => {
  const family = familyOf(server)

  const tag = { table: 'users', column: 'tag', type: 'varchar(80)' }
  it.each([
    addColumn({ ...tag, up: `concat('x', name)` }),
    addColumn({ ...tag, up: `concat('x', name)`, nullable: false }),
    addColumn({ ...tag, default: family.name === 'postgres' ? 'gen_random_uuid()::text' : 'uuid()' }),
    dropColumn({ table: 'users', column: 'name', down: `'gone'` }),
  ])('open when one version alone knows the column that is filled: %o', (intent) =>
    withUsers(server, async (database) => {
      const m = migrator(database, { m: [intent] })
      await m.expand()
      await m.backfill()
      const [report] = (await m.ready({ quietPeriod: 0 })).migrations
      expect(report?.gates.find(({ name }) => name === 'verification')?.status).toBe('not-applicable')
      expect(report?.ready).toBe(true)
      await m.contract({ quietPeriod: 0 })
      await m.close()
    }),
  )

  it('stay closed while the old shape is written, and open after the quiet period', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      await m.expand()
      await m.backfill()
      await run(database, `update users set name = 'old' where id = 1`)
      const closed = await m.contract({ quietPeriod: 3_600_000 }).catch((error: unknown) => error)
      expect(isBellowsError(closed) && [closed.exitCode, closed.code]).toEqual([5, 'gate.closed'])
      expect(isBellowsError(closed) && closed.details.retryAfterSeconds).toBeGreaterThan(3500)
      const report = (await m.ready({ quietPeriod: 3_600_000 })).migrations[0]
      expect(report?.gates.find(({ name }) => name === 'legacy-writes')?.status).toBe('failed')
      expect(await outcome(m.contract({ quietPeriod: 1500, wait: 30_000 }))).toBe('0')
      await m.close()
    }))

  it('tell which table was written in its old shape, when, and by whom as far as the server knows', () =>
    withUsers(
      server,
      async (database) => {
        const m = migrator(database)
        await m.expand()
        const early = await family.session(database.url, 'shop v1')
        await m.backfill()
        const reason = async (): Promise<string | undefined> =>
          (await m.ready()).migrations[0]?.gates.find(({ name }) => name === 'legacy-writes')?.reason
        expect(await reason()).toMatch(
          /^nobody wrote the old shape since expand, but the backfill ended at 2\S+Z, less than 600 s ago$/,
        )
        await early.run(`update users set name = 'old' where id = 1`)
        const named = server.name.startsWith('mariadb') ? '\\(no name\\)' : 'shop v1'
        const by = family.name === 'postgres' ? 'when these were connected:' : 'by'
        expect(await reason()).toMatch(
          new RegExp(
            `^the old shape of \\S*users was last written at 2\\S+Z, less than 600 s ago, ${by} ${named} as \\w+ \\(1\\)$`,
          ),
        )
        await early.end()
        await expect.poll(reason, { timeout: 20_000 }).toMatch(/, by somebody who is not seen any more$/)
        await m.close()
      },
      3,
    ))

  it('count no write of the new version as one of the old', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      await m.expand()
      await m.backfill()
      await run(
        database,
        `update users set full_name = 'new' where id = 1; insert into users (full_name) values ('x'); update users set age = 3`,
      )
      expect(await family.sidesWritten(database.url)).toEqual(['new'])
      await m.close()
    }))

  it('find the old version by its sessions', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      await m.expand()
      await m.backfill()
      const old = await family.session(database.url, 'shop v1')
      const options = { quietPeriod: 0, oldApp: ['shop v1%'] }
      expect(await outcome(m.contract(options))).toBe('5 gate.closed')
      await old.end()
      const { migrations } = await m.contract({ ...options, wait: 10_000 })
      expect(migrations[0]?.notices).toEqual([])
      await m.close()
    }))

  it('say that readers are not proven gone when nobody named the old version', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      await m.expand()
      await m.backfill()
      const { migrations } = await m.contract({ quietPeriod: 0 })
      expect(migrations[0]?.notices.join()).toContain('readers are not proven gone')
      await m.close()
    }))

  it('stay closed over a value that could not be converted, until it is mended', (context) =>
    withUsers(server, async (database) => {
      const number = changeType({ table: 'users', column: 'email', to: 'integer', as: 'mail_no' })
      await needs(context, server, database, number)
      const m = migrator(database, { m: [number] })
      await m.expand()
      await run(database, `update users set email = 'abc' where id = 3; update users set email = '12' where id = 4`)
      await m.backfill()
      expect((await m.status()).migrations[0]?.conversionFailures).toBe(1)
      const closed = await m.contract({ quietPeriod: 0 }).catch((error: unknown) => error)
      expect(isBellowsError(closed) && closed.message).toMatch(/\{"id": ?3\} \((22P02|1366|1292)\)/)
      await run(database, 'update users set mail_no = 7 where id = 3')
      expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
      await m.close()
    }))

  it('stay closed when rows differ, however it came about', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      await m.expand()
      await m.backfill()
      await run(database, family.aroundTriggers(`update users set name = 'around' where id = 9`))
      expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('5 gate.closed')
      expect(await outcome(m.contract({ quietPeriod: 0, forceGates: ['verification'], reason: 'no' }))).toBe(
        '2 gate.not-forceable',
      )
      const found = (await m.verify()).migrations[0]
      expect(found?.lenses[0]).toMatchObject({ mismatches: 1, keys: [expect.stringMatching(/^\{"id": ?9\}$/)] })
      await m.close()
    }))

  it('go by what verify found last, and when', () =>
    withUsers(
      server,
      async (database) => {
        const m = migrator(database, undefined, { quietPeriod: 0 })
        const hours = (count: number): string => (family.name === 'postgres' ? `'${count} hours'` : `${count} hour`)
        const gate = async () => (await m.ready()).migrations[0]?.gates.find(({ name }) => name === 'verification')
        await m.expand()
        await m.backfill()
        await run(database, family.aroundTriggers(`update users set name = 'around' where id = 2`))
        expect(await gate()).toMatchObject({ status: 'ok', reason: '3 rows are in sync' })
        await m.verify()
        expect(await gate()).toMatchObject({ status: 'failed', reason: '1 rows differ between the shapes' })
        await run(database, `update users set name = 'mended' where id = 2`)
        await m.verify()
        expect(await gate()).toMatchObject({ status: 'ok', reason: '3 rows are in sync' })
        await run(
          database,
          `update ${family.state('samples')} set at = at - interval ${hours(25)};
           update ${family.state('migrations')} set backfilled_at = backfilled_at - interval ${hours(26)}`,
        )
        expect((await gate())?.reason).toContain('more than a day ago')
        await run(database, family.aroundTriggers(`update users set name = 'around' where id = 2`))
        expect(await outcome(m.contract())).toBe('5 gate.closed')
        expect(await gate()).toMatchObject({ status: 'failed' })
        await m.close()
      },
      3,
    ))

  it('stay closed while rows break a rule that contract enforces, and name them', (context) =>
    withUsers(
      server,
      async (database) => {
        // Only PostgreSQL has indexes of some rows.
        const where = family.name === 'postgres' ? { where: "name <> 'spare'" } : {}
        const rules = [
          setNotNull({ table: 'users', column: 'email' }),
          addIndex({ table: 'users', name: 'users_age', columns: ['age'], unique: true, ...where }),
        ]
        await needs(context, server, database, ...rules)
        const m = migrator(database, { m: rules })
        const write = (statement: string): Promise<unknown> => run(database, statement)
        await write(`update users set email = 'e'; update users set age = 1 where id = 3`)
        await m.expand()
        await m.backfill()
        await write(`update users set email = null where id = 2`)
        const violations = async (): Promise<string | undefined> =>
          (await m.ready({ quietPeriod: 0 })).migrations[0]?.gates
            .find(({ name }) => name === 'violations')
            ?.reason.replaceAll(/ of \S+\.users/g, ' of users')
            .replaceAll(/": ?/g, '": ')
        expect(await violations()).toBe(
          '1 rows of users: email is NULL and becomes NOT NULL, for example {"id": 2}; ' +
            '2 rows of users: the same key twice in users_age, which is unique, for example {"id": 1}',
        )
        expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('5 gate.closed')
        expect((await m.status()).migrations[0]?.state).toBe('backfilled')
        await write(`update users set email = 'e' where id = 2; update users set name = 'spare', age = 7 where id = 3`)
        expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
        await m.close()
      },
      3,
    ))
})

// Functions of MySQL and MariaDB take no rows, and their triggers have their text in themselves.
describeEachServer('the gate of old writes', (server) => {
  it('is unknown to a role that may not read when they were', () =>
    withUsers(
      server,
      async (database) => {
        const m = migrator(database)
        await m.expand({ backfill: true })
        await m.close()
        const role = `reader_${randomBytes(4).toString('hex')}`
        await run(database, `create role ${role}; grant select on users to ${role}`)
        const reader = migrator(database, undefined, { setRole: role, quietPeriod: 0 })
        try {
          const gate = (await reader.ready()).migrations[0]?.gates.find(({ name }) => name === 'legacy-writes')
          expect(gate).toMatchObject({ status: 'unknown', hint: expect.stringContaining('GRANT SELECT') })
          await run(database, `grant select on all sequences in schema bellows to ${role}`)
          expect(await reader.ready()).toMatchObject({ migrations: [{ ready: true }] })
        } finally {
          await reader.close()
          await run(database, `drop owned by ${role}; drop role ${role}`)
        }
      },
      3,
    ))
})

describeEachServer('the gate of dependents', (server) => {
  it.each(['"T"', '"a b"', '"half "" quoted"', '$money', '"größe!"'])(
    'finds it where table and column are called %s',
    async (called) => {
      const database = await createDatabase(server)
      const name = called.startsWith('"') ? called.slice(1, -1).replaceAll('""', '"') : called
      const quoted = `"${name.replaceAll('"', '""')}"`
      await run(
        database,
        `create table ${quoted} (id int primary key, ${quoted} text);
          create function first() returns text language plpgsql as 'begin return (select x.${quoted} from ${quoted} x); end'`,
      )
      const m = migrator(database, { m: [renameColumn({ table: name, from: name, to: 'other' })] })
      try {
        await m.expand()
        await m.backfill()
        const gates = (await m.ready()).migrations[0]?.gates
        expect(gates?.find((gate) => gate.name === 'dependents')).toMatchObject({
          status: 'failed',
          reason: expect.stringContaining('function public.first'),
        })
      } finally {
        await m.close()
        await database.drop()
      }
    },
  )

  it('that was forced: purge names what stands on the hidden column, and the way back stays open', () =>
    withUsers(server, async (database) => {
      await run(
        database,
        `create materialized view named as select name from users;
         create function first(n int) returns text language sql begin atomic select name from users where id = n; end;
         create function first(n text) returns text language sql begin atomic select name from users where name = n; end`,
      )
      const m = migrator(database, {
        m: [changeType({ table: 'users', column: 'name', to: 'varchar', as: 'full_name' })],
      })
      await m.expand()
      await m.backfill()
      const forced = { quietPeriod: 0, forceGates: ['dependents'], reason: 'it is not used' } as const
      const stuck = await m.contract({ ...forced, retention: 0 }).catch((error: unknown) => error)
      expect(isBellowsError(stuck) && [stuck.exitCode, stuck.code, stuck.message]).toEqual([
        5,
        'purge.dependents',
        expect.stringContaining(
          'function public.first(integer); function public.first(text); materialized view public.named still',
        ),
      ])
      expect(await outcome(m.purge())).toBe('5 purge.dependents')
      expect((await m.status()).migrations[0]?.state).toBe('contracted')
      expect(await outcome(m.rollback())).toBe('0')
      expect(await outcome(m.contract(forced))).toBe('0')
      const said = isBellowsError(stuck) ? (stuck.hint ?? '') : ''
      await run(database, said.slice(said.indexOf('\n')))
      expect(await outcome(m.purge())).toBe('0')
      await m.close()
    }))

  it('says what takes everything away as it can be pasted, whatever it is called', async () => {
    const database = await createDatabase(server)
    await run(
      database,
      `create schema "My Schema"; create table "My Schema"."Or""der" (id int primary key, "select" int); create table other (id int);
       create materialized view "My Schema"."Mat View" as select "select" from "My Schema"."Or""der";
       create view "user" as select "select" from "My Schema"."Mat View";
       create view "My Schema"."a;b" as select id, "select" from "My Schema"."Or""der";
       create rule "no Insert" as on insert to "My Schema"."a;b" do instead insert into "My Schema"."Or""der" values (1, new."select");
       create rule "on Delete" as on delete to "My Schema"."Or""der" where old."select" > 100 do also select 1;
       create policy "group" on other using (exists (select 1 from "My Schema"."Or""der" x where x."select" = 3));
       create function nothing() returns trigger language plpgsql as 'begin return null; end';
       create trigger "Trig" after update of "select" on "My Schema"."Or""der" for each row execute function nothing();
       alter table "My Schema"."Or""der" add "Gen" int generated always as ("select" + 1) stored;
       create function "My Schema"."Fn"(a int, b "My Schema"."Or""der") returns int begin atomic select "select" from "My Schema"."Or""der"; end`,
    )
    const m = migrator(database, { m: [changeType({ table: 'My Schema.Or"der', column: 'select', to: 'bigint' })] })
    await m.expand()
    await m.backfill()
    const gate = async () => (await m.ready()).migrations[0]?.gates.find(({ name }) => name === 'dependents')
    const hint = (await gate())?.hint ?? ''
    expect(hint.match(/\n {2}.*;/g)).toHaveLength(9)
    await run(database, hint.slice(hint.indexOf('\n')))
    expect(await gate()).toMatchObject({ status: 'ok' })
    await m.close()
    await database.drop()
  })

  it('finds a function that names the old column', () =>
    withUsers(server, async (database) => {
      await run(
        database,
        `create function stamp() returns trigger language plpgsql as $$ begin new.name := trim(new.name); return new; end $$;
          create trigger a_stamp before insert on users for each row execute function stamp();
          create function shown(someone users) returns text language sql as 'select someone.name';
          create function first(all_ users[], out one users, out n int) language plpgsql as 'begin one := all_[1]; one.name := 1; end'`,
      )
      const m = migrator(database)
      await m.expand({ accept: ['row-type'] })
      await m.backfill()
      const closed = await m.contract({ quietPeriod: 0 }).catch((error: unknown) => error)
      expect(isBellowsError(closed) && closed.message).toContain(
        'function public.first(public.users[]) names public.users.name in its text; function public.shown(public.users) names public.users.name in its text; function public.stamp() names public.users.name in its text',
      )
      await m.close()
    }))
})
