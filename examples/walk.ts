import { createMigrator, defineMigration, renameColumn } from 'bellows'
import pg from 'pg'

const migration = defineMigration({
  intents: [renameColumn({ table: 'users', from: 'name', to: 'full_name' })],
})

/** Which of the two names the app can use in each state, tried with real statements. */
export async function namesByState(url: string): Promise<Record<string, string[]>> {
  const app = new pg.Client({ connectionString: url })
  await app.connect()
  const migrator = createMigrator({ database: url, migrations: { '20260102030405_rename_user_name': migration } })
  const works = async (sql: string): Promise<boolean> =>
    app.query(sql).then(
      () => true,
      () => false,
    )
  const found: Record<string, string[]> = {}
  try {
    await app.query("create table users (id serial primary key, name text); insert into users (name) values ('Ada')")
    for await (const { state } of migrator.walk()) {
      found[state] = []
      for (const name of ['name', 'full_name']) {
        if (await works(`update users set ${name} = ${name} || '!'`)) found[state].push(name)
      }
    }
    return found
  } finally {
    await migrator.close()
    await app.end()
  }
}
