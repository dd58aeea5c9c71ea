import type { Seen } from '../dialects/round-trip.ts'
import type { Lens } from '../planner/links/lens.ts'
import type { Plan } from '../planner/plan.ts'
import type { Finding } from './judge.ts'
import type { Round, Trip, Writer } from './round-trip.ts'
import type { State } from './states.ts'
import type { AppVersion } from './versions.ts'

/** One lens, written in one shape in one state, and what came of it. */
export interface Rounds {
  readonly state: State
  readonly plan: Pick<Plan, 'migration' | 'accepted'>
  readonly lens: Lens
  readonly writer: Writer
  readonly round: Round | { readonly why: string }
}

/** What may come of a value; each is a code that a migration can accept. */
type Kind = 'lossy-up' | 'lossy-down' | 'up-fails' | 'down-fails' | 'up-null' | 'not-in-sync' | 'write-refused'

/** The trips that came to the same. */
interface Group {
  readonly kind: Kind
  readonly code: string | null
  readonly trips: readonly Trip[]
}

/** How it is said in findings that are about no statement. */
const statement = '(values)'

/**
 * What the round trips say of one version in one state. A value of a sample is told where the statement is that writes it; one that was
 * made for the type where it is read. Pure.
 */
export function valueFindings(
  all: readonly Rounds[],
  versions: readonly AppVersion[],
  version: AppVersion,
  state: State,
): readonly Finding[] {
  return all
    .filter((each) => each.state !== 'contracted')
    .flatMap((each) => {
      if ('why' in each.round) return concerns(each, versions, version, state) ? [untried(each, each.round.why)] : []
      const groups = groupsOf(each, each.round, all)
      return [
        ...(each.state === state ? groups.flatMap((group) => ofSamples(each, group, version)) : []),
        ...(concerns(each, versions, version, state) ? groups.flatMap((group) => ofMade(each, group)) : []),
      ]
    })
}

/** The states in which a value is read: under one name the new version gets what was written before from contract on. */
function concerns(
  { lens, writer, state: at }: Rounds,
  versions: readonly AppVersion[],
  version: AppVersion,
  state: State,
): boolean {
  const reader = writer === 'old' ? 'new' : 'old'
  const naming = (role: AppVersion['role']): readonly AppVersion[] => {
    const all = versions.filter((each) => each.role === role)
    const named = all.filter(({ statements }) => statements.some(({ sql }) => names(sql, lens.table.name)))
    return named.length > 0 ? named : all
  }
  const readers = naming(reader)
  if (readers.length === 0) return at === state && naming(writer).includes(version)
  const late = lens.kind === 'row' && lens.sameName
  return readers.includes(version) && state === (late ? 'contracted' : at)
}

const names = (sql: string, table: string): boolean => sql.toLowerCase().includes(table.toLowerCase())

function groupsOf({ lens, writer }: Rounds, { trips }: Round, all: readonly Rounds[]): readonly Group[] {
  const later = all.find((each) => each.state === 'contracted' && each.lens.id === lens.id && each.writer === writer)
  const takenLater = (trip: Trip): boolean =>
    later !== undefined &&
    'trips' in later.round &&
    later.round.trips.some(
      ({ seen, column, value }) => seen !== null && column === trip.column && value.value === trip.value.value,
    )
  const found = new Map<string, { kind: Kind; code: string | null; trips: Trip[] }>()
  for (const trip of trips) {
    const [kind, code] =
      trip.seen !== null
        ? kindOf(lens, writer, trip.seen)
        : writer === 'new' && takenLater(trip)
          ? (['write-refused', trip.refused] as const)
          : [null, null]
    if (kind === null) continue
    const key = `${kind} ${code}`
    const group = found.get(key) ?? { kind, code, trips: [] }
    found.set(key, group)
    group.trips.push(trip)
  }
  return [...found.values()]
}

function kindOf(lens: Lens, writer: Writer, seen: Seen): readonly [Kind | null, string | null] {
  if (lens.kind === 'fill') {
    if (seen.upError !== null) return [lens.side === 'old' ? 'down-fails' : 'up-fails', seen.upError]
    return seen.newNull && (lens.side === 'both' || !lens.column.nullable) ? ['up-null', null] : [null, null]
  }
  if (writer === 'old') {
    if (seen.upError !== null) return ['up-fails', seen.upError]
    if (seen.apart) return ['not-in-sync', null]
    if (seen.newNull && lens.new.some(({ nullable }) => !nullable)) return ['up-null', null]
    return [seen.oldElse ? 'lossy-up' : null, null]
  }
  if (seen.downError !== null) return ['down-fails', seen.downError]
  if (seen.apart) return ['not-in-sync', null]
  return [seen.newElse ? 'lossy-down' : null, null]
}

/** What fails the check although the value was made: nothing else will tell of it. */
const silent: readonly Kind[] = ['lossy-up', 'not-in-sync']

function ofMade(each: Rounds, group: Group): readonly Finding[] {
  const trips = group.trips.filter(({ value }) => value.sample === null)
  const [first] = trips
  if (first === undefined) return []
  const whats = [...new Set(trips.map(({ value }) => value.what))]
  const message = said(each, group, listed(whats), example(each, group.kind, first))
  return [finding(each, group, { statement, source: null, message, warning: !silent.includes(group.kind) })]
}

/** Whose statements write such a value; the value itself may be somebody's. */
function ofSamples(each: Rounds, group: Group, version: AppVersion): readonly Finding[] {
  const samples = group.trips.flatMap(({ value: { sample } }) => (sample?.version === version ? [sample] : []))
  const statements = new Map(samples.map((sample) => [sample.statement, sample]))
  return [...statements.values()].map(({ statement: id, source }) =>
    finding(each, group, {
      statement: id,
      source,
      message: said(each, group, 'a value of its samples', ''),
      warning: false,
    }),
  )
}

function finding(
  each: Rounds,
  { kind }: Group,
  { warning, message, ...of }: Pick<Finding, 'statement' | 'source' | 'message'> & { readonly warning: boolean },
): Finding {
  const accepted = each.plan.accepted.find(({ id }) => id === kind)
  const write = kind === 'write-refused'
  return {
    ...of,
    verdict: write && !warning ? 'fails' : 'changes',
    level: write ? 'WRITE' : 'VALUE',
    code: kind,
    message,
    hint: accepted === undefined ? hints[kind] : `The migration accepts it: ${accepted.reason}`,
    ...(warning || accepted !== undefined ? { warning: true } : {}),
  }
}

function untried(each: Rounds, why: string): Finding {
  const message = `${subject(each.lens)}: what the ${each.writer} version writes could not be tried: ${why}`
  const hint = 'Try by hand what the other version reads.'
  return { statement, verdict: 'unverifiable', level: 'VALUE', code: 'not-tried', message, hint, source: null }
}

function listed(whats: readonly string[]): string {
  const shown = whats.slice(0, 8).join(', ')
  return whats.length > 8 ? `${shown} and ${whats.length - 8} more` : shown
}

/** What it is about: the intent, and the columns at both ends. */
function subject(lens: Lens): string {
  const table = lens.table.name
  if (lens.kind === 'fill') {
    const intent = { new: 'addColumn', old: 'dropColumn', both: 'setNotNull' }[lens.side]
    return `${intent} ${table}.${lens.column.name}`
  }
  const names = (columns: typeof lens.old): string => columns.map(({ name }) => name).join(', ')
  const types = (columns: typeof lens.old): string => columns.map(({ type }) => type).join(', ')
  if (lens.identity) return `renameColumn ${table}.${names(lens.old)} → ${names(lens.new)}`
  const [from, to] = lens.sameName
    ? [`${names(lens.old)} (${types(lens.old)})`, types(lens.new)]
    : [names(lens.old), names(lens.new)]
  const intent = lens.new.length > 1 ? 'splitColumn' : lens.old.length > 1 ? 'mergeColumns' : 'changeType'
  return `${intent} ${table}.${from} → ${to}`
}

function said({ lens, writer }: Rounds, { kind, code }: Group, what: string, shown: string): string {
  const [one, other] = writer === 'old' ? ['old', 'new'] : ['new', 'old']
  const begin = subject(lens)
  const because = code === null ? '' : ` (${code})`
  switch (kind) {
    case 'lossy-up':
    case 'lossy-down':
      return `${begin}: the ${one} version writes ${what}, and what the ${other} one reads does not lead back to it${shown}`
    case 'up-fails':
    case 'down-fails':
      return `${begin}: the ${one} version writes ${what}, which cannot be converted${because}${shown}`
    case 'up-null':
      return `${begin}: the ${one} version writes ${what}, and the new column, which becomes NOT NULL, is NULL`
    case 'not-in-sync':
      return `${begin}: the ${one} version writes ${what}, and the two columns are not in sync then: something else changes one of them`
    case 'write-refused':
      return `${begin}: the ${one} version cannot write ${what} until contract${because}`
  }
}

function example({ lens, writer }: Rounds, kind: Kind, { seen }: Trip): string {
  if (seen === null || lens.kind === 'fill') return ''
  const [wrote, read, back] = writer === 'old' ? [seen.old, seen.new, seen.down] : [seen.new, seen.old, seen.up]
  if (kind === 'up-fails' || kind === 'down-fails') return `: ${quoted(wrote)} is read as ${quoted(read)}`
  return `: ${quoted(wrote)} is read as ${quoted(read)}, and that is ${quoted(back)} again`
}

const quoted = (text: string | null): string => (text === null ? 'NULL' : `'${text}'`)

const consent = (kind: Kind): string => `accept: [{ id: ${kind}, reason }]`

const hints: Readonly<Record<Kind, string>> = {
  'lossy-up': `At the purge it is gone for good. Let up and down lead to one another, or say in the migration that it may go: ${consent('lossy-up')}.`,
  'lossy-down': `Until contract the old version reads that, and a rollback loses the rest. Let the new version write it after contract only, or say in the migration that this may be: ${consent('lossy-down')}.`,
  'up-fails': `Such a row is recorded, and keeps contract closed. Give the intent an up that takes it, or say in the migration that no such value is written: ${consent('up-fails')}.`,
  'down-fails': `Such a row is recorded, and keeps contract closed. Let the new version write it after contract only, give the intent a down that takes it, or say in the migration: ${consent('down-fails')}.`,
  'up-null': `It keeps contract closed. Let up give a value, or the old version; or say in the migration that it never does this: ${consent('up-null')}.`,
  'not-in-sync': `A trigger of your own, perhaps: let it change neither of the two, or both; or say in the migration that this may be: ${consent('not-in-sync')}.`,
  'write-refused': `Deploy what writes it after contract, give the intent a down that always has a value, or say in the migration that it is not written: ${consent('write-refused')}.`,
}
