import { chmod, chown, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { internal } from '../../errors.ts'
import type { Identity } from '../identity.ts'
import { logTail } from '../log.ts'
import type { MysqlKind } from './binaries.ts'
import { asArguments, surroundings } from './settings.ts'
import type { Site } from './site.ts'

/** Makes the data folder, and the file with the accounts that the server reads at each start. */
export async function initialise(site: Site, password: string): Promise<void> {
  const { found, root, dataDir, logFile, identity, watchdog } = site
  const { kind, binaries } = found
  const script = path.join(root, 'initialise.sql')
  await writeSecret(accountsFile(root), accountsFor(kind, password), identity)
  await writeFile(script, kind === 'mariadb' ? await systemTables(binaries.share) : '')
  await chmod(script, 0o644)
  const [program, ...first] = binaries.command
  const settings = { ...surroundings(kind, binaries, root), ...site.lasting, datadir: dataDir }
  const args = [...first, '--no-defaults', ...asArguments(settings)]
  // MariaDB reads the statements from its input, which a program under the watchdog does not have.
  const command =
    kind === 'mariadb'
      ? {
          command: '/bin/sh',
          args: ['-c', 'script=$0; exec "$@" < "$script"', script, program, ...args, '--bootstrap'],
        }
      : { command: program, args: [...args, '--initialize-insecure'] }
  const running = await watchdog.run({ ...command, cwd: root, logFile, identity })
  const status = await watchdog.hold(running.exit)
  if (status === 0) return
  throw internal('embedded.initdb', `The data folder could not be made (${status}): ${await logTail(logFile)}`)
}

/** The statements that the server runs at each start. */
export const accountsFile = (root: string): string => path.join(root, 'accounts.sql')

/** For the server's user only: others of this machine may enter the folder. */
async function writeSecret(file: string, text: string, identity: Identity | null): Promise<void> {
  await writeFile(file, text, { mode: 0o600 })
  await chmod(file, 0o600)
  if (identity !== null) await chown(file, identity.uid, identity.gid)
}

// One statement a line: both servers read this file so, at each start.
function accountsFor(kind: MysqlKind, password: string): string {
  return [
    ...(kind === 'mariadb' ? ["DROP USER IF EXISTS root@'127.0.0.1', root@'::1';"] : []),
    `ALTER USER root@localhost IDENTIFIED BY '${password}';`,
    `CREATE USER IF NOT EXISTS root@'%' IDENTIFIED BY '${password}';`,
    "GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;",
    '',
  ].join('\n')
}

// The part of MariaDB's installation script that makes the system tables, without what it looks for around it.
async function systemTables(share: string): Promise<string> {
  const prefix = path.basename(share) === 'mariadb' ? 'mariadb' : 'mysql'
  const names = ['system_tables', 'performance_tables', 'system_tables_data'].map((name) => `${prefix}_${name}`)
  const files = [...names, 'maria_add_gis_sp_bootstrap', `${prefix}_sys_schema`]
  const texts = await Promise.all(files.map((file) => readFile(path.join(share, `${file}.sql`), 'utf8')))
  return ['create database mysql;', 'use mysql;', 'set @auth_root_socket=null;', ...texts, ''].join('\n')
}
