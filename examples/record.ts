import { createRecorder, recordPg, type StatementList } from 'bellows/capture'
import pg from 'pg'

/** Stands for your app, which makes its pool, and for its tests. */
async function signUp(pool: pg.Pool, name: string): Promise<void> {
  await pool.query('insert into users (name) values ($1)', [name])
  await pool.query({ name: 'find', text: 'select id from users where name = $1', values: [name] })
}

/** Runs the tests with a pool that is recorded, and returns what they sent; `out` is the file that `migrate check` takes. */
export async function recorded(url: string, out: string): Promise<StatementList> {
  const recorder = createRecorder({ app: 'shop', version: 'v1', dialect: 'postgres', out })
  const pool = recordPg(new pg.Pool({ connectionString: url }), recorder)
  try {
    await pool.query('create table users (id serial primary key, name text)')
    await signUp(pool, 'Ada')
    await signUp(pool, 'Grace')
  } finally {
    await pool.end()
  }
  await recorder.write()
  return recorder.list()
}
