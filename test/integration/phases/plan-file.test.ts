import { expect, it } from 'vitest'
import { changeType, isBellowsError } from '../../../src/index.ts'
import { familyOf } from '../../families/family.ts'
import { describeEveryServer } from '../../servers/databases.ts'
import { migrator, outcome, run, withUsers } from '../shop.ts'

describeEveryServer('a plan that was kept in a file', (server) => {
  it('is run as it was, or refused (6) with the statements that differ, and nothing is done', () =>
    withUsers(server, async (database) => {
      const m = migrator(database, { m: [changeType({ table: 'users', column: 'age', to: 'bigint' })] })
      const planFile: unknown = JSON.parse(JSON.stringify(await m.planFile()))
      await run(database, 'create index by_age on users (age desc)')
      const error = await m.expand({ planFile }).catch((thrown: unknown) => thrown)
      expect(isBellowsError(error) && [error.exitCode, error.code]).toEqual([6, 'plan.changed'])
      expect(isBellowsError(error) && error.message).toMatch(
        /\n\+ (create index concurrently|alter table .* add index) .* desc/i,
      )
      expect(isBellowsError(error) && error.message).not.toMatch(/\n- /)
      expect((await m.status()).migrations[0]?.state).toBe('pending')
      await run(database, familyOf(server).name === 'mysql' ? 'drop index by_age on users' : 'drop index by_age')
      expect(await outcome(m.expand({ planFile }))).toBe('0')
      await m.close()
    }))
})
