import { hostname } from 'node:os'
import { expect, it } from 'vitest'
import { familyOf } from '../../families/family.ts'
import { describeEveryServer } from '../../servers/databases.ts'
import { migrator, outcome, withUsers } from '../shop.ts'

describeEveryServer('what is told afterwards', (server) => {
  it('history names who ran which step with which statements, once each and in order', () =>
    withUsers(server, async (database) => {
      const m = migrator(database, undefined, { actor: 'ada', appVersion: '2.1', gitRevision: 'abc123' })
      const printed = Object.values((await m.plan()).migrations[0]!.phases).flat()
      await m.expand()
      await m.backfill()
      await m.contract({ quietPeriod: 0 })
      await m.purge({ ignoreRetention: true })
      const { steps, events } = await m.history()
      expect(steps.map(({ step }) => step)).toEqual(printed.map(({ id }) => id))
      expect(steps.map(({ statements }) => statements)).toEqual(printed.map(({ statements }) => statements))
      for (const step of steps) {
        expect(step).toMatchObject({ migration: 'm', state: 'done', attempts: 1, error: null, actor: 'ada' })
        expect(step).toMatchObject({ host: hostname(), appVersion: '2.1', gitRevision: 'abc123' })
        expect(Date.parse(step.finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(step.startedAt))
      }
      const phases = ['expand-finished', 'backfill-finished', 'contract-finished', 'purge-finished']
      expect(events.map(({ kind }) => kind).filter((kind) => kind.endsWith('-finished'))).toEqual(phases)
      await m.close()
    }))

  it('a way back is in the history, and so is the way forth again', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      await m.expand()
      await m.rollback({ quietPeriod: 0 })
      await m.expand()
      const { steps, events } = await m.history()
      // A way back has as many parts as its engine needs.
      const told = steps.map(({ phase, state }) => `${phase} ${state}`)
      expect(told.filter((each, index) => each !== told[index - 1])).toEqual([
        'expand done',
        'rollback done',
        'expand done',
      ])
      expect(events.map(({ kind }) => kind)).toContain('rollback-finished')
      await m.close()
    }))

  it('wait ends when the state is reached, and with 75 when its time is over', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      const waiting = { interval: 50, timeout: 300 }
      expect(await outcome(m.wait({ for: 'expanded', ...waiting }))).toBe('75 wait.timeout')
      const watcher = migrator(database)
      const reached = outcome(watcher.wait({ for: 'expanded', interval: 50, timeout: 30_000 }))
      await m.expand()
      expect(await reached).toBe('0')
      expect(await outcome(m.wait({ for: 'backfilled', ...waiting }))).toBe('75 wait.timeout')
      await m.backfill()
      // A later state counts as reached.
      expect(await outcome(m.wait({ for: 'expanded', ...waiting }))).toBe('0')
      expect(await outcome(m.wait({ name: 'nobody', for: 'expanded', ...waiting }))).toBe('2 migration.unknown')
      await watcher.close()
      await m.close()
    }))

  it('up takes an empty database all the way while others are connected', () =>
    withUsers(
      server,
      async (database) => {
        const other = await familyOf(database).session(database.url, 'another')
        const m = migrator(database)
        const states = async (): Promise<readonly string[]> => (await m.status()).migrations.map(({ state }) => state)
        expect(await outcome(m.up())).toBe('0')
        expect(await states()).toEqual(['completed'])
        expect(await outcome(m.up())).toBe('0')
        await m.close()
        await other.end()
      },
      0,
    ))
})
