import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { EmbeddedMysql } from '../../../src/embedded/mysql/server.ts'
import {
  createDatabase,
  describeEachMysql,
  describeEachStartableMysql,
  mysqlRows,
  type TestDatabase,
} from '../../servers/databases.ts'
import { startOwn } from '../../servers/mysql/find.ts'
import { makeCertificates } from '../connection/certificates.ts'
import { capture, entries, folder, texts } from './support.ts'

const app = (body: string, options = '{}') => ({
  script: `const client = await mysql.createConnection({ uri: url, ...${options} })\n${body}\nawait client.end()`,
})

describeEachMysql('capture', (server) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await createDatabase(server)
    await mysqlRows(
      database.url,
      'create table users (id bigint primary key, name varchar(40), email varchar(40), seen datetime)',
    )
  })
  afterEach(() => database.drop())

  it('lists what a driver sends: texts with values in them, and prepared statements', async () => {
    const script = app(`
      await client.beginTransaction()
      await client.query('insert into users values (?, ?, ?, ?)', [1, 'Ann Secret', 'ann@example.com', new Date()])
      await client.query('insert into users values (?, ?, ?, ?)', [2, 'Bob Secret', 'bob@example.com', new Date()])
      for (const [id, name] of [[1, 'Ann Secret'], [2, null]])
        await client.execute('select name from users where id = ? and name = ?', [id, name])
      await client.rollback()`)
    const found = await capture(database.url, script)
    expect(entries(found)).toEqual([
      {
        sql: 'insert into users values (?, ?, ?, ?)',
        params: ['bigint', 'unknown', 'unknown', 'unknown'],
        prepared: false,
      },
      // The driver says "double" of a number where the server does not tell what it takes.
      {
        sql: 'select name from users where id = ? and name = ?',
        params: [expect.stringMatching(/^(bigint|double)$/), 'unknown'],
      },
    ])
    expect(found.text).not.toMatch(/Secret|example\.com/)
    expect(found.mode).toBe(0o600)
    expect(found.warnings).toEqual([])
    expect((await capture(database.url, script)).text).toBe(found.text)
    const sampled = await capture(database.url, script, { samples: true, redact: ['email'] })
    expect(sampled.list.statements.map(({ samples }) => samples)).toContainEqual([
      [1, 'Ann Secret'],
      [2, null],
    ])
  })

  it('passes what is large, several results, files and errors', async () => {
    const place = path.join(await folder(), 'rows.csv')
    await writeFile(place, Array.from({ length: 150_000 }, (_, at) => `${at + 10},name ${at}\n`).join(''))
    const [local] = await mysqlRows<{ on: number }>(database.url, 'select @@global.local_infile as `on`')
    if (!local?.on) await mysqlRows(server.url, 'set global local_infile = 1')
    const found = await capture(
      database.url,
      app(
        `
        const { createReadStream } = await import('node:fs')
        const [results] = await client.query('select 1 as a; select id from users where id = 5; select 3 as c')
        if (results.length !== 3) throw new Error('not three results')
        const [rows] = await client.query("select repeat('x', 1000000) as big from (select 1 union all select 2 union all select 3) t")
        if (rows.length !== 3 || rows[2].big.length !== 1000000) throw new Error('another value came back')
        await client.query('select nowhere').then(() => { throw new Error('no error') }, () => undefined)
        const sql = "load data local infile '${place}' into table users fields terminated by ',' (id, name)"
        const [loaded] = await client.query({ sql, infileStreamFactory: (name) => createReadStream(name) })
        if (loaded.affectedRows !== 150000) throw new Error('rows are missing')
        await client.execute('select name from users where id = ?', [9])`,
        "{ multipleStatements: true, flags: ['+LOCAL_FILES'] }",
      ),
    )
    expect(found.result.exitCode).toBe(0)
    expect(texts(found)).toContain('select id from users where id = ?')
    expect(texts(found)).toContain('select name from users where id = ?')
    expect(found.warnings).toEqual([expect.stringContaining('load users')])
  })

  it('leaves out what the server cannot parse, and says how many; not what names what is not there', async () => {
    await mysqlRows(database.url, "create procedure broken() begin prepare p from 'selec 1'; execute p; end")
    const found = await capture(
      database.url,
      app(
        `
        const fails = (done) => done.then(() => { throw new Error('no error') }, () => undefined)
        await fails(client.query('selec 1'))
        await fails(client.query('select id from from users'))
        await fails(client.execute('select id users where where id = ?', [1]))
        await fails(client.query('select nowhere from users'))
        await fails(client.query('call broken()'))
        await fails(client.query('select 1 from users; selec 2'))
        await client.query('select id from users'); await client.execute('select id from users where id = ?', [1])`,
        '{ multipleStatements: true }',
      ),
    )
    expect(texts(found).toSorted()).toEqual([
      'call broken()',
      // Of several statements in one text nobody says which one it was.
      'selec ?',
      'select ? from users',
      'select id from users',
      'select id from users where id = ?',
      'select nowhere from users',
    ])
    expect(found.result.refused).toEqual({ selec: 1, select: 1, 'select users': 1 })
    expect(found.warnings).toEqual([
      expect.stringMatching(/^not in the list, because the server could not parse them: /),
    ])
  })

  it('gives statements that prepare as those that were sent', async () => {
    await mysqlRows(
      database.url,
      'create table orders (id bigint primary key, user_id bigint, data json, total decimal(10,2), day date)',
    )
    const sent = [
      "select u.name, count(*) as 'n' from users u join orders o on o.user_id = u.id where o.day > date '2020-01-02' and u.seen < now() - interval 1 day group by 1 having count(*) > 2 order by 2 desc limit 5",
      "select date_format(day, '%Y-%m'), sum(total * 1.2) from orders group by date_format(day, '%Y-%m') order by 1",
      "insert into users (id, name) values (1, 'a'), (2, 'b') on duplicate key update name = concat(values(name), '!')",
      "select json_unquote(json_extract(data, '$.a')), cast('1' as decimal(4,2)), x'4D' from orders where total between 1 and 2.5 and id in (1, 2)",
      "update users set name = case when id = 1 then 'one' else _utf8mb4'many' end where name like 'x%' escape '|' or id = -1",
      "select group_concat(name order by id desc separator ', ') from users limit 2 offset 1",
    ]
    const found = await capture(
      database.url,
      app(sent.map((sql) => `await client.query(${JSON.stringify(sql)})`).join('\n')),
    )
    expect(found.result.exitCode).toBe(0)
    expect(found.list.statements).toHaveLength(sent.length)
    expect(found.text).not.toContain('many')
    const again = texts(found).map((sql) => `await (await client.prepare(${JSON.stringify(sql)})).close()`)
    expect((await capture(database.url, app(again.join('\n')))).result.exitCode).toBe(0)
  })

  it('leaves our own sessions out, and says why there is no list (2)', async () => {
    const own = app(
      "await client.query('select 1 as ours')",
      "{ connectAttributes: { program_name: 'bellows/runner' } }",
    )
    await expect(capture(database.url, own)).rejects.toMatchObject({
      exitCode: 2,
      message: 'no statement came through the proxy',
    })
  })
})

describeEachStartableMysql('capture before a server that demands TLS', (server) => {
  it('speaks TLS with it where the client speaks none, also where the password is not in its cache', async () => {
    const certificates = await makeCertificates()
    const settings = { 'ssl-ca': certificates.ca, 'ssl-cert': certificates.cert, 'ssl-key': certificates.key }
    let own: EmbeddedMysql | null = null
    try {
      own = await startOwn(server, settings)
      if (own === null) throw new Error(`no binaries of ${server.name} on this machine`)
      await mysqlRows(
        own.url,
        "create database target; create user app identified by 'p@ss w%rd' require ssl; grant all on target.* to app; create user cold identified by 'another' require ssl; grant all on target.* to cold",
      )
      const url = `${own.url.replace(/\/\/.*@127\.0\.0\.1/, `//app:${encodeURIComponent('p@ss w%rd')}@localhost`)}target?ssl-mode=VERIFY_IDENTITY&ssl-ca=${certificates.ca}`
      const found = await capture(
        url,
        app(`
          const ask = "show session status like 'Ssl_cipher'"
          if ((await client.query(ask))[0][0].Value === '') throw new Error('no TLS')
          const cold = await mysql.createConnection(url.replace(/\\/\\/.*@/, '//cold:another@'))
          await cold.execute('select 1'); await cold.end()`),
      )
      expect(found.result.exitCode).toBe(0)
      expect(texts(found)).toEqual(['select ?'])
      await expect(capture(url.replace(certificates.ca, certificates.otherCa), app(''))).rejects.toMatchObject({
        exitCode: 2,
        code: 'database.tls',
      })
    } finally {
      await own?.stop()
      await certificates.remove()
    }
  })
})
