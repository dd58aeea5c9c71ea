import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { resolveDatabase } from '../../../src/cli/database.ts'
import { readSettings } from '../../../src/cli/settings.ts'
import { folderWith } from '../migrations/folder.ts'

/** From the last to the first: each that is added wins over those before. */
const order: readonly (readonly ['flag' | 'env' | 'config', string, string])[] = [
  ['config', 'database', 'postgres://config/x'],
  ['env', 'DATABASE_URL', 'postgres://plain/x'],
  ['env', 'MIGRATE_DATABASE_URL', 'postgres://own/x'],
  ['env', 'MIGRATE_DIRECT_URL', 'postgres://direct/x'],
  ['flag', 'databaseUrl', 'postgres://flag/x'],
]

describe('the database', () => {
  test('is named by flag, direct URL, own variable, DATABASE_URL and config, in this order', async () => {
    const given = { flag: {}, env: {}, config: {} } as Record<'flag' | 'env' | 'config', Record<string, string>>
    for (const [where, name, url] of order) {
      given[where][name] = url
      const settings = readSettings(given.flag, given.env, { file: 'c.yaml', base: '/', config: given.config })
      expect((await resolveDatabase(settings, given.env, '/', '/')).url).toBe(url)
    }
  })

  test('may be in a mounted file, whose line end does not count', async () => {
    const folder = await folderWith({ url: 'postgres://mounted/x\n' })
    const env = { DATABASE_URL_FILE: join(folder, 'url') }
    const settings = readSettings({}, env, { file: null, base: folder, config: {} })
    expect((await resolveDatabase(settings, env, folder, folder)).url).toBe('postgres://mounted/x')
  })

  test('in a file that the config names is relative to the config', async () => {
    const folder = await folderWith({ url: 'postgres://mounted/x' })
    const settings = readSettings({}, {}, { file: 'c.yaml', base: folder, config: { databaseUrlFile: 'url' } })
    expect((await resolveDatabase(settings, {}, folder, '/elsewhere')).url).toBe('postgres://mounted/x')
  })

  test('is left to the driver when there are only PG variables', async () => {
    const settings = readSettings({}, {}, { file: null, base: '/', config: {} })
    expect(await resolveDatabase(settings, { PGHOST: 'db' }, '/', '/')).toEqual({ url: 'postgres:///', from: 'PGHOST' })
  })

  test('that nobody names is exit 2', async () => {
    const settings = readSettings({}, {}, { file: null, base: '/', config: {} })
    await expect(resolveDatabase(settings, {}, '/', '/')).rejects.toMatchObject({
      code: 'config.no-database',
      exitCode: 2,
    })
  })

  test('in a file that is missing or empty is exit 2, naming who said so', async () => {
    const folder = await folderWith({ empty: ' \n' })
    for (const file of ['empty', 'missing']) {
      const settings = readSettings({ databaseUrlFile: file }, {}, { file: null, base: folder, config: {} })
      await expect(resolveDatabase(settings, {}, folder, folder)).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringContaining('--database-url-file'),
      })
    }
  })
})
