import { afterEach, describe, expect, it } from 'vitest'
import {
  addColumn,
  addIndex,
  changeType,
  createTable,
  dropColumn,
  type MigrationDefinition,
  type Migrator,
  renameColumn,
  setNotNull,
} from '../../../src/index.ts'
import { canonicalCatalog } from '../../catalog/canonical.ts'
import { pick, seed } from '../../scenarios/sample.ts'
import { describeEachServer } from '../../servers/databases.ts'
import { failureOf, leftBehind } from '../input/setup.ts'
import { type GuardedPlace, openGuarded, quote, type Roles } from './roles.ts'

const tables = ({ owner, app }: Roles): string => `
create schema shop authorization ${quote(owner)};
create table shop.parents (id int primary key, code text unique);
create table shop.items (id int primary key, name text, qty int, dropped text not null default 'd', required text, parent text references shop.parents (code));
create index on shop.items (qty); create view shop.named as select id, qty from shop.items;
alter table shop.parents owner to ${quote(owner)}; alter table shop.items owner to ${quote(owner)}; alter view shop.named owner to ${quote(owner)};
insert into shop.items select i, 'name ' || i, i from generate_series(1, 20) i;
grant usage on schema shop to ${quote(app)};
grant select, insert (id, name, qty, required), update (name, qty), delete on shop.items to ${quote(app)}`

const migration: MigrationDefinition = {
  intents: [
    renameColumn({ table: 'shop.items', from: 'name', to: 'title' }),
    changeType({ table: 'shop.items', column: 'qty', to: 'bigint' }),
    changeType({ table: 'shop.items', column: 'parent', to: 'varchar(40)', as: 'parent_code' }),
    addColumn({ table: 'shop.items', column: 'slug', type: 'text', nullable: false, up: "coalesce(lower(name), '')" }),
    dropColumn({ table: 'shop.items', column: 'dropped', down: "'gone'" }),
    setNotNull({ table: 'shop.items', column: 'required', up: "'none'" }),
    addIndex({ table: 'shop.items', name: 'items_required', columns: ['required'] }),
    createTable({ table: 'shop.tags', columns: { id: { type: 'int' } }, primaryKey: ['id'], like: 'shop.items' }),
  ],
}
// The rename of a column and an expression over it are two migrations.
const split: Readonly<Record<string, MigrationDefinition>> = {
  one: { intents: migration.intents.filter((intent) => !('addColumn' in intent)) },
}

/** What is granted, beside CONNECT, and how the migrator then works. */
interface Way {
  readonly title: string
  readonly grants: (roles: Roles, database: string) => string
  readonly setRole: boolean
}

const ways: readonly Way[] = [
  {
    title: 'as the owner by SET ROLE, who may CREATE in the database',
    grants: ({ owner, migrator }, database) =>
      `grant ${quote(owner)} to ${quote(migrator)}; grant create on database ${database} to ${quote(owner)}`,
    setRole: true,
  },
  {
    title: 'as a member of the owner, who itself may CREATE in the database',
    grants: ({ owner, migrator }, database) =>
      `grant ${quote(owner)} to ${quote(migrator)}; grant create on database ${database} to ${quote(migrator)}`,
    setRole: false,
  },
  {
    title: 'as the owner by SET ROLE, with a state schema made for it',
    grants: ({ owner, migrator }) =>
      `grant ${quote(owner)} to ${quote(migrator)}; create schema bellows authorization ${quote(owner)}`,
    setRole: true,
  },
  {
    title: 'as a member of the owner, with a state schema made for it',
    grants: ({ owner, migrator }) =>
      `grant ${quote(owner)} to ${quote(migrator)}; create schema bellows authorization ${quote(migrator)}`,
    setRole: false,
  },
]

let place: GuardedPlace | undefined
afterEach(async () => {
  await place?.close()
  place = undefined
})

const loss = { acceptLoss: true, reason: 'a test', quietPeriod: 0 }

describeEachServer('the role with least privileges', (server) => {
  it.each(pick(ways, 2, seed))('runs every phase and every way back $title', async ({ grants, setRole }) => {
    place = await openGuarded(server, (roles, database) => `${tables(roles)}; ${grants(roles, database)}`)
    const { admin, app, roles } = place
    const migrator: Migrator = place.migrate(split, setRole ? { setRole: roles.owner } : {})
    const oldWrite = (id: number) =>
      app.query('insert into shop.items (id, name, qty) values ($1, $2, 7)', [id, `v1 ${id}`])
    const before = await canonicalCatalog(admin)

    await migrator.plan()
    await migrator.expand()
    await oldWrite(101)
    await migrator.rollback(loss)
    expect(await canonicalCatalog(admin)).toBe(before)
    await migrator.expand()
    await app.query("update shop.items set name = 'v1 again' where id = 101")
    await migrator.backfill()
    await oldWrite(102)
    const backfilled = await canonicalCatalog(admin)
    await migrator.contract()
    await migrator.rollback()
    expect(await canonicalCatalog(admin)).toBe(backfilled)
    await oldWrite(103)
    expect((await migrator.verify()).migrations).toMatchObject([{ ok: true }])
    await migrator.contract()
    // The rights on the column have come with it: the new version reads and writes it without a GRANT.
    await app.query("insert into shop.items (id, title, qty, required) values (104, 'v2', 5000000000, 'given')")
    // What stored a NULL as 'none' was for the old version: now the rule holds.
    await expect(app.query("insert into shop.items (id, title, qty) values (105, 'v2', 5)")).rejects.toMatchObject({
      code: '23502',
    })
    await app.query("update shop.items set title = 'v2 again' where id = 103")
    await migrator.purge({ ignoreRetention: true })
    const { rows } = await app.query('select id, title, qty, required from shop.items where id > 100 order by id')
    expect(rows).toEqual([
      { id: 101, title: 'v1 again', qty: '7', required: 'none' },
      { id: 102, title: 'v1 102', qty: '7', required: 'none' },
      { id: 103, title: 'v2 again', qty: '7', required: 'none' },
      { id: 104, title: 'v2', qty: '5000000000', required: 'given' },
    ])
    const { checks } = await migrator.doctor()
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([])
    const tags = await admin.query(
      "select pg_get_userbyid(relowner) as owner from pg_class where oid = 'shop.tags'::regclass",
    )
    expect(tags.rows).toEqual([{ owner: roles.owner }])
  })

  it('sees the sessions of others, although it may not see when they began', async () => {
    place = await openGuarded(server, (roles, database) => `${tables(roles)}; ${ways[1]?.grants(roles, database)}`)
    await place.app.query("set application_name = 'shop v1'")
    const migrator = place.migrate(split)
    await migrator.expand({ backfill: true })
    const { migrations } = await migrator.ready({ oldApp: ['shop v1'] })
    expect(migrations[0]?.gates.find(({ name }) => name === 'sessions')).toMatchObject({ status: 'failed' })
    expect(await failureOf(migrator.contract({ oldApp: ['shop v1'] }))).toMatchObject({ exitCode: 5 })
    expect(await failureOf(migrator.up())).toMatchObject({ exitCode: 3, code: 'up.traffic' })
  })

  it('is told whose the state tables are, when they were made as another, and what gives them over', async () => {
    const way = ways.find(({ setRole }) => setRole)
    place = await openGuarded(
      server,
      (roles, database) =>
        `${tables(roles)}; ${way?.grants(roles, database)}; grant create on database ${database} to ${quote(roles.migrator)}`,
    )
    const { admin, roles } = place
    await place.migrate(split).expand()
    const migrator = place.migrate(split, { setRole: roles.owner })
    const refused = await failureOf(migrator.backfill())
    expect(refused).toMatchObject({
      exitCode: 3,
      code: 'database.privilege',
      message: `the state tables in bellows belong to ${roles.migrator}, and ${roles.owner}, as which this runs, may not write them`,
      hint: expect.stringContaining(`\n  alter schema bellows owner to ${quote(roles.owner)};`),
    })
    await admin.query(refused.hint?.slice(refused.hint.indexOf('\n')) ?? '')
    await migrator.backfill()
    await migrator.contract()
  })

  it('is told, before anything is done, that the function behind a trigger belongs to another role', async () => {
    place = await openGuarded(server, (roles, database) => `${tables(roles)}; ${ways[1]?.grants(roles, database)}`)
    const { admin, roles } = place
    const migrator = place.migrate(split)
    await migrator.expand()
    await admin.query(`do $$ begin
      execute format('alter function %s owner to %I', (select tgfoid::regprocedure from pg_trigger where tgname = '~bellows_sync'), '${roles.app}');
    end $$`)
    const refused = await failureOf(migrator.backfill())
    expect(refused).toMatchObject({
      exitCode: 3,
      code: 'server.privileges',
      message: expect.stringContaining(roles.app),
    })
    const { rows } = await admin.query('select state from bellows.migrations')
    expect(rows).toEqual([{ state: 'expanded' }])
    expect(await failureOf(migrator.repair())).toMatchObject({ exitCode: 3 })
    // Whoever may make it anew does, by the command that mends the rest.
    await admin.query(`grant ${quote(roles.app)} to ${quote(roles.migrator)}`)
    expect(await failureOf(migrator.backfill())).toMatchObject({ exitCode: 6, code: 'triggers.changed' })
    expect((await migrator.repair()).findings).toMatchObject([{ done: true }])
    await admin.query(`revoke ${quote(roles.app)} from ${quote(roles.migrator)}`)
    await migrator.backfill()
    await admin.query(refused.hint?.match(/alter function .*;/)?.[0] ?? 'the hint says no statement')
  })

  it('needs one more right where the backfill would fire triggers of the table', async () => {
    const trigger = `create function shop.touch() returns trigger language plpgsql as 'begin new.parent := new.parent; return new; end';
      create trigger touch before update on shop.items for each row execute function shop.touch()`
    place = await openGuarded(
      server,
      (roles, database) => `${tables(roles)}; ${ways[1]?.grants(roles, database)}; ${trigger}`,
    )
    const only = { one: { intents: [renameColumn({ table: 'shop.items', from: 'name', to: 'title' })] } }
    const failure = await failureOf(place.migrate(only).expand())
    expect(failure).toMatchObject({
      exitCode: 3,
      code: 'plan.hazard',
      message: expect.stringContaining('user-triggers-fire'),
    })
    if (server.major < 15) return
    await place.admin.query(`grant set on parameter session_replication_role to ${quote(place.roles.migrator)}`)
    const migrator = place.migrate(only)
    await migrator.expand({ backfill: true })
    expect((await migrator.verify()).migrations).toMatchObject([{ ok: true }])
    await place.admin.query(`revoke set on parameter session_replication_role from ${quote(place.roles.migrator)}`)
  })
})

describeEachServer('a role that lacks a right', (server) => {
  const lacking: readonly {
    readonly title: string
    readonly grants: Way['grants']
    readonly setRole?: true
    readonly says: RegExp
  }[] = [
    { title: 'nothing but CONNECT', grants: () => 'select 1', says: /permission denied/ },
    {
      title: 'the right to make a schema',
      grants: ({ owner, migrator }) => `grant ${quote(owner)} to ${quote(migrator)}`,
      says: /permission denied for database/,
    },
    {
      title: 'membership in the owner',
      grants: ({ migrator }, database) =>
        `grant create on database ${database} to ${quote(migrator)}; grant usage on schema shop to ${quote(migrator)};
         grant all on shop.items, shop.parents to ${quote(migrator)}`,
      says: /must be owner|permission denied/,
    },
    {
      title: 'membership in the role to set',
      grants: () => 'select 1',
      setRole: true,
      says: /permission denied to set role/,
    },
  ]

  it.each(lacking)('$title: exit 3, and nothing half done', async ({ grants, setRole, says }) => {
    place = await openGuarded(server, (roles, database) => `${tables(roles)}; ${grants(roles, database)}`)
    const before = await canonicalCatalog(place.admin)
    const migrator = place.migrate(split, setRole ? { setRole: place.roles.owner } : {})
    const failure = await failureOf(migrator.expand())
    expect(failure).toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(says),
      hint: expect.stringContaining('privileges'),
    })
    expect(await canonicalCatalog(place.admin)).toBe(before)
    const { steps = 0, ...left } = await leftBehind(place.admin)
    // What began and failed may stand in the ledger, as failed; nothing of it was done.
    if (steps > 0) {
      const { rows } = await place.admin.query('select distinct state from bellows.steps')
      expect(rows).toEqual([{ state: 'failed' }])
    } else expect(left).toEqual({})
    const { rows: functions } = await place.admin.query(
      "select proname from pg_proc where pronamespace = to_regnamespace('bellows')",
    )
    expect(functions).toEqual([])
  })

  it('the right to give statistics to their owner: told at expand (3), before contract (5) and before the way back (6)', async () => {
    const owned = (name: string): string =>
      `create statistics shop.${name} on qty, name from shop.items; alter statistics shop.${name} owner to pg_monitor`
    place = await openGuarded(
      server,
      (roles, database) =>
        `${tables(roles)}; grant ${quote(roles.owner)} to ${quote(roles.migrator)}; grant create on database ${database} to ${quote(roles.migrator)};
         grant create on schema shop to pg_monitor; ${owned('pair')}`,
    )
    const { admin, roles } = place
    const migrator = place.migrate({
      m: { intents: [changeType({ table: 'shop.items', column: 'qty', to: 'bigint' })] },
    })
    const says = (exitCode: number, text = 'made again, which the role that migrates may not do for that role') => ({
      exitCode,
      message: expect.stringContaining(text),
    })
    expect(await failureOf(migrator.expand())).toMatchObject(
      says(3, 'statistics shop.pair on shop.items.qty belong to pg_monitor, and the role that migrates may not'),
    )
    const reach = (can: boolean): Promise<unknown> =>
      admin.query(
        can
          ? `grant pg_monitor to ${quote(roles.migrator)}; grant create on schema shop to ${quote(roles.migrator)}`
          : `revoke pg_monitor from ${quote(roles.migrator)}`,
      )
    await reach(true)
    await migrator.expand()
    await migrator.backfill()
    await reach(false)
    expect(await failureOf(migrator.contract())).toMatchObject(says(5))
    await reach(true)
    await migrator.contract()
    await reach(false)
    expect(await failureOf(migrator.rollback())).toMatchObject(says(6))
    await reach(true)
    await migrator.rollback()
    const { rows } = await admin.query(
      `select pg_get_userbyid(stxowner)::text as owner from pg_statistic_ext where stxname = 'pair'`,
    )
    expect(rows).toEqual([{ owner: 'pg_monitor' }])
  })

  it('CONNECT: exit 3', async () => {
    place = await openGuarded(
      server,
      (roles, database) => `revoke connect on database ${database} from ${quote(roles.migrator)}`,
    )
    expect(await failureOf(place.migrate(split).status())).toMatchObject({ exitCode: 3 })
  })
})

describeEachServer('an app role', (server) => {
  const ready = async (policies: string): Promise<GuardedPlace> =>
    openGuarded(
      server,
      (roles, database) =>
        `${tables(roles)}; ${ways[1]?.grants(roles, database)}; ${policies.replaceAll(':app', quote(roles.app))}`,
    )

  describe('with rights on the old column only', () => {
    it('writes in every phase, and never touches our schema', async () => {
      place = await ready('select 1')
      const raising = {
        one: { intents: [changeType({ table: 'shop.items', column: 'name', to: 'int', as: 'number' })] },
      }
      const migrator = place.migrate(raising)
      await migrator.expand()
      // The lens raises: the failure is recorded by the trigger, not by a right of the app's.
      await place.app.query("insert into shop.items (id, name, qty) values (201, 'no number', 1)")
      await place.app.query("update shop.items set name = '42' where id = 2")
      const { rows } = await place.admin.query(
        'select key, code from bellows.conversion_failures where key = \'{"id": 201}\'',
      )
      expect(rows).toEqual([{ key: '{"id": 201}', code: '22P02' }])
      for (const statement of [
        'delete from bellows.migrations',
        "insert into bellows.events (kind, detail, actor) values ('x', '{}', 'x')",
        'drop table bellows.lease',
        'create table bellows.x (a int)',
      ])
        await expect(place.app.query(statement)).rejects.toMatchObject({ code: '42501' })
      const trigger = await place.admin.query<{ name: string }>(
        "select proname as name from pg_proc where pronamespace = 'bellows'::regnamespace and proname like 'sync%'",
      )
      await expect(place.app.query(`select bellows.${trigger.rows[0]?.name}()`)).rejects.toMatchObject({
        code: expect.stringMatching(/42501|0A000/),
      })
    })
  })

  describe('under row security', () => {
    it('is refused where row security is forced on the owner', async () => {
      place = await ready(
        'alter table shop.items enable row level security; alter table shop.items force row level security',
      )
      const before = await canonicalCatalog(place.admin)
      const failure = await failureOf(place.migrate(split).expand())
      expect(failure).toMatchObject({ exitCode: 3, code: 'plan.row-security' })
      expect(await canonicalCatalog(place.admin)).toBe(before)
      expect(await leftBehind(place.admin)).toEqual({})
    })

    it('sees and writes its own rows in every phase of a rename of the column that the policy reads', async () => {
      place = await ready(
        "alter table shop.items enable row level security; create policy own on shop.items to :app using (name like 'name 1%') with check (name like 'name 1%')",
      )
      const { app } = place
      const migrator = place.migrate({
        one: { intents: [renameColumn({ table: 'shop.items', from: 'name', to: 'title' })] },
      })
      const seen = async () => (await app.query<{ n: number }>('select count(*)::int as n from shop.items')).rows[0]?.n
      const writes = async (id: number, column: string) => {
        await app.query(`insert into shop.items (id, ${column}, qty) values ($1, 'name 1 new', 1)`, [id])
        await app.query(`update shop.items set ${column} = 'name 12' where id = $1`, [id])
        await expect(app.query(`update shop.items set ${column} = 'other' where id = $1`, [id])).rejects.toMatchObject({
          code: '42501',
        })
        await app.query('delete from shop.items where id = $1', [id])
      }
      expect(await seen()).toBe(11)
      await migrator.expand()
      await writes(301, 'name')
      expect(await seen()).toBe(11)
      await migrator.backfill()
      await writes(302, 'name')
      expect((await migrator.verify()).migrations[0]?.lenses[0]?.rows).toBe(20)
      await migrator.contract()
      await writes(303, 'title')
      expect(await seen()).toBe(11)
      await migrator.rollback()
      await writes(304, 'name')
      expect(await seen()).toBe(11)
    })

    it('keeps contract closed, by name, where the policy reads a column that gives way to one of another name and type', async () => {
      place = await ready(
        'alter table shop.items enable row level security; create policy few on shop.items to :app using (qty < 5)',
      )
      const migrator = place.migrate({
        one: { intents: [changeType({ table: 'shop.items', column: 'qty', to: 'bigint', as: 'amount' })] },
      })
      await migrator.expand({ backfill: true })
      const failure = await failureOf(migrator.contract())
      expect(failure).toMatchObject({ exitCode: 5, message: expect.stringContaining('few') })
    })
  })

  it.each([
    ['that belongs to another role', (view: string, { app }: Roles) => `alter view ${view} owner to ${quote(app)}`],
    // Version 16 tells having a role's rights from being able to become it.
    ...(server.major < 16
      ? []
      : ([
          [
            'of a role whose rights it has, and which it may not become',
            (view: string, { owner, app }: Roles) =>
              `alter view ${view} owner to ${quote(app)}; grant ${quote(app)} to ${quote(owner)} with inherit true, set false`,
          ],
        ] as const)),
    [
      'in a schema where it may create nothing',
      (view: string, { owner }: Roles) =>
        `alter view ${view} owner to ${quote(owner)}; revoke create on schema other from ${quote(owner)}`,
    ],
  ] as const)('a view %s, which could not be made again, closes the gate', async (_, given) => {
    const [way] = ways
    place = await openGuarded(
      server,
      (roles, database) => `${tables(roles)}; ${way?.grants(roles, database)}; create schema other;
        grant usage, create on schema other to ${quote(roles.owner)}, ${quote(roles.app)};
        create view other.seen as select id, qty from shop.items; ${given('other.seen', roles)}`,
    )
    const wider = { m: { intents: [changeType({ table: 'shop.items', column: 'qty', to: 'bigint' })] } }
    const migrator = place.migrate(wider, { setRole: place.roles.owner })
    await migrator.expand()
    await migrator.backfill()
    expect(await failureOf(migrator.contract())).toMatchObject({
      exitCode: 5,
      hint: expect.stringMatching(/before contract, and make them again after it:\n {2}drop view .*other\.seen;/s),
    })
    expect((await migrator.status()).migrations[0]?.state).toBe('backfilled')
    await place.admin.query('drop view other.seen, shop.named')
    expect((await migrator.contract()).migrations[0]?.state).toBe('contracted')
  })

  it('a view that a plan makes again, for which the rights were taken since, is named before contract and before its way back', async () => {
    const [way] = ways
    place = await openGuarded(
      server,
      (roles, database) => `${tables(roles)}; ${way?.grants(roles, database)}; create schema other;
        grant usage, create on schema other to ${quote(roles.owner)};
        create view other.seen as select id, qty from shop.items; alter view other.seen owner to ${quote(roles.owner)}`,
    )
    const { admin, roles } = place
    const may = (able: boolean): Promise<unknown> =>
      admin.query(`${able ? 'grant' : 'revoke'} create on schema other ${able ? 'to' : 'from'} ${quote(roles.owner)}`)
    const wider = { m: { intents: [changeType({ table: 'shop.items', column: 'qty', to: 'bigint' })] } }
    const migrator = place.migrate(wider, { setRole: roles.owner })
    await migrator.expand()
    await migrator.backfill()
    const refused = { exitCode: 6, message: expect.stringContaining(`view other.seen`) }
    for (const step of [() => migrator.contract({ quietPeriod: 0 }), () => migrator.rollback({ quietPeriod: 0 })]) {
      await may(false)
      const failure = await failureOf(step())
      expect(failure).toMatchObject(refused)
      expect(failure).toMatchObject({ message: expect.stringContaining('needs the rights of') })
      expect(failure).not.toMatchObject({ message: expect.stringContaining('was changed') })
      await may(true)
      await step()
    }
    expect((await migrator.status()).migrations[0]?.state).toBe('backfilled')
  })
})
