import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { changeType } from '../../../src/index.ts'
import { describeEachServer, type TestDatabase, type TestServer } from '../../servers/databases.ts'
import { migrator, outcome, rename, rows, run, withUsers } from '../shop.ts'
import { quote } from './roles.ts'

const plan = { m: [changeType({ table: 'users', column: 'code', to: 'text' })] }

/** What there is before default privileges say what comes with whatever is made. */
const shape = (reader: string, other: string): string => `
  create role ${reader}; create role ${other}; alter table users add code varchar(9) default 'c';
  create view codes as select id, code from users; grant update on codes to ${reader}; create view plain as select code from codes;
  alter default privileges grant select on tables to ${reader} with grant option; alter default privileges grant all on tables to public;
  alter default privileges in schema public grant insert on tables to ${reader};
  alter default privileges grant all on sequences to ${reader}; alter default privileges grant all on functions to ${reader}`

const grants = (database: TestDatabase): Promise<readonly Record<string, unknown>[]> =>
  rows(
    database,
    `select c.relname::text as name, x.grantee::regrole::text as grantee, x.privilege_type as privilege, x.is_grantable as grantable
     from pg_class c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) x where c.relname in ('codes', 'plain') order by 1, 2, 3`,
  )

/** A database with default privileges for a role, whose names nothing may depend on. */
async function withDefaults(
  server: TestServer,
  body: (database: TestDatabase, reader: string, other: string) => Promise<void>,
): Promise<void> {
  const [reader, other] = ['The reader', 'The other'].map((name) => quote(`${name} ${randomBytes(4).toString('hex')}`))
  if (reader === undefined || other === undefined) throw new TypeError('there are two')
  try {
    await withUsers(
      server,
      async (database) => {
        await run(database, shape(reader, other))
        await body(database, reader, other)
      },
      20,
    )
  } finally {
    await run(server, `drop role if exists ${reader}, ${other}`)
  }
}

describeEachServer('default privileges', (server) => {
  it('give nobody a right on a view that is made again, there and back', () =>
    withDefaults(server, async (database) => {
      const before = await grants(database)
      const m = migrator(database, plan)
      await m.expand()
      await m.backfill()
      await m.contract({ quietPeriod: 0 })
      expect(await grants(database)).toEqual(before)
      await m.rollback()
      expect(await grants(database)).toEqual(before)
      expect(await outcome(m.contract({ quietPeriod: 0 }))).toBe('0')
      await m.close()
    }))

  it('let nobody write our tables and counters, or have our function do on a table of his own what we may', () =>
    withDefaults(server, async (database, reader) => {
      const m = migrator(database, plan)
      await m.expand()
      const may = await rows(
        database,
        `select c.relname::text as name, p as right from pg_class c, unnest(array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p
         where c.relnamespace = 'bellows'::regnamespace and c.relkind = 'r' and has_table_privilege('${reader}'::regrole, c.oid, p)
         union all select c.relname, p from pg_class c, unnest(array['USAGE', 'SELECT', 'UPDATE']) p
         where c.relnamespace = 'bellows'::regnamespace and c.relkind = 'S' and has_sequence_privilege('${reader}'::regrole, c.oid, p)
         union all select oid::regprocedure::text, 'EXECUTE' from pg_proc
         where pronamespace = 'bellows'::regnamespace and prosecdef and has_function_privilege('${reader}'::regrole, oid, 'EXECUTE')`,
      )
      expect(may).toEqual([])
      await m.close()
    }))

  it('leave on whatever we make in our schema the rights that are documented, each kind by its name', () =>
    withDefaults(server, async (database) => {
      const m = migrator(database, {
        m: [changeType({ table: 'users', column: 'code', to: 'int', onError: '0' }), rename],
      })
      await m.expand()
      const made = await rows<{ kind: string; name: string; others: string }>(
        database,
        `select relkind::text as kind, relname::text as name, (select string_agg(x.grantee::regrole || ' ' || x.privilege_type, ', ') from aclexplode(c.relacl) x where x.grantee <> c.relowner) as others
         from pg_class c where c.relnamespace = 'bellows'::regnamespace and c.relkind not in ('i', 't')
         union all select 'f', proname, (select string_agg(x.grantee::regrole || ' ' || x.privilege_type, ', ') from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x where x.grantee <> p.proowner)
         from pg_proc p where p.pronamespace = 'bellows'::regnamespace`,
      )
      const rights = new Map(
        made.map(({ kind, name, others }) => [
          `${kind} ${kind === 'r' ? '' : name.replace(/[0-9a-f]{8}/, '<id>')}`,
          others,
        ]),
      )
      expect(Object.fromEntries(rights)).toEqual({
        'r ': '- SELECT',
        'S steps_seq_seq': null,
        'S events_id_seq': null,
        'S old_writes_<id>': null,
        'S new_writes_<id>': null,
        'f sync_<id>': null,
        'f down_0_<id>': expect.stringMatching(/^- EXECUTE/),
        'f down_0_<id>_error': expect.stringMatching(/^- EXECUTE/),
        'f up_0_<id>': expect.stringMatching(/^- EXECUTE/),
        'f up_0_<id>_error': expect.stringMatching(/^- EXECUTE/),
      })
      const text = await readFile(new URL('../../../docs/privileges.md', import.meta.url), 'utf8')
      for (const kind of rights.keys())
        expect(text).toContain(
          kind
            .slice(2)
            .replace('sync_<id>', 'sync_<hash>')
            .replace(/^(up|down)_0_(.*?)(_error)?$/, '$1_<n>_$2'),
        )
      await m.close()
    }))

  it('are taken from our tables and sequences alone, where others have theirs in that schema', () =>
    withDefaults(server, async (database, reader, other) => {
      await run(
        database,
        `create schema ops; create table ops.secrets (id int); create sequence ops.numbers;
         revoke all on all tables in schema ops from public, ${reader}; revoke all on ops.numbers from ${reader};
         grant insert on ops.secrets to ${other}; grant usage on ops.numbers to ${other}`,
      )
      const granted = (owner: string): Promise<readonly Record<string, unknown>[]> =>
        rows(
          database,
          `select distinct x.grantee::regrole::text as grantee, x.privilege_type as privilege from pg_class c, aclexplode(c.relacl) x
           where c.relnamespace = 'ops'::regnamespace and c.relkind in ('r', 'S') and x.grantee <> c.relowner and (c.relname in ('secrets', 'numbers')) = ${owner}`,
        )
      const before = await granted('true')
      const m = migrator(database, plan, { stateSchema: 'ops' })
      await m.expand()
      expect(await granted('true')).toEqual(before)
      expect(await granted("false and c.relname not like '%writes_%'")).toEqual([{ grantee: '-', privilege: 'SELECT' }])
      await m.close()
    }))

  it('are no change where an older contract left them, unlike a right that somebody gave', () =>
    withDefaults(server, async (database, reader, other) => {
      const before = await grants(database)
      const m = migrator(database, plan)
      await m.expand()
      await m.backfill()
      await m.contract({ quietPeriod: 0 })
      await run(
        database,
        `grant select on codes to ${reader} with grant option; grant all on codes to public; grant insert on codes to ${reader}`,
      )
      await run(database, `grant select on codes to ${other}`)
      expect(await outcome(m.rollback())).toBe('6 rollback.objects')
      await run(database, `revoke select on codes from ${other}`)
      // What another role says of what it makes left nothing here.
      await run(
        database,
        `alter default privileges for role ${other} grant delete on tables to ${reader}; grant delete on codes to ${reader}`,
      )
      expect(await outcome(m.rollback())).toBe('6 rollback.objects')
      await run(database, `revoke delete on codes from ${reader}`)
      expect(await outcome(m.rollback())).toBe('0')
      expect(await grants(database)).toEqual(before)
      await m.close()
    }))
})
