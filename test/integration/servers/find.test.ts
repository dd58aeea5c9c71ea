import { afterEach, expect, it, vi } from 'vitest'
import { serverVersion } from '../../servers/connect.ts'
import { describeEachServer } from '../../servers/databases.ts'
import { type Found, findServer } from '../../servers/find.ts'

const noAddresses = (): void => {
  for (const variable of ['TEST_PG_URL', ...[14, 15, 16, 17, 18].map((major) => `TEST_PG${major}_URL`)]) {
    vi.stubEnv(variable, undefined)
  }
}
afterEach(() => {
  vi.unstubAllEnvs()
})

describeEachServer('finding a server', (server) => {
  it('takes the address of its major, or any address that leads to that major', async () => {
    for (const variable of [`TEST_PG${server.major}_URL`, 'TEST_PG_URL']) {
      noAddresses()
      vi.stubEnv(variable, server.url)
      expect(await findServer(server.name, false)).toMatchObject({ how: variable, server })
    }
  })

  it('fails on an address of another major or where nobody answers, rather than testing something else', async () => {
    noAddresses()
    const other = server.major === 18 ? 17 : 18
    vi.stubEnv(`TEST_PG${other}_URL`, server.url)
    await expect(findServer(`postgres${other}`, false)).rejects.toThrow(`is PostgreSQL ${server.version}, not ${other}`)
    vi.stubEnv(`TEST_PG${other}_URL`, 'postgres://postgres@127.0.0.1:1/postgres')
    await expect(findServer(`postgres${other}`, false)).rejects.toThrow(`TEST_PG${other}_URL: connect ECONNREFUSED`)
  })
})

it('without an address, the installed embedded server is started, and ends when told to', async () => {
  noAddresses()
  const found = (await findServer('postgres18', false)) as Found
  expect(found.how).toMatch(/embedded|container/)
  expect(await serverVersion(found.server.url)).toBe(found.server.version)
  await found.stop()
  await expect(serverVersion(found.server.url)).rejects.toThrow()
})
