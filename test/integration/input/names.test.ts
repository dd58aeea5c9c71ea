import { expect, it, type TestContext } from 'vitest'
import {
  addColumn,
  addIndex,
  changeType,
  createMigrator,
  dropColumn,
  type Intent,
  renameColumn,
  setNotNull,
} from '../../../src/index.ts'
import { type Family, familyOf } from '../../families/family.ts'
import { pick, seed } from '../../scenarios/sample.ts'
import { leaveOutIfNotYet } from '../../scenarios/scenario.ts'
import { createDatabase, describeEveryServer, servers, type TestServer } from '../../servers/databases.ts'
import { appOn, type Names } from './named-app.ts'
import { type NameStyle, stylesFor } from './names.ts'

function naming(family: Family, { name }: NameStyle): Names {
  // A table of MySQL is a file, in whose name each other character is five.
  const short = (text: string): string =>
    family.name === 'mysql' && /\W/.test(text) ? [...text].slice(-40).join('') : text

  return {
    schema: name('a'),
    table: short(name('b')),
    key: name('c'),
    renamed: name('d'),
    renamedTo: name('e'),
    widened: name('f'),
    typed: name('g'),
    typedTo: name('h'),
    added: name('i'),
    source: name('j'),
    dropped: name('k'),
    required: name('l'),
    index: name('m'),
    unique: name('n'),
    check: name('o'),
    oldIndex: name('p'),
    migration: name('q'),
    other: short(name('r')),
  }
}

function schemaOf(family: Family, n: Names): string {
  const q = (name: keyof Names): string => family.quote(n[name])
  const columns = `${q('renamed')}, ${q('widened')}, ${q('typed')}, ${q('source')}, ${q('dropped')}, ${q('required')}`
  const rows = [1, 2, 3, 4, 5].map((i) => `('row ${i}', ${i}, '${i}', 'SRC${i}', 'd', ${i === 3 ? 'null' : `'r${i}'`})`)
  if (family.name === 'mysql') {
    // No CHECK on a column that changes: MySQL does not rename what one names.
    return `create table ${q('table')} (
  ${q('key')} int not null auto_increment primary key,
  ${q('renamed')} varchar(60), ${q('widened')} int, ${q('typed')} varchar(60), ${q('source')} varchar(60), ${q('dropped')} varchar(60) not null, ${q('required')} varchar(60),
  unique key ${q('unique')} (${q('renamed')}), key ${q('oldIndex')} (${q('widened')}, ${q('source')}(10)), constraint ${q('check')} check (${q('source')} <> 'nothing'));
insert into ${q('table')} (${columns}) values ${rows.join(', ')};
create table ${q('other')} (id int primary key)`
  }
  const table = `${q('schema')}.${q('table')}`
  return `create schema ${q('schema')};
create table ${table} (
  ${q('key')} int generated always as identity primary key,
  ${q('renamed')} text constraint ${q('unique')} unique,
  ${q('widened')} int constraint ${q('check')} check (${q('widened')} >= 0),
  ${q('typed')} text, ${q('source')} text, ${q('dropped')} text not null, ${q('required')} text);
create index ${q('oldIndex')} on ${table} (${q('widened')}, lower(${q('source')}));
insert into ${table} (${columns}) values ${rows.join(', ')};
create table ${q('schema')}.${q('other')} (id int primary key)`
}

function intentsOf(family: Family, n: Names): { readonly columns: readonly Intent[]; readonly index: Intent } {
  const postgres = family.name === 'postgres'
  const table = postgres ? `${n.schema}.${n.table}` : n.table
  const source = family.quote(n.source)
  const said = (what: string) => ({
    postgres: `'${what}: ' || coalesce(${source}, '-')`,
    mysql: `concat('${what}: ', coalesce(${source}, '-'))`,
  })
  const type = { postgres: 'text', mysql: 'varchar(80)' }
  const more = postgres ? { where: `${source} <> ''`, include: [n.key] } : {}
  return {
    columns: [
      renameColumn({ table, from: n.renamed, to: n.renamedTo }),
      changeType({ table, column: n.widened, to: 'bigint' }),
      changeType({ table, column: n.typed, to: 'integer', as: n.typedTo }),
      addColumn({ table, column: n.added, type, nullable: false, up: said('up') }),
      dropColumn({ table, column: n.dropped, down: said('down'), onError: "'down'" }),
      setNotNull({ table, column: n.required, up: `coalesce(${source}, 'none')` }),
    ],
    index: addIndex({
      table,
      name: n.index,
      columns: [n.source, ...(postgres ? [{ expression: `upper(${source})` }] : [])],
      ...more,
    }),
  }
}

const shapes = (n: Names) => ({
  old: [n.renamed, n.widened, n.typed, n.dropped, n.required],
  new: [n.renamedTo, n.widened, n.typedTo, n.added, n.required],
})

describeEveryServer(`names (SEED=${seed})`, (server) => {
  const family = familyOf(server)
  const styles = stylesFor(family)
  const place = servers().findIndex(({ name }) => name === server.name)
  it.for(pick(styles, servers().length > 1 ? 5 : 8, seed + place))(
    'with $title go through all phases and back, with what both versions write',
    async (style, context) => {
      const database = await createDatabase(server)
      try {
        await family.run(database.url, schemaOf(family, naming(family, style)))
        await story(server, database.url, naming(family, style), context)
      } finally {
        await database.drop()
      }
    },
  )
})

async function story(server: TestServer, url: string, n: Names, context: TestContext): Promise<void> {
  const family = familyOf(server)
  const { old, new: fresh } = shapes(n)
  const { columns, index } = intentsOf(family, n)
  await leaveOutIfNotYet(context, { name: 'names', intents: columns }, server, url)
  const intents = [...columns, ...((await isThere(server, url, index)) ? [index] : [])]
  const migrator = createMigrator({ database: url, migrations: { [n.migration]: { intents } }, quietPeriod: 0 })
  const app = appOn(url, n)
  const catalog = (): Promise<string> => family.catalog(url)
  const asOld = (text: string, number: number) =>
    app.insert({ [n.renamed]: text, [n.widened]: number, [n.typed]: String(number), [n.dropped]: 'd' })
  const asNew = (text: string, number: number) =>
    app.insert({
      [n.renamedTo]: text,
      [n.widened]: number,
      [n.typedTo]: number,
      [n.added]: 'given',
      [n.source]: 'S',
      [n.required]: 'r',
    })
  try {
    const before = await catalog()
    await migrator.expand()
    const first = await asOld('v1 in expanded', 101)
    const second = await asNew('v2 in expanded', 102)
    expect(await app.read(first, fresh)).toEqual(['v1 in expanded', '101', '101', 'up: -', 'none'])
    expect(await app.read(second, old)).toEqual(['v2 in expanded', '102', '102', 'down: S', 'r'])
    await migrator.rollback({ acceptLoss: true, reason: 'a test', quietPeriod: 0 })
    expect(await catalog()).toBe(before)
    expect(await app.read(second, old)).toEqual(['v2 in expanded', '102', '102', 'down: S', 'r'])

    await migrator.expand()
    await migrator.backfill()
    const backfilled = await catalog()
    expect(await app.read(3, fresh)).toEqual(['row 3', '3', '3', 'up: SRC3', 'SRC3'])
    const raising = await asOld('cannot be an integer', 103)
    await app.set(raising, n.typed, 'one')
    expect(await app.read(raising, [n.typedTo])).toEqual([null])
    const failures = await family.rows<{ key: string; target: string; code: string }>(
      url,
      `select ${family.quote('key')}, target, code from ${family.state('conversion_failures')} where resolved_at is null`,
    )
    expect(failures.map(({ key, ...rest }) => ({ ...rest, key: JSON.parse(key) }))).toEqual([
      { key: { [n.key]: raising }, target: n.typedTo, code: expect.stringMatching(/^(22P02|1366|1292)$/) },
    ])
    await expect(migrator.contract()).rejects.toMatchObject({ exitCode: 5 })
    await app.set(raising, n.typedTo, 103)

    await migrator.contract()
    const third = await asNew('v2 in contracted', 104)
    expect((await migrator.verify()).migrations).toMatchObject([{ ok: true }])
    await migrator.rollback()
    expect(await catalog()).toBe(backfilled)
    expect(await app.read(third, old)).toEqual(['v2 in contracted', '104', '104', 'down: S', 'r'])
    expect(await app.read(raising, old)).toEqual(['cannot be an integer', '103', '103', 'd', 'none'])

    await migrator.contract()
    await migrator.purge({ ignoreRetention: true })
    expect(await app.read(first, fresh)).toEqual(['v1 in expanded', '101', '101', 'up: -', 'none'])
    expect(await app.read(third, fresh)).toEqual(['v2 in contracted', '104', '104', 'given', 'r'])
    const after = await catalog()
    expect(after).not.toMatch(family.ours)
    const kept = [n.renamedTo, n.typedTo, n.unique, n.check, n.oldIndex, ...(intents.includes(index) ? [n.index] : [])]
    for (const name of kept) expect(await family.mentions(url, name), name).toBe(true)
  } finally {
    await migrator.close()
  }
}

/** Whether this intent is there on this server; where it is not, the others are tried without it. */
async function isThere(server: TestServer, url: string, intent: Intent): Promise<boolean> {
  const state = { there: true }
  const skip = (): never => {
    state.there = false
    throw new Error('left out')
  }
  await leaveOutIfNotYet({ skip }, { name: 'names, the index', intents: [intent] }, server, url).catch(
    (error: unknown) => {
      if (state.there) throw error
    },
  )
  return state.there
}
