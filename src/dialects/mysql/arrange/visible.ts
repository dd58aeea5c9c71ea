import type { Column, Table } from '../../../planner/catalog.ts'
import { type ReplaceColumn, showTable, type Visible } from '../../../planner/change.ts'
import { type Context, hazard } from '../../shared/context.ts'
import { readsStar, writesByPlace } from '../by-place.ts'

/** From when on a column is seen by statements that do not list theirs. */
export type Seen = Exclude<Visible, 'auto'>

/**
 * What an author says, or what the statements of both versions need: an INSERT of the old one without a list of columns fails (1136)
 * as long as the new column is visible, and its `SELECT *` has one more; a `SELECT *` of the new one lacks it while it is not.
 */
export function seenFrom(context: Context, table: Table, column: string, asked: Visible): Seen {
  const where = `${showTable(table)}.${column}`
  const seen = asked === 'auto' ? decide(context, table, where) : asked
  if (asked !== 'auto' && seen !== 'contract') {
    const when = seen === 'expand' ? 'visible at once' : 'invisible until the backfill is over'
    hazard(
      context,
      'column-visible',
      'warn',
      `${where} is ${when}; from then on an INSERT of the old version without a list of columns fails (1136), and SELECT * has one more column`,
      'List the columns in statements that do this, or say visible: contract.',
    )
  }
  if (asked === 'contract') {
    hazard(
      context,
      'column-visible',
      'warn',
      `${where} stays invisible until contract: a SELECT * of the new version lacks it until then`,
      'List the columns in statements of the new version that do this.',
    )
  }
  return seen
}

/** The copy of a column. Of an invisible one it stays invisible: neither version's statements see more than they did. */
export function seenLike(context: Context, table: Table, column: Column, { to, visible }: ReplaceColumn): Seen {
  return column.mysql?.invisible === true ? 'contract' : seenFrom(context, table, to, visible)
}

function decide(context: Context, table: Table, where: string): Seen {
  const { statements } = context
  const tell = (message: string, hint: string): void => hazard(context, 'column-visible', 'warn', message, hint)
  if (statements === null) {
    tell(
      `the statements of neither version are known, so ${where} is invisible until the backfill is over; from then on an INSERT of the old version without a list of columns fails (1136), and SELECT * has one more column`,
      'Name the statement lists under `apps` in the config, or say visible: expand, backfilled or contract.',
    )
    return 'backfilled'
  }
  const { name } = table
  const old = statements.old.filter((text) => writesByPlace(text, name) || readsStar(text, name))
  const fresh = statements.new.filter((text) => readsStar(text, name))
  const [first] = old
  if (first === undefined) return 'backfilled'
  const lacks = fresh.length === 0 ? '' : ' The new version has SELECT * too, which lacks the column until then.'
  tell(
    `${where} stays invisible until contract, because a statement of the old version does not list its columns: ${first}.${lacks}`,
    'List the columns in it, or say visible: backfilled when it can bear one more.',
  )
  return 'contract'
}
