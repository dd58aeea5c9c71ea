import { expect, test } from 'vitest'
import { lintOf } from '../../../../src/dialects/open.ts'
import { linesOf } from '../../../../src/planner/lint/lines.ts'
import type { Engine } from '../../../../src/planner/lint/operations.ts'
import { layoutOf } from '../../../../src/runner/lint/layout.ts'
import { lookAtFile } from '../../../../src/runner/lint/script.ts'

/** `rule line`, for each finding. */
async function look(text: string, file = 'a.sql', engine: Engine = 'postgres'): Promise<readonly string[]> {
  const dialect = await lintOf(engine === 'postgres' ? 'postgres' : 'mysql')
  const looked = lookAtFile(dialect, engine, layoutOf(file, text), null)
  if ('unparsable' in looked) return [`unparsable ${looked.unparsable.line}`]
  return looked.findings.map(({ rule, line }) => `${rule} ${line}`)
}

const drop = 'DROP TABLE orders;'
const timeout = "SET lock_timeout = '1s';"

test('a finding stands where its statement begins, whatever stands before it', async () => {
  const text = `-- é 'quoted\n/* a\n comment */\n${timeout}\n\n-- why\n  ALTER TABLE users\n  DROP COLUMN a;`
  expect(await look(text)).toEqual(['drop-column 7'])
  const mysql = `# it's\n/* a\n comment */\nSET lock_wait_timeout = 1;\n\n-- why\n  DROP TABLE a;`
  expect(await look(mysql, 'a.sql', 'mysql')).toEqual(['drop-table 7'])
})

test('what is no SQL says its line', async () => {
  expect(await look('SELECT 1;\n\n-- ünï\nALTER TABEL x;')).toEqual(['unparsable 4'])
  expect(await look("SELECT 1;\n\nINSERT INTO t VALUES ('a);\n", 'a.sql', 'mysql')).toEqual(['unparsable 3'])
})

test('nothing behind a character of number 0 is passed over in silence', async () => {
  expect(await look(`SELECT 1;\n\0${drop}`)).toEqual(['unparsable 2'])
  expect(await look(`SELECT 1;\n\0${drop}`, 'a.sql', 'mysql')).toEqual(['unread 2'])
})

test('a dump of a schema is SQL, whatever pg_dump puts around it for psql', async () => {
  const dump = `--\n\\restrict x9Y\n\n${timeout}\n${drop}\n\\unrestrict x9Y\n`
  expect(await look(dump)).toEqual(['drop-table 5'])
  expect(await look(`${timeout}\n\\i other.sql\n`)).toEqual(['unparsable 2'])
})

test('lines are found by halves: a file has as many statements as lines', () => {
  const many = 200_000
  const lineAt = linesOf('ab\n'.repeat(many))
  expect([0, 2, 3, 5, 6].map(lineAt)).toEqual([1, 1, 2, 2, 3])
  let wrong = 0
  for (let at = 0; at < many; at++) if (lineAt(3 * at) !== at + 1) wrong++
  expect(wrong).toBe(0)
})

test.each(['', '  \n', '-- nothing\n'])('a file of nothing has no findings (%j)', async (text) => {
  expect(await look(text)).toEqual([])
  expect(await look(text, 'a.sql', 'mysql')).toEqual([])
})

test('an ignore with a reason leaves out one rule, of the statement that it is above or in', async () => {
  expect(await look(`${timeout}\n-- bellows-ignore drop-table: empty since May\n\n-- more\n${drop}`)).toEqual([])
  expect(await look(`${timeout}\nDROP TABLE\n-- bellows-ignore drop-table: empty since May\norders;`)).toEqual([])
  expect(await look(`-- bellows-ignore drop-table, no-lock-timeout: nobody is there yet\n${drop}`)).toEqual([])
  expect(await look(`${timeout}\n-- bellows-ignore drop-table: empty\n${drop}\n${drop}`)).toEqual(['drop-table 4'])
  const mysql = '# bellows-ignore drop-table: empty\nDROP TABLE a'
  expect(await look(mysql, 'a.sql', 'mysql')).toEqual(['no-lock-timeout 2'])
})

test('an ignore without a reason ignores nothing, and one of nothing is told', async () => {
  expect(await look(`${timeout}\n-- bellows-ignore drop-table\n${drop}`)).toEqual([
    'ignore-without-reason 2',
    'drop-table 3',
  ])
  expect(await look(`${timeout}\n-- bellows-ignore drop-table:  \n${drop}`)).toEqual([
    'ignore-without-reason 2',
    'drop-table 3',
  ])
  expect(await look(`${timeout}\n-- bellows-ignore: why\nSELECT 1;`)).toEqual(['ignore-without-reason 2'])
  expect(await look('-- bellows-ignore drop-table: why\nSELECT 1;')).toEqual(['unused-ignore 1'])
  expect(await look('SELECT 1;\n-- bellows-ignore drop-table: why\n')).toEqual(['unused-ignore 2'])
  expect(await look('-- bellows-ignore drop-tabel: why\nSELECT 1;')).toEqual(['unused-ignore 1'])
  expect(await look("SELECT 1 /* bellows-ignore drop-table */;\nSELECT '-- bellows-ignore x';")).toEqual([])
})

const index = 'CREATE INDEX CONCURRENTLY i ON users (age);'

test.each([
  ['goose', 'a.sql', `-- +goose Up\n${index}\n-- +goose Down\n${drop}`, ['concurrently-in-transaction 2']],
  ['goose', 'a.sql', `-- +goose NO TRANSACTION\n-- +goose Up\n${index}\n-- +goose Down\n${drop}`, []],
  ['dbmate', 'a.sql', `-- migrate:up\n${index}\n\n-- migrate:down\n${drop}`, ['concurrently-in-transaction 2']],
  ['dbmate', 'a.sql', `-- migrate:up transaction:false\n${index}\n\n-- migrate:down\n${drop}`, []],
  ['sql-migrate', 'a.sql', `-- +migrate Up notransaction\n${index}\n-- +migrate Down\n${drop}`, []],
  [
    'node-pg-migrate',
    'a.sql',
    `-- Up Migration\n${index}\n-- Down Migration\n${drop}`,
    ['concurrently-in-transaction 2'],
  ],
  ['golang-migrate', '1_a.up.sql', index, []],
  ['golang-migrate', '1_a.up.sql', `SELECT 1;\n${index}`, ['concurrently-in-transaction 2']],
  ['Prisma', 'prisma/migrations/1_a/migration.sql', `SELECT 1;\n${index}`, ['concurrently-in-transaction 2']],
  ['Prisma', 'prisma/migrations/1_a/migration.sql', index, []],
  ['Flyway', 'V1__a.sql', index, []],
  ['Drizzle', '0000_a.sql', `${timeout}--> statement-breakpoint\n${drop}`, ['drop-table 2']],
  ['psql', 'a.sql', `SELECT 1;\n${index}`, []],
] as const)('a file of %s is read as that tool runs it (%s: %s)', async (_tool, file, text, found) => {
  expect(await look(text, file)).toEqual(found)
})

test('Drizzle’s breaks are none of MySQL’s', async () => {
  const text = 'CREATE TABLE a (b int);\n--> statement-breakpoint\nCREATE TABLE c (d int);'
  expect(await look(text, '0000_a.sql', 'mysql')).toEqual([])
})

test.each(['1_a.down.sql', 'U1__a.sql', 'a.undo.sql'])('%s takes something back, and is skipped', (file) => {
  expect(layoutOf(file, drop).skipped).not.toBe(null)
})

test('what one file proved is known in the next, but not that a table was empty', async () => {
  const dialect = await lintOf('postgres')
  const first = `${timeout} CREATE TABLE t (a int); ALTER TABLE users ADD CONSTRAINT n CHECK (age IS NOT NULL) NOT VALID; ALTER TABLE users VALIDATE CONSTRAINT n;`
  const looked = lookAtFile(dialect, 'postgres', layoutOf('1.sql', first), null)
  if ('unparsable' in looked) throw new Error('unparsable')
  expect(looked.findings).toEqual([])
  const second = `${timeout} ALTER TABLE users ALTER age SET NOT NULL; CREATE INDEX ON t (a);`
  const next = lookAtFile(dialect, 'postgres', layoutOf('2.sql', second), looked.known)
  expect(next).toMatchObject({ findings: [{ rule: 'index-blocks-writes' }] })
})
