import type { Constraint, Index, Table } from '../../../planner/catalog.ts'
import type { IndexSpec, UniqueRule } from '../../../planner/steps.ts'
import { hiddenName } from '../../shared/context.ts'
import { bindScalar, parseScalar } from '../expressions.ts'
import { quote } from '../sql.ts'

/*
 * Definitions of the server's own, made to speak of another column. Plain keys are names already; expressions and
 * predicates are taken apart by PostgreSQL's grammar, which tells where the column stands in them.
 */

/** An expression that the server printed, with one column put in the place of another. */
export function retarget(expression: string, from: string, to: string, table: string): string {
  const parsed = parseScalar(expression, 'a definition of the server', table)
  return bindScalar(parsed, (name) => quote(name === from ? to : name))
}

/** The same index on another column, under a name of ours. */
export function copyOfIndex(index: Index, from: string, to: string, id: string, table: Table): IndexSpec {
  const keys = index.keys.map((key) => {
    const text =
      key.column === null
        ? `(${retarget(key.expression, from, to, table.name)})`
        : quote(key.column === from ? to : key.column)
    return key.options === '' ? text : `${text} ${key.options}`
  })
  const include = index.include.map((column) => quote(column === from ? to : column))
  const parts = [`using ${quote(index.method)} (${keys.join(', ')})`]
  if (include.length > 0) parts.push(`include (${include.join(', ')})`)
  if (index.nullsNotDistinct) parts.push('nulls not distinct')
  if (index.with !== null) parts.push(`with (${index.with})`)
  if (index.tablespace !== null) parts.push(`tablespace ${quote(index.tablespace)}`)
  if (index.predicate !== null) parts.push(`where ${retarget(index.predicate, from, to, table.name)}`)
  return {
    name: hiddenName('i', id, index.name),
    unique: index.unique,
    body: parts.join(' '),
    columns: index.columns.map((column) => (column === from ? to : column)),
    comment: index.comment,
  }
}

/** What the same index says of another column, to be asked before it is built there. */
export function ruleOfIndex(index: Index, from: string, to: string, table: Table): UniqueRule {
  const name = '(?:"(?:[^"]|"")+"|[^\\s."]+)'
  const collation = new RegExp(`^COLLATE ${name}(?:\\.${name})?`)
  return {
    keys: index.keys.map((key) => {
      const said =
        key.column === null
          ? `(${retarget(key.expression, from, to, table.name)})`
          : quote(key.column === from ? to : key.column)
      const [own] = collation.exec(key.options) ?? []
      return own === undefined ? said : `(${said} ${own})`
    }),
    where: index.predicate === null ? null : retarget(index.predicate, from, to, table.name),
    called: index.constraint ?? index.name,
    nullsNotDistinct: index.nullsNotDistinct,
  }
}

/** The expression inside `CHECK (…)`, as the server prints it; the words behind it are told apart. */
export function copyOfCheck(check: Constraint, put: ReadonlyMap<string, string>, table: Table): string {
  const [, inner = '', inherit = '', enforced = ''] =
    /^CHECK \((.*?)\)( NO INHERIT)?( NOT ENFORCED)?(?: NOT VALID)?$/s.exec(check.definition) ?? []
  const parsed = parseScalar(inner, 'a definition of the server', table.name)
  const said = bindScalar(parsed, (name) => quote(put.get(name) ?? name))
  return `check (${said})${inherit.toLowerCase()}${enforced.toLowerCase()}`
}

/** A foreign key with a column at either end put in the place of another. */
export function copyOfForeignKey(
  key: Constraint,
  put: { readonly own?: readonly [string, string]; readonly theirs?: readonly [string, string] },
): string {
  const references = key.references
  if (references === null) throw new TypeError('a foreign key references a table')
  const names = (columns: readonly string[], change: readonly [string, string] | undefined): string =>
    columns.map((column) => quote(column === change?.[0] ? change[1] : column)).join(', ')
  const target = quote(references.table.schema, references.table.name)
  const own = names(references.sets ?? [], put.own)
  const said =
    own === '' ? references.rules : references.rules.replace(/ON DELETE SET \w+/, (rule) => `${rule} (${own})`)
  const rules = said === '' ? '' : ` ${said}`
  return `foreign key (${names(key.columns, put.own)}) references ${target} (${names(references.columns, put.theirs)})${rules}`
}
