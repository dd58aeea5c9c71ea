import { readFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { usageError } from '../../errors.ts'

/**
 * What the connection service file says under a name (libpq, "The Connection Service File"): the user's file, then the system's.
 * An empty map without a name.
 *
 * @throws BellowsError exit 2 when no file has the service, or one says what cannot be read.
 */
export async function readService(name: string | undefined): Promise<ReadonlyMap<string, string>> {
  if (name === undefined || name === '') return new Map()
  const files = [
    process.env.PGSERVICEFILE || path.join(os.homedir(), '.pg_service.conf'),
    path.join(process.env.PGSYSCONFDIR || '/etc/postgresql-common', 'pg_service.conf'),
  ]
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => null)
    const found = text === null ? null : section(text, name, file)
    if (found !== null) return found
  }
  throw usageError('database.service', `there is no connection service ${name}`, {
    hint: `Looked for in ${files.join(' and ')}.`,
  })
}

function section(text: string, name: string, file: string): ReadonlyMap<string, string> | null {
  let found: Map<string, string> | null = null
  let inside = false
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    if (line.startsWith('[')) {
      // As in libpq, the first section of the name is the one.
      if (found !== null) return found
      inside = line === `[${name}]`
      if (inside) found = new Map()
      continue
    }
    if (!inside || found === null) continue
    const [key = '', ...rest] = line.split('=')
    // The line may hold a password, so it is not repeated.
    if (rest.length === 0 || key.trim() === 'service' || key.startsWith('ldap')) {
      throw usageError('database.service', `line ${index + 1} of ${file} cannot be used`, {
        hint: 'A service is lines of the form host=db.example.com, without spaces around the sign, and no LDAP.',
      })
    }
    if (!found.has(key.trim())) found.set(key.trim(), rest.join('=').trim())
  }
  return found
}
