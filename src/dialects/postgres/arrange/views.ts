import type { Catalog, Table, View } from '../../../planner/catalog.ts'
import type { RowLens } from '../../../planner/links/lens.ts'
import type { Action } from '../../../planner/steps.ts'
import type { Context } from '../../shared/context.ts'

/**
 * Views that name the old column are dropped and made again inside the swap, from the server's own definition: its text
 * names the column, and after the swap the name is the new one's. Only where the name stays, and only plain views all the
 * way up that this session may make again; anything else keeps the gate closed.
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
  const all = inOrder(direct, context.catalog)
  if (all === null) return none
  const specs = all.map((name) => context.catalog.views.find((view) => nameOf(view) === name))
  if (specs.some((view) => view === undefined || !isCarried(view))) return none
  const views = specs.filter((view) => view !== undefined)
  return {
    drop: [...views].reverse().map((view) => ({ do: 'dropView', view })),
    create: views.map((view) => ({ do: 'createView', view })),
  }
}

const isCarried = ({ plain, mayMakeAgain, holders = [] }: View): boolean =>
  plain && mayMakeAgain !== false && holders.length === 0

const nameOf = ({ schema, name }: View): string => `${schema}.${name}`

/** These views and all that read them, each before those that read it; null where views read each other, which no order serves. */
function inOrder(first: readonly string[], { views }: Catalog): readonly string[] | null {
  const over = new Set<string>()
  const path = new Set<string>()
  const order: string[] = []
  const add = (name: string): boolean => {
    if (over.has(name)) return true
    if (path.has(name)) return false
    path.add(name)
    if (!views.every((view) => !view.reads.includes(name) || add(nameOf(view)))) return false
    path.delete(name)
    over.add(name)
    order.unshift(name)
    return true
  }
  return first.every(add) ? order : null
}
