import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it, vi } from 'vitest'
import { isThere, rename } from '../integration/testing/support.ts'
import { describeEachServer, describeEveryServer, withClient } from '../servers/databases.ts'

/*
 * The kit as a team has it: the build, in processes of its own.
 */
const root = path.resolve(import.meta.dirname, '../..')
const examples = path.join(root, 'examples/testing')
const patience = { timeout: 60_000, interval: 200 }

interface Ended {
  readonly code: number | string | null | undefined
  readonly output: string
}

function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve) => {
    // A runner that finds itself in another one reports to that.
    const { NODE_TEST_CONTEXT: _, VITEST: _inside, NODE_OPTIONS: _options, ...rest } = process.env
    execFile(process.execPath, args, { cwd: root, env: { ...rest, ...env } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, output: stdout + stderr })
    })
  })
}

describeEachServer('the examples of docs/testing.md', (server) => {
  const env = { TEST_DATABASE_URL: server.url, NO_COLOR: '1' }

  it('run in vitest', { timeout: 240_000 }, async () => {
    const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
    const { code, output } = await run([vitest, 'run', '--root', examples, '--reporter=verbose', 'with-vitest'], env)
    expect(code, output).toBe(0)
    expect(output).toContain(`${rename}, expanded: old version signs a user up`)
    expect(output).toContain(`${rename}, contracted: new version signs a user up`)
    expect(output).toMatch(/Tests +5 passed \(5\)/)
  })

  it('run in node:test', { timeout: 240_000 }, async () => {
    const { code, output } = await run(
      ['--test', '--test-reporter=spec', path.join(examples, 'with-node-test.test.js')],
      env,
    )
    expect(code, output).toBe(0)
    expect(output).toContain(`${rename}, backfilled, rolled back from contracted: the new version`)
    expect(output).toMatch(/tests 10\n.*pass 10\n/s)
  })
})

it('the example on PGlite ends by itself, and says once what it does not show', { timeout: 240_000 }, async () => {
  const { code, output } = await run(['--test', '--test-reporter=spec', path.join(examples, 'with-pglite.test.js')], {
    NO_COLOR: '1',
  })
  expect(code, output).toBe(0)
  expect(output).toMatch(/tests 1\n.*pass 1\n/s)
  expect(output.match(/BELLOWS_PGLITE/g)).toHaveLength(1)
})

it.each(['with-vitest.test.ts', 'with-node-test.test.js', 'with-jest.test.js', 'with-pglite.test.js'])(
  'docs/testing.md prints %s',
  (file) => {
    const example = readFileSync(path.join(examples, file), 'utf8')
    const language = file.endsWith('.ts') ? 'ts' : 'js'
    expect(readFileSync(path.join(root, 'docs/testing.md'), 'utf8')).toContain(`\`\`\`${language}\n${example}\`\`\``)
  },
)

/** A process in the middle of a walk. */
async function walking(
  database: unknown,
): Promise<{ readonly url: string; readonly kill: (signal: NodeJS.Signals) => Promise<void> }> {
  const script = `
    import { walkStates } from 'bellows/testing'
    const migrations = 'examples/testing/migrations'
    const database = JSON.parse(process.env.DATABASE)
    for await (const { url } of walkStates({ database, migrations, seed: 'examples/testing/schema.sql' })) {
      console.log(url)
      await new Promise((resolve) => setTimeout(resolve, 600_000))
    }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: root,
    env: { ...process.env, DATABASE: JSON.stringify(database) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = once(child, 'exit')
  const [url] = await once(child.stdout, 'data')
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal)
    await exit
  }
  return { url: String(url).trim(), kill }
}

describeEveryServer('tests that are killed', (server) => {
  it.each(['SIGINT', 'SIGKILL'] as const)('leave no database behind after %s', { timeout: 120_000 }, async (signal) => {
    const tests = await walking(server.url)
    expect(await isThere(server, tests)).toBe(true)
    await tests.kill(signal)
    await vi.waitFor(async () => expect(await isThere(server, tests)).toBe(false), patience)
  })
})

it('tests that are killed leave no server behind', { timeout: 120_000 }, async () => {
  const tests = await walking({ embedded: 'postgres' })
  await withClient(tests.url, (client) => client.query('select * from users'))
  await tests.kill('SIGINT')
  await vi.waitFor(async () => {
    await expect(withClient(tests.url, async () => undefined)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  }, patience)
})
