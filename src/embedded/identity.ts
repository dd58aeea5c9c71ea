import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { refused } from '../errors.ts'

/** The operating system user a server runs as. */
export interface Identity {
  readonly uid: number
  readonly gid: number
  readonly name: string
}

const run = promisify(execFile)
let found: Promise<Identity> | undefined

/** True when this process is root, as which PostgreSQL refuses to run. */
export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/** The unprivileged user that servers run as, or null when this process is unprivileged itself. */
export async function serverIdentity(): Promise<Identity | null> {
  if (!isRoot()) return null
  found ??= lookUp(['postgres', 'nobody'])
  return found
}

async function lookUp(names: readonly string[]): Promise<Identity> {
  for (const name of names) {
    try {
      // `id` rather than /etc/passwd: it also knows the users of macOS and of directory services.
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
      const identity = { name, uid: Number(uid.stdout), gid: Number(gid.stdout) }
      if (identity.uid > 0 && identity.gid > 0) return identity
    } catch {
      // No such user: try the next name.
    }
  }
  throw refused(
    'embedded.root',
    'PostgreSQL refuses to run as root, and no unprivileged user was found to run it as.',
    {
      hint: `Create one of the users ${names.join(', ')}, or run this command as another user.`,
    },
  )
}
