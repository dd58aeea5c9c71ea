import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadMigrations } from '../../../src/migrations/load.ts'
import { folderWith } from './folder.ts'

const rename = { intents: [{ renameColumn: { table: 'users', from: 'name', to: 'full_name' } }] }
const yaml = 'intents:\n  - renameColumn: { table: users, from: name, to: full_name }\n'
const typescript = `
import { defineMigration, renameColumn, type MigrationDefinition } from 'bellows'
enum Table { users = 'users' }
const migration: MigrationDefinition = { intents: [renameColumn({ table: Table.users, from: 'name', to: 'full_name' })] }
export default defineMigration(migration)
`

describe('loading a folder', () => {
  test('takes every format, and the file name without extension is the name', async () => {
    const folder = await folderWith({
      '3_yml.yml': yaml,
      '1_json.json': JSON.stringify(rename),
      '2_yaml.yaml': yaml,
      '4_js.js': `export default ${JSON.stringify(rename)}`,
      '5_mjs.mjs': `import { renameColumn } from 'bellows'\nexport default { intents: [renameColumn({ table: 'users', from: 'name', to: 'full_name' })] }`,
      '6_ts.ts': typescript,
    })
    const migrations = await loadMigrations(folder)
    expect(migrations.map(({ name }) => name)).toEqual(['1_json', '2_yaml', '3_yml', '4_js', '5_mjs', '6_ts'])
    for (const { definition } of migrations) expect(definition).toEqual(rename)
  })

  test('gives one checksum to one migration, whatever its format', async () => {
    const folder = await folderWith({ 'a.yaml': yaml, 'b.json': JSON.stringify(rename), 'c.ts': typescript })
    const checksums = (await loadMigrations(folder)).map(({ checksum }) => checksum)
    expect(checksums[0]).toMatch(/^[0-9a-f]{64}$/)
    expect(new Set(checksums).size).toBe(1)
  })

  test('orders by code units, not by the locale', async () => {
    const folder = await folderWith({ 'a.yaml': yaml, 'B.yaml': yaml, 'é.yaml': yaml, '10.yaml': yaml, '9.yaml': yaml })
    expect((await loadMigrations(folder)).map(({ name }) => name)).toEqual(['10', '9', 'B', 'a', 'é'])
  })

  test('leaves other files, hidden files, declarations and subfolders alone', async () => {
    const folder = await folderWith({ 'README.md': '#', '.x.yaml': '[', 'types.d.ts': 'export {}', 'a.yaml': yaml })
    await mkdir(join(folder, 'old.ts'))
    expect((await loadMigrations(folder)).map(({ name }) => name)).toEqual(['a'])
  })

  test('loads a changed file anew', async () => {
    const folder = await folderWith({ 'a.ts': typescript })
    const [before] = await loadMigrations(folder)
    const { writeFile } = await import('node:fs/promises')
    await writeFile(join(folder, 'a.ts'), typescript.replace("to: 'full_name'", "to: 'display_name'"))
    const [after] = await loadMigrations(folder)
    expect(after?.checksum).not.toBe(before?.checksum)
  })

  test('reads a file that starts with a byte order mark', async () => {
    const folder = await folderWith({ 'a.json': `\uFEFF${JSON.stringify(rename)}` })
    await expect(loadMigrations(folder)).resolves.toHaveLength(1)
  })
})

describe('a folder that cannot be loaded', () => {
  test('is refused with exit 2 when it is missing', async () => {
    const folder = await folderWith({})
    await expect(loadMigrations(join(folder, 'nowhere'))).rejects.toMatchObject({
      code: 'migrations.missing',
      exitCode: 2,
    })
  })

  test('is refused when two files have one name, and both are named', async () => {
    const folder = await folderWith({ 'a.yaml': yaml, 'a.json': JSON.stringify(rename) })
    await expect(loadMigrations(folder)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/a\.json.*a\.yaml|a\.yaml.*a\.json/),
    })
  })

  test('says so when a module has no default export', async () => {
    const folder = await folderWith({ 'a.ts': 'export const migration = {}' })
    await expect(loadMigrations(folder)).rejects.toMatchObject({ code: 'migration.no-default', exitCode: 2 })
  })

  test('names the file and the place of a syntax error in TypeScript', async () => {
    const folder = await folderWith({ 'a.ts': 'export default {\n  intents: [[}' })
    await expect(loadMigrations(folder)).rejects.toMatchObject({
      code: 'migration.load',
      exitCode: 2,
      message: expect.stringMatching(/a\.ts: .*a\.ts:2:/s),
    })
  })
})
