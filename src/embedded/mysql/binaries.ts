import { execFile } from 'node:child_process'
import { access, readdir } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { internal } from '../../errors.ts'
import { cleanEnvironment } from '../environment.ts'

/** Which of the two; a program `mysqld` may be either. */
export type MysqlKind = 'mysql' | 'mariadb'

/** A server program with what it must be told about its surroundings. */
export interface MysqlBinaries {
  /** The program and the arguments that come before all others. */
  readonly command: readonly [string, ...string[]]
  /** Messages, character sets and, with MariaDB, the scripts that make the system tables. */
  readonly share: string
  readonly pluginDir: string | null
}

const run = promisify(execFile)

/** This machine's own server programs. */
export async function machineBinaries(kind: MysqlKind): Promise<MysqlBinaries | null> {
  const program = kind === 'mariadb' ? '/usr/sbin/mariadbd' : '/usr/sbin/mysqld'
  const share = await firstThere(['/usr/share/mariadb/charsets', '/usr/share/mysql/charsets'])
  if (share === null || !(await exists(program))) return null
  return { command: [program], share: path.dirname(share), pluginDir: null }
}

/** The server in a folder of unpacked Debian packages. It is started by their own loader: this machine's libc may be older. */
export async function unpackedBinaries(folder: string): Promise<MysqlBinaries | null> {
  const within = (...parts: string[]): string => path.join(folder, 'usr', ...parts)
  const program = await firstThere([within('sbin', 'mariadbd'), within('sbin', 'mysqld')])
  const share = await firstThere([within('share', 'mariadb', 'charsets'), within('share', 'mysql', 'charsets')])
  if (program === null || share === null) return null
  const libraries = within('lib', (await readdir(within('lib'))).find((name) => name.includes('-linux-')) ?? '')
  const loader = (await readdir(libraries)).find((name) => /^ld-linux.*\.so/.test(name))
  if (loader === undefined) return null
  const search = `${libraries}:${within('lib', 'mysql', 'private')}`
  return {
    command: [path.join(libraries, loader), '--library-path', search, program],
    share: path.dirname(share),
    pluginDir: within('lib', 'mysql', 'plugin'),
  }
}

/** What a server program says it is. */
export async function inspect({ command }: MysqlBinaries): Promise<{ kind: MysqlKind; version: string }> {
  const [program, ...first] = command
  const { stdout } = await run(program, [...first, '--no-defaults', '--version'], { env: cleanEnvironment() })
  const version = /Ver (\d+\.\d+\.\d+)/.exec(stdout)?.[1]
  if (version === undefined) throw internal('embedded.start', `${program} does not say its version: ${stdout}`)
  return { kind: stdout.includes('MariaDB') ? 'mariadb' : 'mysql', version }
}

async function firstThere(files: readonly string[]): Promise<string | null> {
  for (const file of files) if (await exists(file)) return file
  return null
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}
