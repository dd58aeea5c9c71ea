import { expect, it } from 'vitest'
import {
  addColumn,
  addIndex,
  changeType,
  createMigrator,
  dropColumn,
  dropDefault,
  dropNotNull,
  type MigrationDefinition,
  setDefault,
  setNotNull,
} from '../../src/index.ts'
import { createDatabase, describeEachMysql, mysqlRows, withMysql } from '../servers/databases.ts'

/** Statements that an app runs in a state, what a query then gives, and how many values could not be converted. */
interface Moment {
  readonly run?: readonly string[]
  readonly see?: string
  readonly rows?: readonly (readonly unknown[])[]
  readonly failures?: number
  /** Statements that mend what keeps contract closed until then. */
  readonly mend?: readonly string[]
}

interface Scenario {
  readonly name: string
  readonly table: string
  readonly intent: MigrationDefinition['intents'][number]
  readonly accept?: readonly string[]
  readonly expanded?: Moment
  readonly backfilled?: Moment
  readonly contracted?: Moment
  /** After the way back from contracted. */
  readonly back?: Moment
  readonly completed?: Moment
}

const two = `insert into items (qty, note) values (1, 'a'), (2, 'b')`
const texts = `insert into items (qty, note) values ('1', 'a'), ('two', 'b'), (null, 'c')`

const scenarios: readonly (Scenario & { readonly seed: string })[] = [
  {
    name: 'changeType under the same name: SELECT * and a positional INSERT mean the same throughout',
    table: `qty int not null comment 'how many', note varchar(20) default 'n', key items_qty (qty), key items_both (note, qty desc)`,
    seed: two,
    intent: changeType({ table: 'items', column: 'qty', to: 'bigint' }),
    expanded: {
      run: [`insert into items values (null, 7, 'v1')`, 'update items set qty = 11 where id = 1'],
      see: 'select * from items order by id',
      rows: [
        [1, 11, 'a'],
        [2, 2, 'b'],
        [3, 7, 'v1'],
      ],
    },
    contracted: {
      run: [
        `insert into items values (null, 9, 'v2')`,
        'insert into items (qty) values (12)',
        'update items set qty = 3 where id = 2',
      ],
      see: 'select * from items order by id',
      rows: [
        [1, 11, 'a'],
        [2, 3, 'b'],
        [3, 7, 'v1'],
        [4, 9, 'v2'],
        [5, 12, 'n'],
      ],
    },
    back: {
      see: 'select id, qty from items order by id',
      rows: [
        [1, 11],
        [2, 3],
        [3, 7],
        [4, 9],
        [5, 12],
      ],
    },
    completed: {
      run: ['insert into items (qty) values (8589934592)'],
      see: 'select qty from items where id = 6',
      rows: [[8589934592]],
    },
  },
  {
    name: 'changeType of texts, some of which are no numbers: recorded by key, contract waits, nothing becomes 0',
    table: 'qty varchar(20) character set latin1, note varchar(20)',
    seed: texts,
    intent: changeType({ table: 'items', column: 'qty', to: 'int' }),
    expanded: { run: [`insert into items (qty) values ('4x'), (' 5')`], failures: 1 },
    backfilled: {
      failures: 2,
      mend: [`update items set qty = '2' where qty = 'two'`, `update items set qty = null where qty = '4x'`],
    },
    contracted: {
      run: ['insert into items (qty) values (77)'],
      see: 'select id, qty from items order by id',
      rows: [
        [1, 1],
        [2, 2],
        [3, null],
        [4, null],
        [5, 5],
        [6, 77],
      ],
    },
    back: {
      see: 'select id, qty from items order by id',
      rows: [
        [1, '1'],
        [2, '2'],
        [3, null],
        [4, null],
        [5, ' 5'],
        [6, '77'],
      ],
    },
  },
  {
    name: 'changeType under another name: both versions write their own column',
    table: 'qty int not null, note varchar(20), unique key items_qty (qty)',
    seed: two,
    intent: changeType({
      table: 'items',
      column: 'qty',
      as: 'dozens',
      to: 'decimal(10,2)',
      up: 'qty / 12',
      down: 'round(dozens * 12)',
    }),
    accept: ['up-needs-on-error', 'down-needs-on-error'],
    expanded: {
      run: [
        'insert into items (qty) values (24)',
        'insert into items (dozens) values (3.50)',
        'update items set dozens = 1 where id = 1',
        'update items set qty = 30 where id = 2',
        `insert into items (dozens) values (5) on duplicate key update note = 'twice'`,
      ],
      see: 'select qty, dozens from items order by id',
      rows: [
        [12, '1.00'],
        [30, '2.50'],
        [24, '2.00'],
        [42, '3.50'],
        [60, '5.00'],
      ],
    },
    contracted: {
      run: ['insert into items (dozens) values (10)'],
      see: 'select dozens from items order by id',
      rows: [['1.00'], ['2.50'], ['2.00'], ['3.50'], ['5.00'], ['10.00']],
    },
    back: { see: 'select qty from items order by id', rows: [[12], [30], [24], [42], [60], [120]] },
  },
  {
    name: 'changeType with onError: what cannot be converted gets it, and the app goes on',
    table: `qty varchar(20) not null, note varchar(20)`,
    seed: `insert into items (qty) values ('2020-02-03'), ('never')`,
    intent: changeType({
      table: 'items',
      column: 'qty',
      as: 'day',
      to: 'date',
      up: `cast(qty as date)`,
      onError: `'1970-01-01'`,
    }),
    expanded: {
      run: [`insert into items (qty) values ('tomorrow')`, `insert into items (day) values ('2021-01-01')`],
      see: 'select qty, day from items where id > 2 order by id',
      rows: [
        ['tomorrow', '1970-01-01'],
        ['2021-01-01', '2021-01-01'],
      ],
      failures: 1,
    },
    backfilled: { failures: 2, mend: [`update items set qty = '1999-09-09' where id in (2, 3)`] },
    contracted: {
      see: 'select day from items order by id',
      rows: [['2020-02-03'], ['1999-09-09'], ['1999-09-09'], ['2021-01-01']],
    },
  },
  {
    name: 'addColumn NOT NULL with a literal default',
    table: 'qty int, note varchar(20)',
    seed: two,
    intent: addColumn({ table: 'items', column: 'currency', type: 'char(3)', nullable: false, default: `'EUR'` }),
    expanded: {
      run: [`insert into items values (null, 3, 'v1')`, `insert into items (qty, currency) values (4, 'USD')`],
      see: 'select currency from items order by id',
      rows: [['EUR'], ['EUR'], ['EUR'], ['USD']],
    },
    contracted: { see: 'select * from items where id = 4', rows: [[4, 4, null, 'USD']] },
  },
  {
    name: 'addColumn with a default that is another one each time',
    table: 'qty int, note varchar(20)',
    seed: two,
    intent: addColumn({ table: 'items', column: 'token', type: 'varchar(36)', nullable: false, default: 'uuid()' }),
    expanded: { run: ['insert into items (qty) values (3)'] },
    contracted: { see: 'select count(distinct token), min(length(token)) from items', rows: [[3, 36]] },
  },
  {
    name: 'addColumn with up: old rows, and rows of the old version, get what it says',
    table: 'qty int, note varchar(20) character set utf8mb4 collate utf8mb4_bin',
    seed: two,
    intent: addColumn({
      table: 'items',
      column: 'slug',
      type: 'varchar(40)',
      nullable: false,
      up: `concat(lower(note), '-', qty)`,
    }),
    expanded: {
      run: [
        `insert into items (qty, note) values (3, 'C')`,
        `insert into items (qty, note, slug) values (4, 'D', 'mine')`,
        'update items set qty = 9 where id = 1',
      ],
      see: 'select slug from items order by id',
      rows: [['a-9'], [null], ['c-3'], ['mine']],
    },
    contracted: { see: 'select slug from items order by id', rows: [['a-9'], ['b-2'], ['c-3'], ['mine']] },
  },
  {
    name: 'dropColumn with down: the old version reads it in rows of the new one',
    table: `qty int not null, note varchar(20) not null, key items_note (note)`,
    seed: two,
    intent: dropColumn({ table: 'items', column: 'note', down: `concat('q', qty)`, onError: "'q'" }),
    expanded: {
      run: ['insert into items (qty) values (3)', `insert into items (qty, note) values (4, 'v1')`],
      see: 'select note from items order by id',
      rows: [['a'], ['b'], ['q3'], ['v1']],
    },
    contracted: {
      run: ['insert into items (qty) values (5)'],
      see: 'select * from items where id = 5',
      rows: [[5, 5]],
    },
    back: { see: 'select note from items order by id', rows: [['a'], ['b'], ['q3'], ['v1'], ['q5']] },
  },
  {
    name: 'setNotNull with up: a NULL is stored as its replacement',
    table: 'qty int, note varchar(20)',
    seed: `insert into items (qty) values (1), (null)`,
    intent: setNotNull({ table: 'items', column: 'qty', up: '0' }),
    expanded: {
      run: ['insert into items (qty) values (null)', 'update items set qty = null where id = 1'],
      see: 'select qty from items order by id',
      rows: [[0], [null], [0]],
    },
    contracted: { see: 'select qty from items order by id', rows: [[0], [0], [0]] },
  },
  {
    name: 'setNotNull without up: NULLs keep contract closed',
    table: 'qty int, note varchar(20)',
    seed: `insert into items (qty) values (1), (null)`,
    intent: setNotNull({ table: 'items', column: 'qty' }),
    backfilled: { mend: ['update items set qty = 2 where qty is null'] },
    contracted: { see: 'select qty from items order by id', rows: [[1], [2]] },
  },
  {
    name: 'setDefault: at contract, and an expression too',
    table: 'qty int default 3, note varchar(20)',
    seed: two,
    intent: setDefault({ table: 'items', column: 'qty', default: '3 + 4' }),
    expanded: {
      run: [`insert into items (note) values ('v1')`],
      see: 'select qty from items where id = 3',
      rows: [[3]],
    },
    contracted: {
      run: [`insert into items (note) values ('v2')`],
      see: 'select qty from items where id = 4',
      rows: [[7]],
    },
  },
  {
    name: 'dropDefault of a moment, which comes back as it was',
    table: 'qty int, note varchar(20), made datetime default current_timestamp on update current_timestamp',
    seed: two,
    intent: dropDefault({ table: 'items', column: 'made' }),
    contracted: {
      run: [`insert into items (note) values ('v2')`],
      see: 'select made from items where id = 3',
      rows: [[null]],
    },
  },
  {
    name: 'addIndex: a unique one waits for the duplicates to go',
    table: 'qty int, note varchar(20)',
    seed: `insert into items (qty, note) values (1, 'a'), (1, 'A'), (null, null), (null, null)`,
    intent: addIndex({ table: 'items', name: 'items_once', columns: ['note', 'qty'], unique: true }),
    backfilled: { mend: [`update items set note = 'b' where id = 2`] },
    contracted: { see: `select count(*) from items where note = 'b'`, rows: [[1]] },
  },
  {
    name: 'dropNotNull',
    table: `qty int not null default 5 comment 'c', note varchar(20)`,
    seed: two,
    intent: dropNotNull({ table: 'items', column: 'qty' }),
  },
]

describeEachMysql('a lens through every phase and back', (server) => {
  it.for(scenarios)('$name', { timeout: 120_000 }, async (scenario) => {
    const database = await createDatabase(server)
    const run = (statements: readonly string[] = []): Promise<void> =>
      withMysql(database.url, async (client) => {
        for (const statement of statements) await client.query(statement)
      })
    const definition = async (): Promise<unknown> => {
      const [row] = await mysqlRows(database.url, 'show create table items')
      return String(row?.['Create Table']).replace(/ AUTO_INCREMENT=\d+/, '')
    }
    const accept = (scenario.accept ?? []).map((id) => ({ id, reason: 'the test is about it' }))
    const migrator = createMigrator({
      database: database.url,
      migrations: { m: { intents: [scenario.intent], accept } },
    })
    const at = async (moment: Moment = {}): Promise<void> => {
      await run(moment.run)
      if (moment.see !== undefined)
        expect((await mysqlRows(database.url, moment.see)).map((row) => Object.values(row))).toEqual(moment.rows)
      if (moment.failures !== undefined) {
        const open = await mysqlRows(
          database.url,
          'select * from bellows_conversion_failures where resolved_at is null',
        )
        expect(open).toHaveLength(moment.failures)
      }
      if (moment.mend !== undefined) {
        await expect(migrator.contract({ quietPeriod: 0 })).rejects.toMatchObject({ exitCode: 5 })
        await run(moment.mend)
      }
    }
    try {
      await run([`create table items (id int primary key auto_increment, ${scenario.table})`, scenario.seed])
      const before = await definition()
      await migrator.expand()
      await migrator.rollback({ quietPeriod: 0 })
      expect(await definition()).toEqual(before)
      await migrator.expand()
      await at(scenario.expanded)
      await migrator.backfill()
      await at(scenario.backfilled)
      const between = await definition()
      await migrator.contract({ quietPeriod: 0 })
      await at(scenario.contracted)
      await migrator.rollback()
      expect(await definition()).toEqual(between)
      await at(scenario.back)
      await migrator.contract({ quietPeriod: 0 })
      await migrator.purge({ ignoreRetention: true })
      await at(scenario.completed)
      expect(await definition()).not.toContain('bellows')
      expect(await mysqlRows(database.url, 'show triggers')).toEqual([])
      expect(await mysqlRows(database.url, 'show function status where db = database()')).toEqual([])
    } finally {
      await migrator.close()
      await database.drop()
    }
  })
})
