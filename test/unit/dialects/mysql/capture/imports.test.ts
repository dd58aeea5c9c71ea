import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { boundIn } from '../../../../../src/dialects/mysql/capture/bound-in.ts'
import { readGeneralLog } from '../../../../../src/dialects/mysql/capture/general-log.ts'
import { spoken } from '../../../../../src/dialects/mysql/capture/spoken.ts'
import { folder } from '../../../../integration/capture/support.ts'

describe('a digest text is said as a statement', () => {
  it.each([
    ['SELECT NAME FROM `users` WHERE `id` = ?', 'SELECT NAME FROM `users` WHERE `id` = ?'],
    ['EXECUTE SELECT `u` . * FROM `shop` . `users` `u`', 'SELECT `u`.* FROM `shop`.`users` `u`'],
    ['SELECT COUNT ( * ) FROM `users` WHERE `id` IN (...)', 'SELECT COUNT( * ) FROM `users` WHERE `id` IN (?)'],
    [
      'INSERT INTO `users` ( `id` , NAME , `age` ) VALUES (...) /* , ... */ ON DUPLICATE KEY UPDATE NAME = ?',
      'INSERT INTO `users`( `id` , NAME , `age` ) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE NAME = ?',
    ],
    ['INSERT INTO `users` VALUES (...)', 'INSERT INTO `users` VALUES (?)'],
  ])('%s', (digest, said) => expect(spoken(digest)).toBe(said))
})

describe('the values of an execution', () => {
  it('are what stands in the places of the parameters', () => {
    expect(boundIn('select a from t where b = ? and c > ?', "select a from t where b = 'it\\'s' and c > -5")).toEqual([
      "it's",
      '-5',
    ])
    expect(boundIn('insert into t values (?, ?)', "insert into t values (NULL, 'x')")).toEqual([null, 'x'])
  })

  it('are not told where it is another statement, or one of them cannot be read', () => {
    expect(boundIn('select a from t where b = ?', 'select b from t where b = 1')).toBeNull()
    expect(boundIn('select a from t where b = ?', 'select a from t where b = 1 and c = 2')).toBeNull()
    expect(boundIn('select a from t where b = ?', "select a from t where b = x'00ff'")).toBeNull()
  })
})

describe('a general log in a file', () => {
  const read = async (text: string, samples = false): Promise<readonly unknown[]> => {
    const place = join(await folder(), 'general.log')
    await writeFile(place, text)
    const found: unknown[] = []
    const options = {
      url: 'mysql://root@127.0.0.1/shop',
      applicationName: '',
      setRole: null,
      connectTimeout: 1,
      password: null,
      signal: null,
    }
    await readGeneralLog(
      { options, place, samples },
      {
        sent: ({ sql, values, kept }) => void found.push([sql, values, kept]),
        missed: () => undefined,
        leftOut: () => undefined,
      },
    )
    return found
  }
  const greeting =
    '/usr/sbin/mysqld, Version: 9.7.4 started with:\nTcp port: 1  Unix socket: /x\nTime                 Id Command    Argument\n'

  it('of MySQL: texts of several lines, prepared ones, and none of another database', async () => {
    const log = `${greeting}2026-11-28T17:26:44.395451Z\t   11 Connect\troot@127.0.0.1 on shop using TCP/IP
2026-11-28T17:26:44.389135Z\t   11 Query\tselect name
from users
where id=7
2026-11-28T17:26:44.382322Z\t   11 Prepare\tselect name from users where id > ?
2026-11-28T17:26:44.382658Z\t   11 Execute\tselect name from users where id > 5
2026-11-28T17:26:44.395451Z\t   12 Connect\troot@127.0.0.1 on other using TCP/IP
2026-11-28T17:26:44.402365Z\t   12 Query\tselect 1
2026-11-28T17:26:44.402365Z\t   12 Init DB\tshop
2026-11-28T17:26:44.402365Z\t   12 Query\tselect 2
2026-11-28T17:26:44.407077Z\t   12 Query\tuse other
2026-11-28T17:26:44.407077Z\t   12 Query\tselect 3
2026-11-28T17:26:44.407077Z\t   13 Connect\troot@127.0.0.1 on shop using TCP/IP
2026-11-28T17:26:44.407077Z\t   13 Execute\tselect connection_id() as pid, get_lock('bellows.0123', 0) as taken
2026-11-28T17:26:44.407077Z\t   13 Query\tselect 4
`
    expect(await read(log)).toEqual([
      ['select name\nfrom users\nwhere id=7', null, false],
      ['select name from users where id > ?', null, true],
      ['select 2', null, false],
    ])
    expect(await read(log, true)).toContainEqual(['select name from users where id > ?', ['5'], true])
  })

  it('of MariaDB, which says the time once', async () => {
    const log = `${greeting}261128 17:26:54\t     6 Connect\troot@localhost on shop using Socket\n\t\t     6 Query\tselect 1\n261128  7:26:54\t     6 Query\tselect 2\n`
    expect(await read(log)).toEqual([
      ['select 1', null, false],
      ['select 2', null, false],
    ])
  })

  it('is refused where it is none', async () => {
    await expect(read('hello\nworld\n')).rejects.toMatchObject({ exitCode: 2, code: 'capture.log' })
  })
})
