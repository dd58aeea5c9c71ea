import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { replicaUrls } from '../../../src/cli/replicas.ts'
import type { Session } from '../../../src/cli/session.ts'
import { readSettings } from '../../../src/cli/settings.ts'
import { folderWith } from '../migrations/folder.ts'

interface Given {
  readonly flags?: Record<string, unknown>
  readonly env?: Record<string, string>
  readonly config?: object
  readonly base?: string
}

async function urlsOf({ flags = {}, env = {}, config = {}, base = '/' }: Given) {
  const hidden: string[] = []
  const warned: string[] = []
  const loaded = { file: 'c.yaml', base, config }
  const session = {
    settings: readSettings(flags, env, loaded),
    config: loaded,
    io: { cwd: '/' },
    output: { hide: (url: string) => hidden.push(url), warn: (text: string) => warned.push(text) },
  } as unknown as Session
  const urls = await replicaUrls(session)
  expect(hidden).toEqual(urls)
  return { urls, warned }
}

describe('replicas', () => {
  test('are named by flags, else by the environment, else by the config', async () => {
    const config = { replicaUrl: ['postgres://config/x'] }
    const env = { MIGRATE_REPLICA_URL: 'postgres://a/x,postgres://b/x  mysql://u:p,w@c/x' }
    expect((await urlsOf({ config })).urls).toEqual(['postgres://config/x'])
    expect((await urlsOf({ config, env })).urls).toEqual(['postgres://a/x', 'postgres://b/x', 'mysql://u:p,w@c/x'])
    expect(await urlsOf({ config, env, flags: { replicaUrl: ['postgres://flag/x'] } })).toEqual({
      urls: ['postgres://flag/x'],
      warned: [],
    })
    expect((await urlsOf({})).urls).toEqual([])
  })

  test('may be in files, one a line, also beside others', async () => {
    const folder = await folderWith({ urls: 'postgres://a/x\n\npostgres://b/x\n', empty: '\n' })
    const file = join(folder, 'urls')
    expect((await urlsOf({ env: { MIGRATE_REPLICA_URL_FILE: file } })).urls).toEqual([
      'postgres://a/x',
      'postgres://b/x',
    ])
    expect(
      (await urlsOf({ config: { replicaUrlFile: 'urls', replicaUrl: 'postgres://c/x' }, base: folder })).urls,
    ).toEqual(['postgres://c/x', 'postgres://a/x', 'postgres://b/x'])
    for (const name of ['empty', 'missing']) {
      await expect(urlsOf({ flags: { replicaUrlFile: [join(folder, name)] } })).rejects.toMatchObject({
        code: 'config.replica-url-file',
        exitCode: 2,
        message: expect.stringContaining('--replica-url-file'),
      })
    }
  })

  test('whose password stands in the arguments get a warning', async () => {
    const { warned } = await urlsOf({ flags: { replicaUrl: ['postgres://u:secret@a/x'] } })
    expect(warned).toEqual([expect.stringContaining('MIGRATE_REPLICA_URL')])
  })
})
