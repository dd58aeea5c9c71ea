import { expect, it } from 'vitest'
import { type ErrorFields, isRefused } from '../../../../../src/dialects/postgres/capture/refusal.ts'

it.each<[string, ErrorFields, boolean]>([
  ['of the scanner', { C: '42601', F: 'scan.l' }, true],
  ['of the grammar', { C: '42601', F: 'gram.y' }, true],
  ['of a path', { C: '42601', F: 'src/backend/parser/gram.y' }, true],
  ['of the analysis, as too many values', { C: '42601', F: 'analyze.c' }, false],
  ['of what a function executes', { C: '42601', F: 'scan.l', q: 'selec 1' }, false],
  ['with a context', { C: '42601', F: 'scan.l', W: 'invalid type name' }, false],
  ['of a name', { C: '42703', F: 'parse_relation.c' }, false],
  ['of who does not tell', { C: '42601' }, false],
])('an error %s', (_, fields, expected) => expect(isRefused(fields)).toBe(expected))
