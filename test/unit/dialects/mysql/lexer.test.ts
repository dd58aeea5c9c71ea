import { describe, expect, it } from 'vitest'
import { lex, lexingOf } from '../../../../src/dialects/mysql/lexer.ts'

const pieces = (text: string, mode = ''): string[] => lex(text, lexingOf(mode)).map(({ text: piece }) => piece)
const kinds = (text: string, mode = ''): string[] => lex(text, lexingOf(mode)).map(({ kind }) => kind)

describe('a text in pieces', () => {
  it.each([
    ["select 'a''b\\'c', \"d\"", ['select', "'a''b\\'c'", ',', '"d"']],
    ['select a-- b\n-1', ['select', 'a', '-', '1']],
    ['a--b', ['a', '-', '-', 'b']],
    ['a # b\n /* c */ d', ['a', 'd']],
    ['2*/*c*/3', ['2', '*', '3']],
    ['a /*!50100 partition by (x) */ * b', ['a', 'partition', 'by', '(', 'x', ')', '*', 'b']],
    ['/*M!100100 a */ b', ['a', 'b']],
    ['`a``b`.`c`', ['`a``b`', '.', '`c`']],
    ['@x:=@@global.y', ['@x', ':=', '@@global.y']],
    ['`u`@`%`', ['`u`', '@`%`']],
    ['1.5e3 t1 1st', ['1.5e3', 't1', '1st']],
    ["'never closed", ["'", 'never', 'closed']],
  ])('%s', (text, expected) => {
    expect(pieces(text)).toEqual(expected)
  })

  it.each(['', 'NO_BACKSLASH_ESCAPES'])('a literal of millions of characters is one (%s)', (mode) => {
    const long = `'${'x'.repeat(12_000_000)}'`
    expect(pieces(`select ${long}, 'b''c'`, mode).map(({ length }) => length)).toEqual([6, long.length, 1, 6])
  })

  it('depends on the sql_mode', () => {
    expect(kinds('"a"')).toEqual(['string'])
    expect(kinds('"a"', 'ANSI_QUOTES,STRICT_ALL_TABLES')).toEqual(['quoted'])
    expect(pieces("'a\\' b", 'NO_BACKSLASH_ESCAPES')).toEqual(["'a\\'", 'b'])
  })
})
