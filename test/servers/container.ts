/** A PostgreSQL in a container. */
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
  start(): Promise<Started>
}
interface Testcontainers {
  GenericContainer: new (image: string) => Container_
  getContainerRuntimeClient(): Promise<unknown>
}

let runtime: Promise<Testcontainers | string> | undefined

/** Why containers are not used, or null when they are. */
export async function containersUnavailable(): Promise<string | null> {
  runtime ??= load()
  const answer = await runtime
  return typeof answer === 'string' ? answer : null
}

/** Starts `postgres:<major>` in a container, or null without the package or a runtime that answers. */
export async function startContainer(major: number): Promise<Container | null> {
  runtime ??= load()
  const testcontainers = await runtime
  if (typeof testcontainers === 'string') return null
  const started = await new testcontainers.GenericContainer(`postgres:${major}`)
    .withEnvironment({ POSTGRES_HOST_AUTH_METHOD: 'trust' })
    .withCommand(['postgres', '-c', 'max_connections=200', '-c', 'fsync=off', '-c', 'synchronous_commit=off'])
    .withExposedPorts(5432)
    .start()
  const url = `postgres://postgres@${started.getHost()}:${started.getMappedPort(5432)}/postgres`
  return { url, stop: async () => void (await started.stop()) }
}

async function load(): Promise<Testcontainers | string> {
  // A name that the compiler cannot see: the package may be absent, its types too.
  const name = 'testcontainers'
  let module: Testcontainers
  try {
    module = (await import(name)) as Testcontainers
  } catch {
    return 'the package testcontainers is not installed'
  }
  try {
    await module.getContainerRuntimeClient()
    return module
  } catch (error) {
    return `no container runtime answers (${error instanceof Error ? error.message : String(error)})`
  }
}
