import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { compileSql, firstOf, literal, quote, tableRef } from '../../../../src/dialects/mysql/sql.ts'

it('names are quoted, whatever is in them', () => {
  expect(quote('a`b')).toBe('`a``b`')
  expect(compileSql(sql`select ${1} from ${tableRef({ schema: 'd`b', name: 'select' })}`)).toEqual({
    sql: 'select ? from `d``b`.`select`',
    parameters: [1],
  })
})

it('literals are quoted for sessions in which a backslash escapes', () => {
  expect(literal("it's \\ here")).toBe("'it''s \\\\ here'")
})

it('questions have others for when they cannot be asked', () => {
  expect(firstOf(sql`a`, sql`b`, sql`c`)).toEqual({
    sql: 'a',
    parameters: [],
    otherwise: { sql: 'b', parameters: [], otherwise: { sql: 'c', parameters: [] } },
  })
})
