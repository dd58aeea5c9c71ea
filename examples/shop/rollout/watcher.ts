import { mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { startDaemon } from './daemon.ts'

/** Prometheus, which looks at every instance. */
export interface Watcher {
  readonly url: string
  /** The instances from now on, by their ports. */
  readonly look: (ports: readonly number[]) => Promise<void>
  readonly stop: () => Promise<void>
}

/** Four looks a second, so that a story of a minute has enough of them. */
const config = (targets: string): object => ({
  global: { scrape_interval: '250ms', scrape_timeout: '250ms' },
  scrape_configs: [{ job_name: 'shop', file_sd_configs: [{ files: [targets], refresh_interval: '1s' }] }],
})

/** Starts it without any instance. */
export async function startWatcher(program: string, folder: string): Promise<Watcher> {
  await mkdir(path.join(folder, 'data'))
  const targets = path.join(folder, 'targets.json')
  const write = async (ports: readonly number[]): Promise<void> => {
    // It watches the file: half of it is never to be seen.
    await writeFile(`${targets}.new`, JSON.stringify([{ targets: ports.map((port) => `127.0.0.1:${port}`) }]))
    await rename(`${targets}.new`, targets)
  }
  let written = write([])
  // One after the other: several instances may go at the same time.
  const look = (ports: readonly number[]): Promise<void> => {
    written = written.then(() => write(ports))
    return written
  }
  await written
  await writeFile(path.join(folder, 'prometheus.yml'), JSON.stringify(config(targets)))
  const { port, stop } = await startDaemon({
    name: 'prometheus',
    program,
    folder,
    prepare: async (port) => [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    answers: async (port) => (await fetch(`http://127.0.0.1:${port}/-/ready`)).ok,
  })
  return { url: `http://127.0.0.1:${port}`, look, stop }
}
