import { usageError } from '../errors.ts'
import type { ListedStatement } from './statement-list.ts'

/** What the database takes of one version. A list of more is most often one of values instead of placeholders. */
export const listLimits: Readonly<Record<'bytes' | 'statements' | 'depth' | 'name', number>> = {
  bytes: 4 * 1024 * 1024,
  statements: 10_000,
  depth: 50,
  name: 255,
}

// Nothing that a terminal would act on, or that people cannot see; the servers store no NUL and no half of a pair.
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u
const unstorable = /\0|\p{Cs}/u

/**
 * A name that is kept in the state tables: of an app, a version, an environment, an instance.
 *
 * @throws BellowsError exit 2 for one that is empty, too long, or holds what cannot be seen
 */
export function checkName(what: 'app' | 'version' | 'environment' | 'instance', name: string): string {
  const wrong = (why: string): Error => usageError('app.name', `the ${what} ${JSON.stringify(name)} ${why}`)
  if (name.trim() === '') throw usageError('app.name', `the ${what} has no name`)
  if ([...name].length > listLimits.name) throw wrong(`has more than ${listLimits.name} characters`)
  if (unseen.test(name)) throw wrong('has characters that cannot be seen')
  if (name.trim() !== name) throw wrong('begins or ends with a space')
  return name
}

/** Statements as they are stored: without what was not asked for. */
export function storedStatements(
  statements: readonly ListedStatement[],
  withSamples: boolean,
): readonly ListedStatement[] {
  return statements.map(({ id, sql, params, samples, source, prepared }) => ({
    id,
    sql,
    ...(params === undefined ? {} : { params }),
    ...(samples === undefined || !withSamples ? {} : { samples }),
    ...(source === undefined ? {} : { source }),
    ...(prepared === undefined ? {} : { prepared }),
  }))
}

/**
 * A list has to fit into the state tables.
 *
 * @throws BellowsError exit 2 for one that is too large, or holds what the servers do not store
 */
export function checkStorable(statements: readonly ListedStatement[]): void {
  if (statements.length > listLimits.statements) {
    throw usageError(
      'app.list-size',
      `the list has ${statements.length} statements, and ${listLimits.statements} are taken`,
      { hint: 'Statements that differ in their values only are one, with placeholders.' },
    )
  }
  for (const statement of statements) {
    const problem = unstored(statement, 0)
    if (problem !== null) throw usageError('statements.invalid', `${JSON.stringify(statement.id)} ${problem}`)
  }
  const bytes = Buffer.byteLength(JSON.stringify(statements))
  if (bytes > listLimits.bytes) {
    throw usageError('app.list-size', `the list has ${bytes} bytes, and ${listLimits.bytes} are taken`, {
      hint: 'Statements that differ in their values only are one, with placeholders; leave --samples out.',
    })
  }
}

function unstored(value: unknown, depth: number): string | null {
  if (depth > listLimits.depth) return `holds values within values, deeper than ${listLimits.depth}`
  if (typeof value === 'string') return unstorable.test(value) ? 'holds a NUL, or half of a character' : null
  if (typeof value !== 'object' || value === null) return null
  for (const [key, inner] of Object.entries(value)) {
    const problem = unstored(key, depth) ?? unstored(inner, depth + 1)
    if (problem !== null) return problem
  }
  return null
}
