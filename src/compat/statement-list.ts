import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { z } from 'zod'
import type { CheckDialect } from '../dialects/check.ts'
import { usageError } from '../errors.ts'
import { formatPath } from '../migrations/path.ts'
import { type Problem, problemsOf } from '../migrations/problems.ts'
import { readJson } from '../migrations/read-data.ts'
import { shortPath } from '../migrations/read-file.ts'
import { parseSqlList } from './sql-list.ts'

/** One statement that an app version runs. */
export interface ListedStatement {
  readonly id: string
  readonly sql: string
  /** Types of the parameters, in the target's words; what is not given, the server infers. */
  readonly params?: readonly string[] | undefined
  readonly samples?: readonly (readonly unknown[])[] | undefined
  /** Where the app says it, as `file:line`. */
  readonly source?: string | undefined
  /** `false`: the driver never keeps it prepared, so a result that gets another shape breaks nothing by itself. */
  readonly prepared?: boolean | undefined
}

/** What one version of one app runs. */
export interface StatementList {
  readonly app: string
  readonly version: string
  readonly statements: readonly ListedStatement[]
}

const text = z.string().min(1)

/** The schema of a list in JSON. Strict: an unknown key is an error. */
export const statementListSchema: z.ZodType<StatementList> = z.strictObject({
  app: text,
  version: text,
  statements: z.array(
    z.strictObject({
      id: text,
      sql: text,
      params: z.array(text).optional(),
      samples: z.array(z.array(z.unknown())).optional(),
      source: text.optional(),
      prepared: z.boolean().optional(),
    }),
  ),
})

/**
 * Reads a list: `*.json`, or `*.sql` with `-- name: <id>` lines.
 *
 * @throws BellowsError exit 2 that names file, line and path.
 */
export async function readStatementList(
  path: string,
  dialect: Pick<CheckDialect, 'splitStatements'>,
): Promise<StatementList> {
  const file = shortPath(path)
  const kind = extname(path).toLowerCase()
  if (kind !== '.json' && kind !== '.sql') {
    throw usageError('statements.format', `${file}: a statement list is a .json or a .sql file`)
  }
  const content = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw usageError('statements.unreadable', `${file} cannot be read`, { cause, details: { file } })
  })
  return kind === '.json' ? parseJsonList(content, file) : parseSqlList(content, file, dialect)
}

/** A list in JSON, judged by {@link statementListSchema}. */
export function parseJsonList(content: string, file: string): StatementList {
  const { value, origin } = readJson(content, file)
  const parsed = statementListSchema.safeParse(value)
  const problems = parsed.success ? doubles(parsed.data) : problemsOf(statementListSchema, value)
  if (parsed.success && problems.length === 0) return parsed.data
  const lines = problems.map(({ path, message }) => {
    const line = origin.lineOf?.(path) ?? null
    const place = line === null ? file : `${file}:${line}`
    return path.length === 0 ? `${place}: ${message}` : `${place}: ${formatPath(path)}: ${message}`
  })
  throw usageError('statements.invalid', lines.join('\n'), {
    hint: 'docs/check.md shows what a statement list looks like.',
    details: { file },
  })
}

function doubles({ statements }: StatementList): readonly Problem[] {
  const seen = new Set<string>()
  return statements.flatMap(({ id }, index) => {
    if (!seen.has(id)) {
      seen.add(id)
      return []
    }
    return [{ path: ['statements', index, 'id'], message: `a second statement is called ${id}` }]
  })
}
