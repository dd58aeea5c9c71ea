import type { CheckDialect, Copy } from '../check.ts'
import type { Session } from '../dialect.ts'
import { isMissing, levelOf } from './levels.ts'
import { isWord, lex, lexingOf } from './lexer.ts'
import { inTarget, namesIn, readNames } from './names.ts'
import { outside } from './outside.ts'
import { openPreparer } from './prepare.ts'
import { roundTrip } from './round-trip.ts'
import { type Doubts, doubtsOf, readSchema, type SchemaCopy, writeSchema } from './schema-copy.ts'
import {
  claimShadow,
  createScratch,
  databaseIdentity,
  dropScratch,
  likeServer,
  occupyShadow,
  product,
} from './scratch.ts'
import { splitStatements } from './script.ts'
import { keepRows, openApp } from './shadow-app.ts'
import { namesNone, serverOnly, withDatabase } from './shadow-url.ts'
import { statementKind } from './statement-kind.ts'

/** What `migrate check` needs of MySQL and MariaDB. */
export function mysqlCheck(): CheckDialect {
  return {
    statementKind,
    splitStatements,
    utility: 'its names are looked up when it is executed only, so preparing it proves nothing',
    staleError: null,
    levelOf,
    isMissing,
    cannotPrepare: (code) => code === '1295',
    readSchema: readCopy,
    roundTrip,
    shadow: {
      product,
      withDatabase,
      withSchemas: (url) => url,
      serverOnly,
      namesNone,
      createScratch,
      dropScratch,
      // Accounts are the server's, and the copy is made without owners.
      createRoles: async () => {},
      identity: databaseIdentity,
      claim: claimShadow,
      occupy: occupyShadow,
      embedded: likeServer,
      openApp,
      keepRows,
      grantHint:
        'GRANT ALL ON `bellows\\_check\\_%`.* to the account, or give --shadow-url a server, or an empty database, of the same version.',
    },
  }
}

async function readCopy(session: Session, stateSchema: string): Promise<Copy> {
  const copy = await readSchema(session, stateSchema)
  let doubts: Doubts = { names: new Map(), writes: new Map() }
  return {
    roles: [],
    write: async (shadow, checkpoint) => {
      const { lacks, report } = await writeSchema(shadow, copy, checkpoint)
      doubts = doubtsOf(copy, lacks)
      return report
    },
    openPreparer: (options) => openPreparer(options, copy),
    doubt: (statement) => doubt(statement, copy, doubts),
    outside: (statement) => outside(statement, copy.known),
    inTarget: (message) => inTarget(message, copy.known),
  }
}

function doubt(statement: string, copy: SchemaCopy, { names, writes }: Doubts): string | null {
  const lexing = lexingOf(copy.sqlMode)
  const { others, unclear } = readNames(statement, copy.known, lexing)
  if (others.length > 0) return `it names the database ${others.join(', ')}, which is not part of the copy`
  if (unclear.length > 0) return `${unclear.join(', ')} in it may mean the database or a table`
  const used = [...namesIn(statement, lexing)]
  const reads = isWord(lex(statement, lexing)[0], 'select', 'table', 'values')
  return used.flatMap((name) => names.get(name) ?? (reads ? [] : (writes.get(name) ?? [])))[0] ?? null
}
