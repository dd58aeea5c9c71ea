import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

/** The image to test, and what runs it. Without `IMAGE` the tests are skipped: `npm run test:image` builds it first. */
export const image = process.env.IMAGE ?? null
export const skipped = image === null ? ' (SKIPPED: npm run test:image builds the image and runs this)' : ''
const engine = process.env.CONTAINER_ENGINE ?? 'docker'

/** What a container did. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A container that runs. */
export interface Running {
  readonly name: string
  readonly process: ChildProcess
  /** All that it has written until now. */
  readonly said: () => string
  readonly ended: Promise<Ended>
  readonly signal: (name: 'TERM' | 'KILL') => void
}

/** A folder for migrations and one for the secret, as they are mounted: readable for all, as the user in the container is another one. */
export async function mounts(url: string, migrations: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bellows-image-'))
  await chmod(folder, 0o755)
  for (const name of ['migrations', 'secret']) await mkdir(path.join(folder, name))
  for (const [name, text] of Object.entries(migrations)) await writeFile(path.join(folder, 'migrations', name), text)
  await writeFile(path.join(folder, 'secret/url'), `${url}\n`)
  return ['-v', `${folder}/migrations:/app/migrations:ro`, '-v', `${folder}/secret:/run/secrets/database:ro`]
}

let number = 0

/**
 * As a Job has it (deploy/kubernetes): another user than root, of a number that the image does not know, no home, nothing that can be
 * written to, no right beyond a process's, no terminal.
 */
export function start(mounted: readonly string[], ...argv: readonly string[]): Running {
  const name = `bellows-test-${process.pid}-${++number}`
  const confined = ['--user', '10001:10001', '--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges']
  // Podman alone makes exceptions of what is read-only.
  const strict = engine === 'podman' ? ['--read-only-tmpfs=false'] : []
  const env = ['-e', 'DATABASE_URL_FILE=/run/secrets/database/url', '-e', 'CI=true']
  const words = ['run', '--rm', '--name', name, '--network', 'host', ...confined, ...strict, ...env, ...mounted]
  const child = spawn(engine, [...words, image ?? '', ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  const text = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (data) => {
      text[stream] += String(data)
    })
  }
  const ended = once(child, 'close').then(([code]): Ended => ({ code, ...text }))
  return {
    name,
    process: child,
    said: () => text.stdout + text.stderr,
    ended,
    signal: (signal) => void execFileSync(engine, ['kill', '--signal', signal, name], { stdio: 'ignore' }),
  }
}

/** Starts one and waits for its end. */
export const run = (mounted: readonly string[], ...argv: readonly string[]): Promise<Ended> =>
  start(mounted, ...argv).ended

/** What the engine tells of the image, by its Go template. */
export const inspect = (format: string): string =>
  execFileSync(engine, ['image', 'inspect', '--format', format, image ?? ''], { encoding: 'utf8' }).trim()
