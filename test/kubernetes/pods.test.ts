import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { familyOf } from '../families/family.ts'
import { createDatabase, describeEachServer, describeEveryServer } from '../servers/databases.ts'
import { jobOf, pod } from './pod.ts'

/*
 * The pods of Jobs, run as they say.
 */
describeEveryServer('the pods of an Indexed Job', (server) => {
  test.skipIf(process.env.MATRIX !== 'full')(
    'expand a database each; one that is not there fails alone',
    { timeout: 300_000 },
    async () => {
      const family = familyOf(server)
      const shards = await Promise.all([1, 2].map(() => createDatabase(server)))
      for (const { url } of shards) {
        await family.run(url, 'create table users (id int not null primary key, name varchar(100))')
      }
      const urls = shards.map(({ url }) => url)
      const missing = new URL(urls[0] ?? '')
      missing.pathname = '/not_there'
      const secret = { 'url-0': `${urls[0]}\n`, 'url-1': `${urls[1]}\n`, 'url-2': missing.href }
      const spec = await jobOf('expand', '--shards', '3')
      const ended = await Promise.all(Array.from({ length: spec.completions }, (_, index) => pod(spec, secret, index)))
      expect(
        ended.map(({ code }) => code),
        ended.map(({ said }) => said).join('\n'),
      ).toEqual([0, 0, 2])
      for (const { url } of shards) {
        await family.run(url, "insert into users (id, full_name) values (1, 'x')")
        expect(await family.rows(url, 'select name from users')).toEqual([{ name: 'x' }])
      }
      await Promise.all(shards.map(({ drop }) => drop()))
    },
  )
})

describeEachServer('the Jobs of a deploy, applied together', (server) => {
  test('the backfill fills the rows, though its pod is there before that of expand', { timeout: 120_000 }, async () => {
    const family = familyOf(server)
    const { url, drop } = await createDatabase(server)
    await family.run(url, 'create table users (id int not null primary key, name varchar(100))')
    await family.run(url, "insert into users values (1, 'x')")
    const backfill = pod(await jobOf('backfill'), { url })
    await sleep(1500)
    const expand = await pod(await jobOf('expand'), { url })
    expect(expand.code, expand.said).toBe(0)
    const { code, said } = await backfill
    expect(code, said).toBe(0)
    expect(await family.rows(url, 'select full_name from users')).toEqual([{ full_name: 'x' }])
    await drop()
  })
})
