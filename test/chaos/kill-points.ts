/** Where a runner is killed: before the server gets the statement, or once it has carried it out and before we hear of it. */
export interface KillPoint {
  readonly at: 'before' | 'after' | 'during'
  /** From 0, among the statements that count. */
  readonly index: number
  readonly sql: string
}

const withoutEffect = /^\s*(set\s|begin\b|rollback\b|select\b(?![^;]*\bsetval\b))/i
const inTransaction = { begin: /^\s*begin\b/i, end: /^\s*(commit|rollback)\b/i }

/** Statements that change something. Settings, questions and `begin` leave the state as it was before them. */
export function counts(sql: string): boolean {
  return !withoutEffect.test(sql)
}

/** A statement that was seen, and on which connection. */
export interface Seen {
  readonly connection: number
  readonly sql: string
}

/**
 * All points of a run. To the server, "after a statement" and "before the next one" are the same gap; so each gap is taken
 * once, except with `full`: before each statement of a transaction, and on both sides of whatever ends one or stands alone.
 */
export function killPoints(seen: readonly Seen[], full: boolean): readonly KillPoint[] {
  const points: KillPoint[] = []
  const open = new Set<number>()
  let index = 0
  let gapTaken = false
  for (const { connection, sql } of seen) {
    if (inTransaction.begin.test(sql)) open.add(connection)
    if (counts(sql)) {
      const durable = !open.has(connection) || inTransaction.end.test(sql)
      if (full || !gapTaken) points.push({ at: 'before', index, sql })
      if (full || durable) points.push({ at: 'after', index, sql })
      if ((full && durable) || /\bconcurrently\b/i.test(sql)) points.push({ at: 'during', index, sql })
      gapTaken = durable
      index++
    }
    if (inTransaction.end.test(sql)) open.delete(connection)
  }
  return points
}
