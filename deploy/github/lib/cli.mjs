import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What runs the command line, and where: what is given, or the bellows that is installed there, or the one that this file belongs to. */
export function cliOf(given, cwd) {
  if (!existsSync(cwd)) throw new Error(`working-directory: there is no ${cwd}`)
  if (given.length > 0) return { words: given, cwd }
  const main = [installed(cwd), fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))].find(
    (path) => path !== null && existsSync(path),
  )
  if (main !== undefined) return { words: [process.execPath, main], cwd }
  throw new Error('bellows is not installed: run `npm ci` before this step, or say what runs it (cli)')
}

function installed(cwd) {
  try {
    return join(dirname(createRequire(join(cwd, 'x.js')).resolve('bellows/package.json')), 'dist/cli/main.js')
  } catch {
    return null
  }
}

/** Runs it to its end. Its stderr is seen as it comes; the signals of a cancelled run are passed on, so that it can save and let go. */
export async function migrate({ words: [program, ...first], cwd }, args, env, stderr = 'inherit') {
  const summaryBefore = env.GITHUB_STEP_SUMMARY
    ? (statSync(env.GITHUB_STEP_SUMMARY, { throwIfNoEntry: false })?.size ?? 0)
    : 0
  const child = spawn(program, [...first, ...args], { cwd, env, stdio: ['ignore', 'pipe', stderr] })
  const pass = (signal) => void child.kill(signal)
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, pass)
  const chunks = []
  child.stdout.on('data', (data) => chunks.push(data))
  const code = await new Promise((resolve) => {
    child.on('error', (error) => {
      process.stdout.write(`::error title=bellows::${program}: ${error.message}\n`)
      resolve(127)
    })
    child.on('close', (exit, signal) => resolve(exit ?? 128 + constants.signals[signal]))
  })
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, pass)
  return { code, stdout: Buffer.concat(chunks).toString(), summaryBefore }
}
