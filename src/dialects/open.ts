import type { DialectName } from '../planner/catalog.ts'
import type { CaptureDialect } from './capture.ts'
import type { CheckDialect } from './check.ts'
import type { Dialect } from './dialect.ts'
import type { LintDialect } from './lint.ts'
import type { TestDatabases } from './test-databases.ts'

/** The dialect of a database, by the protocol of its URL. What is no URL at all is left to the one that says why. */
export function openDialect(url: string): Promise<Dialect> {
  return dialectNamed(/^(mysql|mariadb):/i.test(url) ? 'mysql' : 'postgres')
}

/** The dialect by name, for a catalog that is planned against without a database. */
export async function dialectNamed(name: DialectName): Promise<Dialect> {
  if (name === 'postgres') return (await import('./postgres/index.ts')).postgresDialect()
  return (await import('./mysql/index.ts')).mysqlDialect()
}

/** How a dialect asks for the state tables: all that an app which only says that it runs has to load. */
export async function stateOf(name: DialectName): Promise<Pick<Dialect, 'state'>> {
  const { state } = await (name === 'postgres' ? import('./postgres/state.ts') : import('./mysql/state.ts'))
  return { state }
}

/** What `migrate check` needs of a dialect. */
export async function checkOf(name: DialectName): Promise<CheckDialect> {
  if (name === 'postgres') return (await import('./postgres/check.ts')).postgresCheck()
  return (await import('./mysql/check.ts')).mysqlCheck()
}

/** What `migrate capture` needs of the dialect of a database. */
export function captureOf(url: string): Promise<CaptureDialect> {
  return captureNamed(/^(mysql|mariadb):/i.test(url) ? 'mysql' : 'postgres')
}

/** The same by name, for `bellows/capture`. */
export async function captureNamed(name: DialectName): Promise<CaptureDialect> {
  if (name === 'postgres') return (await import('./postgres/capture/capture.ts')).postgresCapture()
  return (await import('./mysql/capture/capture.ts')).mysqlCapture()
}

/** Databases of PGlite, for `bellows/testing`. */
export async function pgliteOf(): Promise<typeof import('./postgres/pglite/index.ts')> {
  return import('./postgres/pglite/index.ts')
}

/** What `bellows/testing` needs of a dialect. */
export async function testDatabasesOf(name: DialectName): Promise<TestDatabases> {
  if (name === 'postgres') return (await import('./postgres/test-databases.ts')).postgresTestDatabases()
  return (await import('./mysql/test-databases.ts')).mysqlTestDatabases()
}

/** What `migrate lint` needs of a dialect. The grammar is loaded only here. */
export async function lintOf(name: DialectName): Promise<LintDialect> {
  if (name === 'postgres') return (await import('./postgres/lint/index.ts')).postgresLint()
  return (await import('./mysql/lint/index.ts')).mysqlLint()
}
