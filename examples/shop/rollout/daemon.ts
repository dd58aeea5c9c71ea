import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../../src/embedded/port.ts'
import { startWatchdog } from '../../../src/embedded/watchdog.ts'

/** A program that runs until it is told to end, and ends with us whatever becomes of us. */
export interface Daemon {
  readonly port: number
  readonly stop: () => Promise<void>
}

/** How one is started. */
export interface DaemonOptions {
  readonly name: string
  readonly program: string
  readonly folder: string
  /** Its arguments, once the port is known that it is to listen on. */
  readonly prepare: (port: number) => Promise<readonly string[]>
  readonly answers: (port: number) => Promise<boolean>
}

/** Starts it on a free port, and waits until it answers. */
export async function startDaemon({ name, program, folder, prepare, answers }: DaemonOptions): Promise<Daemon> {
  const logFile = path.join(folder, `${name}.log`)
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const args = await prepare(port)
    const watchdog = startWatchdog({ removeFolder: null, keep: false, endSignal: 'SIGINT' })
    const running = await watchdog.run({ command: program, args, cwd: folder, logFile, identity: null })
    const until = Date.now() + 30_000
    while (!running.exited() && Date.now() < until) {
      if (await answers(port).catch(() => false)) return { port, stop: () => watchdog.close() }
      await sleep(50)
    }
    await watchdog.close()
    // Somebody may have taken the port between our look and the start.
    if (attempt === 3) throw new Error(`${name} does not run: ${await readFile(logFile, 'utf8')}`)
  }
}
