import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import path from 'node:path'
import { folderWith } from '../../unit/migrations/folder.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const commandLine = path.join(root, 'dist/cli/main.js')

/** What a process did. */
interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A process that runs. */
export interface Pod {
  readonly pid: number
  /** All that it has written until now. */
  readonly said: () => string
  /** What everybody on the machine sees of it. */
  readonly arguments: () => string
  readonly kill: (signal: 'SIGTERM' | 'SIGKILL') => void
  readonly ended: Promise<Ended>
}

/** The secret and the migrations, as they are mounted. */
export async function mounted(url: string, migrations: Readonly<Record<string, string>>): Promise<string> {
  const folder = await folderWith({ url: `${url}\n`, ...migrations })
  await chmod(folder, 0o755)
  return folder
}

/** What a process has of a container where there is none: another user, and nothing to write to; as far as this machine lets us. */
const confined: readonly string[] = (() => {
  if (process.getuid?.() !== 0) return []
  const become = ['setpriv', '--reuid', '10001', '--regid', '10001', '--clear-groups', '--no-new-privs', '--']
  const readOnly = ['unshare', '-m', 'sh', '-c', 'mount -o remount,bind,ro / && exec "$0" "$@"', ...become]
  const works = ([program = '', ...words]: readonly string[]): boolean =>
    spawnSync(program, [...words, process.execPath, '-e', `require('fs').readFileSync('${commandLine}')`]).status === 0
  return [readOnly, become].find(works) ?? []
})()

/** What could be had of it, to be said. */
export const confinement =
  confined.length === 0 ? 'the same user' : confined[0] === 'setpriv' ? 'another user' : 'another user, read-only root'

/**
 * The built command line as a Job has it (see src/cli/kubernetes): no HOME, no terminal, no place for temporary files, the address of the
 * database in a file.
 */
export function startPod(folder: string, argv: readonly string[], env: Readonly<Record<string, string>> = {}): Pod {
  const words = [...confined, process.execPath, commandLine, ...argv, '--dir', folder]
  const child = spawn(words[0] ?? '', words.slice(1), {
    cwd: '/',
    env: {
      PATH: process.env.PATH,
      TMPDIR: '/nowhere',
      DATABASE_URL_FILE: path.join(folder, 'url'),
      CI: 'true',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const text = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (data) => {
      text[stream] += String(data)
    })
  }
  const pid = child.pid ?? 0
  return {
    pid,
    said: () => text.stdout + text.stderr,
    arguments: () => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '),
    kill: (signal) => void child.kill(signal),
    ended: once(child, 'close').then(([code, signal]): Ended => ({ code, signal, ...text })),
  }
}

/** Starts one and waits for its end. */
export const runPod = (
  folder: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> => startPod(folder, argv, env).ended
