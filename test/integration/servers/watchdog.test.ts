import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, vi } from 'vitest'
import { withClient } from '../../servers/connect.ts'
import { isAlive, startScript } from './processes.ts'

const script = fileURLToPath(new URL('start-and-wait.ts', import.meta.url))
const patience = { timeout: 15_000, interval: 50 }

it('a server whose starter was SIGKILLed is gone within seconds, and its folder too', async () => {
  const { said, kill } = await startScript(script)
  await withClient(said.url, (client) => client.query('select 1'))
  await kill('SIGKILL')
  await vi.waitFor(() => {
    expect(isAlive(said.pid)).toBe(false)
    expect(existsSync(path.dirname(said.dataDir))).toBe(false)
  }, patience)
})

it('a server started with `keep` outlives its starter', async () => {
  const { said, kill } = await startScript(script, ['--keep'])
  await kill('SIGKILL')
  await new Promise((resolve) => setTimeout(resolve, 1000))
  await withClient(said.url, (client) => client.query('select 1'))
  process.kill(said.pid, 'SIGQUIT')
  await vi.waitFor(async () => {
    await expect(withClient(said.url, async () => undefined)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  }, patience)
  await rm(path.dirname(said.dataDir), { recursive: true, maxRetries: 10 })
})
