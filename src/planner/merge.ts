import { refused } from '../errors.ts'
import type { Change, RegroupColumns, ReplaceColumn, TableName, Visible } from './change.ts'
import { showTable } from './change.ts'

const sameTable = (a: TableName, b: TableName): boolean => a.name === b.name && a.schema === b.schema

/** Intents apply in order, each names things as the previous one left them; so a later change can be part of an earlier. */
export function mergeChanges(changes: readonly Change[]): readonly Change[] {
  const merged: Change[] = []
  for (const change of changes) {
    const index = merged.findIndex((earlier) => touches(earlier, change))
    if (index < 0) {
      merged.push(change)
      continue
    }
    merged[index] = combine(merged[index] as Change, change)
  }
  return merged
}

/** Is `later` about a column that `earlier` brings or keeps changing? */
function touches(earlier: Change, later: Change): boolean {
  if (!('table' in earlier) || !('table' in later) || !sameTable(earlier.table, later.table)) return false
  const regroup = [earlier, later].find((change) => change.kind === 'regroupColumns')
  if (regroup !== undefined) return meets(regroup, regroup === earlier ? later : earlier)
  if (earlier.kind === 'comment' && later.kind === 'comment') return earlier.column === later.column
  const column = targetOf(later)
  if (column === null) return false
  if (earlier.kind === 'replaceColumn') return earlier.to === column
  if (earlier.kind === 'addColumn') return earlier.column.name === column
  if (earlier.kind === 'dropColumn') return earlier.column === column
  if (earlier.kind === 'comment') return earlier.column === column && followsNot.has(later.kind)
  return false
}

/** Is another change about a column that goes or comes here? An index is, where it is on one that goes. */
function meets(regroup: RegroupColumns, other: Change): boolean {
  const goes = regroup.from.map(({ name }) => name)
  if (other.kind === 'addIndex')
    return other.keys.some((key) => 'column' in key && goes.includes(key.column)) || other.include.some(isOneOf(goes))
  return namesOf(other).some(isOneOf([...goes, ...regroup.to.map(({ name }) => name)]))
}

const isOneOf =
  (names: readonly string[]) =>
  (name: string): boolean =>
    names.includes(name)

/** The columns that a change takes, keeps changing or brings. */
function namesOf(change: Change): readonly string[] {
  if (change.kind === 'regroupColumns') return [...change.from, ...change.to].map(({ name }) => name)
  if (change.kind === 'replaceColumn') return [change.from, change.to]
  if (change.kind === 'addColumn') return [change.column.name]
  const column = targetOf(change)
  return column === null ? [] : [column]
}

/** What would be made from the column as it was before its comment. */
const followsNot: ReadonlySet<Change['kind']> = new Set(['replaceColumn', 'dropColumn'])

function targetOf(change: Change): string | null {
  if (change.kind === 'replaceColumn') return change.from
  if (change.kind === 'dropColumn' || change.kind === 'nullability' || change.kind === 'default') return change.column
  if (change.kind === 'comment') return change.column
  return null
}

function combine(earlier: Change, later: Change): Change {
  if (earlier.kind === 'replaceColumn') return combineReplacement(earlier, later)
  if (earlier.kind === 'addColumn') {
    if (later.kind === 'nullability' && later.up === null) {
      return { ...earlier, column: { ...earlier.column, nullable: later.nullable } }
    }
    if (later.kind === 'default') return { ...earlier, column: { ...earlier.column, default: later.value } }
    if (later.kind === 'comment') return { ...earlier, column: { ...earlier.column, comment: later.comment } }
    if (later.kind === 'replaceColumn' && later.identity) {
      const visible = laterOf(earlier.visible, later.visible)
      return { ...earlier, column: { ...earlier.column, name: later.to }, visible }
    }
  }
  if (earlier.kind === 'comment' && later.kind === 'comment') return later
  throw cannotCombine(earlier, later)
}

const laterOf = (earlier: Visible, later: Visible): Visible => (later === 'auto' ? earlier : later)

/** A rename and a change of type are one lens: the rename moves names only, so `up` and `down` stay as they are. */
function combineReplacement(earlier: ReplaceColumn, later: Change): Change {
  // NOT NULL goes at expand, where a renamed column still has its old name.
  const isLate = later.kind === 'nullability' && earlier.identity && later.nullable
  if (later.kind === 'nullability' && later.up === null && !isLate) return { ...earlier, nullable: later.nullable }
  if (later.kind === 'default') return { ...earlier, default: { value: later.value } }
  if (later.kind === 'replaceColumn' && (earlier.identity || later.identity)) {
    const lens = earlier.identity ? later : earlier
    // The expressions were written when the column still had its name in between, so they can only be kept when they
    // are the default ones.
    const back = earlier.identity && later.identity && earlier.from === later.to
    if (!back && lens.up === null && lens.down === null) {
      const names = { from: earlier.from, to: later.to, sameName: earlier.from === later.to }
      return { ...lens, ...names, identity: lens.identity, visible: laterOf(earlier.visible, later.visible) }
    }
  }
  throw cannotCombine(earlier, later)
}

function cannotCombine(earlier: Change, later: Change): Error {
  const where = 'table' in later ? `${showTable(later.table)}.${targetOf(later) ?? namesOf(later).join(', ')}` : ''
  return refused('plan.combination', `${later.kind} after ${earlier.kind} on ${where} cannot be one plan yet`, {
    hint: 'Put the later intent into a migration of its own, to be expanded once the first is completed.',
  })
}
