import { refused } from '../../../errors.ts'
import type { Column, Table } from '../../../planner/catalog.ts'
import { type ReplaceColumn, showTable } from '../../../planner/change.ts'
import { type Context, hazard } from '../../shared/context.ts'
import { parseType } from '../expressions.ts'

const integers = ['int2', 'int4', 'int8']

/**
 * What no identity column can be: of another type than an integer, with a default, without NOT NULL. Nor can its sequence be made anew
 * under what stands on it.
 *
 * @throws BellowsError exit 3
 */
export function refuseNoIdentity(table: Table, column: Column, change: ReplaceColumn): void {
  if (column.identity === null) return
  const where = `${showTable(table)}.${column.name}`
  const first = 'Drop its identity first, or keep to smallint, integer and bigint.'
  if (change.type !== null && !isInteger(change.type))
    throw refused('plan.identity', `${where} is an identity column, which cannot be of type ${change.type}`, {
      hint: first,
    })
  if (change.default !== null) throw refused('plan.identity', `${where} is an identity column, which has no default`)
  const users = column.sequence?.users ?? []
  if (users.length > 0 && !change.identity)
    throw refused(
      'plan.identity',
      `${where} is an identity column, whose sequence is made anew, and ${users.map(({ kind, name }) => `${kind} ${name}`).join(', ')} stands on it`,
      { hint: 'Take that away, or let it say nextval() of a text, which the server looks up each time; then expand.' },
    )
  if (change.nullable === true) throw refused('plan.primary-key', `${where} has to be NOT NULL: it is an identity`)
}

/** A type of a schema is a domain or somebody's own, whatever its name. */
function isInteger(type: string): boolean {
  const { name, schema } = parseType(type, 'type')
  return schema === null && integers.includes(name)
}

/** Who names the sequence itself meets that it is made anew. */
export function hazardOfIdentity(context: Context, table: Table, column: Column): void {
  if (column.identity === null) return
  hazard(
    context,
    'identity-sequence',
    'warn',
    `contract makes the sequence of ${showTable(table)}.${column.name} anew, under its name: a nextval() by name that waits for contract fails, and currval() and lastval() are undefined in a session until it has got a value again`,
    'Let INSERT give the values, and read them with RETURNING.',
  )
}
