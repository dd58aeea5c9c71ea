import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadMigrations } from '../../../src/migrations/load.ts'
import { intentNames } from '../../../src/planner/intents/index.ts'
import { folderWith } from '../migrations/folder.ts'
import { migrate } from './terminal.ts'

describe('migrate new', () => {
  test.each(['ts', 'yaml', 'json'])('writes a %s file that loads, with every intent there is', async (format) => {
    const cwd = await folderWith({})
    const intents = intentNames.flatMap((name) => ['--intent', name])
    const ran = await migrate(['new', 'Rename User-Name', '--format', format, ...intents], { cwd })
    expect(ran.exitCode).toBe(0)
    const [migration, ...others] = await loadMigrations(join(cwd, 'migrations'))
    expect(others).toEqual([])
    expect(migration?.name).toMatch(/^20\d{12}_rename_user_name$/)
    expect(migration?.definition.intents.map((intent) => Object.keys(intent)[0])).toEqual(intentNames)
  })

  test('names the nearest intent', async () => {
    const ran = await migrate(['new', 'x', '--intent', 'renameColum'], { cwd: await folderWith({}) })
    expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Did you mean renameColumn?') })
  })

  test('with --dry-run writes nothing', async () => {
    const cwd = await folderWith({})
    const ran = await migrate(['new', 'x', '--dry-run'], { cwd })
    expect(ran.stdout).toContain('renameColumn(')
    expect(await readdir(cwd)).toEqual([])
  })

  test('refuses a name without a letter or digit', async () => {
    expect(await migrate(['new', '../..'], { cwd: await folderWith({}) })).toMatchObject({ exitCode: 2 })
  })

  test('writes where the config says', async () => {
    const cwd = await folderWith({ 'migrate.config.yaml': 'migrations: db/changes\n' })
    await migrate(['new', 'x'], { cwd })
    expect(await readdir(join(cwd, 'db/changes'))).toHaveLength(1)
  })
})

describe('migrate init', () => {
  test('writes config, example, pipeline and Jobs, and the config loads', async () => {
    const cwd = await folderWith({})
    const { stdout, exitCode } = await migrate(['init', '--json'], { cwd })
    expect(exitCode).toBe(0)
    const { written } = (JSON.parse(stdout) as { result: { written: string[] } }).result
    expect(written).toEqual([
      'migrate.config.ts',
      'migrations/example.ts.example',
      '.github/workflows/migrate.yml',
      'deploy/migrate-expand.yaml',
      'deploy/migrate-backfill.yaml',
    ])
    expect(await loadMigrations(join(cwd, 'migrations'))).toEqual([])
    expect(await migrate(['schema'], { cwd })).toMatchObject({ exitCode: 0 })
  })

  test('leaves alone what is there', async () => {
    const cwd = await folderWith({ 'migrate.config.yaml': 'retention: 1h\n' })
    await migrate(['init'], { cwd })
    const before = await readFile(join(cwd, 'deploy/migrate-expand.yaml'), 'utf8')
    const { stdout } = await migrate(['init', '--json'], { cwd })
    expect(JSON.parse(stdout)).toMatchObject({ result: { written: [] } })
    expect(await readFile(join(cwd, 'deploy/migrate-expand.yaml'), 'utf8')).toBe(before)
    expect(await readdir(cwd)).not.toContain('migrate.config.ts')
  })
})
