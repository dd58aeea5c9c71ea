import { describe, expect, it } from 'vitest'
import { type GateOptions, isBellowsError, type Migrator, type RunnerEvent, renameColumn } from '../../src/index.ts'
import { familyOf } from '../families/family.ts'
import { isPlayedOn } from '../scenarios/played-on.ts'
import { describeEachServer, describeEveryServer } from '../servers/databases.ts'
import { migrate } from '../unit/cli/terminal.ts'
import { folderWith } from '../unit/migrations/folder.ts'
import { as, atWork, login, withAppUsers } from './app-users.ts'
import { migrator, outcome, rename, rows, run } from './shop.ts'

const stateOf = async (m: Migrator): Promise<string | undefined> => (await m.status()).migrations[0]?.state

const fenceOf = async (m: Migrator) => (await m.status()).migrations[0]?.fence

const eventsOf = async (m: Migrator, kind: string): Promise<readonly Record<string, unknown>[]> =>
  (await m.history()).events.filter((event) => event.kind === kind).map(({ detail }) => JSON.parse(detail))

describeEveryServer('a fence at contract', (server) => {
  if (!isPlayedOn(server)) return it.skip('is tried on another of this kind, by the seed', () => undefined)
  const family = familyOf(server)
  const ofPostgres = family.name === 'postgres'
  /** What a server says to a user that is locked out. */
  const shut = ofPostgres ? '28000' : server.name.startsWith('mariadb') ? '4151' : '3118'
  const lockedBefore = (name: string): string =>
    ofPostgres ? `alter role ${name} nologin` : `alter user '${name}'@'%' account lock`

  it(
    'locks the old version out under load, and a rollback lets it in again: but nobody who was locked out before',
    {
      timeout: 120_000,
    },
    () =>
      withAppUsers(server, 3, async (database, [v1, v2, v0]) => {
        if (v1 === undefined || v2 === undefined || v0 === undefined) throw new Error('three were asked for')
        const m = migrator(database, undefined, { quietPeriod: 0, lockTimeout: 300 })
        await m.expand({ backfill: true })
        await run(database, lockedBefore(v0.name))
        const old = atWork(v1, 'shop v1', `update users set name = 'v1' where id = 1`)
        const fresh = atWork(v2, 'shop v2', `update users set full_name = 'v2' where id = 2`)
        const inFlight = await family.session(v1.url, 'shop v1 report')
        await inFlight.run(`begin; update users set name = 'half' where id = 3`)
        await expect.poll(() => old.done() > 5 && fresh.done() > 5, { timeout: 20_000 }).toBe(true)

        const fence = [v1.name, v0.name]
        // MariaDB comes without what names applications.
        const options = server.name.startsWith('mariadb') ? { fence } : { fence, oldApp: ['shop v1%'] }
        const [ready] = (await m.ready(options)).migrations
        expect(ready).toMatchObject({ ready: true, fence: { users: fence, sessions: 2 } })
        const { migrations } = await m.contract(options)
        expect(migrations[0]?.state).toBe('contracted')
        expect(migrations[0]?.notices.join('\n')).toMatch(
          new RegExp(`${v1.name}\\S* .*is locked out; 2 sessions were ended`),
        )
        expect(await login(v1)).toBe(shut)
        expect(
          await outcome(inFlight.run('commit').catch(() => Promise.reject(new TypeError('gone')))).catch(String),
        ).toContain('gone')
        await inFlight.end().catch(() => undefined)
        expect(await eventsOf(m, 'fenced')).toMatchObject([{ sessionsEnded: 2 }])
        const [third] = await rows<{ full_name: string }>(database, 'select full_name from users where id = 3')
        expect(third?.full_name).not.toBe('half')

        const would = (await m.rollback({ dryRun: true })).migrations[0]?.notices.join()
        expect(would).toMatch(new RegExp(`would let ${v1.name}.* log in again`))
        await m.rollback()
        expect(await login(v1)).toBe('in')
        expect(await login(v0)).toBe(shut)
        expect(await eventsOf(m, 'unfenced')).toHaveLength(1)
        const before = old.done()
        await expect.poll(() => old.done() > before, { timeout: 20_000 }).toBe(true)
        await old.stop()
        await fresh.stop()
        expect(fresh.failed).toEqual([])
        // Cut off, or not let in: no statement of it met a schema without its column.
        const cutOff = ofPostgres ? ['57P01', '28000', 'ECONNRESET', 'EPIPE', 'undefined'] : undefined
        if (cutOff !== undefined)
          expect(
            [...new Set(old.failed)].filter(
              (code) => !cutOff.includes(code) && !/terminat|not queryable|closed/i.test(code),
            ),
          ).toEqual([])
        expect(old.failed).not.toContain('42703')
        expect(old.failed).not.toContain('1054')
        expect(await rows(database, 'select name, full_name from users where id < 3 order by id')).toEqual([
          { name: 'v1', full_name: 'v1' },
          { name: 'v2', full_name: 'v2' },
        ])
        await m.close()
      }),
  )

  it('is taken down where contract closes again, or does not get its lock', { timeout: 120_000 }, () =>
    withAppUsers(server, 2, async (database, [v1, v2]) => {
      if (v1 === undefined || v2 === undefined) throw new Error('two were asked for')
      const m = migrator(database, undefined, { quietPeriod: 0, lockTimeout: 300 })
      await m.expand({ backfill: true })
      const reader = await family.session(v2.url, 'report')
      await reader.run('begin; select count(*) from users')
      const contract = outcome(m.contract({ fence: [v1.name] }))
      await expect.poll(() => m.events.some(({ kind }) => kind === 'retry'), { timeout: 30_000 }).toBe(true)
      expect(await login(v1)).toBe(shut)
      await new Promise((resolve) => setTimeout(resolve, 2800))
      // By somebody whom nobody named.
      await run(v2, `update users set name = 'another' where id = 1`)
      await reader.run('rollback')
      expect(await contract).toBe('5 gate.closed')
      expect(await stateOf(m)).toBe('backfilled')
      expect(await login(v1)).toBe('in')
      await m.close()

      await reader.run('begin; select count(*) from users')
      const hasty = migrator(database, undefined, { quietPeriod: 0, lockTimeout: 200, lockBudget: 1000 })
      expect(await outcome(hasty.contract({ fence: [v1.name] }))).toBe('75 lock.budget')
      expect(await login(v1)).toBe('in')
      await reader.end()
      expect(await outcome(hasty.contract({ fence: [v1.name] }))).toBe('0')
      expect(await login(v1)).toBe(shut)
      await hasty.close()
    }),
  )

  it('of two migrations stays until the last of them is taken back', () =>
    withAppUsers(
      server,
      1,
      async (database, [v1]) => {
        if (v1 === undefined) throw new Error('one was asked for')
        const second = renameColumn({ table: 'users', from: 'email', to: 'mail' })
        const m = migrator(database, { m1: [rename], m2: [second] }, { quietPeriod: 0, fence: [v1.name] })
        await m.expand({ backfill: true })
        await m.contract()
        expect(await login(v1)).toBe(shut)
        const { migrations } = await m.rollback({ name: 'm1' })
        expect(migrations[0]?.notices.join()).toContain('stays locked out')
        expect(await login(v1)).toBe(shut)
        await m.rollback({ name: 'm2' })
        expect(await login(v1)).toBe('in')
        expect((await m.plan()).notices?.join()).toContain(`contract first locks out ${v1.name}`)
        await m.close()
      },
      3,
    ))

  it('refuses whom it may not lock out, before anything is done', () =>
    withAppUsers(
      server,
      2,
      async (database, [v1, v2]) => {
        if (v1 === undefined || v2 === undefined) throw new Error('two were asked for')
        const m = migrator(database, undefined, { quietPeriod: 0 })
        await m.expand({ backfill: true })
        const own = decodeURIComponent(new URL(database.url).username)
        const refusals: readonly (readonly [string, GateOptions])[] = [
          ['2 fence.user', { fence: ['nobody at all'] }],
          ['2 fence.user', { fence: [' '] }],
          ['2 fence.user', { fence: [v1.name], allowApp: ['app_v1_%'] }],
          ['3 fence.refused', { fence: [v1.name, own] }],
        ]
        for (const [wanted, options] of refusals) {
          expect(await outcome(m.contract(options)), JSON.stringify(options)).toBe(wanted)
          expect(await outcome(m.ready(options)), JSON.stringify(options)).toBe(wanted)
        }
        await run(
          database,
          ofPostgres ? `grant ${v1.name} to ${v2.name}` : `grant '${v1.name}'@'%' to '${v2.name}'@'%'`,
        ).catch(() => undefined)
        const role = await outcome(m.contract({ fence: [v1.name] }))
        // MariaDB has no roles that are users.
        expect(role).toBe(server.name.startsWith('mariadb') ? '0' : '3 fence.refused')
        expect(await login(v1)).toBe(role === '0' ? shut : 'in')
        await m.close()
      },
      3,
    ))

  it('names the rights that are missing, as they can be given', () =>
    withAppUsers(
      server,
      2,
      async (database, [v1, other]) => {
        if (v1 === undefined || other === undefined) throw new Error('two were asked for')
        const m = migrator(database, undefined, { quietPeriod: 0 })
        await m.expand({ backfill: true })
        const lesser = migrator({ ...database, url: as(database.url, other.name) })
        const closed = await lesser.ready({ fence: [v1.name] }).catch((error: unknown) => error)
        expect(isBellowsError(closed) && `${closed.exitCode} ${closed.code}`).toBe('3 database.privilege')
        const hint = isBellowsError(closed) ? (closed.hint ?? '') : ''
        await run(database, hint.slice(hint.indexOf('\n')))
        await lesser.close()
        const again = migrator({ ...database, url: as(database.url, other.name) })
        expect(await outcome(again.ready({ fence: [v1.name] }))).toBe('0')
        await again.close()
        await m.close()
      },
      3,
    ))

  it('is kept by a contract that ends what was begun behind it, whatever the config wishes to try', () =>
    withAppUsers(
      server,
      1,
      async (database, [v1]) => {
        if (v1 === undefined) throw new Error('one was asked for')
        const m = migrator(database, undefined, { quietPeriod: 0, brownOut: 600_000 })
        await m.expand({ backfill: true })
        expect(await fenceOf(m)).toBeUndefined()
        await m.contract({ fence: [v1.name] })
        expect(await fenceOf(m)).toMatchObject({
          accounts: expect.arrayContaining([expect.stringContaining(v1.name)]),
          left: false,
        })
        // As `kill -9` leaves it before the phase is over.
        await run(
          database,
          `update ${family.state('migrations')} set state = 'contracting', contracted_at = null, quarantined_until = null`,
        )
        expect(await fenceOf(m)).toMatchObject({ left: true })
        expect(await outcome(m.contract())).toBe('0')
        expect(await login(v1)).toBe(shut)
        expect(await eventsOf(m, 'unfenced')).toEqual([])
        await m.rollback()
        expect(await fenceOf(m)).toBeUndefined()
        await m.close()
      },
      3,
    ))

  it('shows in a dry run, and is not there afterwards', () =>
    withAppUsers(
      server,
      1,
      async (database, [v1]) => {
        if (v1 === undefined) throw new Error('one was asked for')
        const m = migrator(database, undefined, { quietPeriod: 0 })
        await m.expand({ backfill: true })
        const { notices = [] } = await m.contract({ fence: [v1.name], dryRun: true })
        expect(notices.join()).toMatch(ofPostgres ? /nologin\) .* 57P01/ : /account lock; .*\) .* killed/)
        expect(await login(v1)).toBe('in')
        await m.close()
      },
      3,
    ))
})

describeEachServer('a fence on PostgreSQL', (server) => {
  if (!isPlayedOn(server)) return it.skip('is tried on another, by the seed', () => undefined)
  it('is told where the connection is lost behind it, and the same command goes on', { timeout: 120_000 }, () =>
    withAppUsers(
      server,
      2,
      async (database, [v1, v2]) => {
        if (v1 === undefined || v2 === undefined) throw new Error('two were asked for')
        const m = migrator(database, undefined, { quietPeriod: 0, lockTimeout: 300 })
        await m.expand({ backfill: true })
        const reader = await familyOf(server).session(v2.url, 'report')
        await reader.run('begin; select count(*) from users')
        const contract = outcome(m.contract({ fence: [v1.name] }))
        await expect.poll(() => m.events.some(({ kind }) => kind === 'retry'), { timeout: 30_000 }).toBe(true)
        await run(
          database,
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'bellows/%'`,
        )
        expect(await contract).toMatch(/^75 /)
        expect(m.events.some((event) => event.kind === 'warning' && /left locked out/.test(event.message))).toBe(true)
        await m.close()
        await reader.end()
        const dir = await folderWith({ 'm.json': JSON.stringify({ intents: [rename] }) })
        const shown = await migrate(['status'], { env: { DATABASE_URL: database.url, MIGRATE_DIR: dir } })
        expect(shown.stdout).toContain(
          `${v1.name} may be locked out by a contract whose runner is gone: migrate contract m goes on, migrate rollback m lets them in again`,
        )
        const again = migrator(database, undefined, { quietPeriod: 0 })
        expect(await outcome(again.contract({ fence: [v1.name] }))).toBe('0')
        await again.rollback()
        expect(await login(v1)).toBe('in')
        await again.close()
      },
      3,
    ),
  )

  describe('and who may take it down', () => {
    it('is told before a rollback does anything', () =>
      withAppUsers(
        server,
        2,
        async (database, [v1, owner]) => {
          if (v1 === undefined || owner === undefined) throw new Error('two were asked for')
          await run(
            database,
            `alter table users owner to ${owner.name}; grant create on database ${database.name} to ${owner.name}; grant create on schema public to ${owner.name}; alter role ${owner.name} createrole; grant ${v1.name} to ${owner.name} with admin option`,
          )
          const events: RunnerEvent[] = []
          const m = migrator({ ...database, url: as(database.url, owner.name) }, undefined, {
            quietPeriod: 0,
            onEvent: (event) => events.push(event),
          })
          await m.expand({ backfill: true, accept: ['user-triggers-fire'] })
          await m.contract({ fence: [v1.name] })
          await run(database, `alter role ${owner.name} nocreaterole`)
          const closed = await m.rollback().catch((error: unknown) => error)
          expect(closed).toMatchObject({
            exitCode: 3,
            code: 'database.privilege',
            hint: expect.stringContaining(`alter role "${v1.name}" login;`),
          })
          expect(await stateOf(m)).toBe('contracted')
          await run(database, `alter role ${v1.name} login`)
          expect(await outcome(m.rollback())).toBe('0')
          await m.close()
        },
        3,
      ))
  })
})
