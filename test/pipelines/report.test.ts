import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { folder } from './action.ts'

/* The pieces of the action: plain JavaScript, which a runner has no build for. */
async function load<Given extends readonly unknown[], Said>(name: string): Promise<(...given: Given) => Said> {
  const module = await import(pathToFileURL(path.join(folder, 'lib', `${name}.mjs`)).href)
  return module[name]
}
const words = await load<[text: string], string[]>('words')
const cut = await load<[text: string, limit: number, measure: (text: string) => number, where: string], string>('cut')
const report = await load<[run: object], string>('report')
const annotations = await load<[command: string, document: object | null], string[]>('annotations')

describe('words', () => {
  test.each([
    ['', []],
    ["  --wait 30m\n--old-app 'shop v1%' ", ['--wait', '30m', '--old-app', 'shop v1%']],
    [`--reason "it's \\"so\\" \\x" ''`, ['--reason', 'it\'s "so" \\x', '']],
    ["a'b'c\\ d $HOME `x` *", ['abc d', '$HOME', '`x`', '*']],
    ['a \\\n  b', ['a', 'b']],
  ])('of %j', (text, expected) => {
    expect(words(text)).toEqual(expected)
  })
})

describe('what is too long', () => {
  const length = (text: string): number => text.length
  const text = ['# plan', '````sql', ...Array.from({ length: 100 }, (_, at) => `statement ${at};`), '````', 'end'].join(
    '\n',
  )

  test.each([200, 500, 1000, 1400])('is cut at a whole line, with a word on it and its block closed (%s)', (limit) => {
    const short = cut(text, limit, length, 'See there.')
    expect(short.length).toBeLessThanOrEqual(limit)
    const lines = short.split('\n')
    const kept = lines.indexOf('', 1) - 1
    expect(lines.slice(0, kept)).toEqual(text.split('\n').slice(0, kept))
    expect(lines[kept]).toBe('````')
    expect(short).toContain(`**Cut here: ${104 - kept} more lines.** See there.`)
  })

  test('stays as it is when it fits, and is cut by bytes where bytes count', () => {
    expect(cut(text, text.length, length, '')).toBe(text)
    const wide = Array.from({ length: 50 }, () => 'ü'.repeat(20)).join('\n')
    const short = cut(wide, 500, Buffer.byteLength, '')
    expect(Buffer.byteLength(short)).toBeLessThanOrEqual(500)
    expect(cut('x'.repeat(1000), 100, length, 'See there.')).toBe('\n**Cut here: 1 more lines.** See there.')
  })
})

const step = {
  description: 'add',
  locks: [],
  rewrites: false,
  scans: false,
  statements: ['alter table t add "``` @all";'],
}
const hazard = (severity: string, at: number): object => ({ severity, code: `c${at}`, message: `m%${at}\nx`, hint: '' })

test('what is in a plan cannot leave its block, and the worst hazard is first', () => {
  const migration = {
    name: 'a`b',
    state: 'pending',
    hazards: [hazard('info', 1), hazard('stop', 2)],
    phases: { expand: [step] },
  }
  const said = report({
    command: 'plan',
    code: 0,
    state: '',
    document: { result: { migrations: [migration] } },
  })
  expect(said).toContain('````sql\n-- add\nalter table t add "``` @all";\n````')
  expect(said).toContain('#### ``a`b`` (pending)')
  expect(said.indexOf('stop c2')).toBeLessThan(said.indexOf('info c1'))
})

test('GitHub shows ten annotations of a kind: the worst, and how many more there are', () => {
  const hazards = Array.from({ length: 12 }, (_, at) => hazard('warn', at))
  const lines = annotations('plan', {
    result: { migrations: [{ name: 'm', hazards: [...hazards, hazard('stop', 99)] }] },
  })
  expect(lines).toHaveLength(11)
  expect(lines[0]).toBe('::error title=stop c99::m: m%2599%0Ax')
  expect(lines.at(-1)).toBe('::warning title=bellows::3 more: see the summary')
  expect(annotations('expand', null)).toEqual([])
})
