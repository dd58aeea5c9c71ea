import { expect, it } from 'vitest'
import { connect } from '../servers/connect.ts'
import { describeEachServer } from '../servers/databases.ts'
import { migrator, withUsers } from './shop.ts'

describeEachServer('status', (server) => {
  it('shows who holds a lease, and nobody once the holder’s session is gone', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      await m.expand()
      const holder = await connect(database.url)
      await holder.query(
        `update bellows.lease set holder = 'elsewhere', pid = pg_backend_pid(), expires_at = clock_timestamp() + interval '1 hour',
         backend_started = (select backend_start::text from pg_stat_activity where pid = pg_backend_pid()) where name = 'ddl'`,
      )
      expect((await m.status()).lease).toMatchObject([{ name: 'ddl', holder: 'elsewhere' }])
      await holder.end()
      await expect.poll(async () => (await m.status()).lease).toEqual([])
      await m.close()
    }))
})
