import { sql } from 'kysely'
import { isBellowsError, refused } from '../../errors.ts'
import type { TableRef } from '../../planner/catalog.ts'
import { showTable } from '../../planner/change.ts'
import type { Plan } from '../../planner/plan.ts'
import type { Action, TableSpec } from '../../planner/steps.ts'
import type { Session } from '../dialect.ts'
import { compile } from './compile.ts'
import { compileSql, tableRef } from './sql.ts'
import { familyOf } from './types.ts'

type Creating = Extract<Action, { do: 'createTable' }>
type Pointing = TableSpec['constraints'][number] & {
  readonly references: NonNullable<TableSpec['constraints'][number]['references']>
}

/** A column as SHOW FULL COLUMNS tells it, also of a temporary table. */
interface Shown {
  readonly Field: string
  readonly Type: string
  readonly Collation: string | null
}

/**
 * Makes the new tables of a plan as temporary ones, which may have everything but foreign keys; those are compared with what they point
 * at, as the server spells both.
 *
 * @throws BellowsError exit 3 with what the server says, or with what it would not take
 */
export async function rehearseTables(session: Session, plan: Plan): Promise<void> {
  for (const step of plan.phases.expand)
    for (const action of step.actions) if (action.do === 'createTable') await tryTable(session, action)
}

async function tryTable(session: Session, { table, spec }: Creating): Promise<void> {
  const copy = { schema: table.schema, name: 'bellows_rehearsal' }
  const pointing = spec.constraints.filter((each): each is Pointing => each.references !== undefined)
  const rest = spec.constraints.filter(({ references }) => references === undefined)
  const context = { stateSchema: 'bellows', active: [] }
  const [statement] = compile({ do: 'createTable', table: copy, spec: { ...spec, constraints: rest } }, context)
  if (statement === undefined) return
  try {
    const text = statement.sql.replace(/^create table/, 'create temporary table')
    await session.query({ sql: text, parameters: statement.parameters })
  } catch (error) {
    // Without the right to it the server is asked at the step itself.
    if (isBellowsError(error) && error.code === 'database.privilege') return
    if (!isBellowsError(error) || !session.alive || error.retryable) throw error
    throw refused('plan.cannot-carry', `the server would refuse to create ${showTable(table)}: ${error.message}`, {
      hint: 'It was tried as a temporary table. Nothing was changed.',
      cause: error,
    })
  }
  try {
    const own = await columnsOf(session, copy)
    for (const key of pointing) await tryKey(session, table, own, key)
  } finally {
    if (session.alive) await session.query(compileSql(sql`drop temporary table if exists ${tableRef(copy)}`))
  }
}

/**
 * Compares a foreign key that is to be added with what it points at; `copy` has the columns of its table as they are by then.
 *
 * @throws BellowsError exit 3 where the server would not take it
 */
export async function tryForeignKey(
  session: Session,
  { table, name, parent, names = [] }: Extract<Action, { do: 'addConstraint' }>,
  copy: TableRef,
): Promise<void> {
  const [own, theirs] = names
  if (parent === null || own === undefined || theirs === undefined) return
  await tryKey(session, table, await columnsOf(session, copy), {
    name,
    definition: '',
    columns: own.columns,
    references: { table: parent, columns: theirs.columns },
  })
}

async function tryKey(session: Session, table: TableRef, own: readonly Shown[], key: Pointing): Promise<void> {
  const { table: parent, columns } = key.references
  const theirs = await columnsOf(session, parent)
  const cannot = (why: string, hint: string): Error =>
    refused('plan.foreign-key', `the server would refuse the foreign key of ${showTable(table)}: ${why}`, {
      hint: `${hint} Nothing was changed.`,
    })
  for (const [at, name] of (key.columns ?? []).entries()) {
    const from = named(own, name)
    const to = named(theirs, columns[at] ?? '')
    if (to === undefined)
      throw cannot(`${showTable(parent)} has no column ${columns[at]}`, 'It names one column for each of its own.')
    if (from === undefined || fits(from, to)) continue
    throw cannot(
      `${name} is ${say(from)}, and ${showTable(parent)}.${to.Field} is ${say(to)}`,
      'Give both the same type: the same size and sign, the same character set and collation.',
    )
  }
  if (await hasIndex(session, parent, columns)) return
  throw cannot(
    `no index of ${showTable(parent)} begins with ${columns.join(', ')}`,
    'Add a unique one in an earlier migration.',
  )
}

const columnsOf = async (session: Session, table: TableRef): Promise<readonly Shown[]> =>
  (await session.query<Shown>(compileSql(sql`show full columns from ${tableRef(table)}`))).rows

const named = (columns: readonly Shown[], name: string): Shown | undefined =>
  columns.find(({ Field: field }) => field.toLowerCase() === name.toLowerCase())

const say = ({ Type: type, Collation: collation }: Shown): string =>
  collation === null ? type : `${type} collate ${collation}`

/** Numbers and text that surely do not fit; of what else there is, the server is asked at the step itself. */
function fits(from: Shown, to: Shown): boolean {
  const [one, other] = [familyOf(from.Type), familyOf(to.Type)]
  const exact = (family: typeof one): boolean => family === 'integer' || family === 'unsigned'
  if (exact(one) && exact(other)) return one === other && wordOf(from) === wordOf(to)
  if (exact(one) || exact(other)) return !(plain.has(one) && plain.has(other))
  return one !== 'text' || other !== 'text' || from.Collation === null || from.Collation === to.Collation
}

const plain: ReadonlySet<string> = new Set(['integer', 'unsigned', 'decimal', 'float', 'text', 'binary'])
const wordOf = ({ Type: type }: Shown): string => /^\w+/.exec(type.toLowerCase())?.[0] ?? ''

/** Does one begin with these columns, whole and in this order? */
async function hasIndex(session: Session, table: TableRef, columns: readonly string[]): Promise<boolean> {
  const { rows } = await session.query<{
    Key_name: string
    Seq_in_index: number
    Column_name: string | null
    Sub_part: unknown
  }>(compileSql(sql`show index from ${tableRef(table)}`))
  const led = (name: string): boolean =>
    columns.every((column, at) =>
      rows.some(
        (row) =>
          row.Key_name === name &&
          Number(row.Seq_in_index) === at + 1 &&
          row.Sub_part === null &&
          row.Column_name?.toLowerCase() === column.toLowerCase(),
      ),
    )
  return rows.some(({ Key_name: name }) => led(name))
}
