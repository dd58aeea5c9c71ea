import { expect, it } from 'vitest'
import {
  addColumn,
  changeType,
  createMigrator,
  dropColumn,
  dropNotNull,
  type Intent,
  renameColumn,
  setNotNull,
} from '../../src/index.ts'
import { mysqlFamily } from '../families/mysql/family.ts'
import { outcome } from '../integration/shop.ts'
import { pick, seed } from '../scenarios/sample.ts'
import { createDatabase, describeEachMysql, mysqlRows, withMysql } from '../servers/databases.ts'

type Kind = 'mysql' | 'mariadb'
/** `copying`: a MariaDB that lets others write while it copies (11.2 and later), where that makes a difference. */
type By<T> = Readonly<Record<Kind, T>> & { readonly copying?: T }

const intents = {
  rename: (table: string) => renameColumn({ table, from: 'name', to: 'full_name' }),
  retype: (table: string) => changeType({ table, column: 'qty', to: 'bigint' }),
  retypeName: (table: string) => changeType({ table, column: 'name', to: 'varchar(40)' }),
  retypeAs: (table: string) => changeType({ table, column: 'qty', to: 'bigint', as: 'amount' }),
  require: (table: string) => setNotNull({ table, column: 'note', up: "'none'" }),
  lengthen: (table: string) => changeType({ table, column: 'name', to: 'mediumtext' }),
  drop: (table: string) => dropColumn({ table, column: 'name', down: "'a'" }),
  relax: (table: string) => dropNotNull({ table, column: 'name' }),
  add: (table: string) => addColumn({ table, column: 'slug', type: 'varchar(30)', up: 'lower(note)' }),
} as const satisfies Record<string, (table: string) => Intent>

type Name = keyof typeof intents

interface Shape {
  readonly columns: string
  readonly options?: string
  readonly only?: Kind
  /** What works; what is refused with which code. On one of the two, where they differ. */
  readonly works: readonly Name[] | By<readonly Name[]>
  readonly refused?: Readonly<Partial<Record<Name, string>>> | By<Partial<Record<Name, string>>>
  /** True for each row when it is over. */
  readonly holds?: string
}

const usual = 'name varchar(20) not null, qty int, note varchar(20)'
const all: readonly Name[] = ['rename', 'retype', 'require', 'add']
const without = (...names: readonly Name[]): readonly Name[] => all.filter((name) => !names.includes(name))
const online = 'plan.not-online'
const none = { rename: online, retype: online, require: online, add: online } as const

const shapes: Readonly<Record<string, Shape>> = {
  virtual_before: { columns: `g int as (id + 1) virtual, ${usual}`, works: all, holds: 'g = id + 1' },
  // MariaDB would copy the table for a column in front of a virtual one.
  virtual_behind: {
    columns: `${usual}, g int as (id + 1) virtual`,
    works: { mysql: all, mariadb: ['rename', 'retypeAs', 'require', 'add'] },
    refused: { mysql: {}, mariadb: { retype: online } },
    holds: 'g = id + 1',
  },
  virtual_indexed: {
    columns: `${usual}, g int as (id + 1) virtual, key (g)`,
    works: { mysql: all, mariadb: [] },
    refused: { mysql: {}, mariadb: none },
    holds: 'g = id + 1',
  },
  stored_behind: {
    columns: `${usual}, g int as (id + 1) stored`,
    works: { mysql: all, mariadb: without('require'), copying: all },
    refused: { mysql: {}, mariadb: { require: online, relax: online }, copying: {} },
    holds: 'g = id + 1',
  },
  virtual_of: {
    columns: `g varchar(20) as (upper(name)) virtual, ${usual}`,
    works: { mysql: without('rename'), mariadb: all },
    refused: {
      mysql: { rename: 'plan.made-from', retypeName: 'plan.made-from' },
      mariadb: { retypeName: 'plan.made-from' },
    },
    holds: "g in ('A', 'B')",
  },
  stored_of: {
    columns: `g varchar(20) as (upper(name)) stored, ${usual}`,
    works: { mysql: without('rename'), mariadb: without('require') },
    refused: { mysql: { rename: 'plan.made-from' }, mariadb: { retypeName: 'plan.made-from' } },
    holds: "g in ('A', 'B')",
  },
  // Nothing gets another name where a NULL is replaced.
  virtual_of_note: {
    columns: `${usual}, g varchar(30) as (upper(note)) virtual`,
    works: ['require'],
    holds: 'g = upper(note)',
  },
  checked_note: { columns: `${usual}, check (note <> 'never')`, works: ['require'] },
  // Types without a length: MySQL takes no literal for their default, MariaDB asks for one where a column is hidden.
  long_text: {
    columns: 'name text not null, qty int, note varchar(20)',
    works: ['lengthen', 'retype'],
    holds: "name in ('a', 'b')",
  },
  long_text_goes: { columns: 'name text not null, qty int, note varchar(20)', works: ['drop'] },
  searched: { columns: `${usual}, fulltext (note)`, works: [], refused: none },
  hashed: {
    columns: `${usual}, long_one text, unique key (long_one)`,
    only: 'mariadb',
    works: [],
    refused: { ...none, relax: online },
  },
  squeezed: { columns: usual, options: 'row_format = compressed', works: [], refused: none },
  placed: {
    columns: `${usual}, p point not null default (point(1, 1)), spatial index (p)`,
    works: without('require'),
    refused: { require: online, relax: online },
  },
  checked: {
    columns: `${usual}, check (name <> 'never')`,
    works: { mysql: without('rename'), mariadb: all },
    refused: {
      mysql: { rename: 'plan.named-in-check', retypeName: 'plan.named-in-check' },
      mariadb: { retypeName: 'plan.named-in-check' },
    },
  },
  // Part of the column's definition on MariaDB, which forgets it where it is not said again.
  checked_column: {
    columns: `name varchar(20) not null check (name <> 'never'), qty int, note varchar(20)`,
    works: ['relax', 'retype'],
  },
  of_two_charsets: {
    columns: 'name varchar(20) character set latin1 not null, qty int, note varchar(20) character set utf8mb4',
    options: 'charset latin1',
    works: all,
    holds: "note in ('x', 'none')",
  },
  parted: {
    columns: usual,
    options: 'partition by hash (id) partitions 3',
    works: [],
    refused: { rename: 'plan.table-kind', add: 'plan.table-kind' },
  },
  versioned: { columns: usual, options: 'with system versioning', only: 'mariadb', works: [], refused: none },
  indexed_expression: {
    columns: `${usual}, key folded ((upper(name)))`,
    only: 'mysql',
    works: without('rename'),
    refused: { rename: 'plan.made-from', retypeName: 'plan.made-from' },
  },
  redundant: { columns: usual, options: 'row_format = redundant', works: all },
}

type On = Kind | 'copying'

const of = <T>(by: By<T>, on: On): T => (on === 'copying' ? (by.copying ?? by.mariadb) : by[on])
const worksOn = ({ works }: Shape, on: On): readonly Name[] => ('mysql' in works ? of(works, on) : works)
const refusedOn = ({ refused = {} }: Shape, on: On): Partial<Record<Name, string>> =>
  'mysql' in refused ? of(refused, on) : (refused as Partial<Record<Name, string>>)

/** Played on every run: the server forgets a part of it where it is not said again. */
const always = 'checked_column'

describeEachMysql('tables of every shape', (server) => {
  const kind = server.kind as Kind
  const on: On = kind === 'mariadb' && Number.parseFloat(server.version) >= 11.2 ? 'copying' : kind
  const here = Object.entries(shapes).filter(([, { only }]) => only === undefined || only === kind)
  const create = (url: string, some = here): Promise<void> =>
    withMysql(url, async (client) => {
      for (const [table, { columns, options = '' }] of some)
        await client.query(
          `create table ${table} (id int primary key, ${columns}) ${options}; insert into ${table} (id, name, qty, note) values (1, 'a', 1, 'x'), (2, 'b', 2, null)`,
        )
    })

  it('are refused, with the reason, before anything is done', { timeout: 120_000 }, async () => {
    const database = await createDatabase(server)
    try {
      await create(database.url)
      for (const [table, shape] of here) {
        for (const [name, code] of Object.entries(refusedOn(shape, on))) {
          const migrator = createMigrator({
            database: database.url,
            migrations: { m: { intents: [intents[name as Name](table)] } },
          })
          expect(await outcome(migrator.plan()), `${table} ${name}`).toBe(`3 ${code}`)
          await migrator.close()
        }
      }
    } finally {
      await database.drop()
    }
  })

  it('or go through every phase and back, with all that was on them', { timeout: 240_000 }, async () => {
    const database = await createDatabase(server)
    // Of the rest a few by the seed; all of them with MATRIX=full.
    const working = here.filter(([table, shape]) => table !== always && worksOn(shape, on).length > 0)
    const some = [...here.filter(([table]) => table === always), ...pick(working, 3, seed)]
    const label = `SEED=${seed}: ${some.map(([table]) => table).join(', ')}`
    const migrations = Object.fromEntries(
      some.flatMap(([table, shape]) => {
        const made = worksOn(shape, on).map((name) => intents[name](table))
        return made.length === 0 ? [] : [[table, { intents: made }]]
      }),
    )
    const migrator = createMigrator({ database: database.url, migrations })
    const pending = { all: true, acceptLoss: true, reason: 'a test', quietPeriod: 0 }
    const catalog = (): Promise<string> => mysqlFamily.catalog(database.url)
    try {
      await create(database.url, some)
      const before = await catalog()
      await migrator.expand()
      await migrator.backfill()
      await migrator.contract({ quietPeriod: 0 })
      await migrator.rollback(pending)
      await migrator.rollback(pending)
      expect(await catalog(), label).toBe(before)
      await migrator.up({ allowTraffic: true })
      expect(await catalog(), label).not.toMatch(/bellows_/)
      for (const [table, { holds: condition }] of some) {
        if (condition === undefined) continue
        expect(await mysqlRows(database.url, `select * from ${table} where not (${condition})`), label).toEqual([])
      }
      await expect(
        withMysql(database.url, (client) => client.query(`update checked_column set name = 'never'`)),
      ).rejects.toMatchObject({ errno: kind === 'mysql' ? 3819 : 4025 })
    } finally {
      await migrator.close()
      await database.drop()
    }
  })
})
