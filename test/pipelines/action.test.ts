import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { connect, createDatabase, describeEachServer } from '../servers/databases.ts'
import { runAction, workspace } from './action.ts'
import { githubApi } from './github-api.ts'

/*
 * The composite action, as a runner runs it: its own script, the built command line, a real server.
 */
const migrations = {
  '20260101000000_rename_name.yaml': 'intents:\n  - renameColumn: { table: users, from: name, to: full_name }\n',
}

async function shop(
  server: Parameters<typeof createDatabase>[0],
  rows = 10,
): Promise<{ url: string; drop: () => Promise<void> }> {
  const database = await createDatabase(server)
  const client = await connect(database.url)
  await client.query('create table users (id bigint primary key generated always as identity, name text not null)')
  await client.query("insert into users (name) select 'user ' || i from generate_series(1, $1::int) i", [rows])
  await client.end()
  return database
}

function pullRequest(where: string): string {
  const file = path.join(where, 'event.json')
  writeFileSync(file, JSON.stringify({ pull_request: { number: 12 } }))
  return file
}

describeEachServer('the action', (server) => {
  test('shows a plan on the pull request and in the summary, and runs it', { timeout: 300_000 }, async () => {
    const database = await shop(server)
    const where = workspace(migrations)
    const api = await githubApi()
    const env = { DATABASE_URL: database.url, GITHUB_API_URL: api.url, GITHUB_EVENT_PATH: pullRequest(where) }
    const plan = await runAction(where, { command: 'plan', comment: 'true' }, env)
    expect(plan.code, plan.log).toBe(0)
    expect(plan.outputs).toMatchObject({ 'exit-code': '0', state: 'pending' })
    expect(JSON.parse(plan.outputs.result ?? '')).toMatchObject({ ok: true, command: 'plan' })
    expect(readFileSync(plan.outputs['result-file'] ?? '', 'utf8').trim()).toBe(plan.outputs.result)
    for (const text of [plan.summary, api.comments[0]?.body]) {
      expect(text).toContain('#### `20260101000000_rename_name` (pending)')
      expect(text).toMatch(/```sql\n-- /)
      expect(text).toContain('add column "full_name"')
    }

    const expand = await runAction(where, { command: 'expand', args: "--backfill --actor 'the pipeline'" }, env)
    expect(expand.code, expand.log).toBe(0)
    expect(expand.outputs).toMatchObject({ 'exit-code': '0', state: 'backfilled' })
    expect(expand.summary).toContain('### `migrate expand`: done (exit 0)')

    await api.close()
    await database.drop()
  })

  test.skipIf(process.env.MATRIX !== 'full')(
    'bears a contract that may not be yet, where that is said',
    { timeout: 300_000 },
    async () => {
      const database = await shop(server)
      const where = workspace(migrations)
      const env = { DATABASE_URL: database.url }
      expect((await runAction(where, { command: 'expand', args: '--backfill' }, env)).code).toBe(0)
      const contract = { command: 'contract', name: '20260101000000_rename_name', args: '--yes' }
      const early = await runAction(where, { ...contract, 'accept-exit-codes': '5, 75' }, env)
      expect(early.code, early.log).toBe(0)
      expect(early.outputs).toMatchObject({ 'exit-code': '5', state: 'backfilled' })
      expect(JSON.parse(early.outputs.result ?? '')).toMatchObject({ ok: false, error: { code: 'gate.closed' } })
      expect(early.summary).toContain('gate.closed')
      expect((await runAction(where, contract, env)).code).toBe(5)
      await database.drop()
    },
  )

  test.skipIf(process.env.MATRIX !== 'full')(
    'a cancelled run saves what is done (143), and the next goes on',
    { timeout: 300_000 },
    async () => {
      const database = await shop(server, 20_000)
      const where = workspace(migrations)
      const env = { DATABASE_URL: database.url }
      const slow = { command: 'expand', args: '--backfill --max-rate 2000' }
      let sent = false
      const stopped = await runAction(where, slow, env, (log, kill) => {
        if (sent || !/backfill/i.test(log)) return
        sent = true
        setTimeout(() => kill('SIGTERM'), 1000)
      })
      expect(stopped.outputs, stopped.log).toMatchObject({ 'exit-code': '143', state: 'backfilling' })
      expect(stopped.code).toBe(143)
      const next = await runAction(where, { command: 'backfill' }, env)
      expect(next.outputs, next.log).toMatchObject({ 'exit-code': '0', state: 'backfilled' })
      await database.drop()
    },
  )
})

test.each([
  [{ command: 'plan; rm' }, /no command of migrate/],
  [{ command: 'plan', name: '--dir=/elsewhere' }, /belongs to args/],
  [{ command: 'plan', args: "'open" }, /a ' is not closed/],
  [{ command: 'plan', 'accept-exit-codes': 'five' }, /accept-exit-codes/],
  [{ command: 'plan', 'working-directory': '/not/there' }, /there is no \/not\/there/],
])('refuses %s (2)', async (inputs, why) => {
  const { code, log } = await runAction(workspace({}), inputs, {})
  expect(code).toBe(2)
  expect(log).toMatch(why)
})

test('a command line that is not there, or says what is no JSON, fails and is shown', async () => {
  const missing = await runAction(workspace({}), { command: 'plan', cli: 'not-a-program' }, {})
  expect(missing).toMatchObject({ code: 127, outputs: { 'exit-code': '127', state: '', result: '' } })
  const odd = await runAction(workspace({}), { command: 'plan', cli: "bash -c 'echo ::warning::x; exit 9'" }, {})
  expect(odd).toMatchObject({ code: 9, outputs: { 'exit-code': '9', result: '' } })
  expect(odd.log).toMatch(/::stop-commands::(\S+)\n::warning::x\n\n::\1::/)
})

test('a pull request has one comment of each command and key, and what people quote of it stays', async () => {
  const where = workspace({})
  const quoted = { id: 1, body: '<!-- bellows plan --> quoted', user: { type: 'User' } }
  const others = Array.from({ length: 120 }, (_, at) => ({ id: at + 2, body: 'LGTM', user: { type: 'User' } }))
  const api = await githubApi({ comments: [quoted, ...others] })
  const env = { GITHUB_API_URL: api.url, GITHUB_EVENT_PATH: pullRequest(where) }
  const say = async (words: string, key = ''): Promise<unknown> =>
    runAction(where, { command: 'plan', cli: `bash -c 'echo "${words}"'`, comment: 'true', 'comment-key': key }, env)
  await say('{}')
  await say('{\\"error\\":{\\"code\\":\\"c\\",\\"message\\":\\"changed\\"}}')
  await say('{}', 'orders--> db')
  expect(api.comments).toHaveLength(123)
  expect(api.comments[0]?.body).toBe(quoted.body)
  expect(api.comments[121]?.body).toMatch(/^<!-- bellows plan -->\n/)
  expect(api.comments[121]?.body).toContain('c: changed')
  expect(api.comments[122]?.body).toMatch(/^<!-- bellows plan orders___ db -->\n/)
  expect([...api.tokens]).toEqual(['Bearer token'])
  await api.close()
})

test('where it may not write a comment the run goes on, with a warning', async () => {
  const where = workspace({})
  const cli = `bash -c 'echo "{}"'`
  const api = await githubApi({ readOnly: true })
  const env = { GITHUB_API_URL: api.url, GITHUB_EVENT_PATH: pullRequest(where) }
  const refused = await runAction(where, { command: 'plan', cli, comment: 'true' }, env)
  expect(refused.code).toBe(0)
  expect(refused.log).toContain('::warning title=bellows::no comment: GitHub answers 403')
  const push = await runAction(where, { command: 'plan', cli, comment: 'true' }, { GITHUB_API_URL: api.url })
  expect(push.log).toContain('this is no run of a pull request')
  await api.close()
})
