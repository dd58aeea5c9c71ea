import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { mysqlDialect } from '../../src/dialects/mysql/index.ts'
import { type LeaseOptions, takeLease } from '../../src/ledger/lease.ts'
import { withSessions } from '../integration/connection/mysql/open.ts'
import { createDatabase, describeEachMysql } from '../servers/databases.ts'

const mysql = mysqlDialect()

// Only here the batches' hold on the row of the lease keeps its renewal out; on PostgreSQL it is let through.
describeEachMysql('the lease of a backfill', (server) => {
  it('is renewed between batches that take longer than a renewal waits', { timeout: 60_000 }, async () => {
    const database = await createDatabase(server)
    try {
      await withSessions(database.url, 2, async (worker, renewer) => {
        for (const statement of mysql.state.create('bellows')) await worker.query(statement)
        const options: LeaseOptions = {
          ...{ dialect: mysql, schema: 'bellows', worker: worker!, renewer: renewer!, holder: 'test', host: 'test' },
          ...{ ttl: 9000, wait: 1000, signal: null, onWaiting: () => undefined },
        }
        const lease = await takeLease('data:m', options)
        // Each ends just before the next renewal begins: one that tries once, and waits a second, never meets an end.
        for (let batch = 0; batch < 5; batch++) {
          await worker!.transaction(async () => {
            await lease.check()
            await sleep(2850)
          })
        }
        expect(lease.lost).toBeNull()
        await lease.release()
      })
    } finally {
      await database.drop()
    }
  })
})
