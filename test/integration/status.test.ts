import { expect, it } from 'vitest'
import { familyOf } from '../families/family.ts'
import { describeEveryServer } from '../servers/databases.ts'
import { migrator, withUsers } from './shop.ts'

describeEveryServer('status', (server) => {
  it('shows who holds a lease, and nobody once the holder’s session is gone', () =>
    withUsers(server, async (database) => {
      const m = migrator(database)
      await m.expand()
      const { session, takeLease } = familyOf(server)
      const holder = await session(database.url, 'elsewhere')
      await holder.run(takeLease)
      expect((await m.status()).lease).toMatchObject([{ name: 'ddl', holder: 'elsewhere' }])
      await holder.end()
      await expect.poll(async () => (await m.status()).lease).toEqual([])
      await m.close()
    }))
})
