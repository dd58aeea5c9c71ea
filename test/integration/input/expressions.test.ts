import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Intent } from '../../../src/index.ts'
import { addColumn, addIndex, changeType, createTable, dropColumn, setDefault, setNotNull } from '../../../src/index.ts'
import { canonicalCatalog } from '../../catalog/canonical.ts'
import { describeEachServer } from '../../servers/databases.ts'
import { type Failure, failureOf, leftBehind, openPlace, type Place } from './setup.ts'

/** Texts that are more, or less, or other than one scalar over the columns of the row. */
const hostile: Readonly<Record<string, string>> = {
  'ends the parenthesis and drops a table': '1); drop table victim; --',
  'ends the parenthesis and goes on': "1), (select 'x'",
  'ends the parenthesis and starts a FROM': '1) from victim --',
  'is two statements': '1; select 2',
  'ends a dollar quote': '1 $bellows$ ; drop table victim; $bellows$',
  'ends the function body': '1); END $bellows$ language plpgsql; drop table victim; --',
  'opens a comment and leaves it open': '1 /* ',
  'opens a string and leaves it open': "'1",
  'opens a name and leaves it open': '"note',
  'reads another table': '(select max(id) from victim)::text',
  'counts rows': 'count(*)::text',
  'is a parameter': '$1',
  'asks who is connected': 'current_user::text',
  'asks for a setting': "current_setting('server_version')",
  'names an unknown column': 'no_such_column',
  'names a column of another table': 'victim.id::text',
  'is a whole row': 'items.*',
  'is only a comment': '-- nothing',
  'has a column alias': "'a' as b",
  'is a set': 'generate_series(1, 3)::text; ',
  'is a window function': 'row_number() over ()',
}

/** Each place in which an author's own SQL stands. */
const places: Readonly<Record<string, (text: string) => Intent>> = {
  'addColumn.up': (up) => addColumn({ table: 'items', column: 'fresh', type: 'text', up }),
  'addColumn.default': (text) => addColumn({ table: 'items', column: 'fresh', type: 'text', default: text }),
  'changeType.up': (up) => changeType({ table: 'items', column: 'note', to: 'text', as: 'memo', up }),
  'changeType.down': (down) => changeType({ table: 'items', column: 'note', to: 'text', as: 'memo', down }),
  'changeType.onError': (onError) => changeType({ table: 'items', column: 'note', to: 'int', as: 'memo', onError }),
  'dropColumn.down': (down) => dropColumn({ table: 'items', column: 'note', down }),
  'setNotNull.up': (up) => setNotNull({ table: 'items', column: 'note', up }),
  'setDefault.default': (text) => setDefault({ table: 'items', column: 'note', default: text }),
  'addIndex.where': (where) => addIndex({ table: 'items', name: 'i', columns: ['id'], where }),
  'addIndex.columns': (expression) => addIndex({ table: 'items', name: 'i', columns: [{ expression }] }),
  'createTable.default': (text) =>
    createTable({ table: 'made', columns: { id: { type: 'int' }, note: { type: 'text', default: text } } }),
  'createTable.check': (check) => createTable({ table: 'made', columns: { id: { type: 'int' } }, checks: [{ check }] }),
}

/** Each place in which a type stands. */
const types: Readonly<Record<string, (text: string) => Intent>> = {
  'addColumn.type': (type) => addColumn({ table: 'items', column: 'fresh', type }),
  'changeType.to': (to) => changeType({ table: 'items', column: 'note', to, as: 'memo' }),
  'createTable.type': (type) => createTable({ table: 'made', columns: { id: { type } } }),
}

const hostileTypes = [
  'int; drop table victim; --',
  'int default (select 1)',
  'int) ; --',
  'int, add column y int',
  'int not null',
  'int collate "C"',
  'text $bellows$',
  "text || 'x'",
  'text /*',
  '',
]

/** Where a name that is not there is looked for in the table, a missing column is as good a reason (exit 3). */
const exitOf = (title: string): unknown => (title === 'names an unknown column' ? expect.toBeOneOf([2, 3]) : 2)

describeEachServer('expressions that do more than they may', (server) => {
  let place: Place
  let before: string
  let catalog: unknown
  beforeAll(async () => {
    place = await openPlace(
      server,
      `create table items (id int primary key, note text, "from" text);
       create table victim (id int primary key);
       insert into items values (1, 'one', 'x'), (2, null, 'y'); insert into victim values (1);`,
    )
    before = await canonicalCatalog(place.client)
    catalog = await place.migrator([]).catalog()
  })
  afterAll(() => place.close())

  /** Planned without a database, which is where an expression is judged. */
  const planned = (intent: Intent): Promise<Failure | string> =>
    failureOf(place.migrator({ hostile: { intents: [intent] } }).plan({ catalog })).catch(String)

  const expectRefusal = async (intent: Intent): Promise<void> => {
    const migrator = place.migrator({ hostile: { intents: [intent] } })
    expect(await failureOf(migrator.expand())).toMatchObject({ exitCode: 2 })
    await migrator.close()
    expect(await canonicalCatalog(place.client)).toBe(before)
    expect(await leftBehind(place.client)).toEqual({})
  }

  describe.each(Object.entries(places))('in %s', (_, intent) => {
    it('are exit 2 before anything runs', async () => {
      for (const [title, text] of Object.entries(hostile)) {
        const failure = await planned(intent(text))
        expect(failure, title).toMatchObject({
          exitCode: exitOf(title),
          message: expect.stringContaining(title === 'names an unknown column' ? text : text.trim()),
        })
      }
      await expectRefusal(intent('1); drop table victim; --'))
    })
  })

  describe.each(Object.entries(types))('in %s', (_, intent) => {
    it('are exit 2 before anything runs', async () => {
      for (const text of hostileTypes) expect(await planned(intent(text)), text).toMatchObject({ exitCode: 2 })
      await expectRefusal(intent('int; drop table victim; --'))
    })
  })

  it('in the privileges of a new table are exit 2 before anything runs', async () => {
    const made = (privilege: string): Intent =>
      createTable({
        table: 'made',
        columns: { id: { type: 'int' } },
        grants: [{ to: 'public', privileges: [privilege] }],
      })
    for (const text of ['select on victim to public; --', 'all on victim to public --', 'select (id)'])
      expect(await planned(made(text)), text).toMatchObject({ exitCode: 2 })
  })

  it('may take an element of a column of the row, the new one too', async () => {
    const own = await openPlace(server, 'create table items (id int primary key, n int)')
    try {
      const migrator = own.migrator({
        m: {
          intents: [changeType({ table: 'items', column: 'n', to: 'int[]', as: 'l', up: 'array[n]', down: 'l[1]' })],
        },
      })
      await own.client.query('insert into items values (1, 1)')
      await migrator.expand()
      await own.client.query("insert into items (id, l) values (2, '{2}'); insert into items (id, n) values (3, 3)")
      await migrator.backfill()
      const { rows } = await own.client.query('select n, l from items order by id')
      expect(rows).toEqual([1, 2, 3].map((n) => ({ n, l: [n] })))
      await migrator.contract()
      await own.client.query("update items set l = '{4,5}' where id = 1")
      await migrator.rollback()
      expect((await own.client.query('select n from items where id = 1')).rows).toEqual([{ n: 4 }])
    } finally {
      await own.close()
    }
  })

  it('that are hostile only as values are stored as they are', async () => {
    const values = [
      "'); drop table victim; --",
      '$bellows$',
      '\\',
      "\\'; --",
      'é\u0301👍🏽',
      '%s %I $1',
      'a\nb\r\n',
      '{"a": "b"}',
    ]
    const own = await openPlace(server, 'create table items (id int primary key, note text)')
    try {
      const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
      const migrator = own.migrator({
        values: {
          intents: values.map((text, index) =>
            addColumn({
              table: 'items',
              column: `c${index}`,
              type: 'text',
              up: `coalesce(note, '') || ${literal(text)}`,
            }),
          ),
        },
      })
      await own.client.query("insert into items values (1, 'old: ')")
      await migrator.expand()
      await own.client.query('insert into items values (2, $1)', ['v1: '])
      await migrator.backfill()
      const { rows } = await own.client.query<Record<string, string>>('select * from items order by id')
      values.forEach((text, index) => {
        expect(rows[0]?.[`c${index}`], `backfilled ${text}`).toBe(`old: ${text}`)
        expect(rows[1]?.[`c${index}`], `triggered ${text}`).toBe(`v1: ${text}`)
      })
    } finally {
      await own.close()
    }
  })
})
