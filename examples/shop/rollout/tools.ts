import { execFileSync } from 'node:child_process'

/** The programs that the rollout needs beside the database server. */
export interface Tools {
  readonly haproxy: string
  readonly prometheus: string
}

/** Where they are found, or the name of each one that is missing. `HAPROXY` and `PROMETHEUS` name other places. */
export function findTools(): { readonly tools: Tools; readonly missing: readonly string[] } {
  const tools = { haproxy: find('haproxy'), prometheus: find('prometheus') }
  const missing = Object.entries(tools).filter(([, place]) => place === null)
  return {
    tools: { haproxy: tools.haproxy ?? '', prometheus: tools.prometheus ?? '' },
    missing: missing.map(([name]) => name),
  }
}

/** What brings them to this machine. */
export function howToGet(missing: readonly string[]): string {
  const elsewhere = process.platform === 'darwin' ? `brew install ${missing.join(' ')}` : null
  return elsewhere ?? `apt-get install -y ${missing.join(' ')}`
}

function find(name: string): string | null {
  // Debian has some of them where only root looks.
  const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/usr/local/sbin`
  const words = ['-c', 'command -v "$0"', process.env[name.toUpperCase()] ?? name]
  try {
    return execFileSync('sh', words, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, PATH },
    }).trim()
  } catch {
    return null
  }
}
