import { afterAll, beforeAll, expect, test } from 'vitest'
import { mysqlExamples, mysqlSchema } from '../lint/mysql.ts'
import { createDatabase, describeEachMysql, type TestDatabase, withMysql } from '../servers/databases.ts'

/*
 * Where the rules say that writers wait, the server refuses to do it in place while others write; where they say nothing of the kind,
 * it does. For MySQL and MariaDB alone: the words are theirs.
 */
describeEachMysql('what the rules of lint claim', (server) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase(server)
  })
  afterAll(() => database.drop())

  const measured = mysqlExamples.flatMap(({ rule, found: [sql = ''], does }) =>
    does?.copies === undefined ? [] : [{ rule, sql, copies: does.copies }],
  )

  test.each(measured)('$rule: $sql', async ({ sql, copies }) => {
    await withMysql(database.url, async (connection) => {
      await connection.query('drop table if exists orders, users')
      for (const statement of mysqlSchema) await connection.query(statement)
      const asked = sql.startsWith('create')
        ? `${sql} algorithm=inplace lock=none`
        : `${sql}, algorithm=inplace, lock=none`
      const code = await connection.query(asked).then(
        () => 0,
        (error: { errno: number }) => error.errno,
      )
      // 1845, 1846: this ALGORITHM or LOCK is not possible.
      if (copies) expect([1845, 1846]).toContain(code)
      else expect(code).toBe(0)
      if (copies) await connection.query(sql)
    })
  })
})
