import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { usageError } from '../errors.ts'
import { hasPassword } from './redact.ts'
import type { Session } from './session.ts'

/** Between two URLs: a comma may also stand in one. */
const between = /[\s,]+(?=[a-z][a-z0-9+.-]*:\/\/)/i

/**
 * The URLs of replicas: from flags, else from the environment, else from the config, each as URLs, as files that hold some, or as
 * both. Hidden from all output from here on.
 *
 * @throws BellowsError exit 2 for a file that cannot be read, or is empty
 */
export async function replicaUrls({ settings, config, io, output }: Session): Promise<readonly string[]> {
  const [url, file] = [settings.find('replicaUrl'), settings.find('replicaUrlFile')]
  const from = (['flag', 'environment', 'config'] as const).find((each) => url?.from === each || file?.from === each)
  const urls = url?.from === from && url !== undefined ? texts(url.value).flatMap(split) : []
  if (file !== undefined && file.from === from) {
    const base = from === 'config' ? config.base : io.cwd
    const names = from === 'environment' ? settings.list('replicaUrlFile') : texts(file.value)
    for (const name of names) urls.push(...(await readUrls(resolve(base, name), file.name, name)))
  }
  for (const each of urls) output.hide(each)
  if (from === 'flag' && url?.from === 'flag' && texts(url.value).some(hasPassword)) {
    output.warn(
      'the password in --replica-url shows in the process list; use MIGRATE_REPLICA_URL or --replica-url-file',
    )
  }
  return urls
}

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [String(value)])

const split = (text: string): string[] =>
  text
    .split(between)
    .map((each) => each.trim())
    .filter((each) => each !== '')

async function readUrls(path: string, setting: string, name: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw usageError('config.replica-url-file', `${setting}: ${name} cannot be read`, { cause })
  })
  const urls = split(text)
  if (urls.length === 0) throw usageError('config.replica-url-file', `${setting}: ${name} is empty`)
  return urls
}
