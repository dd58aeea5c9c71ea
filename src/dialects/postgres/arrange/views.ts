import type { Table } from '../../../planner/catalog.ts'
import type { RowLens } from '../../../planner/links/lens.ts'
import type { Action } from '../../../planner/steps.ts'
import type { Context } from '../../shared/context.ts'

/**
 * Views that name the old column are dropped and made again inside the swap, from the server's own definition: its text
 * names the column, and after the swap the name is the new one's. Only where the name stays, and only plain views all the
 * way up; anything else keeps the gate closed.
 */
export function viewsAround(
  context: Context,
  table: Table,
  lens: RowLens,
): { readonly drop: readonly Action[]; readonly create: readonly Action[] } {
  const none = { drop: [], create: [] }
  const [before] = lens.old
  if (!lens.sameName || before === undefined) return none
  const direct = table.dependents
    .filter((dependent) => dependent.columns.includes(before.name) && dependent.kind === 'view')
    .map(({ name }) => name)
  const all: string[] = []
  const add = (name: string): void => {
    if (all.includes(name)) all.splice(all.indexOf(name), 1)
    all.push(name)
    for (const view of context.catalog.views) if (view.reads.includes(name)) add(`${view.schema}.${view.name}`)
  }
  for (const name of direct) add(name)
  const specs = all.map((name) => context.catalog.views.find((view) => `${view.schema}.${view.name}` === name))
  if (specs.some((view) => view === undefined || !view.plain)) return none
  const views = specs.filter((view) => view !== undefined)
  return {
    drop: [...views].reverse().map((view) => ({ do: 'dropView', view })),
    create: views.map((view) => ({ do: 'createView', view })),
  }
}
