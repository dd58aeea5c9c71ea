import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { familyOf } from '../families/family.ts'
import { createDatabase, describeEveryServer } from '../servers/databases.ts'
import type { Told } from './program.ts'

/*
 * Both versions of an app, each a process of its own, through the whole cycle as its team goes through it: with the built command
 * line, from what the app was seen to send, to the purge.
 */
const root = path.resolve(import.meta.dirname, '../..')
const cli = path.join(root, 'dist/cli/main.js')
const program = ['--import', import.meta.resolve('jiti/register'), path.join(root, 'test/apps/program.ts')]
const drivers = { postgres: ['pg', 'kysely'], mysql: ['mysql2', 'kysely'] } as const
const full = process.env.MATRIX === 'full'

interface Ran {
  readonly code: number
  readonly result: Record<string, unknown>
  readonly said: string
}

interface App {
  /** Lets it go on for a while, and ends it. */
  stop(): Promise<Told>
}

describeEveryServer('a pair of apps', (server) => {
  const family = familyOf(server)
  const chosen = full ? drivers[family.name] : drivers[family.name].slice(0, 1)

  it.each(chosen)(
    'with %s: captured, checked, and run through every phase and back',
    { timeout: 300_000 },
    async (driver) => {
      const folder = await mkdtemp(path.join(os.tmpdir(), 'bellows-apps-'))
      const database = await createDatabase(server)
      const running: ChildProcess[] = []
      const env = { ...process.env, DATABASE_URL: database.url, CI: 'true', NO_COLOR: '1' }

      const migrate = (...argv: readonly string[]): Promise<Ran> =>
        new Promise((resolve) => {
          execFile(process.execPath, [cli, '--json', ...argv], { cwd: folder, env }, (error, stdout, stderr) => {
            const document = stdout === '' ? {} : JSON.parse(stdout)
            resolve({ code: Number(error?.code ?? 0), result: document.result, said: stdout + stderr })
          })
        })
      const succeeds = async (...argv: readonly string[]): Promise<Record<string, unknown>> => {
        const { code, result, said } = await migrate(...argv)
        expect(code, `${argv.join(' ')}\n${said}`).toBe(0)
        return result
      }
      const start = (version: string): App => {
        const child = spawn(process.execPath, [...program, driver, version], {
          cwd: root,
          env,
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        running.push(child)
        let out = ''
        child.stdout.on('data', (data) => {
          out += String(data)
        })
        return {
          stop: async () => {
            await vi.waitUntil(() => out.includes('ready'), { timeout: 60_000 })
            await sleep(700)
            const gone = once(child, 'close')
            child.kill('SIGTERM')
            await gone
            return JSON.parse(out.slice(out.indexOf('{'))) as Told
          },
        }
      }

      try {
        await family.run(database.url, family.users(2000))
        await mkdir(path.join(folder, 'migrations'))
        await writeFile(
          path.join(folder, 'migrations/20260101000000_rename_name.yaml'),
          'intents:\n  - renameColumn: { table: users, from: name, to: full_name }\n',
        )

        // v1 is what runs. What it sends is recorded from a run of it.
        const one = (version: string) => [process.execPath, ...program, driver, version, 'once']
        await succeeds('capture', '--app', 'shop', '--version', 'v1', '--out', 'v1.json', '--', ...one('v1'))
        expect(JSON.parse(await readFile(path.join(folder, 'v1.json'), 'utf8')).statements).toHaveLength(3)
        await succeeds('app', 'register', '--statements', 'v1.json')
        await succeeds('app', 'deployed', '--app', 'shop', '--version', 'v1')
        // v2 has no database yet that it runs on: its list is v1's, with the other name.
        const list = (await readFile(path.join(folder, 'v1.json'), 'utf8')).replaceAll(/\bname\b/g, 'full_name')
        await writeFile(path.join(folder, 'v2.json'), list.replaceAll('"v1"', '"v2"'))
        await succeeds('app', 'register', '--statements', 'v2.json')
        const checked = await succeeds('check', '--record', '--shadow', 'target')
        const foretold = (
          checked.matrix as readonly { version: string; state: string; findings: readonly { statement: string }[] }[]
        )
          .filter(({ version, state }) => version === 'v1' && state === 'contracted')
          .flatMap(({ findings }) => findings.map(({ statement }) => statement.split('-')[0]))

        const old = start('v1')
        await succeeds('expand', '--require-check')
        const next = start('v2')
        await succeeds('backfill')
        expect(await old.stop()).toMatchObject({ failed: {}, wrong: 0 })
        await succeeds('app', 'deployed', '--app', 'shop', '--version', 'v2', '--only')
        expect((await migrate('contract', '--quiet-period', '1h')).code).toBe(5)
        await succeeds('contract', '--quiet-period', '1s', '--wait', '30s')

        // Somebody starts the old version again: what fails is what the check has said.
        const { failed, done } = await start('v1').stop()
        expect(done).toEqual({})
        expect([...new Set(Object.keys(failed).map((key) => key.split(' ')[0]))].sort()).toEqual(
          [...new Set(foretold)].sort(),
        )
        await succeeds('rollback')
        expect(await start('v1').stop()).toMatchObject({ failed: {}, wrong: 0 })
        await succeeds('contract', '--quiet-period', '1s', '--wait', '30s', '--retention', '1s')
        await sleep(1500)
        await succeeds('purge')

        const told = await next.stop()
        expect(told).toMatchObject({ failed: {}, wrong: 0 })
        expect(told.done.insert).toBeGreaterThan(100)
        // Every insert of either version is there, by its new name.
        const [count] = await family.rows<{ n: number | string }>(
          database.url,
          "select count(*) as n from users where email like '%@v_.example' and full_name not like '% changes'",
        )
        expect(Number(count?.n)).toBe(0)
      } finally {
        for (const child of running) child.kill('SIGKILL')
        await database.drop()
        await rm(folder, { recursive: true, force: true })
      }
    },
  )
})
