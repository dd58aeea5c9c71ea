import { expect, it } from 'vitest'
import { checkName, checkStorable, listLimits, storedStatements } from '../../../src/compat/app-list.ts'
import { hashOfStatements } from '../../../src/runner/statement-hash.ts'

const read = { id: 'read', sql: 'select name from users', params: ['bigint'], source: 'a.ts:1', samples: [['Ada']] }
const write = { id: 'write', sql: 'insert into users (name) values (?)' }

const codeOf = (body: () => unknown): string => {
  try {
    body()
    return 'taken'
  } catch (error) {
    return (error as { code: string }).code
  }
}

it('two lists are the same whatever their order, places in the code and sample values', () => {
  const other = { ...read, source: 'b.ts:7', samples: [] }
  const hash = hashOfStatements([read, write])
  expect(hashOfStatements([write, other])).toBe(hash)
  expect(hashOfStatements([write, { ...read, prepared: true }])).toBe(hash)
  for (const change of [{ sql: 'select 1' }, { id: 'other' }, { params: ['text'] }, { prepared: false }]) {
    expect(hashOfStatements([write, { ...read, ...change }])).not.toBe(hash)
  }
  expect(hashOfStatements([read])).not.toBe(hash)
})

it('sample values are stored only when that is said', () => {
  expect(JSON.stringify(storedStatements([read], false))).not.toContain('Ada')
  expect(storedStatements([read], true)).toEqual([read])
})

it.each([
  ['', 'app.name'],
  ['  ', 'app.name'],
  ['v1 ', 'app.name'],
  ['v\u001b[2J1', 'app.name'],
  ['v\u0000', 'app.name'],
  ['v\u202e1', 'app.name'],
  ['v\ud800', 'app.name'],
  ['v\n1', 'app.name'],
  ['x'.repeat(256), 'app.name'],
  ['x'.repeat(255), 'taken'],
  ['😀'.repeat(255), 'taken'],
  [`"; drop table 'users' -- \`$1 ?`, 'taken'],
])('the name %j is %s', (name, expected) => {
  expect(codeOf(() => checkName('version', name))).toBe(expected)
})

it('what the servers cannot store, or is too much, is named', () => {
  const nested = JSON.parse(`${'['.repeat(60)}${']'.repeat(60)}`) as unknown[]
  expect(codeOf(() => checkStorable([read, write]))).toBe('taken')
  expect(codeOf(() => checkStorable([{ ...read, sql: "select 'a\u0000'" }]))).toBe('statements.invalid')
  expect(codeOf(() => checkStorable([{ ...read, id: 'a\ud800' }]))).toBe('statements.invalid')
  expect(codeOf(() => checkStorable([{ ...read, samples: [[{ 'a\u0000': 1 }]] }]))).toBe('statements.invalid')
  expect(codeOf(() => checkStorable([{ ...read, samples: [nested] }]))).toBe('statements.invalid')
  expect(codeOf(() => checkStorable([{ id: 'a', sql: 'x'.repeat(listLimits.bytes) }]))).toBe('app.list-size')
  const many = Array.from({ length: listLimits.statements + 1 }, (_, n) => ({ id: `${n}`, sql: 'x' }))
  expect(codeOf(() => checkStorable(many))).toBe('app.list-size')
})
