import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renameColumn } from '../../../src/index.ts'
import { familyOf } from '../../families/family.ts'
import { whole } from '../../scenarios/sample.ts'
import { createDatabase, describeEveryStartableServer, type TestDatabase } from '../../servers/databases.ts'
import { databaseOn, type Replicated, startReplicated } from '../../servers/replicas.ts'
import { migrate } from '../../unit/cli/terminal.ts'
import { folderWith } from '../../unit/migrations/folder.ts'
import { migrator, outcome, rename, run } from '../shop.ts'

describeEveryStartableServer('wait, with a replica', (server) => {
  // Two servers are started; that of MySQL and MariaDB takes longer.
  describe.runIf(whole || server.kind === 'postgres')('that is there', () => {
    let both: Replicated
    let database: TestDatabase
    let replica: string
    beforeAll(async () => {
      both = await startReplicated(server)
      database = await createDatabase(both.primary)
      replica = databaseOn(both, database.name).replica
      await run(database, familyOf(server).users(100))
    }, 120_000)
    afterAll(() => both?.stop())

    const brief = { timeout: 200, interval: 50 }

    it('does not end before the replica has it too, however often it was in that state before', async () => {
      const m = migrator(database)
      const [replicas, quietPeriod] = [[replica], 0]
      await m.expand()
      await m.wait({ for: 'expanded', replicas, interval: 50 })
      await both.pause()
      await m.backfill()
      await expect(m.wait({ for: 'backfilled', ...brief, replicas })).rejects.toMatchObject({
        exitCode: 75,
        code: 'wait.timeout',
        message: expect.stringMatching(/^backfilled, but not on replica 1 \(127\.0\.0\.1:\d+\): there m is expanded/),
      })
      expect(m.events).toContainEqual(
        expect.objectContaining({ kind: 'waiting', what: expect.stringContaining('replica 1') }),
      )
      const waiting = m.wait({ for: 'backfilled', interval: 50, replicas })
      await both.resume()
      expect((await waiting).replicas).toEqual([
        expect.objectContaining({ name: expect.stringContaining('replica 1'), same: false }),
      ])

      await m.contract({ quietPeriod })
      await m.wait({ for: 'contracted', replicas, interval: 50 })
      await both.pause()
      await m.rollback({ quietPeriod })
      // It is contracted there, which is further and yet not this.
      await expect(m.wait({ for: 'backfilled', ...brief, replicas })).rejects.toMatchObject({
        message: expect.stringContaining('there m is contracted'),
      })
      await m.contract({ quietPeriod })
      await expect(m.wait({ for: 'contracted', ...brief, replicas })).rejects.toMatchObject({
        message: expect.stringContaining('there m is an earlier contracted'),
      })
      await both.resume()
      await m.wait({ for: 'contracted', replicas, interval: 50 })
      await m.close()
    })

    it('tells how far it is behind, and why, without its password', async () => {
      const password = 'very-secret-word'
      const url = new URL(replica)
      const known = server.kind === 'postgres' ? Object.assign(url, { password }).href : replica
      const dir = await folderWith({ 'later.json': JSON.stringify({ intents: [rename] }) })
      const env = { DATABASE_URL: database.url, MIGRATE_REPLICA_URL: known, MIGRATE_DIR: dir }
      await both.pause()
      try {
        expect(await migrate(['baseline', 'later'], { env })).toMatchObject({ exitCode: 0 })
        const ran = await migrate(['wait', 'later', '--for', 'contracted', '--timeout', '1s', '--json'], { env })
        expect(ran.exitCode).toBe(75)
        expect(JSON.parse(ran.stdout).error.message).toMatch(
          server.kind === 'postgres'
            ? /it does not have later, \d+ s behind, \d+\.\d MB not replayed, its replay is paused$/
            : /it does not have later, it applies nothing$/,
        )
        for (const text of [ran.stdout, ran.stderr]) expect(text).not.toContain(new URL(known).password)
      } finally {
        await both.resume()
      }
      const over = await migrate(['wait', 'later', '--for', 'contracted'], { env })
      expect(over).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/\nreplica 1 \(127.*\): has it/) })
    })

    it('says that an address is the database itself, and refuses one that is no replica of it', async () => {
      const m = migrator(database)
      const { replicas } = await m.wait({ for: 'expanded', replicas: [database.url] })
      expect(replicas).toEqual([expect.objectContaining({ same: true })])
      expect(m.events).toContainEqual(expect.objectContaining({ kind: 'warning' }))
      const other = await createDatabase(server)
      const elsewhere = await createDatabase(both.primary)
      const wait = (url: string) => outcome(m.wait({ for: 'expanded', ...brief, replicas: [url] }))
      // Where nothing tells one server from another, it never has the state.
      expect(await wait(other.url)).toBe(server.kind === 'postgres' ? '2 wait.replica' : '75 wait.timeout')
      expect(await wait(elsewhere.url)).toBe(server.kind === 'postgres' ? '2 wait.replica' : '75 wait.timeout')
      expect(await wait('sqlite://here')).toMatch(/^2 /)
      await other.drop()
      await elsewhere.drop()
      await m.close()
    })

    it('goes on to wait for one that cannot be reached', async () => {
      const m = migrator(database)
      const nobody = Object.assign(new URL(replica), { port: '1' }).href
      await expect(m.wait({ for: 'expanded', ...brief, replicas: [replica, nobody] })).rejects.toMatchObject({
        exitCode: 75,
        message: expect.stringMatching(/^expanded, but not on replica 2 \(127\.0\.0\.1:1\): it cannot be read/),
      })
      await m.close()
    })

    it('is told of by plan, with what it means for who reads there', async () => {
      const m = migrator(database, { next: [renameColumn({ table: 'users', from: 'age', to: 'years' })] })
      const hazards = (await m.plan({ name: 'next' })).migrations[0]?.hazards ?? []
      const told = (code: string) => hazards.filter((hazard) => hazard.code === code).map(({ message }) => message)
      expect(told('replicas')).toEqual([
        server.kind === 'postgres'
          ? expect.stringMatching(/^standby will replay the locks of expand \("public"\."users"\), contract .*40001/)
          : expect.stringMatching(/^root at .* will apply each change of .*users too/),
      ])
      expect(told('change-consumers')).toEqual(
        server.kind === 'postgres'
          ? []
          : [expect.stringMatching(/from expand on years; .* other names from contract on/)],
      )
      await m.close()
    })
  })
})
