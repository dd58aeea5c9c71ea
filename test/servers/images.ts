import { randomBytes } from 'node:crypto'
import { knownServers, type ServerKind, type ServerName } from './wanted.ts'

/** How a server's official image is started for tests, and how it is reached then. */
export interface Image {
  readonly name: string
  readonly environment: Readonly<Record<string, string>>
  readonly command: readonly string[]
  readonly port: number
  readonly url: (host: string, port: number) => string
}

type Settings = Omit<Image, 'name'>

// As everywhere in the tests: data may die with the machine.
const postgres = (): Settings => ({
  environment: { POSTGRES_HOST_AUTH_METHOD: 'trust' },
  command: ['postgres', '-c', 'max_connections=200', '-c', 'fsync=off', '-c', 'synchronous_commit=off'],
  port: 5432,
  url: (host, port) => `postgres://postgres@${host}:${port}/postgres`,
})

/** An image takes options in place of a command, and puts the name of its server before them. */
const ofMysql = (kind: 'mysql' | 'mariadb', options: readonly string[]): Settings => {
  const password = randomBytes(8).toString('hex')
  return {
    environment: { [`${kind.toUpperCase()}_ROOT_PASSWORD`]: password },
    command: [
      '--max-connections=200',
      '--skip-name-resolve',
      '--innodb-flush-log-at-trx-commit=2',
      '--sync-binlog=0',
      ...options,
    ],
    port: 3306,
    url: (host, port) => `${kind}://root:${password}@${host}:${port}/`,
  }
}

const settings: Readonly<Record<ServerKind, () => Settings>> = {
  postgres,
  mysql: () => ofMysql('mysql', []),
  // Without these it writes no binary log, which servers in production do.
  mariadb: () => ofMysql('mariadb', ['--server-id=1', '--log-bin=binlog']),
}

/** The official image of a server: `mysql:8.0`, `postgres:14`. */
export function imageName(name: ServerName): string {
  const { kind, series } = knownServers[name]
  return `${kind}:${series}`
}

/** The same with all that it is told. A password is another one each time. */
export function imageOf(name: ServerName): Image {
  return { name: imageName(name), ...settings[knownServers[name].kind]() }
}
