import { expect, it } from 'vitest'
import { markDeployed, registerApp } from '../../src/compat/apps.ts'
import {
  addColumn,
  changeType,
  createMigrator,
  type Intent,
  type Migrator,
  renameColumn,
  setNotNull,
} from '../../src/index.ts'
import { createDatabase, describeEachMysql, mysqlRows, withMysql } from '../servers/databases.ts'

type Visible = 'expand' | 'backfilled' | 'contract'

/** What an intent makes of `select *` once its column is seen, and at the end. */
interface Case {
  readonly name: string
  readonly intent: (visible: Visible | undefined) => Intent
  readonly seen: readonly string[]
  readonly after: readonly string[]
}

const before = ['id', 'name', 'qty', 'note']
const opt = (visible: Visible | undefined) => (visible === undefined ? {} : { visible })
const cases: readonly Case[] = [
  {
    name: 'renameColumn',
    intent: (visible) => renameColumn({ table: 'items', from: 'name', to: 'title', ...opt(visible) }),
    seen: ['id', 'name', 'title', 'qty', 'note'],
    after: ['id', 'title', 'qty', 'note'],
  },
  {
    name: 'changeType as',
    intent: (visible) =>
      changeType({ table: 'items', column: 'qty', to: 'bigint', as: 'amount', onError: '0', ...opt(visible) }),
    seen: ['id', 'name', 'qty', 'amount', 'note'],
    after: ['id', 'name', 'amount', 'note'],
  },
  {
    name: 'addColumn',
    intent: (visible) =>
      addColumn({ table: 'items', column: 'kind', type: 'int', nullable: false, default: '0', ...opt(visible) }),
    seen: [...before, 'kind'],
    after: [...before, 'kind'],
  },
  {
    name: 'addColumn with up',
    intent: (visible) =>
      addColumn({ table: 'items', column: 'kind', type: 'int', nullable: false, up: 'qty * 2', ...opt(visible) }),
    seen: [...before, 'kind'],
    after: [...before, 'kind'],
  },
  {
    name: 'addColumn with an expression',
    intent: (visible) =>
      addColumn({ table: 'items', column: 'kind', type: 'char(36)', default: '(uuid())', ...opt(visible) }),
    seen: [...before, 'kind'],
    after: [...before, 'kind'],
  },
]
const from: Readonly<Record<Visible, readonly string[]>> = {
  expand: ['expanded', 'backfilled'],
  backfilled: ['backfilled'],
  contract: [],
}
/** All of them with one intent; with the others what they do unless told, and what is least like it. */
const rest = ['contract', undefined] as const
const contract = { quietPeriod: 0, retention: 86_400_000 }
const back = { quietPeriod: 0, acceptLoss: true, reason: 'a test' }

// PostgreSQL has no invisible columns.
describeEachMysql('a new column, for statements that do not list theirs', (server) => {
  async function withItems(
    given: Omit<Parameters<typeof createMigrator>[0], 'database' | 'migrations'>,
    intents: Intent | readonly Intent[],
    body: (migrator: Migrator, url: string) => Promise<void>,
  ): Promise<void> {
    const database = await createDatabase(server)
    const migrator = createMigrator({
      ...given,
      database: database.url,
      migrations: { m: { intents: [intents].flat() } },
    })
    try {
      await withMysql(database.url, async (client) => {
        await client.query(
          'create table items (id int auto_increment primary key, name varchar(40) not null, qty int not null, note varchar(40))',
        )
        await client.query(`insert into items (name, qty) values ('a', 1), ('b', 2)`)
      })
      await body(migrator, database.url)
    } finally {
      await migrator.close()
      await database.drop()
    }
  }

  const star = async (url: string): Promise<readonly string[]> =>
    Object.keys((await mysqlRows(url, 'select * from items order by id limit 1'))[0]!)
  /** An INSERT by position, as a version writes it that knows so many columns. */
  const placed = (url: string, columns: readonly string[]): Promise<string> =>
    withMysql(url, (client) =>
      client
        .query(`insert into items values (${columns.map((name) => (name === 'id' ? 'default' : '7')).join(', ')})`)
        .then(
          () => 'ok',
          (error: { errno: number }) => String(error.errno),
        ),
    )

  for (const { name, intent, seen, after } of cases) {
    const all = name === 'renameColumn' ? (['expand', 'backfilled', 'contract', undefined] as const) : rest
    it.for(all)(`${name}: visible from %s on, there and back`, { timeout: 60_000 }, (asked) =>
      withItems({}, intent(asked), async (migrator, url) => {
        const visible = from[asked ?? 'backfilled']
        const look = async (state: string): Promise<void> => {
          const isSeen = visible.includes(state)
          expect(await star(url), state).toEqual(isSeen ? seen : before)
          expect(await placed(url, before), state).toBe(isSeen ? '1136' : 'ok')
        }
        await look('pending')
        await migrator.expand()
        await look('expanded')
        await migrator.backfill()
        await look('backfilled')
        await migrator.rollback(back)
        await look('pending')
        await migrator.expand()
        await migrator.backfill()
        await migrator.contract(contract)
        expect(await star(url)).toEqual(after)
        expect(await placed(url, after)).toBe('ok')
        await migrator.rollback(back)
        await look('backfilled')
        await migrator.contract(contract)
        expect(await star(url)).toEqual(after)
        await migrator.purge({ ignoreRetention: true })
        expect(await star(url)).toEqual(after)
        expect(await placed(url, after)).toBe('ok')
      }),
    )
  }

  it(
    'stays invisible where it is the copy of an invisible one, and such a column where it becomes NOT NULL',
    {
      timeout: 60_000,
    },
    () =>
      withItems(
        {},
        [
          renameColumn({ table: 'items', from: 'old_name', to: 'new_name' }),
          changeType({ table: 'items', column: 'old_qty', to: 'bigint', as: 'new_qty' }),
          setNotNull({ table: 'items', column: 'old_note', up: `'none'` }),
        ],
        async (migrator, url) => {
          const look = async (state: string): Promise<void> => {
            expect(await star(url), state).toEqual(before)
            expect(await placed(url, before), state).toBe('ok')
          }
          await withMysql(url, (client) =>
            client.query(
              `alter table items add old_name varchar(40) invisible, add old_qty int invisible, add old_note varchar(40) default 'x' invisible`,
            ),
          )
          await look('pending')
          await migrator.expand()
          await look('expanded')
          await migrator.backfill()
          await look('backfilled')
          await migrator.contract(contract)
          await look('contracted')
          await migrator.rollback(back)
          await look('backfilled again')
          await migrator.contract(contract)
          await migrator.purge({ ignoreRetention: true })
          await look('completed')
          const left = await mysqlRows(
            url,
            `select column_name as name from information_schema.columns where table_schema = database() and table_name = 'items' and extra like '%invisible%' order by 1`,
          )
          expect(left.map(({ name }) => name)).toEqual(['new_name', 'new_qty', 'old_note'])
        },
      ),
  )

  it('is decided from what the versions run, where that is known', async () => {
    const rename = cases[0]!.intent(undefined)
    const asked: readonly (readonly [string, readonly string[], readonly string[], RegExp | null])[] = [
      ['contract', ['insert into items values (?, ?, ?, ?)'], [], /INSERT|insert/],
      ['contract', ['replace `shop`.`items` select id, name, qty, note from old'], ['select * from items'], /too/],
      ['contract', ['select i.* from items i'], [], /select i/],
      ['backfilled', ['select count(*) from items', 'select qty * 2 from items', 'select * from others'], [], null],
      ['backfilled', ['insert into items (id) values (1)'], ['select * from items'], null],
    ]
    for (const [wanted, old, fresh, says] of asked)
      await withItems({ statements: { old, new: fresh } }, rename, async (migrator, url) => {
        const [plan] = (await migrator.plan()).migrations
        const told = plan!.hazards.filter(({ code }) => code === 'column-visible').map(({ message }) => message)
        if (says === null) expect(told).toEqual([])
        else expect(told.join()).toMatch(says)
        await migrator.expand()
        await migrator.backfill()
        expect(await star(url)).toEqual(wanted === 'contract' ? before : cases[0]!.seen)
      })
  })

  it('and from the versions that are registered', async () => {
    const rename = cases[0]!.intent(undefined)
    await withItems({}, rename, async (migrator, url) => {
      const on = { migrator: { database: url }, app: 'shop', version: 'v1' }
      const told = async (): Promise<string> => {
        const [plan] = (await migrator.plan()).migrations
        return plan!.hazards.flatMap(({ code, message }) => (code === 'column-visible' ? [message] : [])).join()
      }
      const statements = [{ id: 'put', sql: 'insert into items values (?, ?, ?, ?)' }]
      await registerApp({ ...on, statements: { app: 'shop', version: 'v1', statements } })
      // What is not deployed is to come: of what runs nothing is known.
      expect(await told()).toMatch(/neither version/)
      await markDeployed(on)
      expect(await told()).toMatch(/insert into items values/)
    })
  })
})
