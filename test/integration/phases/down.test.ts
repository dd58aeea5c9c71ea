import { expect, it } from 'vitest'
import { dropColumn, type Intent } from '../../../src/index.ts'
import { describeEveryServer } from '../../servers/databases.ts'
import { migrator, needs, outcome, rows, run, withUsers } from '../shop.ts'

describeEveryServer('down of a column with a default that is dropped', (server) => {
  const drop = (column: string, down: string): Intent => dropColumn({ table: 'users', column, down })
  const m = [drop('kind', `'d'`), drop('code', '9'), drop('years', 'age')]

  it('is warned of until contract, and what the old version reads from then on', { timeout: 60_000 }, (context) =>
    withUsers(
      server,
      async (database) => {
        await needs(context, server, database, ...m)
        await run(
          database,
          `alter table users add kind varchar(9) default 'd', add code int not null default 5, add years int not null default 3`,
        )
        const made = migrator(database, { m })
        const { migrations } = await made.plan()
        const warned = migrations.flatMap(({ hazards }) =>
          hazards.filter(({ code }) => code === 'default-before-down').map(({ message }) => message.split(' ')[0]),
        )
        // The default of the first is the same.
        expect(warned.map((name) => name?.split('.').at(-1))).toEqual(['code', 'years'])
        const add = (name: string, age: string): Promise<void> =>
          run(database, `insert into users (name, email, age) values ('${name}', '${name}', ${age})`)
        await made.expand()
        await add('a', '7')
        await made.backfill()
        await made.contract({ quietPeriod: 0 })
        await add('b', '8')
        // Where it may not be NULL and down is, the default stays.
        await add('c', 'null')
        expect(await outcome(made.rollback())).toBe('0')
        expect(await rows(database, 'select name, kind, code, years from users order by name')).toEqual([
          { name: 'a', kind: 'd', code: 5, years: 3 },
          { name: 'b', kind: 'd', code: 9, years: 8 },
          { name: 'c', kind: 'd', code: 9, years: 3 },
        ])
        await made.close()
      },
      0,
    ),
  )
})
