import { chmod, lstat, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { claimFolder, openToAll, reachableByOthers } from '../../../src/embedded/folders.ts'

let base: string
beforeEach(async () => {
  base = await mkdtemp(path.join(os.tmpdir(), 'bellows-folders-'))
})
afterEach(() => rm(base, { recursive: true, force: true }))

const refusal = expect.objectContaining({ code: 'embedded.cache', exitCode: 3 })
const modeOf = async (...parts: string[]): Promise<number> => (await lstat(path.join(base, ...parts))).mode & 0o777

it('a cache folder is made for its owner to write, and taken again', async () => {
  const folder = path.join(base, 'a', 'cache')
  await claimFolder(folder)
  await claimFolder(folder)
  expect((await lstat(folder)).mode & 0o022).toBe(0)
})

it('a cache folder that others may write to is refused', async () => {
  await chmod(base, 0o777)
  await expect(claimFolder(base)).rejects.toThrow(refusal)
})

it('a link in place of the cache folder is refused, wherever it leads', async () => {
  await mkdir(path.join(base, 'real'))
  await symlink('real', path.join(base, 'link'))
  await expect(claimFolder(path.join(base, 'link'))).rejects.toThrow(refusal)
})

it.runIf(process.getuid?.() === 0)('a cache folder of another user is refused', async () => {
  const { chown } = await import('node:fs/promises')
  await chown(base, 12345, 12345)
  await expect(claimFolder(base)).rejects.toThrow(refusal)
})

it('a file in place of the cache folder is refused, with the cause', async () => {
  await writeFile(path.join(base, 'file'), '')
  await expect(claimFolder(path.join(base, 'file'))).rejects.toMatchObject({
    code: 'embedded.cache',
    cause: { code: 'EEXIST' },
  })
})

it('a folder is reachable by others only if every parent is', async () => {
  const deep = path.join(base, 'deep')
  await mkdir(deep, { mode: 0o755 })
  await chmod(base, 0o755)
  expect(await reachableByOthers(deep)).toBe(true)
  await chmod(base, 0o700)
  expect(await reachableByOthers(deep)).toBe(false)
})

it('opening a tree lets all read and keeps programs programs', async () => {
  await mkdir(path.join(base, 'bin'), { mode: 0o700 })
  await writeFile(path.join(base, 'bin', 'program'), '', { mode: 0o700 })
  await writeFile(path.join(base, 'bin', 'text'), '', { mode: 0o600 })
  await symlink('text', path.join(base, 'bin', 'link'))
  await openToAll(base)
  expect([await modeOf('bin'), await modeOf('bin', 'program'), await modeOf('bin', 'text')]).toEqual([
    0o755, 0o755, 0o644,
  ])
})
