import { spawnSync } from 'node:child_process'
import path from 'node:path'

/** Builds deploy/Dockerfile with what there is of docker and podman, and runs the tests of the image. */
const root = path.resolve(import.meta.dirname, '../..')
const image = 'bellows:test'

const works = (engine: string): boolean => spawnSync(engine, ['info'], { stdio: 'ignore' }).status === 0
const given = process.env.CONTAINER_ENGINE
const engine = given ?? ['docker', 'podman'].find(works)
if (engine === undefined) {
  console.error('neither docker nor podman works here; CONTAINER_ENGINE names another')
  process.exit(3)
}
const run = (command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void => {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  if (status !== 0) process.exit(status ?? 1)
}
run(engine, ['build', '-f', 'deploy/Dockerfile', '-t', image, ...process.argv.slice(2), '.'])
run('npx', ['vitest', 'run', 'test/image'], { IMAGE: image, CONTAINER_ENGINE: engine })
