import { describe, expect, test } from 'vitest'
import { BellowsError } from '../../../src/errors.ts'
import { folderWith } from '../migrations/folder.ts'
import { migrate } from './terminal.ts'

describe('with --json', () => {
  test('stdout is exactly one document with the result', async () => {
    const { stdout, exitCode } = await migrate(['schema', '--json'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      ok: true,
      command: 'schema',
      result: { title: 'Bellows migration' },
      warnings: [],
    })
  })

  test.each([
    [['expand', '--bogus', '--json'], 'expand', 'usage.unknown-option', 2],
    [['--json', 'exapnd'], 'exapnd', 'usage.unknown-command', 2],
    [['plan', '--json'], 'plan', 'config.no-database', 2],
    [['lint', '--json', 'a.sql'], 'lint', 'lint.missing', 2],
    [['contract', '--json', '--retention', '5'], 'contract', 'usage.duration', 2],
    [['baseline', '--json'], 'baseline', 'usage.missing-argument', 2],
    [['--json'], 'migrate', 'usage.no-command', 2],
  ])('stdout is exactly one document with the error of `migrate %s`', async (argv, command, code, exitCode) => {
    const ran = await migrate(argv)
    expect(ran.exitCode).toBe(exitCode)
    expect(JSON.parse(ran.stdout)).toEqual({
      schemaVersion: 1,
      ok: false,
      command,
      error: expect.objectContaining({ code, exitCode, retryable: false, message: expect.any(String) }),
      warnings: [],
    })
  })

  test('is also asked for by MIGRATE_JSON, and not by MIGRATE_JSON=false', async () => {
    expect(JSON.parse((await migrate(['plan'], { env: { MIGRATE_JSON: '1' } })).stdout)).toMatchObject({ ok: false })
    expect((await migrate(['plan'], { env: { MIGRATE_JSON: 'false' } })).stdout).toBe('')
  })

  test('says which setting of the environment is wrong, in text', async () => {
    const ran = await migrate(['lint'], { env: { MIGRATE_JSON: 'maybe' } })
    expect(ran).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('MIGRATE_JSON') })
  })
})

describe('an error', () => {
  test('is told as what with its code, and then what to do', async () => {
    const ran = await migrate(['plan'])
    expect(ran.stdout).toBe('')
    expect(ran.stderr.split('\n')).toEqual([
      'error config.no-database: no database is named',
      '→ Set DATABASE_URL or DATABASE_URL_FILE, or give --database-url-file.',
      '',
    ])
  })

  test('in a command suggests the near one', async () => {
    const ran = await migrate(['contrct'])
    expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Did you mean contract?') })
  })

  test('shows its stack with --verbose only', async () => {
    expect((await migrate(['plan', '--verbose'])).stderr).toMatch(/\n +at /)
    expect((await migrate(['plan'])).stderr).not.toMatch(/\n +at /)
  })

  test('is one JSON event on stderr with --log-format json', async () => {
    const ran = await migrate(['plan', '--log-format', 'json'])
    const lines = ran.stderr.trimEnd().split('\n')
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ kind: 'error', code: 'config.no-database', exitCode: 2 })
  })

  test('is an annotation at file and line on GitHub', async () => {
    const cwd = await folderWith({ 'migrate.config.yaml': 'retention: 1h\nlock_timeout: 1s\n' })
    const ran = await migrate(['plan'], { cwd, env: { GITHUB_ACTIONS: 'true' } })
    expect(ran.exitCode).toBe(2)
    expect(ran.stderr).toMatch(/^::error file=.*migrate\.config\.yaml,line=2,title=config\.invalid::.*unknown key/m)
  })

  test('after a signal is the interruption', async () => {
    const controller = new AbortController()
    controller.abort(new BellowsError({ code: 'interrupted', message: 'stopped by SIGTERM', exitCode: 143 }))
    const ran = await migrate(['plan', '--json'], { signal: controller.signal })
    expect(ran.exitCode).toBe(143)
    expect(JSON.parse(ran.stdout)).toMatchObject({ error: { code: 'interrupted', exitCode: 143 } })
  })

  test('after a signal says what is kept: of a check nothing', async () => {
    const controller = new AbortController()
    controller.abort(
      new BellowsError({ code: 'interrupted', message: 'stopped by SIGTERM', exitCode: 143, hint: 'Saved.' }),
    )
    const hintOf = async (command: string): Promise<unknown> =>
      JSON.parse((await migrate([command, '--json'], { signal: controller.signal })).stdout).error.hint
    expect(await hintOf('expand')).toBe('Saved.')
    expect(await hintOf('check')).toBe('Nothing of it was kept; the same command begins anew.')
  })
})

describe('help', () => {
  test('lists the commands', async () => {
    const { stdout, exitCode } = await migrate(['--help'])
    expect(exitCode).toBe(0)
    for (const command of ['init', 'lint', 'plan', 'expand', 'backfill', 'contract', 'rollback', 'status', 'demo']) {
      expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'))
    }
  })

  test('goes to stderr, with exit 2, when no command was given', async () => {
    const ran = await migrate([])
    expect(ran).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('Commands:') })
  })
})

describe('what is refused before a database is asked', () => {
  test.each([
    [['backfill', '--parallel', '17'], 'usage.parallel', 2],
    [['expand', '--backfill', '--parallel', '0'], 'usage.number', 2],
    [['backfill', '--parallel', 'many'], 'usage.number', 2],
    [['contract', '--force-gate', 'legacy-writes'], 'usage.reason', 2],
    [['rollback', '--accept-loss'], 'usage.reason', 2],
    [['rollback', 'some', '--all'], 'usage.all-and-name', 2],
    [['wait'], 'usage.wait-for', 2],
    [['status', '--watch', '--json'], 'usage.watch-json', 2],
    [['capture', '--app', 'A', '--', 'npm', 'test'], 'usage.capture', 2],
    [['capture', '--app', 'A', '--version', 'v1', '--out', 'v1.json'], 'usage.capture', 2],
    [['completion', 'powershell'], 'usage.shell', 2],
    [['schema', 'ledger'], 'usage.schema', 2],
    [['plan', '--config', 'missing.yaml'], 'config.missing', 2],
    [['plan', '--catalog', 'missing.json'], 'file.unreadable', 2],
    [['expand', '--plan', 'missing.json'], 'file.unreadable', 2],
  ])('`migrate %s` is %s', async (argv, code, exitCode) => {
    const ran = await migrate(argv, { env: { DATABASE_URL: 'postgres://localhost:1/x' } })
    expect(ran.exitCode).toBe(exitCode)
    expect(ran.stderr).toContain(`error ${code}: `)
  })
})
