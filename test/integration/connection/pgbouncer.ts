import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, expect } from 'vitest'
import { serverIdentity } from '../../../src/embedded/identity.ts'
import { freePort } from '../../../src/embedded/port.ts'
import { connect } from '../../servers/databases.ts'

/** Where PgBouncer is, or null: it is not a dependency, and not fetched. `PGBOUNCER` names another place. */
function findPgBouncer(): string | null {
  try {
    return execFileSync(
      'sh',
      ['-c', 'command -v "$0" || ls /usr/sbin/pgbouncer', process.env.PGBOUNCER ?? 'pgbouncer'],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    ).trim()
  } catch {
    return null
  }
}

const binary = findPgBouncer()

/** Whether there is none here, and what says so in a test's name. */
export const without = binary === null
export const skipped =
  binary === null ? ' (SKIPPED: no pgbouncer here; apt-get install pgbouncer, or PGBOUNCER=<binary>)' : ''

const running: { process: ChildProcess; folder: string }[] = []

afterEach(async () => {
  for (const { process, folder } of running.splice(0)) {
    const gone = new Promise((resolve) => process.once('exit', resolve))
    process.kill('SIGKILL')
    await gone
    await rm(folder, { recursive: true, force: true })
  }
})

/** A pooler in front of the server; gives the URL through it. */
export async function pool(url: string, mode: 'transaction' | 'session' | 'statement', size = 20): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bellows-pooler-'))
  await chmod(folder, 0o755)
  const port = await freePort()
  const target = new URL(url)
  const settings = [
    '[databases]',
    `* = host=${target.hostname} port=${target.port} user=postgres`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    `pool_mode = ${mode}`,
    `default_pool_size = ${size}`,
    'ignore_startup_parameters = extra_float_digits,options',
  ]
  await writeFile(path.join(folder, 'pgbouncer.ini'), `${settings.join('\n')}\n`)
  const identity = await serverIdentity()
  const process = spawn(binary ?? '', [path.join(folder, 'pgbouncer.ini')], { stdio: 'ignore', ...(identity ?? {}) })
  running.push({ process, folder })
  target.port = String(port)
  await expect
    .poll(
      () =>
        connect(target.href).then(
          (client) => client.end().then(() => true),
          () => false,
        ),
      { timeout: 10_000 },
    )
    .toBe(true)
  return target.href
}
