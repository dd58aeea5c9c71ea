import { test } from 'vitest'
import { createMigrator, renameColumn, defineMigration } from '../../src/index.ts'
import { createDatabase, servers, startProxyX, withClient } from './x.ts'
test('x', async () => {
  const server = servers()[0]!
  const db = await createDatabase(server)
  await withClient(db.url, (c) => c.query(`create table items (id bigint primary key, name text not null default 'none' unique, other int); insert into items select g, 'n'||g, g from generate_series(1,2500) g`))
  const log: string[] = []
  const proxy = await startProxyX({ target: db.url, onClientMessage: (m) => { if (m.type !== 'E') log.push(`${m.connection} ${m.type} ${m.sql}`); return 'forward' } })
  const m = createMigrator({ database: proxy.url, quietPeriod: 0, migrations: [{ name: '1_x', migration: defineMigration({ intents: [renameColumn({ table: 'items', from: 'name', to: 'full_name' })] }) }] })
  const step = async (name: string, f: () => Promise<unknown>) => { log.length = 0; const t = Date.now(); const r = await f(); console.log('=====', name, log.length, Date.now() - t); console.log(log.map((l) => l.slice(0, 170).replace(/\s+/g, ' ')).join('\n')); return r }
  console.log(JSON.stringify((await m.plan()).migrations[0]!.hazards, null, 1))
  for (const [p, steps] of Object.entries((await m.plan()).migrations[0]!.phases)) for (const s of steps) console.log(p, s.id, s.transaction, s.statements)
  await step('expand', () => m.expand())
  await step('backfill', () => m.backfill())
  await step('contract', () => m.contract())
  await step('rollback', () => m.rollback())
  await step('rollback2', () => m.rollback())
  await m.expand(); await m.backfill(); await m.contract()
  await step('purge', () => m.purge({ ignoreRetention: true }))
  await m.close()
  await proxy.close()
})
