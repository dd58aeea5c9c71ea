import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { connect, createDatabase, describeEachServer, type TestDatabase } from '../../servers/databases.ts'
import { type ClientMessage, type ProxyOptions, type StatementProxy, startProxy } from '../../servers/proxy.ts'

describeEachServer('the proxy', (server) => {
  let database: TestDatabase
  let direct: pg.Client
  let proxy: StatementProxy | undefined
  const through = async (options: Omit<ProxyOptions, 'target'> = {}): Promise<StatementProxy> => {
    proxy = await startProxy({ target: database.url, ...options })
    return proxy
  }
  const rows = async (): Promise<number> => (await direct.query('select id from t')).rowCount ?? 0
  const insert = ({ sql }: ClientMessage): boolean => sql.startsWith('insert')

  beforeEach(async () => {
    database = await createDatabase(server)
    direct = await connect(database.url)
    await direct.query('create table t (id int)')
  })
  afterEach(async () => {
    await proxy?.close()
    await direct.end()
    await database.drop()
  })

  it('lets everything pass and counts the statements, with their SQL', async () => {
    const seen: string[] = []
    const { url, count } = await through({
      onClientMessage: ({ index, connection, type, sql }) => {
        seen.push(`${index} ${connection} ${type} ${sql}`)
        return 'forward'
      },
    })
    const client = await connect(url)
    await client.query('insert into t values (1)')
    expect((await client.query('select $1::int + 1 as sum', [41])).rows).toEqual([{ sum: 42 }])
    await client.end()
    expect(seen).toEqual([
      '1 1 Q insert into t values (1)',
      '2 1 P select $1::int + 1 as sum',
      '3 1 E select $1::int + 1 as sum',
    ])
    expect(count()).toBe(3)
    expect(await rows()).toBe(1)
  })

  it('passes large results and errors on unchanged', async () => {
    const client = await connect((await through()).url)
    const { rows: found } = await client.query("select repeat('x', 1000) as x from generate_series(1, 5000)")
    expect(found.every(({ x }) => x.length === 1000) && found.length).toBe(5000)
    await expect(client.query('select 1/0')).rejects.toMatchObject({ code: '22012' })
    await client.end()
  })

  it('cuts before a statement: it is not carried out', async () => {
    const { url } = await through({ onClientMessage: (message) => (insert(message) ? 'cut-before' : 'forward') })
    const client = await connect(url)
    await client.query('select 1')
    await expect(client.query('insert into t values (1)')).rejects.toThrow(/terminated/)
    await sleep(200)
    expect(await rows()).toBe(0)
  })

  it('cuts after a simple or a prepared statement: it is carried out and the client never hears', async () => {
    const { url } = await through({ onClientMessage: (message) => (insert(message) ? 'cut-after-forward' : 'forward') })
    const [simple, prepared] = [await connect(url), await connect(url)]
    await expect(simple.query('insert into t values (1)')).rejects.toThrow(/terminated/)
    await expect(prepared.query('insert into t values ($1)', [2])).rejects.toThrow(/terminated/)
    await vi.waitFor(async () => expect(await rows()).toBe(2))
  })

  it('drops a statement: the client waits, other connections go on', async () => {
    const { url, cutAll } = await through({ onClientMessage: (message) => (insert(message) ? 'drop' : 'forward') })
    const [waiting, other] = [await connect(url), await connect(url)]
    let settled = false
    const dropped = waiting.query('insert into t values (1)').catch((error: Error) => error.message)
    dropped.finally(() => {
      settled = true
    })
    await other.query('select pg_sleep(0.3)')
    expect(settled).toBe(false)
    cutAll()
    expect(await dropped).toMatch(/terminated/)
    expect(await rows()).toBe(0)
  })

  it('holds the traffic while a hook runs: after ReadyForQuery the work is done and the client does not know', async () => {
    const told: string[] = []
    const { url } = await through({
      onForwarded: () => void told.push('forwarded'),
      onReady: async (message) => {
        if (insert(message)) told.push(`done, ${await rows()} row`)
      },
    })
    const client = await connect(url)
    await client.query('insert into t values ($1)', [1]).then(() => told.push('client knows'))
    expect(told).toEqual(['forwarded', 'forwarded', 'done, 1 row', 'client knows'])
    await client.end()
  })

  it('blackholes what is there and what comes, and lets it go on after', async () => {
    const { url, blackhole, restore } = await through()
    const client = await connect(url)
    blackhole()
    let answers = 0
    const pending = [client.query('insert into t values (1)'), connect(url)].map((each) => each.then(() => answers++))
    await sleep(300)
    expect([answers, await rows()]).toEqual([0, 0])
    restore()
    await Promise.all(pending)
    expect(await rows()).toBe(1)
  })

  it.each([1, 4, 7])('a client process can be SIGKILLed before statement %i, and after it', async (at) => {
    for (const moment of ['before', 'after'] as const) {
      await direct.query('truncate t')
      const victim = await through({
        onClientMessage: ({ index }) => {
          if (moment === 'before' && index === at) child.kill('SIGKILL')
          return moment === 'before' && index === at ? 'cut-before' : 'forward'
        },
        onReady: ({ index }) => void (moment === 'after' && index === at && child.kill('SIGKILL')),
      })
      const program = `const { Client } = require('pg'); const c = new Client(process.env.URL)
        c.connect().then(async () => { for (let i = 0; i < 10; i++) await c.query('insert into t values (1)') })`
      const child = spawn(process.execPath, ['-e', program], { env: { ...process.env, URL: victim.url } })
      const [, signal] = await once(child, 'exit')
      expect(signal).toBe('SIGKILL')
      await victim.close()
      expect(await rows()).toBe(moment === 'before' ? at - 1 : at)
    }
  })
})
