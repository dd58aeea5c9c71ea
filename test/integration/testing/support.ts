import { addColumn, defineMigration, renameColumn } from '../../../src/index.ts'
import type { StatesOptions, TestContext } from '../../../src/testing/index.ts'
import { type Family, familyOf } from '../../families/family.ts'
import type { TestServer } from '../../servers/databases.ts'

export const rename = '20260102030405_rename_user_name'
export const add = '20260203040506_add_age'

/** Two migrations of one table. */
export const migrations = {
  [rename]: defineMigration({ intents: [renameColumn({ table: 'users', from: 'name', to: 'full_name' })] }),
  [add]: defineMigration({ intents: [addColumn({ table: 'users', column: 'age', type: 'int' })] }),
}

/** The table that they begin with. */
export const schema = 'create table users (id int not null primary key, name varchar(50))'

/** What the two versions around the rename read. */
export const columnOf = { old: 'name', new: 'full_name' } as const

/** The kit's options on a server of this run. */
export function optionsOn(server: TestServer): StatesOptions & { readonly family: Family } {
  const family = familyOf(server)
  return {
    family,
    database: server.url,
    migrations,
    only: [rename],
    seed: ({ url }) => family.run(url, schema),
  }
}

/** Whether there is a database of the name that a URL has. */
export async function isThere(server: TestServer, { url }: Pick<TestContext, 'url'>): Promise<boolean> {
  const name = new URL(url).pathname.slice(1)
  const sql =
    server.kind === 'postgres'
      ? `select datname from pg_database where datname = '${name}'`
      : `select schema_name from information_schema.schemata where schema_name = '${name}'`
  return (await familyOf(server).rows(server.url, sql)).length > 0
}
