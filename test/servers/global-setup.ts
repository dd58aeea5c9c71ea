import type { TestProject } from 'vitest/node'
import { containersUnavailable } from './container.ts'
import { type Found, findServer, type Missing, type TestServer } from './find.ts'
import { wantedServers } from './wanted.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly servers: readonly TestServer[]
  }
}

/** Starts the servers of this run once, says which they are, and stops them at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const wanted = wantedServers(process.env)
  const without = wanted.containers ? await containersUnavailable() : null
  if (without !== null) throw new Error(`Required by REQUIRE_CONTAINERS, but ${without}`)
  const started = await Promise.allSettled(wanted.names.map((name) => findServer(name, wanted.download)))
  const results = started.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const found = results.filter((result): result is Found => 'server' in result)
  const missing = results.filter((result): result is Missing => 'reason' in result)
  const stop = async (): Promise<void> => {
    await Promise.all(found.map((each) => each.stop()))
  }
  console.log(await table(found, missing))
  try {
    for (const outcome of started) if (outcome.status === 'rejected') throw outcome.reason
    const needed = missing.filter(({ name }) => wanted.required.has(name)).map(({ name }) => name)
    if (needed.length > 0) throw new Error(`Required by REQUIRE_SERVERS, but missing: ${needed.join(', ')}`)
    if (found.length === 0) throw new Error('No server to test with')
  } catch (error) {
    await stop()
    throw error
  }
  project.provide(
    'servers',
    found.map(({ server }) => server),
  )
  return stop
}

async function table(found: readonly Found[], missing: readonly Missing[]): Promise<string> {
  const rows = [
    ...found.map(({ server, how }) => [server.name, server.version, how]),
    ...missing.map(({ name, reason, command }) => [name, 'skipped', `${reason}; get it with: ${command}`]),
  ]
  const containers = await containersUnavailable()
  const lines = rows.sort().map(([name = '', version = '', how = '']) => {
    return `  ${name.padEnd(12)}${version.padEnd(10)}${how}`
  })
  return ['Servers:', ...lines, ...(containers === null ? [] : [`  containers are not used: ${containers}`])].join('\n')
}
