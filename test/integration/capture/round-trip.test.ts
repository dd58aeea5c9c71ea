import { expect, it } from 'vitest'
import { checkCompatibility } from '../../../src/compat/check.ts'
import type { State } from '../../../src/compat/states.ts'
import { chinookAvailable, chinookDatabase, describeEachDatabase } from '../../servers/databases.ts'
import { mysqlChinook, mysqlChinookAvailable } from '../../servers/mysql/chinook.ts'
import { capture } from './support.ts'

/** An app on real tables: what it sends, on PostgreSQL in lower case. */
const postgres = `
  const client = new pg.Client(url); await client.connect()
  await client.query('begin')
  await client.query('select first_name, email from customer where customer_id = $1', [1])
  await client.query({ name: 'find', text: 'select customer_id from customer where email = $1', values: ['x'] })
  await client.query("update customer set email = 'new@example.com' where customer_id = 2")
  await client.query('select a.title, count(*) from album a join track t using (album_id) group by 1 order by 2 desc limit 5')
  await client.query('select i.total from invoice i where i.customer_id = $1 order by i.invoice_date', [3])
  await client.query('rollback'); await client.end()`
const mysql = `
  const client = await mysql.createConnection(url)
  await client.beginTransaction()
  await client.execute('select FirstName, Email from Customer where CustomerId = ?', [1])
  await client.query('select CustomerId from Customer where Email = ?', ['x'])
  await client.query("update Customer set Email = 'new@example.com' where CustomerId = 2")
  await client.query('select a.Title, count(*) from Album a join Track t using (AlbumId) group by 1 order by 2 desc limit 5')
  await client.execute('select i.Total from Invoice i where i.CustomerId = ? order by i.InvoiceDate', [3])
  await client.rollback(); await client.end()`

describeEachDatabase('an app that was captured on Chinook', ['postgres', 'mysql', 'mariadb'], ({ kind, ...server }) => {
  const isPostgres = kind === 'postgres'
  const available = isPostgres ? chinookAvailable() : mysqlChinookAvailable()

  it.skipIf(!available)(
    'breaks at a rename with exactly the statements that name the column',
    async () => {
      const database = await (isPostgres ? chinookDatabase(server) : mysqlChinook(server))
      try {
        const found = await capture(database.url, { script: isPostgres ? postgres : mysql })
        expect(found.result).toMatchObject({ exitCode: 0, statements: 5, withheld: {} })
        expect(found.text).not.toContain('example.com')
        const [table, from] = isPostgres ? ['customer', 'email'] : ['Customer', 'Email']
        const intents = [{ renameColumn: { table, from, to: 'mail' } }] as const
        const result = await checkCompatibility({
          migrator: { database: database.url, migrations: [{ name: 'rename', migration: { intents } }] },
          old: [found.path],
          new: [],
          shadow: 'target',
        })
        const broken = (state: State): readonly string[] =>
          result.matrix
            .flatMap((cell) =>
              cell.state === state ? cell.findings.map(({ verdict, statement }) => `${verdict} ${statement}`) : [],
            )
            .toSorted()
        expect([broken('before'), broken('expanded'), broken('backfilled')]).toEqual([[], [], []])
        const named = found.list.statements.filter(({ sql }) => /email/i.test(sql)).map(({ id }) => `fails ${id}`)
        expect(named).toHaveLength(3)
        expect(broken('contracted')).toEqual(named.toSorted())
        expect(result.ok).toBe(true)
      } finally {
        await database.drop()
      }
    },
    180_000,
  )
})
