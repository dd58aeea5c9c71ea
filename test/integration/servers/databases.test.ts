import { expect, it } from 'vitest'
import {
  chinookAvailable,
  chinookDatabase,
  cloneDatabase,
  connect,
  createDatabase,
  describeEachServer,
  withClient,
} from '../../servers/databases.ts'

const one = async (url: string, sql: string): Promise<unknown> => {
  const { rows } = await withClient(url, (client) => client.query<{ value: unknown }>(`select (${sql}) as value`))
  return rows[0]?.value
}

describeEachServer('test databases', (server) => {
  it('come from a server of the version that was announced', async () => {
    expect(await one(server.url, 'select version()')).toContain(`PostgreSQL ${server.version}`)
  })

  it('are empty, apart from each other, and gone after drop() although somebody is connected', async () => {
    const [a, b] = await Promise.all([createDatabase(server), createDatabase(server)])
    const client = await connect(a.url)
    await client.query('create table only_in_a ()')
    expect(await one(b.url, "select to_regclass('only_in_a')")).toBeNull()
    await Promise.all([a.drop(), b.drop()])
    await expect(client.query('select 1')).rejects.toThrow()
    await expect(connect(a.url)).rejects.toMatchObject({ code: '3D000' })
  })

  it('can be cloned with their data, right after a client has left', async () => {
    const original = await createDatabase(server)
    await withClient(original.url, (client) => client.query('create table t as select generate_series(1, 1000) as id'))
    const clone = await cloneDatabase(server, original)
    await withClient(clone.url, (client) => client.query('delete from t where id > 10'))
    expect(await one(clone.url, 'select count(*)::int from t')).toBe(10)
    expect(await one(original.url, 'select count(*)::int from t')).toBe(1000)
    await Promise.all([original.drop(), clone.drop()])
  })

  it.skipIf(!chinookAvailable())('can hold the Chinook data, from one template', async () => {
    const copies = await Promise.all([chinookDatabase(server), chinookDatabase(server), chinookDatabase(server)])
    for (const { url } of copies) expect(await one(url, 'select count(*)::int from track')).toBe(3503)
    expect(await one(server.url, "select count(*)::int from pg_database where datname like 'bellows\\_chinook%'")).toBe(
      1,
    )
    await Promise.all(copies.map((copy) => copy.drop()))
  })
})
