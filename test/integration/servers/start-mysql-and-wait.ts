// Run as a process of its own: starts the newest server of a kind and series, says where, and waits to be killed.
import type { MysqlKind } from '../../../src/embedded/mysql/binaries.ts'
import { needMysql } from '../../../src/embedded/mysql/find.ts'
import { startEmbeddedMysql } from '../../../src/embedded/mysql/server.ts'

const [kind, series, keep] = process.argv.slice(2)
const server = await startEmbeddedMysql(await needMysql({ kind: kind as MysqlKind, series }), {
  keep: keep === '--keep',
})
console.log(JSON.stringify({ pid: server.pid, url: server.url, dataDir: server.dataDir }))
setInterval(() => undefined, 1000)
