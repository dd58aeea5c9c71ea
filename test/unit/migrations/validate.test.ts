import { describe, expect, test } from 'vitest'
import { loadMigrations } from '../../../src/migrations/load.ts'
import { folderWith } from './folder.ts'

async function messageFor(file: string, text: string): Promise<string> {
  const folder = await folderWith({ [file]: text })
  const error = await loadMigrations(folder).then(
    () => undefined,
    (thrown: Error & { exitCode: number }) => thrown,
  )
  expect(error?.exitCode).toBe(2)
  return error?.message.replaceAll(`${folder}/`, '') ?? ''
}

describe('an invalid migration', () => {
  test('in YAML is reported with file, line, path and the nearest known key', async () => {
    const text =
      'description: x\nintents:\n  - renameColumn:\n      table: users\n      from: name\n      too: full_name\n'
    expect((await messageFor('a.yaml', text)).split('\n')).toEqual([
      'a.yaml:6: intents[0].renameColumn.too: unknown key `too`; did you mean `to`?',
      'a.yaml:3: intents[0].renameColumn.to: missing; expected string',
    ])
  })

  test('in JSON is reported with its line too', async () => {
    const text =
      '{\n\t"intents": [\n\t\t{ "renameColumn": { "table": "users", "from": "name",\n\t\t\t"to": 7 } }\n\t]\n}'
    expect(await messageFor('a.json', text)).toBe(
      'a.json:4: intents[0].renameColumn.to: expected string, received number',
    )
  })

  test('in TypeScript is reported with file and path', async () => {
    const text = "export default { intents: [{ addIndex: { table: 't', name: 'i', columns: ['c'], uniqe: true } }] }"
    expect(await messageFor('a.ts', text)).toBe(
      'a.ts: intents[0].addIndex.uniqe: unknown key `uniqe`; did you mean `unique`?',
    )
  })

  test('with an unknown intent names the nearest one', async () => {
    const text = 'intents:\n  - dropNotNull: { table: t, column: c }\n  - rename_colum: { table: t }\n'
    expect(await messageFor('a.yaml', text)).toBe(
      'a.yaml:3: intents[1].rename_colum: unknown intent `rename_colum`; did you mean `renameColumn`?',
    )
  })

  test('with an intent like no other lists the known ones', async () => {
    expect(await messageFor('a.yaml', 'intents:\n  - frobnicate: {}\n')).toMatch(
      /unknown intent `frobnicate`; known: renameColumn, changeType, /,
    )
  })

  test('with two intents in one item asks for one each', async () => {
    const text = 'intents:\n  - dropNotNull: { table: t, column: c }\n    dropDefault: { table: t, column: c }\n'
    expect(await messageFor('a.yaml', text)).toBe(
      'a.yaml:2: intents[0]: expected exactly one intent, found dropNotNull, dropDefault; give each its own list item',
    )
  })

  test('with an unknown key at the top names it', async () => {
    expect(await messageFor('a.yaml', 'intent: []\n')).toMatch(
      /^a\.yaml:1: intent: unknown key `intent`; did you mean `intents`\?\na\.yaml:1: intents: missing; expected array$/,
    )
  })

  test('with a key nested in lists and records is told where', async () => {
    const text =
      'intents:\n  - createTable:\n      table: t\n      columns:\n        id: { type: bigint }\n        "odd name":\n          typ: text\n'
    expect((await messageFor('a.yaml', text)).split('\n')[0]).toBe(
      'a.yaml:7: intents[0].createTable.columns["odd name"].typ: unknown key `typ`; did you mean `type`?',
    )
  })

  test('with a wrong dialect key names the dialects', async () => {
    const text = 'intents:\n  - setDefault: { table: t, column: c, default: { postgers: "1" } }\n'
    expect((await messageFor('a.yaml', text)).split('\n')[0]).toBe(
      'a.yaml:2: intents[0].setDefault.default.postgers: unknown key `postgers`; did you mean `postgres`?',
    )
  })

  test('with a value that fits no branch of a union says what fits', async () => {
    const text = 'intents:\n  - setDefault: { table: t, column: c, default: 1 }\n'
    expect(await messageFor('a.yaml', text)).toBe('a.yaml:2: intents[0].setDefault.default: expected string or object')
  })

  test('that is no object at all is an error, not a crash', async () => {
    expect(await messageFor('a.yaml', '')).toMatch(/^a\.yaml(:1)?: expected object/)
    expect(await messageFor('a.json', '[]')).toMatch(/^a\.json:1: expected object/)
  })
})

describe('a file with a syntax error', () => {
  test('is reported with its line in YAML', async () => {
    expect(await messageFor('a.yaml', 'intents:\n  - renameColumn: { table: users\n')).toMatch(/^a\.yaml:[23]: /)
  })

  test('is reported with its line in JSON', async () => {
    expect(await messageFor('a.json', '{\n  "intents": [],\n}')).toMatch(/^a\.json:3: /)
  })

  test('is JSON only if it is JSON, though YAML would take it', async () => {
    expect(await messageFor('a.json', 'intents: []')).toMatch(/^a\.json:1: /)
  })
})
