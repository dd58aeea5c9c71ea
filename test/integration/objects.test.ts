import { expect, it } from 'vitest'
import { addIndex, changeType, type Intent, isBellowsError, type Migrator } from '../../src/index.ts'
import type { Catalog } from '../../src/planner/catalog.ts'
import { familyOf } from '../families/family.ts'
import { pick, seed } from '../scenarios/sample.ts'
import { describeEveryServer } from '../servers/databases.ts'
import { migrator, outcome, rename, run, withUsers } from './shop.ts'

const underOneName = changeType({ table: 'users', column: 'age', to: 'bigint' })
const withOneOfItsOwn = changeType({ table: 'users', column: 'age', to: 'bigint', as: 'years' })

const columnsOf = async (m: Migrator, index: string): Promise<readonly string[] | undefined> => {
  const { tables } = (await m.catalog()) as Catalog
  return tables.flatMap(({ indexes }) => indexes).find(({ name }) => name === index)?.columns
}

console.log(`a few on each server, all with MATRIX=full: SEED=${seed}`)

/** What it is called, what makes it, what takes it back, and how the message names it. */
type Change = readonly [string, string, string, string]

describeEveryServer('what somebody does to a column that is being copied', (server) => {
  const dropIndex = familyOf(server).name === 'postgres' ? 'drop index' : 'alter table users drop index'
  const late: Change = ['an index', 'create index late on users (age)', `${dropIndex} late`, 'index late']
  const changes: readonly Change[] = [
    late,
    [
      'a default',
      'alter table users alter column age set default 5',
      'alter table users alter column age drop default',
      'users.age',
    ],
    [
      'a CHECK',
      'alter table users add constraint adult check (age > -1)',
      'alter table users drop constraint adult',
      'constraint adult',
    ],
    ['an index that is gone', `${dropIndex} early`, 'create index early on users (age)', 'index early'],
  ]

  const play = (intent: Intent, change: Change, shape = ''): Promise<void> =>
    withUsers(
      server,
      async (database) => {
        const [, make, undo, named] = change
        await run(database, `create index early on users (age); ${shape}`)
        const m = migrator(database, { m: [intent] })
        await m.expand()
        await run(database, make)
        await expect(m.backfill()).rejects.toMatchObject({
          exitCode: 6,
          code: 'objects.changed',
          message: expect.stringContaining(named),
        })
        await run(database, undo)
        await m.backfill()
        await run(database, make)
        const [verified] = (await m.verify()).migrations
        expect(verified).toMatchObject({ ok: false, objects: [{ name: expect.stringContaining(named) }] })
        await expect(m.contract({ quietPeriod: 0 })).rejects.toMatchObject({
          exitCode: 6,
          code: 'gate.objects',
          message: expect.stringContaining(named),
        })
        await run(database, undo)
        expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
        await m.close()
      },
      20,
    )

  it.each<Change>([
    ['an index', 'create index late on users (full_name)', `${dropIndex} late`, 'index late'],
    [
      'a CHECK',
      "alter table users add constraint given check (full_name <> '')",
      'alter table users drop constraint given',
      'constraint given',
    ],
  ])('%s on the new name of a rename: noticed before it would go with the copy (6)', { timeout: 60_000 }, (...change) =>
    play(rename, change),
  )

  if (familyOf(server).name === 'postgres')
    it.each<Change>([
      [
        'a trigger',
        'create function no() returns trigger language plpgsql as $$ begin return null; end $$; create trigger watch after update of full_name on users for each row execute function no()',
        'drop trigger watch on users; drop function no()',
        'trigger watch',
      ],
      [
        'a list of a publication',
        server.major >= 15
          ? 'create publication sent for table users (id, full_name)'
          : 'create policy sent on users using (full_name is not null)',
        server.major >= 15 ? 'drop publication sent' : 'drop policy sent on users',
        'sent',
      ],
    ])(
      '%s that names the new name of a rename: noticed before it goes on with the copy (6)',
      { timeout: 60_000 },
      (...change) => play(rename, change),
    )

  if (familyOf(server).name === 'postgres')
    it.each<Change>([
      [
        'a comment',
        `comment on statistics pair is 'mine'`,
        'comment on statistics pair is null',
        'statistics public.pair',
      ],
      [
        'a target',
        'alter statistics pair set statistics 42',
        'alter statistics pair set statistics -1',
        'statistics public.pair',
      ],
      [
        'another owner',
        'alter statistics pair owner to pg_monitor',
        'alter statistics pair owner to current_user',
        'statistics public.pair',
      ],
    ])('%s of statistics that are made again: noticed before it would be lost (6)', (...change) =>
      play(underOneName, change, 'create statistics pair on age, name from users'),
    )

  it.each(pick(changes, 2, seed + server.name.length))(
    '%s: noticed before it would be lost (6)',
    { timeout: 60_000 },
    async (...change) => {
      await play(underOneName, change)
    },
  )

  it('is noticed where the copy has a name of its own, too', { timeout: 60_000 }, () => play(withOneOfItsOwn, late))

  if (familyOf(server).name === 'postgres')
    it('is told with what mends it: an index that a build left behind, one on the new name of a rename, any other', () =>
      withUsers(
        server,
        async (database) => {
          const m = migrator(database, { a: [underOneName], b: [rename] })
          await m.expand()
          const hintOf = async (name: string): Promise<string> => {
            const failure = await m.backfill({ name }).catch((error: unknown) => error)
            return isBellowsError(failure) ? `${failure.message} / ${failure.hint}` : String(failure)
          }
          const build = 'create unique index concurrently "Early_ccnew" on users ((age * 0))'
          await expect(run(database, build)).rejects.toThrow()
          await run(database, 'create index on_copy on users (full_name)')
          expect(await hintOf('a')).toMatch(
            /^index Early_ccnew on public.users: was not there at expand, and is not valid: .*\(drop index concurrently public."Early_ccnew"\) \/ An index that is not valid/,
          )
          expect(await hintOf('b')).toMatch(
            /^index on_copy on public.users: .* \/ What stands on the new name of a rename/,
          )
          await run(database, 'drop index on_copy')
          await expect(
            run(database, build.replace('Early', 'Copy').replace('age * 0', 'coalesce(length(full_name), 0) * 0')),
          ).rejects.toThrow()
          expect(await hintOf('b')).toMatch(
            /\(drop index concurrently public."Copy_ccnew"\) \/ An index that is not valid/,
          )
          await run(database, 'drop index concurrently public."Copy_ccnew"')
          await run(database, 'drop index concurrently public."Early_ccnew"')
          await run(database, 'create index late on users (age)')
          expect(await hintOf('a')).toMatch(/ \/ Somebody changed the table .* takes the change in.$/)
          await run(database, 'drop index late')
          await m.backfill()
          await m.close()
        },
        20,
      ))

  it('is taken in by another expand', () =>
    withUsers(
      server,
      async (database) => {
        const m = migrator(database, { m: [underOneName] })
        await m.expand()
        await run(database, 'create index late on users (age)')
        await m.rollback({ quietPeriod: 0 })
        expect(await outcome(m.up())).toBe('0')
        expect(await columnsOf(m, 'late')).toEqual(['age'])
        await m.close()
      },
      20,
    ))

  it('follows by itself where names are exchanged', () =>
    withUsers(
      server,
      async (database) => {
        const m = migrator(database, { m: [rename, addIndex({ table: 'users', name: 'ours', columns: ['age'] })] })
        await m.expand()
        await run(database, 'create index late on users (name)')
        await m.backfill()
        expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
        expect(await columnsOf(m, 'late')).toEqual(['full_name'])
        await m.close()
      },
      20,
    ))

  it('is none of what the migration does itself', () =>
    withUsers(
      server,
      async (database) => {
        const m = migrator(database, {
          m: [underOneName, addIndex({ table: 'users', name: 'ours', columns: ['age'], unique: true })],
        })
        await m.expand()
        await m.backfill()
        expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
        await m.close()
      },
      20,
    ))

  it('is not read by two migrations at once: an index on both columns joins them (3)', () =>
    withUsers(
      server,
      async (database) => {
        await run(database, 'create index both_of_them on users (age, name)')
        const m = migrator(database, { m1: [rename], m2: [withOneOfItsOwn] })
        await m.expand({ name: 'm1' })
        expect(await outcome(m.expand({ name: 'm2' }))).toBe('3 plan.conflict')
        await m.rollback({ name: 'm1', quietPeriod: 0 })
        await m.expand({ name: 'm2' })
        expect(await outcome(m.expand({ name: 'm1' }))).toBe('3 plan.conflict')
        await m.close()
      },
      20,
    ))
})
