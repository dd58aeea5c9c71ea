import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { type Family, familyOf, type WatchedProxy } from '../families/family.ts'
import { describeEveryServer, type TestDatabase } from '../servers/databases.ts'
import { migrate, type Ran } from '../unit/cli/terminal.ts'
import { folderWith } from '../unit/migrations/folder.ts'
import { migrator, outcome, rows, withUsers } from './shop.ts'

const build = {
  postgres: 'create index concurrently late on users (age)',
  mysql: 'alter table users add index late (age), lock=none',
}
const drop = { postgres: 'drop index concurrently late', mysql: 'alter table users drop index late, lock=none' }
const isThere = {
  postgres: "select count(*) as n from pg_indexes where indexname = 'late'",
  mysql:
    "select count(*) as n from information_schema.statistics where table_schema = database() and index_name = 'late'",
}
/** Each of them is a step whose fate a runner that dies leaves open. */
const file = (phase: 'expand' | 'backfill'): string =>
  JSON.stringify({ intents: [{ rawSql: { [phase]: build, rollback: drop, reason: 'to see' } }] })

type Command = (...argv: readonly string[]) => Promise<Ran & { readonly code: string | null }>

describeEveryServer('migrate repair of a step in doubt', (server) => {
  const family: Family = familyOf(server)
  const statement = { expand: build[family.name], backfill: build[family.name], rollback: drop[family.name] }

  const commands = async (phase: 'expand' | 'backfill'): Promise<(url: string) => Command> => {
    const dir = await folderWith({ 'm.json': file(phase), 'other.json': file('expand') })
    return (url) =>
      async (...argv) => {
        const ran = await migrate([...argv, '--json', '--dir', dir, '--lease-wait', '1s'], {
          env: { DATABASE_URL: url },
        })
        const said = JSON.parse(ran.stdout) as { readonly error?: { readonly code: string } }
        return { ...ran, code: said.error?.code ?? null }
      }
  }

  /** Breaks every connection of a runner at the statement: before the server sees it, or when it is done. */
  const breaking = async (database: TestDatabase, at: 'before' | 'after', sql: string): Promise<WatchedProxy> => {
    let cut = false
    return family.proxy(database.url, {
      [at]: (seen: { readonly sql: string }) => {
        cut ||= seen.sql === sql
        return cut ? 'cut' : 'forward'
      },
    })
  }

  const inDoubt = async (
    database: TestDatabase,
    on: (url: string) => Command,
    at: 'before' | 'after',
    verb: 'expand' | 'backfill' | 'rollback',
  ): Promise<void> => {
    const proxy = await breaking(database, at, statement[verb])
    expect((await on(proxy.url)(verb, 'm', ...quiet(verb))).exitCode).not.toBe(0)
    await proxy.close()
    await family.settled(database.url)
  }
  const quiet = (verb: string): readonly string[] => (verb === 'rollback' ? ['--quiet-period', '0'] : [])
  const indexes = async (database: TestDatabase): Promise<number> =>
    Number((await rows<{ n: number }>(database, isThere[family.name]))[0]!.n)
  /** What a settlement would change. */
  const recorded = async (database: TestDatabase): Promise<unknown> => ({
    steps: await rows(database, `select migration, phase, id, state from ${family.state('steps')} order by 1, 2, 3`),
    repairs: await rows(database, `select migration from ${family.state('events')} where kind = 'repaired'`),
  })

  it.for([
    ['expand', 'before', '--undone'],
    ['expand', 'after', '--done'],
    ['backfill', 'before', '--undone'],
    ['backfill', 'after', '--done'],
    ['rollback', 'before', '--undone'],
    ['rollback', 'after', '--done'],
  ] as const)('settles that of %s, cut off %s it, by %s', ([verb, at, flag]) =>
    withUsers(server, async (database) => {
      const on = await commands(verb === 'backfill' ? 'backfill' : 'expand')
      const m = on(database.url)
      if (verb !== 'expand') expect((await m('expand', 'm')).exitCode).toBe(0)
      await inDoubt(database, on, at, verb)
      const asked = await m(verb, 'm', ...quiet(verb))
      expect([asked.exitCode, asked.code]).toEqual([3, 'step.unknown'])
      const id = verb === 'rollback' ? 'expand.raw.1~undo.0' : `${verb}.raw.1`
      // What the error tells to say is what is said.
      expect(asked.stdout).toContain(`migrate repair m --done ${id}, or --undone ${id}`)
      const before = await recorded(database)
      for (const looking of [['repair'], ['repair', 'm', flag, id, '--dry-run']]) {
        const looked = await m(...looking)
        expect([looked.exitCode, JSON.parse(looked.stdout).result.findings]).toMatchObject([0, [{ done: false }]])
        expect(await recorded(database)).toEqual(before)
      }
      const settled = await m('repair', 'm', flag, id)
      expect([settled.exitCode, JSON.parse(settled.stdout).result.findings]).toMatchObject([0, [{ done: true }]])
      expect((await m(verb, 'm', ...quiet(verb))).exitCode).toBe(0)
      expect(await indexes(database)).toBe(verb === 'rollback' ? 0 : 1)
      expect(JSON.parse((await m('repair')).stdout).result.findings).toEqual([])
    }),
  )

  it('takes the word of a person: what is said to be done is not run', () =>
    withUsers(server, async (database) => {
      const on = await commands('expand')
      const m = on(database.url)
      await inDoubt(database, on, 'before', 'expand')
      expect((await m('repair', 'm', '--done', 'expand.raw.1')).exitCode).toBe(0)
      expect((await m('expand', 'm')).exitCode).toBe(0)
      expect(await indexes(database)).toBe(0)
    }))

  it('refuses names and steps that are not in doubt (2), and settles none of those beside them', () =>
    withUsers(server, async (database) => {
      const on = await commands('expand')
      const m = on(database.url)
      expect((await m('repair', 'm', '--done', 'expand.raw.1')).code).toBe('repair.step')
      await inDoubt(database, on, 'before', 'expand')
      const before = await recorded(database)
      const right = ['--done', 'expand.raw.1']
      const refused: readonly (readonly [string, readonly string[]])[] = [
        ['repair.name', right],
        ['migration.unknown', ['nobody', ...right]],
        ['repair.step', ['other', ...right]],
        ['repair.step', ['m', '--done', 'expand.raw.2']],
        ['repair.step', ['m', '--undone', 'expand.raw.1~undo.0']],
        ['repair.step', ['m', ...right, '--undone', 'expand.raw.2']],
        ['repair.step', ['m', ...right, '--undone', 'expand.raw.1']],
        ['repair.step', ['m', '--done', '']],
      ]
      for (const [code, argv] of refused) {
        for (const more of [[], ['--dry-run']]) {
          const ran = await m('repair', ...argv, ...more)
          expect([argv, ran.exitCode, ran.code]).toEqual([argv, 2, code])
        }
      }
      expect(await recorded(database)).toEqual(before)
      expect((await m('repair', 'm', ...right)).exitCode).toBe(0)
      expect((await m('repair', 'm', ...right)).code).toBe('repair.step')
      // Nor has one that is over any.
      for (const verb of ['expand', 'backfill', 'contract'])
        expect(
          (await m(verb, 'm', ...(verb === 'contract' ? ['--quiet-period', '0', '--retention', '0'] : []))).exitCode,
        ).toBe(0)
      expect((await m('repair', 'm', ...right)).code).toBe('repair.step')
    }))

  it.for(['expand', 'backfill'] as const)('leaves that of %s to the runner that is still at it (75)', (verb) =>
    withUsers(server, async (database) => {
      const on = await commands(verb)
      const m = on(database.url)
      if (verb === 'backfill') expect((await m('expand', 'm')).exitCode).toBe(0)
      let arrive = (): void => undefined
      const arrived = new Promise<void>((resolve) => {
        arrive = resolve
      })
      const proxy = await family.proxy(database.url, {
        before: ({ sql }) => {
          if (sql !== statement[verb]) return 'forward'
          arrive()
          return 'hold'
        },
      })
      const running = on(proxy.url)(verb, 'm')
      await arrived
      const before = await recorded(database)
      const ran = await m('repair', 'm', '--undone', `${verb}.raw.1`)
      expect([ran.exitCode, ran.code]).toEqual([75, 'lease.held'])
      expect(await recorded(database)).toEqual(before)
      await proxy.close()
      await running
    }),
  )

  it('takes the leases in the order of all others, and none to look', () =>
    withUsers(server, async (database) => {
      const on = await commands('backfill')
      const m = on(database.url)
      expect((await m('expand', 'm')).exitCode).toBe(0)
      await inDoubt(database, on, 'before', 'backfill')
      const runner = await family.session(database.url, 'runner')
      const take = (lease: string): Promise<void> => runner.run(family.takeLease.replace("'ddl'", `'${lease}'`))
      await take('data:m')
      const waiting = async (start: (one: ReturnType<typeof migrator>) => Promise<unknown>) => {
        const one = migrator(database, {}, { leaseWait: 30_000 })
        const ended = outcome(start(one)).finally(() => one.close())
        while (!one.events.some(({ kind }) => kind === 'waiting')) await sleep(20)
        return { ended }
      }
      const rollback = await waiting((one) => one.rollback({ name: 'm', quietPeriod: 0 }))
      // Whoever waits for the lease of the data does not have the one that everybody needs.
      expect((await m('expand', 'other')).exitCode).toBe(0)
      const repair = await waiting((one) => one.repair({ name: 'm', undone: ['backfill.raw.1'] }))
      await take('ddl')
      for (const looking of [
        ['repair', '--dry-run'],
        ['rollback', 'm', '--dry-run', '--quiet-period', '0'],
      ])
        expect([looking, (await m(...looking)).code]).toEqual([
          looking,
          looking[0] === 'repair' ? null : 'step.unknown',
        ])
      await runner.end()
      // Either may be the first; what it leaves is what the other finds.
      expect(['0 0', '3 step.unknown 0', '0 2 repair.step']).toContain(`${await rollback.ended} ${await repair.ended}`)
    }))

  it('does not settle what a runner ended meanwhile', () =>
    withUsers(server, async (database) => {
      const on = await commands('expand')
      await inDoubt(database, on, 'before', 'expand')
      const runner = await family.session(database.url, 'runner')
      await runner.run(family.takeLease)
      // Not by the command line: that looks first, and does so under the lease.
      const m = migrator(database, {}, { leaseWait: 30_000 })
      const saying = outcome(m.repair({ name: 'm', undone: ['expand.raw.1'] }))
      while (!m.events.some(({ kind }) => kind === 'waiting')) await sleep(20)
      await runner.run(`update ${family.state('steps')} set state = 'done' where id = 'expand.raw.1'`)
      await runner.end()
      expect(await saying).toBe('2 repair.step')
      await m.close()
      const states = await rows(database, `select state from ${family.state('steps')} where id = 'expand.raw.1'`)
      expect(states).toEqual([{ state: 'done' }])
    }))
})
