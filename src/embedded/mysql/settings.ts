import path from 'node:path'
import type { MysqlBinaries, MysqlKind } from './binaries.ts'

/** Options of a server program by their long names. */
export type MysqlSettings = Readonly<Record<string, string | number>>

/** What a server needs to be told about where it is, when its data folder is made and when it is started. */
export function surroundings(kind: MysqlKind, { share, pluginDir }: MysqlBinaries, root: string): MysqlSettings {
  return {
    // MariaDB clears the temporary tables out of it when it starts, those of its neighbours too.
    tmpdir: path.join(root, 'tmp'),
    'lc-messages-dir': share,
    'character-sets-dir': path.join(share, 'charsets'),
    ...(pluginDir === null ? {} : { 'plugin-dir': pluginDir }),
    // The data may die with the machine, not with the process; small files are made faster.
    'innodb-flush-log-at-trx-commit': 2,
    ...(kind === 'mysql'
      ? { 'innodb-redo-log-capacity': '32M', 'secure-file-priv': '', mysqlx: 'OFF' }
      : { 'innodb-log-file-size': '32M', 'server-id': 1, 'log-bin': 'binlog' }),
  }
}

/** The settings as arguments. */
export function asArguments(settings: MysqlSettings): string[] {
  return Object.entries(settings).map(([name, value]) => `--${name}=${value}`)
}
