import { resolve } from 'node:path'
import { type BellowsError, findings, usageError } from '../../errors.ts'
import type { LintResult } from '../../runner/lint/api.ts'
import { resolveDatabase } from '../database.ts'
import { defined } from '../defined.ts'
import { openLintReports } from '../lint-reports.ts'
import { renderLint } from '../render/lint/text.ts'
import type { CommandFile, Session } from '../session.ts'
import { migrationsFolder } from '../with-migrator.ts'

const dialects = ['postgres', 'mysql', 'mariadb'] as const
type Engine = (typeof dialects)[number]

/** `migrate lint`: hazards of SQL files and of what rawSql runs. Needs no database. */
export const lint: CommandFile = {
  name: 'lint',
  summary: 'hazards of SQL files, of any tool, and of rawSql in migrations; no database needed',
  arguments: '[files...]',
  keepsNothing: true,
  options: [
    { flags: '--dialect <dialect>', help: 'whose SQL it is (by the database URL; else postgres)', choices: dialects },
    { flags: '--exclude <rule>', help: 'do not ask this rule; again for each', many: true },
    { flags: '--max-warnings <count>', help: 'exit 4 for more warnings than that (any number is let through)' },
    {
      flags: '--report <format=file>',
      help: 'also write github, json or sarif to a file (- is stdout); again for each',
      many: true,
    },
  ],
  examples: [
    'migrate lint',
    'migrate lint prisma/migrations --dialect postgres',
    'migrate lint --max-warnings 0 $(git diff --name-only --diff-filter=AM main -- "*.sql")',
    'migrate lint db/migrations --report sarif=lint.sarif',
  ],
  run: async (session, args) => {
    const { io, settings, output } = session
    const files = args.filter((file) => file !== undefined)
    const most = maxWarnings(session)
    const reports = await openLintReports(session)
    const dialect = await dialectOf(session)
    io.signal.throwIfAborted()
    // Loaded only here: `--help` needs no grammar.
    const { lint: look } = await import('../../runner/lint/lint.ts')
    const found = await look({
      files: files.map((file) => resolve(io.cwd, file)),
      ...defined({ migrations: files.length === 0 ? migrationsFolder(session) : undefined }),
      dialect,
      exclude: settings.list('exclude'),
      signal: io.signal,
    })
    const result = output.redacted(found)
    for (const { file, why } of result.skipped) output.note(`${file} is not looked at: ${why}`)
    const answer = { result, text: renderLint(result, output.colours), failure: failureOf(result, most) }
    return reports.write(result, answer)
  },
}

function maxWarnings({ settings }: Session): number {
  const given = settings.text('maxWarnings')
  if (given === undefined) return Number.POSITIVE_INFINITY
  if (/^\d{1,9}$/.test(given)) return Number(given)
  throw usageError('usage.number', `--max-warnings: \`${given}\` is not a whole number`)
}

/** By the flag, else by the URL of the database, which nothing is asked of. */
async function dialectOf({ settings, io, config, output }: Session): Promise<Engine> {
  const given = settings.text('dialect')
  if (given !== undefined) {
    const known = dialects.find((dialect) => dialect === given)
    if (known !== undefined) return known
    throw usageError('usage.dialect', `--dialect: \`${given}\` is none of ${dialects.join(', ')}`)
  }
  const database = await resolveDatabase(settings, io.env, config.base, io.cwd).catch(() => null)
  if (database === null) {
    output.note('read as PostgreSQL, because no database is named; --dialect says otherwise')
    return 'postgres'
  }
  output.hide(database.url)
  if (/^mysql:/i.test(database.url)) return 'mysql'
  return /^mariadb:/i.test(database.url) ? 'mariadb' : 'postgres'
}

function failureOf(result: LintResult, most: number): BellowsError | undefined {
  const [unreadable] = result.unreadable
  if (unreadable !== undefined) {
    const { file, line, message } = unreadable
    const more = result.unreadable.length - 1
    return usageError(
      'lint.unreadable',
      `${file}${line === null ? '' : `:${line}`}: ${message}${more === 0 ? '' : `, and ${more} more`}`,
      {
        hint: `It is read as ${result.dialect}; --dialect says otherwise. Words of a client (\\set, placeholders) are not SQL.`,
        details: { file, line },
      },
    )
  }
  if (result.errors > 0) {
    return findings('lint.findings', `${count(result.errors, 'finding')} of severity error`, {
      hint: 'Each says the way without that; docs/lint.md explains the rules, and how one is ignored with a reason.',
    })
  }
  if (result.warnings <= most) return undefined
  return findings('lint.warnings', `${count(result.warnings, 'warning')}, and --max-warnings is ${most}`)
}

const count = (many: number, what: string): string => `${many} ${what}${many === 1 ? '' : 's'}`
