import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { loadMigrations } from '../../src/migrations/load.ts'
import type { Migrator } from '../../src/runner/api.ts'
import { createMigrator } from '../../src/runner/migrator.ts'
import { createDatabase, describeEachMysql, mysqlRows, withMysql } from '../servers/databases.ts'

const folder = fileURLToPath(new URL('../../migrations-example', import.meta.url))
const schema = readFileSync(`${folder}/schema.mysql.sql`, 'utf8')
/** What the golden plans are made against. */
const goldenCatalog = fileURLToPath(new URL('../unit/planner/golden/mysql/catalog.json', import.meta.url))

const numbers = (count: number): string =>
  `(with recursive n (n) as (select 1 union all select n + 1 from n where n < ${count}) select n from n) as n`
const data = `
  insert into customers (name, email, phone, legacy_code)
    select concat('Name ', n), concat('user', n, '@example.com'), concat('555-', n), concat('L', n) from ${numbers(50)};
  insert into products (sku, title, weight_grams, views)
    select concat('SKU-', n), concat('Red Chair ', n), if(n % 10 = 0, null, n * 125), n from ${numbers(40)};
  insert into orders (customer_id, status, channel) select 1 + n % 50, if(n % 3 = 0, null, 'paid'), 'web' from ${numbers(60)};
  insert into addresses (customer_id, recipient, street, house_number)
    select n, if(n % 10 = 0, 'Ada ', concat('Ada Byron ', n)), 'Long Road', if(n % 5 > 0, concat(n, 'b'), null) from ${numbers(50)}`

interface ColumnRow {
  readonly name: string
  readonly type: string
  readonly nullable: 'YES' | 'NO'
  readonly default: string | null
  readonly extra: string
}

// The same as test/integration/examples.test.ts, with what these servers call it.
describeEachMysql('the example migrations', (server) => {
  async function withShop(body: (migrator: Migrator, url: string) => Promise<void>): Promise<void> {
    const database = await createDatabase(server)
    // Refused there (test/unit/planner/golden.test.ts).
    const files = (await loadMigrations(folder)).filter(({ name }) => !name.endsWith('one_account_per_email'))
    const migrations = files.map(({ name, definition }) => ({ name, migration: definition }))
    const migrator = createMigrator({ database: database.url, migrations })
    try {
      await withMysql(database.url, (client) => client.query(schema))
      await body(migrator, database.url)
    } finally {
      await migrator.close()
      await database.drop()
    }
  }

  it('go through every phase, one after the other', { timeout: 240_000 }, () =>
    withShop(async (migrator, url) => {
      await withMysql(url, (client) => client.query(data))
      const walked = new Map<string, string[]>()
      for await (const { name, state } of migrator.walk()) walked.set(name, [...(walked.get(name) ?? []), state])
      expect(walked.size).toBe(25)
      for (const states of walked.values())
        expect(states).toEqual(['expanded', 'backfilled', 'contracted', 'completed'])
      const columns = await mysqlRows<ColumnRow>(
        url,
        `select concat(table_name, '.', column_name) as name, data_type as type, is_nullable as nullable,
           column_default as \`default\`, extra as extra
         from information_schema.columns where table_schema = database() and table_name not like 'bellows\\_%'`,
      )
      const column = (name: string): ColumnRow | undefined => columns.find((found) => found.name === name)
      const count = async (query: string): Promise<number> =>
        Number((await mysqlRows<{ n: number }>(url, `select count(*) as n from ${query}`))[0]!.n)
      const indexed = (table: string, index: string): Promise<number> =>
        count(
          `information_schema.statistics where table_schema = database() and table_name = '${table}' and index_name = '${index}'`,
        )
      // renameColumn: the name is new, index and place are there.
      expect(column('customers.name')).toBeUndefined()
      expect(column('customers.full_name')).toMatchObject({ type: 'varchar', nullable: 'NO' })
      expect(await count(`customers where full_name = concat('Name ', id)`)).toBe(50)
      expect(await indexed('customers', 'customers_name_idx')).toBe(1)
      // changeType, with `as` and under the same name
      expect(column('products.weight_grams')).toBeUndefined()
      expect(column('products.weight_kg')).toMatchObject({ type: 'decimal', nullable: 'YES' })
      expect(await count('products where weight_kg = id * 125 / 1000.0')).toBe(36)
      expect(column('products.views')).toMatchObject({ type: 'bigint', nullable: 'NO', default: '0' })
      expect(await count('products where views = id')).toBe(40)
      expect(await indexed('products', 'products_views_idx')).toBe(1)
      // addColumn: nothing, a constant, a default that differs for each row, a value from the others
      expect(column('customers.nickname')).toMatchObject({ type: 'text', nullable: 'YES' })
      expect(await count(`orders where currency = 'EUR'`)).toBe(60)
      expect(column('orders.public_id')).toMatchObject({ nullable: 'NO', default: expect.stringContaining('uuid()') })
      expect(await count('(select distinct public_id from orders) as ids')).toBe(60)
      expect(await count(`products where slug = concat('red-chair-', id)`)).toBe(40)
      // dropColumn, setNotNull, dropNotNull, setDefault, dropDefault
      expect(column('customers.legacy_code')).toBeUndefined()
      expect(column('orders.status')?.nullable).toBe('NO')
      expect(await count(`orders where status = 'new'`)).toBe(20)
      expect(column('customers.phone')?.nullable).toBe('YES')
      expect(column('orders.channel')?.default).toMatch(/^'?web'?$/)
      expect(column('products.stock')).toMatchObject({ default: null, nullable: 'NO' })
      // splitColumn, mergeColumns: the old columns are gone with the index on them
      for (const name of ['recipient', 'street', 'house_number']) expect(column(`addresses.${name}`)).toBeUndefined()
      expect(await count(`addresses where first_name = 'Ada' and last_name = concat('Byron ', id)`)).toBe(45)
      expect(await count(`addresses where first_name = 'Ada' and last_name = ''`)).toBe(5)
      expect(await count(`addresses where street_line = concat('Long Road ', id, 'b')`)).toBe(40)
      expect(await count(`addresses where street_line = 'Long Road'`)).toBe(10)
      expect(await indexed('addresses', 'addresses_street_idx')).toBe(0)
      // dropIndex, renameIndex
      expect(await indexed('orders', 'orders_placed_idx')).toBe(0)
      expect(await indexed('orders', 'orders_idx2')).toBe(0)
      expect(await indexed('orders', 'orders_channel_idx')).toBe(1)
      // dropConstraint, renameConstraint
      expect(await indexed('products', 'products_title_once')).toBe(0)
      expect(await indexed('products', 'products_sku_key')).toBe(1)
      // setComment
      expect(await count(`information_schema.columns where column_comment = 'new, paid or sent'`)).toBe(1)
      // createTable, addIndex, rawSql
      await expect(
        withMysql(url, (client) => client.query('insert into reviews (product_id, stars) values (1, 6)')),
      ).rejects.toThrow('reviews_stars_check')
      expect(await indexed('orders', 'orders_customer_placed_idx')).toBe(2)
      await withMysql(url, (client) => client.query('insert into invoice_numbers () values ()'))
      expect(await mysqlRows(url, 'select id from invoice_numbers')).toEqual([{ id: 1000 }])
      // addUnique, addForeignKey, addCheck
      expect(await indexed('products', 'products_title_sku_key')).toBe(2)
      await expect(withMysql(url, (client) => client.query('update products set replaced_by = 0'))).rejects.toThrow(
        'products_replaced_by_fkey',
      )
      expect(
        await count(
          `information_schema.check_constraints where constraint_name = 'order_items_quantity_limit' and constraint_schema = database()`,
        ),
      ).toBe(1)
      // Nothing of ours is left on the tables.
      expect(await mysqlRows(url, 'show triggers')).toEqual([])
      expect(columns.filter(({ name, extra }) => name.includes('bellows') || /invisible/i.test(extra))).toEqual([])
      expect(await count('information_schema.routines where routine_schema = database()')).toBe(0)
    }),
  )

  if (server.name !== 'mysql97') return
  it('start from the catalog that the golden plans are made against', () =>
    withShop(async (migrator, url) => {
      const live = JSON.stringify({ ...((await migrator.catalog()) as object), server: '9.7' }, null, 2)
      const named = `${live.replaceAll(new URL(url).pathname.slice(1), 'shop').replace(/"version": "9\.7\.\d+"/, '"version": "9.7.0"')}\n`
      if (process.env.UPDATE_GOLDEN === '1') writeFileSync(goldenCatalog, named)
      expect(JSON.parse(readFileSync(goldenCatalog, 'utf8'))).toEqual(JSON.parse(named))
    }))
})
