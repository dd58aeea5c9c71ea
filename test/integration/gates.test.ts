import { expect, it } from 'vitest'
import { addIndex, changeType, isBellowsError, setNotNull } from '../../src/index.ts'
import { connect, withClient } from '../servers/connect.ts'
import { describeEachServer } from '../servers/databases.ts'
import { migrator, outcome, withUsers } from './shop.ts'

describeEachServer('the gates of contract', (server) => {
  it('stay closed while the old shape is written, and open after the quiet period', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      await m.expand()
      await m.backfill()
      await withClient(database.url, (client) => client.query(`update users set name = 'old' where id = 1`))
      const closed = await m.contract({ quietPeriod: 3_600_000 }).catch((error: unknown) => error)
      expect(isBellowsError(closed) && [closed.exitCode, closed.code]).toEqual([5, 'gate.closed'])
      expect(isBellowsError(closed) && closed.details.retryAfterSeconds).toBeGreaterThan(3500)
      const report = (await m.ready({ quietPeriod: 3_600_000 })).migrations[0]
      expect(report?.gates.find(({ name }) => name === 'legacy-writes')?.status).toBe('failed')
      expect(await outcome(m.contract({ quietPeriod: 1500, wait: 30_000 }))).toBe('0')
      await m.close()
    }))

  it('count no write of the new version as one of the old', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      await m.expand()
      await m.backfill()
      await withClient(database.url, (client) =>
        client.query(
          `update users set full_name = 'new' where id = 1; insert into users (full_name) values ('x'); update users set age = 3`,
        ),
      )
      const { rows } = await withClient(database.url, (client) =>
        client.query<{ name: string; last: string | null }>(
          `select sequencename as name, last_value::text as last from pg_sequences where schemaname = 'bellows' and sequencename ~ 'writes' order by 1`,
        ),
      )
      expect(rows.map(({ last }) => last !== null)).toEqual([true, false])
      await m.close()
    }))

  it('find the old version by its sessions', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      await m.expand()
      await m.backfill()
      const old = await connect(`${database.url}?application_name=shop%20v1`)
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

  it('stay closed over a value that could not be converted, until it is mended', () =>
    withUsers(server, async (database) => {
      const m = migrator(database, {
        m: [changeType({ table: 'users', column: 'email', to: 'integer', as: 'mail_no' })],
      })
      await m.expand()
      await withClient(database.url, (client) =>
        client.query(`update users set email = 'abc' where id = 3; update users set email = '12' where id = 4`),
      )
      await m.backfill()
      expect((await m.status()).migrations[0]?.conversionFailures).toBe(1)
      const closed = await m.contract({ quietPeriod: 0 }).catch((error: unknown) => error)
      expect(isBellowsError(closed) && closed.message).toContain('{"id": 3} (22P02)')
      await withClient(database.url, (client) => client.query('update users set mail_no = 7 where id = 3'))
      expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
      await m.close()
    }))

  it('stay closed when rows differ, however it came about', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      await m.expand()
      await m.backfill()
      await withClient(database.url, (client) =>
        client.query(
          `alter table users disable trigger all; update users set name = 'around' where id = 9; alter table users enable trigger all; alter table users enable always trigger "~bellows_sync"`,
        ),
      )
      expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('5 gate.closed')
      expect(await outcome(m.contract({ quietPeriod: 0, forceGates: ['verification'], reason: 'no' }))).toBe(
        '2 gate.not-forceable',
      )
      const found = (await m.verify()).migrations[0]
      expect(found?.lenses[0]).toMatchObject({ mismatches: 1, keys: ['{"id": 9}'] })
      await m.close()
    }))

  it('find a function that names the old column', () =>
    withUsers(server, async (database) => {
      await withClient(database.url, (client) =>
        client.query(`create function stamp() returns trigger language plpgsql as $$ begin new.name := trim(new.name); return new; end $$;
          create trigger a_stamp before insert on users for each row execute function stamp();
          create function shown(someone users) returns text language sql as 'select someone.name'`),
      )
      const m = migrator(database)
      await m.expand()
      await m.backfill()
      const closed = await m.contract({ quietPeriod: 0 }).catch((error: unknown) => error)
      expect(isBellowsError(closed) && closed.message).toContain(
        'function public.shown names public.users.name in its text; function public.stamp names public.users.name in its text',
      )
      await m.close()
    }))

  it('stay closed while rows break a rule that contract enforces, and name them', () =>
    withUsers(
      server,
      async (database) => {
        const m = migrator(database, {
          m: [
            setNotNull({ table: 'users', column: 'email' }),
            addIndex({ table: 'users', name: 'users_age', columns: ['age'], unique: true, where: "name <> 'spare'" }),
          ],
        })
        const write = (statement: string): Promise<unknown> =>
          withClient(database.url, (client) => client.query(statement))
        await write(`update users set email = 'e'; update users set age = 1 where id = 3`)
        await m.expand()
        await m.backfill()
        await write(`update users set email = null where id = 2`)
        const violations = async (): Promise<string | undefined> =>
          (await m.ready({ quietPeriod: 0 })).migrations[0]?.gates.find(({ name }) => name === 'violations')?.reason
        expect(await violations()).toBe(
          '1 rows of public.users: email is NULL and becomes NOT NULL, for example {"id": 2}; ' +
            '2 rows of public.users: the same key twice in users_age, which is unique, for example {"id": 1}',
        )
        expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('5 gate.closed')
        expect((await m.status()).migrations[0]?.state).toBe('backfilled')
        await write(`update users set email = 'e' where id = 2; update users set name = 'spare' where id = 3`)
        expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
        await m.close()
      },
      3,
    ))
})
