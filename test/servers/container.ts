import { imageOf } from './images.ts'
import type { ServerName } from './wanted.ts'

/** A server in a container. */
export interface Container {
  readonly url: string
  readonly stop: () => Promise<void>
}

// Only what is used of the package `testcontainers`, which is not a dependency: whoever wants containers installs it.
interface Started {
  getHost(): string
  getMappedPort(port: number): number
  stop(): Promise<unknown>
}
interface Container_ {
  withEnvironment(env: Record<string, string>): Container_
  withCommand(command: string[]): Container_
  withExposedPorts(port: number): Container_
  withStartupTimeout(milliseconds: number): Container_
  start(): Promise<Started>
}
interface Testcontainers {
  GenericContainer: new (image: string) => Container_
  getContainerRuntimeClient(): Promise<unknown>
}

/** What gets containers for the tests, where there is a runtime. The last release that runs on Node 20. */
export const installContainers = 'npm install --no-save testcontainers@11.14.0'

// MySQL makes its data folder first, which takes a slow machine a minute.
const startupTimeout = 180_000

let runtime: Promise<Testcontainers | string> | undefined

/** Why containers are not used, or null when they are. */
export async function containersUnavailable(): Promise<string | null> {
  runtime ??= load()
  const answer = await runtime
  return typeof answer === 'string' ? answer : null
}

/** Starts the official image of a server, or null without the package or a runtime that answers. */
export async function startContainer(name: ServerName): Promise<Container | null> {
  runtime ??= load()
  const testcontainers = await runtime
  if (typeof testcontainers === 'string') return null
  const image = imageOf(name)
  // Whoever has a runtime and the package means to use them: an image that does not start is a failure and not the next choice.
  const started = await new testcontainers.GenericContainer(image.name)
    .withEnvironment({ ...image.environment })
    .withCommand([...image.command])
    .withExposedPorts(image.port)
    .withStartupTimeout(startupTimeout)
    .start()
    .catch((cause: Error) => {
      throw new Error(`The container of ${image.name} did not start: ${cause.message}`, { cause })
    })
  return {
    url: image.url(started.getHost(), started.getMappedPort(image.port)),
    stop: async () => void (await started.stop()),
  }
}

async function load(): Promise<Testcontainers | string> {
  // A name that the compiler cannot see: the package may be absent, its types too.
  const name = 'testcontainers'
  let module: Testcontainers
  try {
    module = (await import(name)) as Testcontainers
  } catch {
    return `the package testcontainers is not installed (${installContainers})`
  }
  try {
    await module.getContainerRuntimeClient()
    return module
  } catch (error) {
    return `no container runtime answers (${error instanceof Error ? error.message : String(error)})`
  }
}
