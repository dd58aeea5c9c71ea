import { refused } from '../../errors.ts'
import type { DialectName } from '../catalog.ts'
import { forDialect, type PerDialect } from '../expression.ts'

/** The text meant for this dialect, or a refusal that names the parameter. */
export function requireForDialect(value: PerDialect, dialect: DialectName, parameter: string): string {
  const text = forDialect(value, dialect)
  if (text !== undefined) return text
  throw refused('migration.dialect', `${parameter} says nothing for ${dialect}`, {
    hint: `Give it as a string, or with a key for ${dialect === 'postgres' ? 'postgres' : 'mysql'}.`,
  })
}
