import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  checkCompatibility,
  createMigrator,
  type Intent,
  type Migrator,
  type MigratorOptions,
  markDeployed,
  markRetired,
  registerApp,
  renameColumn,
} from '../../../src/index.ts'
import { familyOf } from '../../families/family.ts'
import { createDatabase, describeEachDatabase, type TestDatabase } from '../../servers/databases.ts'
import { outcome, rows } from '../shop.ts'
import { everywhere, run as runOn, wordsOf } from './dialects.ts'
import { listFile } from './support.ts'

const name: Intent = renameColumn({ table: 'users', from: 'name', to: 'full_name' })
const city: Intent = renameColumn({ table: 'users', from: 'city', to: 'town' })

/** Each goes through several checks. */
const patience = 300_000

describeEachDatabase('a check that expand requires', everywhere, (server) => {
  const { key, postgres } = wordsOf(server)
  const { state } = familyOf(server)
  let database: TestDatabase
  beforeEach(async () => {
    database = await createDatabase(server)
    await run(`create table users (id ${key}, name varchar(60), city varchar(60)); create table other (id ${key})`)
    await register('v1', 'select name, city from users')
    await markDeployed({ migrator: options(), app: 'shop', version: 'v1' })
    await register('v2', 'select full_name from users')
  })
  afterEach(() => database.drop())

  const run = async (sql: string) => {
    for (const statement of sql.split('; ')) await runOn(database.url, statement)
  }
  const options = (
    more: Partial<MigratorOptions> = {},
    intents: Record<string, Intent> = { a: name },
  ): MigratorOptions => ({
    database: database.url,
    migrations: Object.fromEntries(Object.entries(intents).map(([each, intent]) => [each, { intents: [intent] }])),
    requireCheck: true,
    ...more,
  })
  const register = (version: string, sql: string, more: object = {}) =>
    registerApp({
      migrator: options(),
      statements: { app: 'shop', version, statements: [{ id: 'read', sql }] },
      ...more,
    })
  const check = (given = options(), more: object = {}) =>
    checkCompatibility({ migrator: given, shadow: 'target', ...more })
  const expand = async (given = options(), more: object = {}): Promise<string> => {
    const migrator = createMigrator(given)
    try {
      return (await migrator.expand(more)).notices?.join('\n') ?? 'done'
    } catch (error) {
      const { exitCode, code, message } = error as { exitCode: number; code: string; message: string }
      return `${exitCode} ${code} ${message}`
    } finally {
      await migrator.close()
    }
  }

  it(
    'takes the versions that the database knows, records what it found, and lets exactly that through',
    async () => {
      expect(await expand()).toBe('3 check.required a: no check of it is recorded in default')
      expect(await expand(options(), { dryRun: true })).toBe(
        'expand would refuse a: no check of it is recorded in default',
      )
      await register('v0', 'select 1')
      const nothing = await check(options({ requireCheck: false }))
      expect(nothing).toMatchObject({ ok: true, recorded: [] })
      expect(await rows(database, `select * from ${state('checks')}`)).toEqual([])
      await register('v2', 'select full_name from users')
      const result = await check()
      expect(result).toMatchObject({ ok: true, recorded: ['a'] })
      expect(result.matrix.map(({ version, role }) => `${version} ${role}`)).toEqual(
        ['v1 old', 'v2 new'].flatMap((each) => [each, each, each, each]),
      )
      expect(result.notices.join('\n')).toMatch(
        /shop v1 is taken as old: deployed since .*\n.*shop v0 is left out: v2 was registered after it\n.*shop v2 is taken as new: registered at /,
      )
      expect(await expand(options(), { dryRun: true })).toBe('done')
      expect(await expand()).toBe('done')
    },
    patience,
  )

  it(
    'is worth nothing once it failed, or what it looked at changed, and expand says what',
    async () => {
      const refusal = async (given = options()) => (await expand(given)).replace('3 check.required a: ', '')
      await register('v2', 'select nowhere from users', { replace: true })
      expect(await check()).toMatchObject({ ok: false, recorded: ['a'] })
      expect(await refusal()).toMatch(/^the check that was recorded last, at .*Z, did not pass$/)
      await register('v2', 'select full_name from users', { replace: true })
      expect(await check()).toMatchObject({ ok: true })
      await register('v2', 'select id from users', { replace: true })
      expect(await refusal()).toBe('shop v2 has other statements than were checked')
      await register('v2', 'select full_name from users', { replace: true })
      await markDeployed({ migrator: options(), app: 'shop', version: 'v2' })
      expect(await refusal()).toMatch(/^shop v2 was checked as new, and is old now: deployed since/)
      await markRetired({ migrator: options(), app: 'shop', version: 'v2' })
      expect(await refusal()).toMatch(/^shop v2 was checked as new, and is old now: retired at .*, and may come back$/)
      expect(await refusal(options({ rollbackWindow: 0 }, { a: city }))).toMatch(
        /^the migration was edited since its check at/,
      )
      await run('alter table other add column more int')
      expect(await refusal(options({ rollbackWindow: 0 }))).toMatch(
        /^the schema was changed since its check at .*: [\w.]+\.other$/,
      )
      await run('alter table other drop column more')
      await register('v3', 'select 1')
      expect(await refusal(options({ rollbackWindow: 0 }))).toMatch(/^shop v3 was not checked: registered at/)
      await markRetired({ migrator: options(), app: 'shop', version: 'v3' })
      await run("insert into users (name) values ('Ada'), ('Bob')")
      expect(await refusal(options({ environment: 'eu' }))).toBe('no check of it is recorded in eu')
      expect(await expand(options({ rollbackWindow: 0 }))).toBe('done')
    },
    patience,
  )

  it(
    'of several migrations is recorded for each, and holds where a runner dies between them',
    async () => {
      const both = options({}, { a: name, b: city })
      await register('v2', 'select full_name, town from users', { replace: true })
      expect(await outcome(check(both, { name: 'b', record: true }))).toBe('3 check.record-earlier')
      expect((await check(both, { name: 'b' })).notices).toContain(
        'the check is not recorded: a is pending before it, and was not checked',
      )
      expect(await check(both)).toMatchObject({ ok: true, recorded: ['a', 'b'] })
      expect(await expand(both, { name: 'a' })).toBe('done')
      const dies = createMigrator(both)
      await dies.backfill()
      await dies.close()
      expect(await expand(both, { dryRun: true })).toBe('done')
      await run('alter table other add column more int')
      expect(await expand(both)).toMatch(
        /^3 check.required b: the schema was changed since its check at .*: [\w.]+\.other$/,
      )
      await run('alter table other drop column more')
      expect(await expand(both)).toBe('done')
    },
    patience,
  )

  it(
    'may be of lists in files, and counts those where nothing is registered',
    async () => {
      const old = await listFile('v1', { read: 'select name from users' })
      const changed = await listFile('v2', { read: 'select full_name from users' })
      try {
        expect(await outcome(check(options(), { new: [old.path] }))).toBe('2 check.version-twice')
        const result = await check(options({ requireCheck: false }), { new: [changed.path], record: true })
        expect(result).toMatchObject({ ok: true, recorded: ['a'] })
        const statements = [{ id: 'read', sql: 'select full_name from users' }]
        const lists = [{ role: 'new' as const, app: 'shop', version: 'v9', statements }]
        expect(await expand(options({ environment: 'eu', lists }))).toBe(
          '3 check.required a: no check of it is recorded in eu',
        )
        await check(options({ environment: 'eu' }), { old: [old.path] })
        expect(await expand(options({ environment: 'eu', lists }))).toMatch(
          /a: shop v9 was not checked: a statement list names it/,
        )
        expect(await outcome(check(options({ environment: 'none' })))).toBe('2 check.no-lists')
      } finally {
        await old.remove()
        await changed.remove()
      }
    },
    patience,
  )

  it(
    'opens the gate `check` once nothing is deployed that contract would break',
    async () => {
      const m = createMigrator(options({ quietPeriod: 0 }))
      const gate = async (requireGate: readonly string[]) => {
        const found = (await m.ready({ requireGate })).migrations[0]?.gates.find((each) => each.name === 'check')
        return `${found?.status}: ${found?.reason}`
      }
      try {
        await m.expand({ requireCheck: false } as object)
        expect(await gate([])).toBe(
          'advisory: no check that passed is recorded in default of the plan that was expanded',
        )
        await m.rollback()
        await check()
        await m.expand({ backfill: true })
        expect(await gate([])).toBe('advisory: deployed, and does not work once this is contracted: shop v1')
        expect(await gate(['check'])).toBe('failed: deployed, and does not work once this is contracted: shop v1')
        expect(await outcome(m.contract({ requireGate: ['check'] }))).toBe('5 gate.closed')
        await markDeployed({ migrator: options(), app: 'shop', version: 'v2', only: true })
        await register('v3', 'select 1')
        await markDeployed({ migrator: options(), app: 'shop', version: 'v3' })
        expect(await gate(['check'])).toBe(
          'unknown: deployed, and was not checked as it is, or not once this is contracted: shop v3',
        )
        await markRetired({ migrator: options(), app: 'shop', version: 'v3' })
        expect(await gate(['check'])).toBe('ok: works once this is contracted: shop v2')
        expect(await outcome(m.contract({ requireGate: ['check'] }))).toBe('0')
      } finally {
        await m.close()
      }
    },
    patience,
  )

  it(
    'does not open that gate where the shadow was not contracted, or a version says nothing',
    async () => {
      const gate = async (m: Migrator): Promise<string> => {
        const found = (await m.ready({ requireGate: ['check'] })).migrations[0]?.gates.find(
          (each) => each.name === 'check',
        )
        return `${found?.status}: ${found?.reason}`
      }
      await registerApp({ migrator: options(), statements: { app: 'mute', version: 'v1', statements: [] } })
      await markDeployed({ migrator: options(), app: 'mute', version: 'v1' })
      const m = createMigrator(options({ requireCheck: false }))
      try {
        expect(await check()).toMatchObject({ ok: true })
        await m.expand({ backfill: true })
        await markRetired({ migrator: options(), app: 'shop', version: 'v1' })
        const unsure = 'unknown: deployed, and was not checked as it is, or not once this is contracted:'
        expect(await gate(m)).toBe(`${unsure} mute v1`)
        await m.rollback()
        const body = 'select name from users'
        await run(
          postgres
            ? `create function names() returns setof text language sql as '${body}'`
            : `create procedure names() ${body}`,
        )
        expect(await check()).toMatchObject({ ok: false })
        await m.expand({ backfill: true })
        expect(await gate(m)).toMatch(/^unknown: no check that passed is recorded/)
      } finally {
        await m.close()
      }
    },
    patience,
  )

  it(
    'is not asked for by `up`, where nobody uses the database',
    async () => {
      const migrator = createMigrator(options())
      try {
        await expect(migrator.up({ allowTraffic: true })).rejects.toMatchObject({ code: 'check.required' })
        await migrator.up()
        expect((await migrator.status()).migrations).toMatchObject([{ state: 'completed' }])
      } finally {
        await migrator.close()
      }
    },
    patience,
  )
})
