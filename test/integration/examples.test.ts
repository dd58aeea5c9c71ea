import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { createMigrator } from '../../src/runner/migrator.ts'
import { connect, createDatabase, describeEachServer, withClient } from '../servers/databases.ts'
import { data } from './shop-rows.ts'

const folder = fileURLToPath(new URL('../../migrations-example', import.meta.url))
const schema = readFileSync(`${folder}/schema.sql`, 'utf8')

/** What the golden plans are made against. */
const goldenCatalog = fileURLToPath(new URL('../unit/planner/golden/catalog.json', import.meta.url))

const privileges = fileURLToPath(new URL('../../docs/privileges.md', import.meta.url))

/** What is in the tables of the shop, without what is ours. */
const columnsQuery = `
  select table_name || '.' || column_name as name, data_type as type, is_nullable as nullable, column_default as "default"
  from information_schema.columns where table_schema = 'public' order by 1`

interface ColumnRow {
  readonly name: string
  readonly type: string
  readonly nullable: 'YES' | 'NO'
  readonly default: string | null
}

describeEachServer('the example migrations', (server) => {
  it('go through every phase, one after the other', async () => {
    const database = await createDatabase(server)
    const client = await connect(database.url)
    const migrator = createMigrator({ database: database.url, migrations: folder })
    try {
      await client.query(schema + data)
      const walked = new Map<string, string[]>()
      for await (const { name, state } of migrator.walk()) walked.set(name, [...(walked.get(name) ?? []), state])
      expect(walked.size).toBe(26)
      for (const states of walked.values())
        expect(states).toEqual(['expanded', 'backfilled', 'contracted', 'completed'])

      const { rows: columns } = await client.query<ColumnRow>(columnsQuery)
      const column = (name: string): ColumnRow | undefined => columns.find((found) => found.name === name)
      const count = async (query: string): Promise<number> =>
        Number((await client.query<{ count: string }>(`select count(*) from ${query}`)).rows[0]!.count)

      // renameColumn: the name is new, all that hung on it is there, comment and index too.
      expect(column('customers.name')).toBeUndefined()
      expect(column('customers.full_name')).toMatchObject({ type: 'text', nullable: 'NO' })
      expect(await count(`customers where full_name = 'Name ' || id`)).toBe(50)
      expect(await count(`pg_indexes where indexdef like '%customers_name_idx%(full_name)'`)).toBe(1)
      expect(await count(`pg_description where description = 'As it is printed on the parcel'`)).toBe(1)
      // changeType with `as`
      expect(column('products.weight_grams')).toBeUndefined()
      expect(column('products.weight_kg')).toMatchObject({ type: 'numeric', nullable: 'YES' })
      expect(await count('products where weight_kg = id * 125 / 1000.0')).toBe(36)
      // changeType under the same name
      expect(column('products.views')).toMatchObject({ type: 'bigint', nullable: 'NO' })
      expect(await count('products where views = id')).toBe(40)
      expect(await count(`pg_indexes where indexname = 'products_views_idx'`)).toBe(1)
      // addColumn: nothing, a constant, a default that differs for each row, a value from the others
      expect(column('customers.nickname')).toMatchObject({ type: 'text', nullable: 'YES', default: null })
      expect(column('orders.currency')).toMatchObject({ nullable: 'NO', default: "'EUR'::text" })
      expect(await count(`orders where currency = 'EUR'`)).toBe(60)
      expect(column('orders.public_id')).toMatchObject({ type: 'uuid', nullable: 'NO', default: 'gen_random_uuid()' })
      expect(await count('(select distinct public_id from orders) as ids')).toBe(60)
      expect(column('products.slug')).toMatchObject({ nullable: 'NO', default: null })
      expect(await count(`products where slug = 'red-chair-' || id`)).toBe(40)
      // dropColumn
      expect(column('customers.legacy_code')).toBeUndefined()
      // splitColumn, mergeColumns: the old columns are gone with the index on them
      for (const name of ['recipient', 'street', 'house_number']) expect(column(`addresses.${name}`)).toBeUndefined()
      expect(await count(`addresses where first_name = 'Ada' and last_name = 'Byron ' || id`)).toBe(45)
      expect(await count(`addresses where first_name = 'Ada' and last_name = ''`)).toBe(5)
      expect(await count(`addresses where street_line = 'Long Road ' || id || 'b'`)).toBe(40)
      expect(await count(`addresses where street_line = 'Long Road'`)).toBe(10)
      expect(await count(`pg_indexes where indexname = 'addresses_street_idx'`)).toBe(0)
      // setNotNull, dropNotNull, setDefault, dropDefault
      expect(column('orders.status')?.nullable).toBe('NO')
      expect(await count(`orders where status = 'new'`)).toBe(20)
      expect(column('customers.phone')?.nullable).toBe('YES')
      expect(column('orders.channel')?.default).toBe("'web'::text")
      expect(column('products.stock')).toMatchObject({ default: null, nullable: 'NO' })
      // createTable
      expect(column('reviews.stars')).toMatchObject({ type: 'smallint', nullable: 'NO' })
      await expect(client.query('insert into reviews (product_id, stars) values (1, 6)')).rejects.toThrow(
        'reviews_stars_check',
      )
      // dropIndex, renameIndex
      expect(await count(`pg_indexes where indexname in ('orders_placed_idx', 'orders_idx2')`)).toBe(0)
      expect(await count(`pg_indexes where indexname = 'orders_channel_idx'`)).toBe(1)
      // dropConstraint, renameConstraint
      const named = (name: string): Promise<number> => count(`pg_constraint where conname = '${name}'`)
      expect([
        await named('products_title_once'),
        await named('products_sku'),
        await named('products_sku_key'),
      ]).toEqual([0, 0, 1])
      // setComment
      expect(await count(`pg_description where description = 'new, paid or sent'`)).toBe(1)
      // addIndex, rawSql
      expect(await count(`pg_indexes where indexname = 'orders_customer_placed_idx'`)).toBe(1)
      await expect(
        client.query(`insert into customers (full_name, email) values ('x', 'USER1@example.com')`),
      ).rejects.toThrow('customers_email_lower_idx')
      expect((await client.query(`select nextval('invoice_numbers')::int as number`)).rows).toEqual([{ number: 1000 }])

      // addUnique, addForeignKey, addCheck
      expect(await count(`pg_constraint where conname = 'products_title_sku_key' and contype = 'u'`)).toBe(1)
      await expect(client.query('update products set replaced_by = 0')).rejects.toThrow('products_replaced_by_fkey')
      await expect(client.query('update order_items set quantity = 1001')).rejects.toThrow('order_items_quantity_limit')

      // Nothing of ours is left on the tables.
      expect(await count(`pg_trigger where not tgisinternal`)).toBe(0)
      expect(columns.filter(({ name }) => name.includes('bellows'))).toEqual([])
      expect(await count(`pg_class where relname like 'bellows\\_%'`)).toBe(0)
      expect(await count(`pg_constraint where conname like 'bellows\\_%'`)).toBe(0)
    } finally {
      await migrator.close()
      await client.end()
      await database.drop()
    }
  }, 240_000)

  it('end in the same schema with migrate up', async () => {
    const [walked, upped] = [await createDatabase(server), await createDatabase(server)]
    const columns: unknown[] = []
    try {
      for (const database of [walked, upped]) {
        await withClient(database.url, (client) => client.query(schema + data))
        const migrator = createMigrator({ database: database.url, migrations: folder })
        if (database === upped) await migrator.up()
        else for await (const _ of migrator.walk());
        await migrator.close()
        const found = await withClient(database.url, (client) => client.query<ColumnRow>(columnsQuery))
        columns.push(found.rows)
      }
      expect(columns[1]).toEqual(columns[0])
    } finally {
      await Promise.all([walked.drop(), upped.drop()])
    }
  }, 240_000)

  it('run as the role of docs/privileges.md, while the app has no right on our schema', async () => {
    const database = await createDatabase(server)
    const id = database.name.slice(-6)
    const [owner, login, app] = [`shop_owner_${id}`, `migrator_${id}`, `app_${id}`]
    const documented = [...readFileSync(privileges, 'utf8').matchAll(/^```sql\n([^`]+)```/gm)]
      .map((match) => match[1]!)
      .filter((text) => server.major >= 15 || !text.includes('on parameter'))
      // A fence is for whoever has a user for each version.
      .filter((text) => !text.includes('shop_v1'))
      .map((text) =>
        text
          .replaceAll('shop_owner', owner)
          .replaceAll('migrator', login)
          .replace('database shop', `database ${database.name}`),
      )
    expect(documented).toHaveLength(server.major >= 15 ? 4 : 3)
    try {
      await withClient(database.url, async (client) => {
        await client.query(documented.join(''))
        await client.query(`
          alter role ${login} password 'secret'; create role ${app} login password 'secret'; set role ${owner}; ${schema};
          grant select, insert, update, delete on all tables in schema public to ${app};
          grant usage on all sequences in schema public to ${app}`)
      })
      const as = (role: string): string => {
        const url = new URL(database.url)
        url.username = role
        url.password = 'secret'
        return url.href
      }
      const migrator = createMigrator({ database: as(login), setRole: owner, migrations: folder })
      await withClient(as(app), async (client) => {
        let name = 'name'
        for await (const reached of migrator.walk({ name: '20260105090000_rename_customer_name' })) {
          if (reached.state === 'contracted') name = 'full_name'
          await client.query(
            `insert into customers (${name}, email, phone, legacy_code) values ('x', '${reached.state}', '1', 'L')`,
          )
          await client.query(`update customers set ${name} = ${name} || 'y'`)
        }
        expect((await client.query('select full_name from customers order by id')).rows).toEqual(
          [4, 3, 2, 1].map((times) => ({ full_name: `x${'y'.repeat(times)}` })),
        )
      })
      for await (const _ of migrator.walk());
      const failed = (await migrator.doctor()).checks.filter(({ status }) => status === 'fail')
      expect(failed).toEqual([])
      expect((await migrator.status()).migrations.map(({ state }) => state)).toEqual(Array(26).fill('completed'))
      await migrator.close()
    } finally {
      await database.drop()
      await withClient(server.url, (client) =>
        client.query(`
          ${server.major >= 15 ? `revoke set on parameter session_replication_role from ${owner};` : ''}
          drop role if exists ${app}; drop role if exists ${login}; drop role if exists ${owner}`),
      )
    }
  }, 240_000)

  if (server.major !== 18) return
  it('start from the catalog that the golden plans are made against', async () => {
    const database = await createDatabase(server)
    const migrator = createMigrator({ database: database.url })
    try {
      await withClient(database.url, (client) => client.query(schema))
      const live = await migrator.catalog()
      const catalog = `${JSON.stringify({ ...(live as object), server: '18', database: 'shop' }, null, 2)}\n`
      if (process.env.UPDATE_GOLDEN === '1') writeFileSync(goldenCatalog, catalog)
      expect(JSON.parse(readFileSync(goldenCatalog, 'utf8'))).toEqual(JSON.parse(catalog))
    } finally {
      await migrator.close()
      await database.drop()
    }
  })
})
