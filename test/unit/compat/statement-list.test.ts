import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseSqlList } from '../../../src/compat/sql-list.ts'
import { parseJsonList } from '../../../src/compat/statement-list.ts'
import { readVersions } from '../../../src/compat/versions.ts'
import { postgresCheck } from '../../../src/dialects/postgres/check.ts'

const dialect = await postgresCheck()

const failure = (work: () => unknown): unknown => {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('it did not throw')
}

describe('a list in JSON', () => {
  it('is taken as it stands', () => {
    const list = {
      app: 'orders',
      version: 'v1',
      statements: [
        { id: 'a', sql: 'select $1', params: ['bigint'], samples: [[1]], source: 'a.ts:1', prepared: false },
      ],
    }
    expect(parseJsonList(JSON.stringify(list), 'v1.json')).toEqual(list)
  })

  it('with an unknown key is refused with file, line, path and the nearest key', () => {
    const text = '{ "app": "a", "version": "1", "statements": [\n  { "id": "x", "sql": "select 1", "sorce": "f:1" } ] }'
    expect(failure(() => parseJsonList(text, 'v1.json'))).toMatchObject({
      exitCode: 2,
      message: 'v1.json:2: statements[0].sorce: unknown key `sorce`; did you mean `source`?',
    })
  })

  it('names everything that is missing', () => {
    const error = failure(() => parseJsonList('{ "statements": [{ "id": "x" }] }', 'v1.json')) as Error
    expect(error.message.split('\n')).toEqual([
      expect.stringContaining('app: missing'),
      expect.stringContaining('version: missing'),
      expect.stringContaining('statements[0].sql: missing'),
    ])
  })

  it('with two statements of one id is refused', () => {
    const one = { id: 'x', sql: 'select 1' }
    const text = JSON.stringify({ app: 'a', version: '1', statements: [one, one] })
    expect(failure(() => parseJsonList(text, 'v1.json'))).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('statements[1].id: a second statement is called x'),
    })
  })

  it('that is no JSON is refused with its line', () => {
    expect(failure(() => parseJsonList('{\n  "app": oops', 'v1.json'))).toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/^v1\.json:2: /),
    })
  })
})

describe('a list in SQL', () => {
  it('has a statement under each name, with its line', () => {
    const text = `-- app: orders
-- version: v7

-- name: read one
select ';' as a, name
from users where id = $1;

-- name: Write :exec
/* why; */ insert into users (name) values ($1);
-- the end
`
    expect(parseSqlList(text, 'q/orders.sql', dialect)).toEqual({
      app: 'orders',
      version: 'v7',
      statements: [
        { id: 'read one', sql: "select ';' as a, name\nfrom users where id = $1", source: 'q/orders.sql:4' },
        {
          id: 'Write',
          sql: expect.stringMatching(/insert into users \(name\) values \(\$1\)$/),
          source: 'q/orders.sql:8',
        },
      ],
    })
  })

  it('takes the version from the name of the file when it says none', () => {
    expect(parseSqlList('-- name: a\nselect 1;', 'q/v3.sql', dialect)).toMatchObject({ app: 'app', version: 'v3' })
  })

  it('says for all statements that they are never kept prepared', () => {
    const list = parseSqlList('-- prepared: false\n-- name: a\nselect 1;', 'v3.sql', dialect)
    expect(list.statements).toMatchObject([{ prepared: false }])
  })

  it.each([
    ['two statements under one name', '-- name: a\nselect 1; select 2;', 'v.sql:1: a has 2 statements'],
    ['none under a name', '-- name: a\n-- nothing\n', 'v.sql:1: a has 0 statements'],
    ['one above the first name', '\nselect 1;', 'v.sql:2: a statement stands above'],
    ['one name twice', '-- name: a\nselect 1;\n-- name: a\nselect 2;', 'v.sql:3: a second statement is called a'],
    ['what is no SQL', '-- name: a\nselekt 1;', 'v.sql:1: a cannot be read as one statement'],
  ])('with %s is refused', (_, text, message) => {
    expect(failure(() => parseSqlList(text, 'v.sql', dialect))).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(message),
    })
  })
})

describe('the lists of a check', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bellows-lists-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  const file = async (name: string, version: string, id: string): Promise<string> => {
    const path = join(folder, name)
    await writeFile(path, JSON.stringify({ app: 'a', version, statements: [{ id, sql: 'select 1' }] }))
    return path
  }

  it('of one version are one list', async () => {
    const versions = await readVersions([await file('1.json', 'v1', 'x'), await file('2.json', 'v1', 'y')], [], dialect)
    expect(versions).toMatchObject([{ version: 'v1', role: 'old', statements: [{ id: 'x' }, { id: 'y' }] }])
  })

  it('may not give one id twice', async () => {
    const twice = readVersions([await file('3.json', 'v1', 'x'), await file('4.json', 'v1', 'x')], [], dialect)
    await expect(twice).rejects.toMatchObject({ exitCode: 2, code: 'statements.invalid' })
  })

  it('give what several processes have recorded once', async () => {
    const recorded = { id: 'select-users-0123456789', sql: 'select id from users where id = $1', params: ['bigint'] }
    const list = async (name: string, statement: object): Promise<string> => {
      const path = join(folder, name)
      await writeFile(path, JSON.stringify({ app: 'a', version: 'v1', statements: [{ ...recorded, ...statement }] }))
      return path
    }
    const first = await list('6.json', { prepared: false, samples: [['1']] })
    const second = await list('7.json', { samples: [['2']], source: 'a.ts:1' })
    const [version] = await readVersions([first, first, second], [], dialect)
    expect(version?.statements).toEqual([{ ...recorded, samples: [['1'], ['1'], ['2']], source: 'a.ts:1' }])
    const other = readVersions([first, await list('8.json', { params: ['integer'] })], [], dialect)
    await expect(other).rejects.toMatchObject({ exitCode: 2, code: 'statements.invalid' })
  })

  it('may not call a version both old and new', async () => {
    const path = await file('5.json', 'v1', 'x')
    await expect(readVersions([path], [path], dialect)).rejects.toMatchObject({
      exitCode: 2,
      code: 'check.version-twice',
    })
  })

  it('are at least one', async () => {
    await expect(readVersions([], [], dialect)).rejects.toMatchObject({ exitCode: 2, code: 'check.no-lists' })
  })

  it('that are not there, or of another kind, are refused', async () => {
    await expect(readVersions([join(folder, 'none.json')], [], dialect)).rejects.toMatchObject({ exitCode: 2 })
    await expect(readVersions([join(folder, 'list.txt')], [], dialect)).rejects.toMatchObject({ exitCode: 2 })
  })
})
