/**
 * The program of the watchdog: a child of ours, parent of the server. Its IPC channel closes when we die, however we die
 * (SIGKILL included); it then stops the server and removes its folder. JavaScript in a string, because it is run by
 * `node -e`: a file would have to exist in the sources as well as in the build, and Node 20 runs no TypeScript.
 *
 * It gets `{ removeFolder, keep, endSignal }` as JSON in argv, and messages `{ op: 'run', ... }` and `{ op: 'signal', signal }`.
 */
export const watchdogScript: string = `
const { spawn } = require('node:child_process')
const fs = require('node:fs')
const options = JSON.parse(process.argv[1])
let child
let ending = false

const send = (message) => { if (process.connected) process.send(message, () => {}) }

const leave = () => {
  if (options.removeFolder) fs.rmSync(options.removeFolder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  process.exit(0)
}

const run = ({ command, args, cwd, env, uid, gid, logFile }) => {
  const log = fs.openSync(logFile, 'a')
  const identity = uid === undefined ? {} : { uid, gid }
  child = spawn(command, args, { cwd, env, ...identity, stdio: ['ignore', log, log] })
  fs.closeSync(log)
  child.once('spawn', () => send({ event: 'spawned', pid: child.pid }))
  child.once('error', (error) => {
    child = undefined
    send({ event: 'failed', message: error.message })
    if (ending) leave()
  })
  child.once('exit', (code, signal) => {
    child = undefined
    send({ event: 'exit', code, signal })
    if (ending) leave()
  })
}

const end = () => {
  if (ending) return
  ending = true
  if (child === undefined) leave()
  if (options.keep) process.exit(0)
  child.kill(options.endSignal)
  setTimeout(() => child && child.kill('SIGKILL'), 10_000)
}

process.on('message', (message) => {
  if (message.op === 'run') run(message)
  else if (child !== undefined) child.kill(message.signal)
})
process.once('disconnect', end)
process.once('SIGTERM', end)
`
