import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { createDatabase, describeEachServer } from '../../servers/databases.ts'
import { ask } from './ask.ts'

// MySQL and MariaDB have no such file, and other parameters.
describeEachServer('parameters of the connection as libpq takes them', (server) => {
  let folder: string
  const { hostname, port, username } = new URL(server.url)
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'bellows-service-'))
    const sections = [
      '# where things are',
      `[here]\nhost=${hostname}\nport=${port}\nuser=${username}\ndbname=postgres\noptions=-c work_mem=1234kB`,
      `[elsewhere]\nhost=no-such-host.invalid\nport=1\nuser=${username}\ndbname=nowhere`,
      `[by-address]\nhost=no-such-host.invalid\nhostaddr=${hostname}\nport=${port}\nuser=${username}\ndbname=postgres`,
      '[broken]\nhost',
    ]
    await writeFile(path.join(folder, 'pg_service.conf'), `${sections.join('\n\n')}\n`)
  })
  afterAll(() => rm(folder, { recursive: true }))
  afterEach(() => vi.unstubAllEnvs())

  const where = "select current_database() as name, current_setting('work_mem') as memory"
  const connect = (url: string, variables: Readonly<Record<string, string>>): Promise<unknown> => {
    vi.stubEnv('PGSERVICEFILE', path.join(folder, 'pg_service.conf'))
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
    return ask(url, where, 10_000).catch(({ code, exitCode }) => ({ code, exitCode }))
  }

  it('a service says where the server is, by PGSERVICE or in the URL', async () => {
    const there = { name: 'postgres', memory: '1234kB' }
    expect(await connect('postgres:///', { PGSERVICE: 'here' })).toEqual(there)
    expect(await connect('postgres:///?service=here', { PGSERVICE: 'elsewhere' })).toEqual(there)
  })

  it('a service goes before the variables, and after the URL', async () => {
    expect(await connect('postgres:///', { PGSERVICE: 'here', PGPORT: '1' })).toMatchObject({ name: 'postgres' })
    const database = await createDatabase(server)
    const name = new URL(database.url).pathname.slice(1)
    try {
      expect(await connect(`postgres://${hostname}:${port}/${name}?service=elsewhere`, {})).toMatchObject({ name })
    } finally {
      await database.drop()
    }
  })

  it('hostaddr is connected to in the place of the name', async () => {
    expect(await connect('postgres:///?service=by-address', {})).toMatchObject({ name: 'postgres' })
    // The address of another server than the one that the URL names.
    expect(await connect(server.url, { PGHOSTADDR: '192.0.2.1' })).toMatchObject({ name: 'postgres' })
  })

  it('a service that is not there, or cannot be read, is refused (2)', async () => {
    const refused = { code: 'database.service', exitCode: 2 }
    expect(await connect('postgres:///', { PGSERVICE: 'nobody' })).toEqual(refused)
    expect(await connect('postgres:///', { PGSERVICE: 'broken' })).toEqual(refused)
  })

  it('several hosts are refused (2)', async () => {
    const url = `postgres:///postgres?host=${hostname},${hostname}&port=${port}&user=${username}`
    expect(await connect(url, {})).toEqual({ code: 'database.url', exitCode: 2 })
  })

  it.each(['channel_binding=require', 'require_auth=scram-sha-256', 'sslcrl=/x', 'sslpassword=s3cret', 'ssl=maybe'])(
    '%s is refused (2), not passed over',
    async (parameter) => {
      const url = `${server.url}?${parameter}`
      const error = await ask(url, where).catch((thrown: Error) => thrown)
      expect(error).toMatchObject({ code: 'database.parameter', exitCode: 2 })
      expect((error as Error).message).not.toContain('s3cret')
    },
  )

  it.each(['target_session_attrs=read-write', 'channel_binding=prefer', 'connect_timeout=3', 'pgbouncer=true'])(
    '%s changes nothing',
    async (parameter) => {
      expect(await ask(`${server.url}?${parameter}`, where)).toMatchObject({ name: 'postgres' })
    },
  )
})
