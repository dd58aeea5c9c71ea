import { basename } from 'node:path'

/** How a tool runs a file on PostgreSQL: in a transaction, or not, or as several statements sent as one. */
export type Transaction = 'yes' | 'no' | 'when several' | 'unless concurrent'

/** What of a file is run forwards. */
export interface Layout {
  /** As long as the file, other parts blank, so that lines stay what they are. */
  readonly text: string
  readonly transaction: Transaction
  /** Why nothing of it is. */
  readonly skipped: string | null
}

interface Marks {
  readonly up: RegExp
  readonly down: RegExp
  /** In the file, or on the line of `up`: no transaction is opened. */
  readonly without: RegExp
}

/** The comments by which tools divide a file: goose, dbmate, sql-migrate, node-pg-migrate. */
const tools: readonly Marks[] = [
  {
    up: /^[ \t]*--[ \t]*\+goose[ \t]+up\b/im,
    down: /^[ \t]*--[ \t]*\+goose[ \t]+down\b/im,
    without: /^[ \t]*--[ \t]*\+goose[ \t]+no[ \t]+transaction\b/im,
  },
  {
    up: /^[ \t]*--[ \t]*migrate:up\b/im,
    down: /^[ \t]*--[ \t]*migrate:down\b/im,
    without: /^[ \t]*--[ \t]*migrate:up\b.*\btransaction:[ \t]*false\b/im,
  },
  {
    up: /^[ \t]*--[ \t]*\+migrate[ \t]+up\b/im,
    down: /^[ \t]*--[ \t]*\+migrate[ \t]+down\b/im,
    without: /^[ \t]*--[ \t]*\+migrate[ \t]+up\b.*\bnotransaction\b/im,
  },
  {
    up: /^[ \t]*--[ \t]*up migration\b/im,
    down: /^[ \t]*--[ \t]*down migration\b/im,
    without: /(?!)/,
  },
]

/** What of a `.sql` file is run forwards, by its name and its comments. */
export function layoutOf(file: string, text: string): Layout {
  const name = basename(file)
  const all = (transaction: Transaction): Layout => ({ text: withoutBreaks(text), transaction, skipped: null })
  if (/\.(down|undo)\.sql$/i.test(name)) return { ...all('no'), skipped: 'it takes a migration back' }
  const marks = tools.find(({ up }) => up.test(text))
  if (marks !== undefined)
    return {
      text: forwards(text, marks),
      transaction: marks.without.test(text) ? 'no' : 'yes',
      skipped: null,
    }
  if (tools.some(({ down }) => down.test(text)) && !/\.up\.sql$/i.test(name))
    return { ...all('no'), skipped: 'it has only a part that takes a migration back' }
  if (/^U\d[\w.]*__.*\.sql$/.test(name)) return { ...all('no'), skipped: 'it takes a migration back (Flyway)' }
  if (/^(?:V\d[\w.]*|R)__.*\.sql$/.test(name)) return all('unless concurrent')
  // Prisma and golang-migrate send a file as it is, and the server takes several statements for one transaction.
  if (/\.up\.sql$/i.test(name) || name === 'migration.sql') return all('when several')
  return all('no')
}

/** Drizzle's own line between statements, which is no comment on MySQL; and what pg_dump locks psql by, around all of a dump. */
const withoutBreaks = (text: string): string =>
  text
    .replaceAll('--> statement-breakpoint', (own) => ' '.repeat(own.length))
    .replaceAll(/^\\(?:un)?restrict [A-Za-z0-9]+[ \t]*$/gm, (own) => ' '.repeat(own.length))

function forwards(text: string, { up, down }: Marks): string {
  let forward = false
  return withoutBreaks(text)
    .split('\n')
    .map((line) => {
      if (up.test(line)) forward = true
      else if (down.test(line)) forward = false
      return forward ? line : ''
    })
    .join('\n')
}
