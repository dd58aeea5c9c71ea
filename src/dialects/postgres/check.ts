import type { CheckDialect } from '../check.ts'
import type { Session } from '../dialect.ts'
import { splitStatements } from './expressions.ts'
import { isMissing, levelOf } from './levels.ts'
import { loadParser } from './parser.ts'
import { openPreparer } from './prepare.ts'
import { roundTrip } from './round-trip.ts'
import { readSchema, writeSchema } from './schema-copy.ts'
import { claimShadow, createRoles, createScratch, databaseIdentity, dropScratch, occupyShadow } from './scratch.ts'
import { sessions } from './sessions.ts'
import { keepRows, openApp } from './shadow-app.ts'
import { withDatabase, withSearchPath } from './shadow-url.ts'
import { statementKind } from './statement-kind.ts'

/** What `migrate check` needs of PostgreSQL, its grammar loaded. */
export async function postgresCheck(): Promise<CheckDialect> {
  await loadParser()
  return {
    statementKind,
    splitStatements,
    utility: 'PostgreSQL looks its names up when it is executed only, so preparing it proves nothing',
    staleError: '0A000',
    levelOf,
    isMissing,
    cannotPrepare: () => false,
    readSchema: async (session, stateSchema) => {
      const copy = await readSchema(session, stateSchema)
      return {
        roles: copy.roles,
        write: (shadow, checkpoint) => writeSchema(shadow, copy, checkpoint),
        openPreparer,
        // What misses something here cannot be prepared: the server keeps track of what needs what.
        doubt: () => null,
        // A session sees one database only.
        outside: () => null,
        // Nor do messages name it.
        inTarget: (message) => message,
      }
    },
    roundTrip,
    shadow: {
      product,
      withDatabase,
      withSchemas: withSearchPath,
      serverOnly: (url) => url,
      namesNone: () => false,
      createScratch,
      dropScratch,
      createRoles,
      identity: databaseIdentity,
      claim: claimShadow,
      occupy: occupyShadow,
      embedded: async (session) => ({ kind: 'postgres', series: String(await majorOf(session)), lasting: {} }),
      openApp,
      keepRows,
      grantHint: 'Grant the role CREATEDB, or give --shadow-url an empty database.',
    },
  }
}

const product = async (session: Session): Promise<string> => `PostgreSQL ${await majorOf(session)}`

async function majorOf(session: Session): Promise<number> {
  const { rows } = await session.query<{ server: string }>(sessions.whereAmI)
  return Number.parseInt(rows[0]?.server.replace(/^\D+/, '') ?? '', 10)
}
