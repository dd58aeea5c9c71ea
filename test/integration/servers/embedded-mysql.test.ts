import { existsSync } from 'node:fs'
import { lstat, rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, vi } from 'vitest'
import { needMysql } from '../../../src/embedded/mysql/find.ts'
import { startEmbeddedMysql } from '../../../src/embedded/mysql/server.ts'
import { describeEachStartableMysql, mysqlRows } from '../../servers/databases.ts'
import { startOwn } from '../../servers/mysql/find.ts'
import { mysqlSeries } from '../../servers/wanted.ts'
import { isAlive, startScript } from './processes.ts'

const script = fileURLToPath(new URL('start-mysql-and-wait.ts', import.meta.url))
const patience = { timeout: 30_000, interval: 50 }

describeEachStartableMysql('an embedded MySQL or MariaDB', ({ name }) => {
  const { kind, series } = mysqlSeries(name)

  it('is of the series asked for, shows its password to nobody, and leaves nothing behind', async () => {
    const own = await startOwn({ name })
    if (own === null) throw new Error(`${name} is not there to be started`)
    const root = path.dirname(own.dataDir)
    expect(own.version.startsWith(`${series}.`)).toBe(true)
    for (const file of ['accounts.sql', 'data']) expect((await lstat(path.join(root, file))).mode & 0o077).toBe(0)
    const { uid } = await lstat(`/proc/${own.pid}`)
    expect(uid).not.toBe(0)
    await own.stop()
    expect(isAlive(own.pid)).toBe(false)
    expect(existsSync(root)).toBe(false)
  })

  it('says what the server said when a setting is wrong, and stops starting when aborted', async () => {
    const found = await needMysql({ kind, series })
    const wrong = startEmbeddedMysql(found, { settings: { 'no-such-setting': 1 } })
    await expect(wrong).rejects.toMatchObject({ code: 'embedded.start', message: expect.stringContaining('no-such') })
    await expect(startEmbeddedMysql(found, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    )
  })

  it('whose starter was SIGKILLed is gone within seconds, and its folder too', async () => {
    const { said, kill } = await startScript(script, [kind, series])
    await mysqlRows(said.url, 'select 1')
    await kill('SIGKILL')
    await vi.waitFor(() => {
      expect(isAlive(said.pid)).toBe(false)
      expect(existsSync(path.dirname(said.dataDir))).toBe(false)
    }, patience)
  })

  it('that is to be kept outlives its starter', async () => {
    const { said, kill } = await startScript(script, [kind, series, '--keep'])
    await kill('SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, 1000))
    await mysqlRows(said.url, 'select 1')
    process.kill(said.pid, 'SIGTERM')
    await vi.waitFor(() => expect(isAlive(said.pid)).toBe(false), patience)
    await rm(path.dirname(said.dataDir), { recursive: true, maxRetries: 10 })
  })
})
