import type { DescribedType, Level, Prepared } from '../dialects/check.ts'
import { changesHint, copyHint, meaningHint, type Place, starHint, typeHint } from './hints.ts'

/** One way in which a statement means something else than before. */
export interface Difference {
  readonly level: Level
  readonly code: string
  readonly message: string
  readonly hint: string
}

type Described = Extract<Prepared, { ok: true }>

/** What changed for a statement that still works: result columns, their types, its parameters, what it fills by position. */
export function differences(before: Described, now: Described, star: boolean, place: Place): readonly Difference[] {
  return [
    ...meaning(before, now, place),
    ...columns(before, now, star, place),
    ...parameters(before, now, place),
    ...fills(before, now, place),
  ]
}

function columns(before: Described, now: Described, star: boolean, place: Place): readonly Difference[] {
  const were = before.columns.map(({ name }) => name)
  const are = now.columns.map(({ name }) => name)
  if (!same(were, are)) {
    const difference = { level: 'SHAPE', message: `its result changes: ${change(were, are)}` } as const
    return star
      ? [{ ...difference, code: 'prepared-star', hint: starHint(place) }]
      : [{ ...difference, code: 'result-columns', hint: changesHint(place) }]
  }
  const parts = now.columns.flatMap(({ name, type }, index) => {
    const was = before.columns[index]?.type
    if (!differs(was, type)) return []
    return [
      was?.name === type.name ? `${name} is a new type ${type.name}` : `${name} was ${was?.name}, is ${type.name}`,
    ]
  })
  if (parts.length === 0) return []
  const message = `its result changes: ${parts.join('; ')}`
  return [{ level: 'TYPE', code: 'result-type', message, hint: typeHint(place) }]
}

function parameters(before: Described, now: Described, place: Place): readonly Difference[] {
  const parts = now.parameters.flatMap((type, index) => {
    const was = before.parameters[index]
    return differs(was, type) ? [`number ${index + 1} was ${was?.name}, is ${type.name}`] : []
  })
  if (parts.length === 0) return []
  const message = `its parameters change: ${parts.join('; ')}`
  return [{ level: 'TYPE', code: 'parameter-type', message, hint: changesHint(place) }]
}

/** The names are all there, and stand for something else: nothing fails, and rows or values are others. */
function meaning({ resolved: was }: Described, { resolved: is }: Described, place: Place): readonly Difference[] {
  if (was === undefined || is === undefined) return []
  const joins = same(was.joins, is.joins) ? [] : [pairs(was.joins, is.joins, 'it joins over', 'joined over')]
  const names = same(was.columns, is.columns) ? [] : [pairs(was.columns, is.columns, 'a name means', 'meant')]
  return [
    ...joins.map((message) => ({ level: 'VALUE', code: 'join-columns', message, hint: meaningHint(place) }) as const),
    ...names.map((message) => ({ level: 'VALUE', code: 'captured-name', message, hint: meaningHint(place) }) as const),
  ]
}

function pairs(were: readonly string[], are: readonly string[], is: string, was: string): string {
  if (were.length !== are.length) return `${is} something else than before`
  const changed = were.flatMap((name, at) =>
    name === are[at] ? [] : [`${is} ${shown(are[at])}, and ${was} ${shown(name)}`],
  )
  return [...new Set(changed)].join('; ')
}

const shown = (name: string | undefined): string => (name === undefined || name === '' ? 'nothing' : name)

/** As many columns, and others among them or in another order: the values go elsewhere without a word. */
function fills(
  { fills: were = [] }: Described,
  { fills: are = [], byLine }: Described,
  place: Place,
): readonly Difference[] {
  if (same(were, are)) return []
  if (byLine === true) {
    const message = `its lines have to hold all columns, and they change: ${change(were, are)}`
    return [{ level: 'WRITE', code: 'copy-columns', message, hint: copyHint(place) }]
  }
  const message = `it fills the columns by their place, and they change: ${change(were, are)}`
  return [{ level: 'SHAPE', code: 'insert-columns', message, hint: changesHint(place) }]
}

/** By oid too: a type that was made anew under its old name has another one, and prepared statements know the old one. */
const differs = (was: DescribedType | undefined, is: DescribedType): boolean =>
  was?.oid !== is.oid || was.name !== is.name

const same = (a: readonly string[], b: readonly string[]): boolean => JSON.stringify(a) === JSON.stringify(b)

function change(were: readonly string[], are: readonly string[]): string {
  const added = are.filter((name) => !were.includes(name))
  const gone = were.filter((name) => !are.includes(name))
  const parts = [
    ...(added.length === 0 ? [] : [`${added.join(', ')} ${added.length === 1 ? 'appears' : 'appear'}`]),
    ...(gone.length === 0 ? [] : [`${gone.join(', ')} ${gone.length === 1 ? 'goes' : 'go'}`]),
  ]
  return parts.length === 0 ? `the order is ${are.join(', ')}` : parts.join('; ')
}
