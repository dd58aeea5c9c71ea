import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { folderWith } from '../migrations/folder.ts'
import { migrate } from './terminal.ts'

const bad = "SET lock_timeout = '1s';\n\nALTER TABLE users DROP COLUMN name;\n"
const fine = 'CREATE TABLE t (a int);\n'
const warned = 'CREATE UNIQUE INDEX CONCURRENTLY u ON users (email);\n'

/** Runs `migrate lint` in a folder with these files. */
async function lint(
  files: Readonly<Record<string, string>>,
  args: readonly string[],
  env: Record<string, string> = {},
) {
  const folder = await folderWith({})
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  return { folder, ...(await migrate(['lint', ...args], { cwd: folder, env })) }
}

test.each([
  ['nothing found', { 'a.sql': fine }, ['a.sql'], 0],
  ['an error', { 'a.sql': bad }, ['a.sql'], 4],
  ['a warning', { 'a.sql': warned }, ['a.sql'], 0],
  ['a warning too many', { 'a.sql': warned }, ['a.sql', '--max-warnings', '0'], 4],
  ['no more warnings than are let through', { 'a.sql': warned }, ['a.sql', '--max-warnings', '1'], 0],
  ['an error that is excluded', { 'a.sql': bad }, ['a.sql', '--exclude', 'drop-column'], 0],
  ['what is no SQL', { 'a.sql': 'ALTER TABEL x', 'b.sql': bad }, ['a.sql', 'b.sql'], 2],
  ['a file that is not there', {}, ['a.sql'], 2],
  ['a file that is none', { 'a.txt': '' }, ['a.txt'], 2],
  ['a folder without any', { 'x/a.txt': '' }, ['x'], 2],
  ['a folder of folders', { 'x/1/migration.sql': fine, 'x/2/migration.sql': bad }, ['x'], 4],
  ['no migrations folder', {}, [], 2],
  ['an empty migrations folder', { 'migrations/.keep': '' }, [], 2],
  ['SQL files in the migrations folder', { 'migrations/1.sql': bad }, [], 4],
  ['a rule that there is not', { 'a.sql': fine }, ['a.sql', '--exclude', 'drop-colum'], 2],
  ['a number that is none', { 'a.sql': fine }, ['a.sql', '--max-warnings', '-1'], 2],
] as const)('%s', async (_what, files, args, exitCode) => {
  expect((await lint(files, args)).exitCode).toBe(exitCode)
})

test('says file, line, rule, what happens and what to do', async () => {
  const { stdout, folder } = await lint({ 'a.sql': bad }, ['a.sql'])
  const [place, statement, message, hint, , summary] = stdout.split('\n')
  expect(place).toBe(`${folder}/a.sql:3  error  drop-column`)
  expect(statement).toBe('  ALTER TABLE users DROP COLUMN name')
  expect(message).toContain('users.name is gone')
  expect(hint).toContain('The intent dropColumn')
  expect(summary).toBe('1 error, 0 warnings, 0 notes in 2 statements of 1 file')
})

test('says what it is read as, unless a URL or --dialect tells', async () => {
  const backticks = { 'a.sql': 'CREATE TABLE `t` (`a` int);' }
  expect((await lint(backticks, ['a.sql'])).stderr).toContain('read as PostgreSQL, because no database is named')
  for (const url of ['mysql://root:geheim@nowhere/x', 'mariadb://nowhere/x']) {
    const ran = await lint(backticks, ['a.sql'], { DATABASE_URL: url })
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
  }
  expect(await lint(backticks, ['a.sql', '--dialect', 'mariadb'])).toMatchObject({ exitCode: 0, stderr: '' })
})

test('what it skips, and what it left out, is told', async () => {
  const { stdout, stderr } = await lint(
    { '1.down.sql': bad, '1.up.sql': `-- bellows-ignore drop-column: unused\n${bad.slice(bad.indexOf('ALTER'))}` },
    ['1.down.sql', '1.up.sql', '--exclude', 'no-lock-timeout'],
  )
  expect(stderr).toContain('1.down.sql is not looked at: it takes a migration back')
  expect(stdout).toBe('0 errors, 0 warnings, 0 notes in 1 statement of 1 file; 1 ignored with a reason\n')
})

test('rawSql of migrations is looked at, phase by phase', async () => {
  const yaml = `intents:
  - rawSql:
      expand: |
        CREATE INDEX CONCURRENTLY i ON users (age);
        ALTER TABLE users
          ADD CONSTRAINT c CHECK (age > 0);
      contract: ALTER TABLE users RENAME COLUMN a TO b
      rollback: ALTER TABLE users DROP CONSTRAINT c
      reason: to see
accept:
  - { id: drop-table, reason: empty since May }
`
  const json = JSON.stringify({
    intents: [{ rawSql: { expand: { postgres: 'DROP TABLE x', mysql: 'SELECT 1' }, reason: 'r' } }],
  })
  const { stdout, exitCode, folder } = await lint({ 'migrations/1_a.yaml': yaml, 'migrations/2_b.json': json }, [
    '--json',
  ])
  expect(exitCode).toBe(4)
  expect(JSON.parse(stdout).result).toMatchObject({
    files: 2,
    statements: 5,
    findings: [
      { rule: 'add-check', file: `${folder}/migrations/1_a.yaml`, line: 5 },
      { rule: 'drop-table', file: `${folder}/migrations/2_b.json`, line: 1 },
    ],
  })
})

test('the way back of rawSql may take away what its phases make, and nothing else', async () => {
  const yaml = `intents:
  - rawSql:
      expand: CREATE TABLE made (a int); ALTER TABLE users ADD COLUMN b int
      rollback: DROP TABLE made; ALTER TABLE users DROP COLUMN b; DROP TABLE users
      reason: to see
`
  const { stdout } = await lint({ 'migrations/1_a.yaml': yaml }, ['--json'])
  expect(JSON.parse(stdout).result.findings).toMatchObject([
    { rule: 'prepared-select-star' },
    { rule: 'drop-table', statement: 'DROP TABLE users' },
  ])
})

test('what a migration accepts is left out, and one that is none is unreadable', async () => {
  const yaml = `intents:
  - rawSql: { expand: DROP TABLE x, reason: empty }
accept:
  - { id: drop-table, reason: empty since May }
`
  expect(JSON.parse((await lint({ 'migrations/1_a.yaml': yaml }, ['--json'])).stdout).result).toMatchObject({
    errors: 0,
    ignored: 1,
  })
  const wrong = await lint({ 'migrations/1_a.yaml': 'intents:\n  - rawSql: { expand: ALTER TABEL x, reason: r }\n' }, [
    '--json',
  ])
  expect(wrong.exitCode).toBe(2)
  expect(JSON.parse(wrong.stdout).result.unreadable).toMatchObject([{ line: 2 }])
  expect((await lint({ 'migrations/1_a.yaml': 'intent: 1\n' }, [])).exitCode).toBe(2)
})

test('no password is shown', async () => {
  const { stdout } = await lint(
    { 'a.sql': "/* x */ FROBNICATE USER a IDENTIFIED BY 'geheim' PASSWORD 'geheim'; DROP DATABASE x" },
    ['a.sql', '--dialect', 'mysql', '--json'],
  )
  expect(JSON.parse(stdout).result.findings).toHaveLength(2)
  expect(stdout).not.toContain('geheim')
})

test('reports: SARIF, annotations and JSON', async () => {
  const args = ['a.sql', '--report', 'sarif=out/a.sarif', '--report', 'github=a.txt', '--report', 'json=a.json']
  const { folder, exitCode } = await lint({ 'a.sql': bad }, args)
  expect(exitCode).toBe(4)
  const sarif = JSON.parse(readFileSync(join(folder, 'out/a.sarif'), 'utf8'))
  expect(sarif.runs[0]).toMatchObject({
    tool: { driver: { rules: [{ id: 'drop-column', defaultConfiguration: { level: 'error' } }] } },
    invocations: [{ executionSuccessful: true, exitCode: 4 }],
    results: [
      {
        ruleId: 'drop-column',
        ruleIndex: 0,
        level: 'error',
        locations: [{ physicalLocation: { region: { startLine: 3 } } }],
      },
    ],
  })
  expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toMatch(/^::error file=.*a\.sql,line=3,title=drop-column::/)
  expect(JSON.parse(readFileSync(join(folder, 'a.json'), 'utf8'))).toMatchObject({ ok: false, result: { errors: 1 } })
})

test('on GitHub findings are annotations, and no more of them than are shown', async () => {
  const many = `SET lock_timeout = '1s';\n${'DROP TABLE orders;\n'.repeat(12)}`
  const { stderr } = await lint({ 'a.sql': many }, ['a.sql'], { GITHUB_ACTIONS: 'true' })
  expect(stderr.match(/^::error .*title=drop-table/gm)).toHaveLength(9)
  expect(stderr).toContain('3 more are not shown')
})
