// Run as a process of its own: starts a server, says where, and waits to be killed.
import { startEmbedded } from '../../../src/embedded/server.ts'

const server = await startEmbedded({ major: 18, durable: false, keep: process.argv.includes('--keep') })
console.log(JSON.stringify({ pid: server.pid, url: server.url, dataDir: server.dataDir }))
setInterval(() => undefined, 1000)
