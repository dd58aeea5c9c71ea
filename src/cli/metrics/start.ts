import { rename, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { usageError } from '../../errors.ts'
import type { OptionSpec, Session } from '../session.ts'
import type { Setting } from '../settings.ts'
import { ownVersion } from '../version.ts'
import type { Measured } from './measure.ts'
import type { Served } from './serve.ts'

/** Metrics of the command that runs. */
export interface Metrics {
  /** Ends them with the command; throws nothing. */
  readonly end: (exitCode: number) => Promise<void>
}

/**
 * What `--metrics-port` and `--metrics-file` ask for, before anything else is done; null where they ask for nothing. Only then
 * anything of it is loaded.
 *
 * @throws BellowsError exit 2 when the port cannot be had, or the file cannot be written.
 */
export async function startMetrics(session: Session, options: readonly OptionSpec[]): Promise<Metrics | null> {
  // The variable may be set for all commands of a machine: those that have no such flag pass it by.
  if (!options.some(({ flags }) => flags.startsWith('--metrics-port '))) return null
  const { settings, io, output, command } = session
  const port = settings.find('metricsPort')
  const file = settings.text('metricsFile')
  if (port === undefined && file === undefined) return null
  const { measure } = await import('./measure.ts')
  const measured = measure(command, ownVersion())
  let connected = false
  output.watch((event) => {
    connected ||= event.kind === 'connected'
    try {
      measured.event(event)
    } catch {
      // A number that is none is no reason for a migration to fail.
    }
  })
  const path = file === undefined ? null : resolve(io.cwd, file)
  const served = port === undefined ? null : await serveOn(session, port, measured, () => connected)
  try {
    if (path !== null) await write(path, measured)
  } catch (error) {
    await served?.close()
    throw error
  }
  return {
    end: async (exitCode) => {
      measured.end(exitCode)
      await served?.close()
      if (path === null) return
      // How the command ended stands already, and is not to be another for this.
      await write(path, measured).catch((error: Error) => output.note(`warning: ${error.message}`))
    },
  }
}

async function serveOn(
  { settings, io, output }: Session,
  setting: Setting,
  measured: Measured,
  connected: () => boolean,
): Promise<Served> {
  const host = settings.text('metricsHost') ?? null
  const { serve } = await import('./serve.ts')
  const served = await serve(portOf(setting), host, {
    metrics: measured.text,
    contentType: measured.contentType,
    ready: () => connected() && !io.signal.aborted,
  })
  output.note(`metrics: port ${served.port} of ${host ?? 'every address'}: /metrics, /live, /ready`)
  return served
}

/** @throws BellowsError exit 2. 0 is a port that is free. */
function portOf({ name, value }: Setting): number {
  const port = /^\d{1,5}$/.test(String(value)) ? Number(value) : Number.NaN
  if (port <= 65_535) return port
  throw usageError('usage.number', `${name}: \`${String(value)}\` is no port: 1 to 65535, or 0 for one that is free`)
}

/** Whoever reads it finds all of it. */
async function write(path: string, measured: Measured): Promise<void> {
  const beside = `${path}.${process.pid}`
  try {
    await writeFile(beside, await measured.text())
    await rename(beside, path)
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => undefined)
    throw usageError('file.unwritable', `--metrics-file: ${path} cannot be written`, { cause })
  }
}
