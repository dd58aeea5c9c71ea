import { expect, it } from 'vitest'
import { listApps, markDeployed, markRetired, registerApp, type StatementList } from '../../src/index.ts'
import { familyOf } from '../families/family.ts'
import { describeEveryServer, type TestDatabase } from '../servers/databases.ts'
import { outcome, rows, withUsers } from './shop.ts'

const list = (version: string, sql = 'select name from users'): StatementList => ({
  app: 'shop',
  version,
  statements: [{ id: 'read', sql, samples: [["Ada's"]] }],
})

/** The verbs on one database. */
function verbs(database: TestDatabase, environment?: string) {
  const migrator = { database: database.url, ...(environment === undefined ? {} : { environment }) }
  return {
    register: (statements: StatementList, more: object = {}) => registerApp({ migrator, statements, ...more }),
    deployed: (version: string, more: object = {}) => markDeployed({ migrator, app: 'shop', version, ...more }),
    retired: (version: string, more: object = {}) => markRetired({ migrator, app: 'shop', version, ...more }),
    list: async () =>
      (await listApps({ migrator })).versions.map((each) => `${each.environment} ${each.version} ${each.state}`),
  }
}

describeEveryServer('versions of apps', (server) => {
  const { state } = familyOf(server)
  const with_ = (body: (database: TestDatabase) => Promise<void>) => () => withUsers(server, body, 1)

  it(
    'are registered once, deployed and retired, in each environment apart',
    with_(async (database) => {
      const { register, deployed, retired, list: listed } = verbs(database)
      expect(await listed()).toEqual([])
      expect(await outcome(deployed('v1'))).toBe('2 app.unknown')
      expect(await register(list('v1'))).toMatchObject({ done: 'registered', state: 'registered', statements: 1 })
      expect(await register(list('v1'))).toMatchObject({ done: 'unchanged' })
      expect(await deployed('v1')).toMatchObject({ done: 'deployed' })
      expect(await deployed('v1')).toMatchObject({ done: 'unchanged' })
      expect(await register(list('v1'))).toMatchObject({ done: 'unchanged', state: 'deployed' })
      await register(list('v2'))
      expect(await deployed('v2', { only: true, dryRun: true })).toMatchObject({ retired: ['v1'], dryRun: true })
      expect((await listed()).sort()).toEqual(['default v1 deployed', 'default v2 registered'])
      expect(await deployed('v2', { only: true })).toMatchObject({ retired: ['v1'] })
      expect((await listed()).sort()).toEqual(['default v1 retired', 'default v2 deployed'])
      const other = verbs(database, 'eu')
      await other.register(list('v1', 'select 1'))
      expect(await other.list()).toEqual(['eu v1 registered'])
      expect(await register(list('v1'))).toMatchObject({ done: 'registered', state: 'registered' })
      expect(await retired('v1')).toMatchObject({ done: 'retired' })
      expect((await listed()).sort()).toEqual(['default v1 retired', 'default v2 deployed', 'eu v1 registered'])
    }),
  )

  it(
    'have other statements only by consent (6), and keep no sample values unless asked',
    with_(async (database) => {
      const { register } = verbs(database)
      const stored = async () => JSON.stringify(await rows(database, `select statements from ${state('app_versions')}`))
      expect(await register(list('v1'), { dryRun: true })).toMatchObject({ done: 'registered', dryRun: true })
      expect(
        await rows(
          database,
          // A database of MySQL's is a schema, among those of other tests.
          `select 1 as n from information_schema.tables where table_name like '%app_versions' ${server.kind === 'postgres' ? '' : 'and table_schema = database()'}`,
        ),
      ).toEqual([])
      expect((await register(list('v1'))).notices).toEqual(['sample values are left out: --samples keeps them'])
      expect(await stored()).not.toContain('Ada')
      await register(list('v1'), { samples: true })
      expect(await stored()).toContain('Ada')
      expect(await outcome(register(list('v1', 'select 2')))).toBe('6 app.changed')
      expect(await outcome(register(list('v1', 'select 2'), { dryRun: true }))).toBe('6 app.changed')
      expect(await stored()).not.toContain('select 2')
      expect(await register(list('v1', 'select 2'), { replace: true })).toMatchObject({ done: 'replaced' })
      expect(await stored()).toContain('select 2')
      expect(await stored()).not.toContain('Ada')
    }),
  )

  it(
    'may have hostile names and texts, and be registered by many at once',
    with_(async (database) => {
      const name = `v'1"; drop table users; -- \` \\ \${x} $1 ? 😀`
      const sql = `select '\\', "a", \`b\`, $$;$$ -- \u2028 😀`
      const { register, deployed, list: listed } = verbs(database)
      const at = await Promise.all(Array.from({ length: 4 }, () => register(list(name, sql))))
      expect(new Set(at.map((each) => each.state))).toEqual(new Set(['registered']))
      await deployed(name)
      expect(await listed()).toEqual([`default ${name} deployed`])
      expect(await outcome(register({ ...list('v1'), app: 'a\u0007' }))).toBe('2 app.name')
      expect(await outcome(register({ ...list('v1'), statements: [{ id: '', sql: 'x' }] }))).toBe(
        '2 statements.invalid',
      )
      await Promise.all([register(list('v8')), register(list('v9'))])
      await Promise.all([deployed('v8', { only: true }), deployed('v9', { only: true }), deployed(name)])
      expect((await listed()).length).toBe(3)
    }),
  )
})
