import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Engine } from '../engine.ts'
import { query } from './database.ts'
import { differences, seed } from './seed.ts'
import { openShop } from './shop.ts'

/**
 * The demo on MySQL and MariaDB: a server of this machine, started beside the one that may run. MariaDB tells which
 * application a session is of only with performance_schema; without it the gate of sessions would stay unknown, and closed.
 */
export const mysqlEngine = (kind: 'mysql' | 'mariadb'): Engine => ({
  start: async ({ series, keep, signal }) => {
    // The apps connect to the server that is there, so only the demo loads what starts one.
    const { mysqlProduct, needMysql } = await import('../../embedded/mysql/find.ts')
    const { startEmbeddedMysql } = await import('../../embedded/mysql/server.ts')
    const found = await needMysql({ kind, series })
    const settings = { 'innodb-buffer-pool-size': '256M', 'performance-schema': 'ON' }
    const server = await startEmbeddedMysql(found, { keep, signal, settings })
    const { url, port, pid, dataDir, version, stop } = server
    return { product: `${mysqlProduct({ kind })} ${version}`, url, port, pid, folder: path.dirname(dataDir), stop }
  },
  seed,
  differences,
  plain: [
    'alter table customers rename column name to full_name',
    'alter table orders modify column total_cents bigint not null',
  ],
  execute: query,
  openShop,
  lookAround: async (url, folder) => {
    const { hostname, port, username, password, pathname } = new URL(url)
    const options = path.join(folder, 'client.cnf')
    const lines = ['[client]', `host=${hostname}`, `port=${port}`, `user=${username}`, `password=${password}`, '']
    await writeFile(options, lines.join('\n'), { mode: 0o600 })
    await writeFile(path.join(folder, 'url'), `${url}\n`, { mode: 0o600 })
    return {
      client: `${kind} --defaults-file=${options} ${pathname.slice(1)}`,
      before: '',
      after: ` --database-url-file ${path.join(folder, 'url')}`,
      endSignal: 'TERM',
    }
  },
})
