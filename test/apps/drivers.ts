import { type Dialect, type Generated, Kysely, MysqlDialect, PostgresDialect } from 'kysely'
import mysql from 'mysql2'
import mysqlPromise, { type RowDataPacket } from 'mysql2/promise'
import pg from 'pg'

/** What the app asks of its database, whatever it is spoken to through. */
export interface Database {
  insert(column: string, name: string, email: string): Promise<unknown>
  update(column: string, name: string, email: string): Promise<unknown>
  select(column: string, email: string): Promise<string | null>
  close(): Promise<void>
}

interface Users {
  readonly id: Generated<number>
  readonly email: string
  readonly name: string
  readonly full_name: string
}

/** Named statements, which stay prepared for as long as their session lives. */
function withPg(url: string, app: string): Database {
  const pool = new pg.Pool({ connectionString: url, max: 2, application_name: app })
  const ask = async (text: string, values: readonly string[]): Promise<readonly Record<string, unknown>[]> =>
    (await pool.query({ name: text, text, values: [...values] })).rows
  return {
    insert: (column, name, email) => ask(`insert into users (${column}, email) values ($1, $2)`, [name, email]),
    update: (column, name, email) => ask(`update users set ${column} = $1 where email = $2`, [name, email]),
    select: async (column, email) => {
      const [row] = await ask(`select ${column} as shown from users where email = $1`, [email])
      return row === undefined ? null : String(row.shown)
    },
    close: () => pool.end(),
  }
}

function withMysql2(url: string, app: string): Database {
  const pool = mysqlPromise.createPool({ uri: url, connectionLimit: 2, connectAttributes: { program_name: app } })
  return {
    insert: (column, name, email) => pool.execute(`insert into users (${column}, email) values (?, ?)`, [name, email]),
    update: (column, name, email) => pool.execute(`update users set ${column} = ? where email = ?`, [name, email]),
    select: async (column, email) => {
      const [[row]] = await pool.execute<RowDataPacket[]>(`select ${column} as shown from users where email = ?`, [
        email,
      ])
      return row === undefined ? null : String(row.shown)
    },
    close: () => pool.end(),
  }
}

function withKysely(dialect: Dialect): Database {
  const kysely = new Kysely<{ users: Users }>({ dialect })
  const of = (column: string): 'name' | 'full_name' => (column === 'name' ? column : 'full_name')
  return {
    insert: (column, name, email) =>
      kysely
        .insertInto('users')
        .values({ [of(column)]: name, email } as never)
        .execute(),
    update: (column, name, email) =>
      kysely
        .updateTable('users')
        .set({ [of(column)]: name })
        .where('email', '=', email)
        .execute(),
    select: async (column, email) => {
      const row = await kysely
        .selectFrom('users')
        .select(`${of(column)} as shown`)
        .where('email', '=', email)
        .executeTakeFirst()
      return row === undefined ? null : row.shown
    },
    close: () => kysely.destroy(),
  }
}

/** Opens the database with one of the drivers. */
export async function openDatabase(driver: string, url: string, app: string): Promise<Database> {
  if (driver === 'pg') return withPg(url, app)
  if (driver === 'mysql2') return withMysql2(url, app)
  if (driver !== 'kysely') throw new Error(`there is no driver ${driver}`)
  if (url.startsWith('postgres'))
    return withKysely(
      new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 2, application_name: app }) }),
    )
  const pool = mysql.createPool({ uri: url, connectionLimit: 2, connectAttributes: { program_name: app } })
  return withKysely(new MysqlDialect({ pool }))
}
