import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { login, withAppUsers } from '../integration/app-users.ts'
import { migrator, outcome, rename } from '../integration/shop.ts'
import { pick, seed } from '../scenarios/sample.ts'
import { describeEveryServer, servers } from '../servers/databases.ts'
import { runAlone, runKilled } from './kill.ts'

describeEveryServer('a contract with a fence, killed', (server) => {
  const chosen = pick(servers(), 1, seed).some(({ name }) => name === server.name)
  const play = async (at: number | null, then: 'contract' | 'rollback'): Promise<number> => {
    let statements = 0
    const dir = await mkdtemp(join(tmpdir(), 'bellows-fence-'))
    try {
      await writeFile(join(dir, 'm.json'), JSON.stringify({ intents: [rename] }))
      await withAppUsers(
        server,
        1,
        async (database, [v1]) => {
          if (v1 === undefined) throw new Error('one was asked for')
          const first = migrator(database)
          await first.expand({ backfill: true })
          // What a killed runner left is only settled once nobody else is there.
          await first.close()
          const command = { url: database.url, dir, args: ['contract', '--quiet-period', '0', '--fence', v1.name] }
          const label = `SEED=${seed}, killed after statement ${at}, then ${then}`
          if (at === null) {
            const alone = await runAlone(command)
            expect(alone.ended.code, alone.ended.stderr).toBe(0)
            statements = alone.statements
          } else await runKilled([{ ...command, moment: { at, point: 'after' } }])
          const m = migrator(database, undefined, { quietPeriod: 0, leaseWait: 30_000 })
          const state = (await m.status()).migrations[0]?.state
          if (at !== null && then === 'contract')
            expect(await outcome(m.contract({ fence: [v1.name] })), label).toBe('0')
          // Where it had not begun there is nothing to take back; whom it had locked out a contract without a fence lets in again.
          if (at !== null && then === 'rollback')
            expect(await outcome(state === 'backfilled' ? m.contract() : m.rollback()), label).toBe('0')
          const isOut = then === 'contract' || at === null
          expect((await login(v1)) === 'in', label).toBe(!isOut)
          if (isOut) {
            await m.rollback()
            expect(await login(v1), label).toBe('in')
          }
          await m.close()
        },
        3,
      )
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
    return statements
  }

  it.skipIf(!chosen)(
    'at any statement, ends the same by the same command, and leaves nobody locked out by another',
    {
      timeout: 900_000,
    },
    async () => {
      const statements = await play(null, 'contract')
      const all = Array.from({ length: statements }, (_, index) => index + 1).flatMap((at) =>
        (['contract', 'rollback'] as const).map((then) => ({ at, then })),
      )
      for (const { at, then } of pick(all, 1, seed + statements)) await play(at, then)
    },
  )
})
