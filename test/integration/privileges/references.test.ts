import { expect, it } from 'vitest'
import { addForeignKey } from '../../../src/index.ts'
import { describeEachServer } from '../../servers/databases.ts'
import { failureOf } from '../input/setup.ts'
import { outcome } from '../shop.ts'
import { openGuarded, quote } from './roles.ts'

const key = addForeignKey({
  table: 'own.orders',
  name: 'orders_buyer',
  columns: ['buyer'],
  references: { table: 'theirs.users', columns: ['id'] },
})

describeEachServer('a foreign key to a table of somebody else', (server) => {
  it('is refused before anything is done without the right to point there, and comes with what the refusal says', async () => {
    const place = await openGuarded(
      server,
      ({ owner, migrator }, database) => `
        create schema own authorization ${quote(migrator)}; create schema theirs authorization ${quote(owner)};
        create table theirs.users (id int primary key, secret text); alter table theirs.users owner to ${quote(owner)};
        create table own.orders (id int primary key, buyer int); alter table own.orders owner to ${quote(migrator)};
        grant usage on schema theirs to ${quote(migrator)}; grant create, temporary on database ${database} to ${quote(migrator)}`,
    )
    try {
      const m = place.migrate({ m: { intents: [key] } })
      const refusal = await failureOf(m.expand())
      expect(refusal).toMatchObject({ exitCode: 3, code: 'server.privileges' })
      const [, grant = ''] = /(grant .*);$/.exec(refusal.hint ?? '') ?? []
      expect(grant).toContain('grant REFERENCES, SELECT, UPDATE on')
      await place.admin.query(grant)
      await m.expand({ backfill: true })
      expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
      await m.close()
    } finally {
      await place.close()
    }
  })
})
