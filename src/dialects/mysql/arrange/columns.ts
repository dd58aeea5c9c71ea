import { refused } from '../../../errors.ts'
import type { Column, Table, TableRef } from '../../../planner/catalog.ts'
import { showTable } from '../../../planner/change.ts'
import type { Lens, LensColumn, Scalar } from '../../../planner/links/lens.ts'
import type { Action, ColumnSpec } from '../../../planner/steps.ts'
import { type Context, hazard, hiddenName, lensBase, lensColumn, resolveColumn } from '../../shared/context.ts'
import { charsetOf, emptyDefault, emptyValue, implicitValue } from '../conversions.ts'
import { readsColumns } from '../defaults.ts'
import { parseScalar, parseType } from '../expressions.ts'
import { quote } from '../sql.ts'
import { familyOf } from '../types.ts'

/** A type as an author writes it, with the character set that its column gets. */
export interface GivenType {
  readonly type: string
  readonly collation: string | null
  /** The type says its character set or collation itself. */
  readonly ownCharset?: true
}

const hasCharset = (type: string): boolean =>
  ['text', 'enum', 'set'].includes(familyOf(type)) && !/^(uuid|inet)/i.test(type)

/**
 * The type of a new column. A text without a character set of its own gets that of the column which it replaces, else that of the
 * table; it is always said, because in the body of a trigger the default is another one.
 */
export function givenType(table: Table, text: string, what: string, like: Column | null): GivenType {
  const parsed = parseType(text, what)
  if (parsed.ownCharset) return { type: parsed.text, collation: null, ownCharset: true }
  if (!hasCharset(parsed.text)) return { type: parsed.text, collation: null }
  const collation = like?.collation ?? table.mysql?.collation ?? null
  return { type: parsed.text, collation }
}

/** Where a column stands and whether it is seen. */
interface Place {
  readonly after?: string
  readonly invisible?: boolean
  readonly onUpdateNow?: boolean
  readonly check?: string | undefined
}

type Definition = Partial<Omit<ColumnSpec, 'mysql' | 'collation'>> & Pick<ColumnSpec, 'name' | 'type'>

/** The definition of a column; MODIFY COLUMN takes away whatever is not said again. */
function define(table: Table, collation: string | null, given: Definition, place: Place): ColumnSpec {
  // What is the table's own is not said: MySQL would then print it for the column for ever.
  const own = collation === (table.mysql?.collation ?? null) ? null : collation
  return {
    notNull: false,
    default: null,
    identity: false,
    comment: null,
    statistics: null,
    storage: null,
    compression: null,
    grants: [],
    ...given,
    collation: own,
    mysql: {
      charset: charsetOf(own),
      after: place.after ?? null,
      invisible: place.invisible ?? false,
      ...(place.onUpdateNow === true ? { onUpdateNow: true } : {}),
      ...(place.check === undefined ? {} : { check: place.check }),
    },
  }
}

/** A column that comes, nullable and without a default unless said otherwise. */
export function newSpec(
  table: Table,
  given: GivenType,
  name: string,
  changes: Partial<Definition> = {},
  place: Place = {},
): ColumnSpec {
  return define(table, given.collation, { name, type: given.type, ...changes }, place)
}

/**
 * A live column, as MODIFY COLUMN has to say it.
 *
 * @throws BellowsError exit 3 where the server does not tell its default or members as they are
 */
export function liveSpec(
  table: Table,
  column: Column,
  changes: Partial<Definition> = {},
  place: Place = {},
): ColumnSpec {
  const { name, type, comment } = column
  const same = { name, type, comment, notNull: !column.nullable, default: column.default }
  const said = { ...same, ...changes }
  if (said.default === column.default && column.mysql?.untoldDefault === true)
    refuseUntold(table, name, 'default', column.default)
  if (said.type === type && type.includes('?') && /^(enum|set)\b/i.test(type)) refuseUntold(table, name, 'type', type)
  const { invisible = false, onUpdateNow = false, check } = column.mysql ?? {}
  return define(table, column.collation, said, { invisible, onUpdateNow, check, ...place })
}

/** information_schema is utf8mb3: it says `?` for what is beyond, and the default, or a member, would become that. */
function refuseUntold(table: Table, name: string, what: 'default' | 'type', text: string | null): never {
  const where = `${showTable(table)}.${name}`
  throw refused(
    what === 'default' ? 'plan.untold-default' : 'plan.untold-type',
    `the ${what} of ${where} is told as ${text}, where ? may stand for a character that information_schema cannot say`,
    {
      hint:
        what === 'default'
          ? 'The column would have to be defined again with that default. Drop the default before, and set it again afterwards, or do it by rawSql.'
          : 'A column would have to be defined with these members. Do it by rawSql.',
    },
  )
}

/** The empty value of a type as a default, where this server takes one. */
export const emptyDefaultOf = (context: Context, type: string): string | null =>
  emptyDefault(type, context.catalog.capabilities.mysql?.longDefaults === true)

/** The default that lets an INSERT leave a column out which is hidden; it would be NOT NULL without one. */
export function standIn(context: Context, column: Column): string | null {
  return column.nullable || column.default !== null ? null : emptyDefaultOf(context, column.type)
}

/** What the server stores for a NULL in this column, where it is NOT NULL and the app gives its value. */
export function implicitOf(
  context: Context,
  { nullable, type, generated, identity }: Pick<Column, 'nullable' | 'type' | 'generated' | 'identity'>,
): { readonly implicit?: string } {
  if (nullable || generated || identity !== null) return {}
  const implicit = implicitValue(type, context.catalog.capabilities.mysql?.mariadb === true)
  return implicit === null ? {} : { implicit }
}

/** The old column of a lens that replaces it, hidden after contract. */
export const oldEnd = (context: Context, column: Column, id: string): LensColumn => ({
  ...lensColumn(column, { expanded: column.name, contracted: hiddenName('q', id, column.name) }),
  ...implicitOf(context, column),
})

/** Everything of a lens that does not depend on its kind, with the character sets of what it reads. */
export function mysqlLensBase(
  context: Context,
  table: Table,
  id: string,
  scalars: readonly Scalar[],
  own: readonly string[],
): ReturnType<typeof lensBase> & Pick<Lens, 'kept'> {
  const base = lensBase(context, table, id, scalars, own)
  refuseAutoIncrement(
    table,
    base.untouched.map(({ name }) => name),
  )
  hazardOfFirstMembers(context, table)
  hazardOfReadingDefaults(context, table)
  const kept = table.columns.filter((other) => other.mysql?.onUpdateNow === true).map(({ name }) => name)
  return {
    ...base,
    untouched: base.untouched.map((each) => {
      const column = resolveColumn(table, each.name)
      return { ...each, collation: column.collation, ...implicitOf(context, column) }
    }),
    ...(kept.length === 0 ? {} : { kept }),
  }
}

/** Before an INSERT such a column is 0 still: a trigger would compute from that, and store it. */
function refuseAutoIncrement(table: Table, reads: readonly string[]): void {
  const found = table.columns.find(({ name, identity }) => identity !== null && reads.includes(name))
  if (found === undefined) return
  throw refused(
    'plan.auto-increment',
    `an expression reads ${showTable(table)}.${found.name}, which is AUTO_INCREMENT: the server gives its value only after our trigger has computed the expression for a new row, from 0`,
    {
      hint: 'Leave that column out of the expression, and let the new version compute what needs it where it reads; or give the expression another column that every INSERT brings.',
    },
  )
}

/** Does the table get its first trigger BEFORE INSERT from us? */
const getsFirst = (table: Table): boolean =>
  !table.triggers.some(({ timing, events }) => timing === 'before' && events.includes('insert'))

/** Below any trigger BEFORE INSERT MySQL works such a default out before it has the values of the statement, and stores that. */
function hazardOfReadingDefaults(context: Context, table: Table): void {
  if (context.catalog.capabilities.mysql?.mariadb === true || !getsFirst(table)) return
  const found = table.columns.filter(({ default: given }) => readsColumns(given)).map(({ name }) => name)
  if (found.length === 0) return
  hazard(
    context,
    'default-reads-columns',
    'stop',
    `an INSERT into ${showTable(table)} that leaves ${found.join(', ')} out gets another value below a trigger of ours: MySQL works the default out before it has the other columns`,
    'Let every INSERT give its value first, or make it a generated column. Accept default-reads-columns when every INSERT does.',
  )
}

/** Below any trigger BEFORE INSERT MariaDB no longer gives an ENUM its first member in strict mode, and fails the INSERT (1364). */
function hazardOfFirstMembers(context: Context, table: Table): void {
  if (context.catalog.capabilities.mysql?.mariadb !== true || !getsFirst(table)) return
  const found = table.columns.filter(
    ({ type, nullable, default: given }) => familyOf(type) === 'enum' && !nullable && given === null,
  )
  if (found.length === 0) return
  const alter = found.map(({ name, type }) => `alter column ${quote(name)} set default ${emptyValue(type)}`).join(', ')
  hazard(
    context,
    'enum-without-default',
    'stop',
    `in strict mode an INSERT into ${showTable(table)} that leaves ${found.map(({ name }) => name).join(', ')} out fails below a trigger of ours, where the server gave it its first member`,
    `Accept enum-without-default when every INSERT gives it. Or make that its default before expand, which changes nothing else: alter table ${quote(table.schema, table.name)} ${alter}`,
  )
}

/** A column goes: in the catalog, or else by a rebuild, where the version does not lose rows in that. Not under LOCK TABLES. */
export function dropOf(context: Context, table: TableRef, column: string): Action {
  const { rebuildLosesRows = false } = context.catalog.capabilities.mysql ?? {}
  return { do: 'dropColumn', table, column, ...(rebuildLosesRows ? {} : { rebuild: true }) }
}

/** How a table is made anew: in place, and where that cannot be, by a copy that lets others write, if the server has one. */
export function anew(context: Context): { readonly rebuild: true; readonly copy?: true } {
  return { rebuild: true, ...(context.catalog.capabilities.mysql?.onlineCopy === true ? { copy: true } : {}) }
}

/** Where NOT NULL comes or goes the table is made anew: online, but not on versions that lose rows in it. */
export function refuseRebuild(context: Context, table: Table, what: string): void {
  const {
    rebuildLosesRows = false,
    generatedBlocksAlter = false,
    onlineCopy = false,
    version = '',
  } = context.catalog.capabilities.mysql ?? {}
  const spatial = table.indexes.find(({ method }) => method === 'spatial')
  const stored = table.columns.find(({ mysql }) => mysql?.generation?.stored === true)
  const blocking =
    spatial !== undefined
      ? `spatial index ${spatial.name}`
      : stored !== undefined && generatedBlocksAlter && !(onlineCopy && !cascades(table))
        ? `stored generated column ${stored.name}`
        : null
  if (blocking !== null)
    throw refused(
      'plan.not-online',
      `${what} would copy ${showTable(table)} and stop writers, because of ${blocking}`,
      {
        hint: 'Drop that first, or leave NOT NULL as it is.',
      },
    )
  if (!rebuildLosesRows) return
  throw refused(
    'plan.rebuild-loses-rows',
    `${what} rebuilds ${showTable(table)} in place, in which MySQL ${version} can lose rows that are written meanwhile`,
    { hint: 'MySQL bugs 113812, 115511 and 115608. Upgrade to 8.0.42, 8.4.4 or 9.2, or keep the column nullable.' },
  )
}

/** Below a foreign key that changes rows by itself MariaDB lets nobody write while it copies. */
export const cascades = (table: Table): boolean =>
  table.constraints.some(
    ({ kind, references }) => kind === 'foreign' && /ON (DELETE|UPDATE) (CASCADE|SET)/.test(references?.rules ?? ''),
  )

/** What the backfill's updates set off. */
export function hazardOfTriggers(context: Context, table: Table): void {
  const fired = table.triggers.filter(({ events }) => events.includes('update'))
  if (fired.length === 0) return
  hazard(
    context,
    'user-triggers-fire',
    'stop',
    `the backfill of ${showTable(table)} fires triggers of yours for every row: ${fired.map(({ name }) => name).join(', ')}`,
    'Accept user-triggers-fire when they may.',
  )
}

/** An INSERT of the old version cannot always be told from one that leaves the column out. */
export function hazardOfUnseen(context: Context, table: Table, lens: Lens): void {
  const ends = lens.kind === 'row' ? lens.old : lens.side === 'old' ? [lens.column] : []
  const unseen = ends.filter((end) => end.unseen).map(({ name }) => name)
  if (unseen.length === 0) return
  hazard(
    context,
    'legacy-inserts-unseen',
    'info',
    `${showTable(table)}.${unseen.join(', ')} has a default that changes, so an INSERT of the old version cannot be told from one that leaves the column out`,
    'The legacy-writes gate counts its updates only. Name the old version with --old-app.',
  )
}

/**
 * Without strict mode the server stores something for a NULL in a required column; where that cannot be said (index 0 of an ENUM on
 * MySQL, an empty geometry on MariaDB), the new column gets another value.
 */
export function hazardOfLaxNulls(context: Context, table: Table, { name, type, nullable }: Column): void {
  const mariadb = context.catalog.capabilities.mysql?.mariadb === true
  const geometry = /^(geometry|geometrycollection|geomcollection|(multi)?(point|linestring|polygon))\b/i.test(type)
  if (nullable || !(mariadb ? geometry : familyOf(type) === 'enum')) return
  hazard(
    context,
    'null-without-strict-mode',
    'warn',
    `a session without strict mode that gives NULL for ${showTable(table)}.${name} stores ${mariadb ? 'an empty geometry' : 'the empty value of the ENUM'}, which no trigger can copy: the new column differs then`,
    'Nothing to do where all sessions of the app are in strict mode. Verification names such rows.',
  )
}

/** An expression stands in parentheses as a default, a literal need not; neither reads a column. */
export function asDefault(text: string, what: string): string {
  return parseScalar(text, what, '', []).literal ? text : `(${text})`
}
