import { type Cell, type CheckReport, severityOf } from './problems.ts'

/** One version, with its cells in the order of the states. */
export interface Row {
  readonly app: string
  readonly version: string
  readonly role: Cell['role']
  readonly cells: readonly (Cell | undefined)[]
}

/** The matrix, version by version. */
export function rowsOf({ result }: Pick<CheckReport, 'result'>): readonly Row[] {
  const rows = new Map<string, Cell[]>()
  for (const cell of result.matrix) {
    const key = JSON.stringify([cell.app, cell.version])
    const row = rows.get(key)
    if (row === undefined) rows.set(key, [cell])
    else row.push(cell)
  }
  return [...rows.values()].flatMap((cells) => {
    const [first] = cells
    if (first === undefined) return []
    const { app, version, role } = first
    return [{ app, version, role, cells: result.states.map((state) => cells.find((cell) => cell.state === state)) }]
  })
}

/** How many findings of a cell fail the check. */
export function failing(cell: Cell, { strict }: Pick<CheckReport, 'strict'>): number {
  return cell.findings.filter((finding) => severityOf(cell, finding, strict) === 'error').length
}
