import { describe, expect, it } from 'vitest'
import { runCommand } from '../../../src/compat/command.ts'
import { assign, withoutAddresses } from '../../../src/compat/runs.ts'
import type { AppVersion } from '../../../src/compat/versions.ts'

const version = (app: string, name: string, role: 'old' | 'new'): AppVersion => ({
  app,
  version: name,
  role,
  statements: [],
})
const names = (versions: readonly AppVersion[], commands: Record<string, string>): string[] =>
  [...assign(versions, { commands }).commands].map(
    ([{ app, version: name, role }, text]) => `${app}/${name} ${role}: ${text}`,
  )

describe('whose command it is', () => {
  const lists = [version('shop', 'v1', 'old'), version('shop', 'v2', 'new')]

  it('is said by version, app and version, or role', () => {
    expect(names(lists, { v1: 'a', 'shop/v2': 'b' })).toEqual(['shop/v1 old: a', 'shop/v2 new: b'])
    expect(names(lists, { old: 'a', new: 'b' })).toEqual(['shop/v1 old: a', 'shop/v2 new: b'])
    expect(names([], { old: 'a', new: 'b' })).toEqual(['app/old old: a', 'app/new new: b'])
  })

  it('has to be clear', () => {
    expect(() => names(lists, { v3: 'a' })).toThrow('--run: no list is of a version v3')
    expect(() => names([...lists, version('admin', 'v1', 'old')], { v1: 'a' })).toThrow('v1 may be several versions')
    expect(() => names([...lists, version('admin', 'v0', 'old')], { old: 'a' })).toThrow('old may be several versions')
  })
})

describe('a command', () => {
  const run = (command: string, limit = 20_000) =>
    runCommand({ command, cwd: process.cwd(), env: { PATH: process.env.PATH, A: 'b' }, limit, signal: null })

  it('ends with its code, and the last of its output', async () => {
    expect(await run('echo $A; echo c >&2; exit 3')).toEqual({ code: 3, tail: 'b\nc' })
    const { tail } = await run('for i in $(seq 1 100); do echo $i; done')
    expect(tail.split('\n')).toEqual(Array.from({ length: 15 }, (_, at) => String(86 + at)))
  })

  it('is over when it ends, whatever it leaves running', async () => {
    const started = Date.now()
    expect(await run('sleep 60 & exit 0')).toEqual({ code: 0, tail: '' })
    expect(Date.now() - started).toBeLessThan(30_000)
  })

  it('that goes on too long has no code', async () => {
    expect(await run('echo a; sleep 60', 300)).toEqual({ code: null, tail: 'a' })
  })

  it('is stopped when that is asked for', async () => {
    const signal = AbortSignal.timeout(200)
    await expect(
      runCommand({ command: 'sleep 60', cwd: process.cwd(), env: process.env, limit: 60_000, signal }),
    ).rejects.toMatchObject({ code: 'interrupted' })
  })

  it('is told nothing of where the target is', () => {
    const env = {
      PATH: 'p',
      PGHOST: 'a',
      PGPASSWORD: 'b',
      MYSQL_PWD: 'c',
      MIGRATE_DATABASE_URL: 'd',
      DATABASE_URL: 'e',
      PGX_MODE: 'f',
    }
    expect(withoutAddresses(env)).toEqual({ PATH: 'p', PGX_MODE: 'f' })
  })
})
