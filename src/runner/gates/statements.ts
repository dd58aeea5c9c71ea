import type { OldShape, StatementStatistics } from '../../dialects/statement-use.ts'
import { isBellowsError } from '../../errors.ts'
import { showTable } from '../../planner/change.ts'
import type { Plan } from '../../planner/plan.ts'
import type { GateInput } from '../gates.ts'
import type { Environment } from '../open.ts'
import { frozenPlan } from '../phases.ts'
import type { Run } from '../run.ts'
import { reread } from '../select.ts'
import { type Advisory, closed, open } from './advisory.ts'
import { type Counted, type CountedLook, countedOf, type Executed, executedSince, isNews } from './executed.ts'

const name = 'statements'
/** So many statements are named, and so much of each. */
const most = 3
const longest = 200

type Asked = Pick<GateInput, 'dialect' | 'session' | 'ledger' | 'row' | 'catalog'>

/** Was no statement executed within the quiet period that names the old shape, by the statistics of the server? */
export async function statementsGate(input: GateInput, now: string): Promise<Advisory> {
  const { plan, row, quietPeriod } = input
  const shapes = oldShapes(plan)
  const ended = row.backfilled_at
  if (shapes.length === 0) return open(name, 'not-applicable', 'both versions use the same names until contract')
  if (ended === null)
    return closed(input, name, 'unknown', 'the backfill has not ended yet', 'Run migrate backfill first.')
  const begin = Date.parse(now) - quietPeriod
  const told = await ask(input, shapes, new Date(Math.max(begin, Date.parse(ended))).toISOString())
  if (!told.told) return closed(input, name, 'unknown', told.reason, told.hint)
  const looks = await earlier(input, ended, now)
  if (input.settles) await keep(input, told, looks)
  if (quietPeriod === 0) return open(name, 'ok', 'no quiet period was asked for')
  const seconds = Math.round(quietPeriod / 1000)
  const wait = (until: number): number => Math.max(1, Math.ceil((until - Date.parse(now)) / 1000))
  for (const [what, since] of [
    ['the backfill ended', ended],
    ['the statistics begin', told.since],
  ] as const) {
    if (since === null || Date.parse(since) <= begin) continue
    const reason = `${what} at ${since}, within the quiet period of ${seconds} s`
    return closed(input, name, 'unknown', reason, 'Wait.', wait(Date.parse(since) + quietPeriod))
  }
  const window = { from: new Date(begin).toISOString(), now }
  const found = executedSince(told, looks, window)
  if (found.length === 0)
    return open(name, 'ok', `no statement that names ${named(shapes)} was executed within ${seconds} s`)
  const { status, reason, hint } = verdictOf(found, shapes, seconds, told.lost?.hint ?? '')
  return closed(input, name, status, reason, hint, wait(Math.max(...found.map((each) => Date.parse(each.until)))))
}

/** The look at the end of the backfill, which later ones are compared with. What it cannot read, the gate says when it is asked. */
export async function firstStatementLook(environment: Environment, run: Run, migration: string): Promise<void> {
  try {
    const row = await reread(environment, migration)
    const plan = frozenPlan(row)
    const shapes = oldShapes(plan)
    const ended = row.backfilled_at
    if (shapes.length === 0 || ended === null) return
    const { dialect, worker: session, ledger } = run
    const asked = { dialect, session, ledger, row, catalog: await environment.catalog() }
    await keep(asked, await ask(asked, shapes, ended), [])
  } catch (error) {
    // The backfill is done, whatever comes after it.
    if (!isBellowsError(error)) throw error
  }
}

/** The columns that the old version alone names. */
function oldShapes(plan: Plan): readonly OldShape[] {
  return plan.lenses.flatMap((lens) => {
    if (lens.kind === 'fill') return lens.side === 'old' ? [{ table: lens.table, columns: [lens.column.expanded] }] : []
    return lens.sameName ? [] : [{ table: lens.table, columns: lens.old.map(({ expanded }) => expanded) }]
  })
}

const named = (shapes: readonly OldShape[]): string =>
  shapes.map(({ table, columns }) => `${showTable(table)}.${columns.join(', ')}`).join('; ')

const ask = (
  { dialect, session, catalog }: Asked,
  shapes: readonly OldShape[],
  from: string,
): Promise<StatementStatistics> => dialect.evidence.statements(session, shapes, catalog, from)

async function earlier({ ledger, row }: Asked, ended: string, now: string): Promise<readonly CountedLook[]> {
  const found = await ledger.samples(row.name, name, Date.parse(now) - Date.parse(ended) + 1000)
  return found.filter(({ at }) => at >= ended).map(({ at, value }) => ({ ...(value as Counted), at }))
}

async function keep({ ledger, row }: Asked, told: StatementStatistics, looks: readonly CountedLook[]): Promise<void> {
  const counted = told.told ? countedOf(told) : null
  if (counted !== null && isNews(counted, looks)) await ledger.sample(row.name, name, counted)
}

type Verdict = Readonly<Record<'reason' | 'hint', string>> & { readonly status: 'failed' | 'unknown' }

/** What is surest first. */
function verdictOf(found: readonly Executed[], shapes: readonly OldShape[], seconds: number, ofLost: string): Verdict {
  const of = (reads: Executed['reads']): readonly Executed[] => found.filter((each) => each.reads === reads)
  const [names, lost, all, unclear] = [of('names'), of('lost'), of('all'), of('unclear')]
  const within = `within the quiet period of ${seconds} s`
  const certain = names.filter((each) => each.certain)
  if (certain.length > 0)
    return {
      status: 'failed',
      reason: `executed ${within}, and names ${named(shapes)}: ${texts(certain)}`,
      hint: 'Stop who runs it, or deploy what uses the new shape. What needs no mending: --accept statements.',
    }
  const unknown = (reason: string, hint: string): Verdict => ({ status: 'unknown', reason, hint })
  const [since] = names.flatMap(({ after }) => after ?? []).sort()
  if (since !== undefined)
    return unknown(
      `executed since ${since}, and names ${named(shapes)}; whether ${within} is not known before the next look: ${texts(names)}`,
      looksAgain,
    )
  if (found.some((each) => each.after === null && !each.certain))
    return unknown(
      `no look at the statistics is older than the quiet period of ${seconds} s, to tell what was executed since`,
      looksAgain,
    )
  if (lost.length > 0) return unknown(`what was executed ${within} is not all told: ${texts(lost)}`, ofLost)
  if (all.length > 0)
    return unknown(
      `executed ${within}, and takes all columns, of which ${named(shapes)} may be read: ${texts(all)}`,
      'Where nobody reads the old ones of them, as the new version does not: --accept statements.',
    )
  return unknown(
    `executed ${within}, and whether it names ${named(shapes)} cannot be seen: ${texts(unclear)}`,
    'Raise what cuts texts off (max_digest_length), or look who runs it, and force this gate with a reason.',
  )
}

const looksAgain = 'contract keeps what it sees, to compare: run it again after the quiet period, or with --wait.'

function texts(found: readonly Executed[]): string {
  const all = [...new Set(found.map(({ text }) => (text.length > longest ? `${text.slice(0, longest)}…` : text)))]
  const left = all.length - most
  return `${all.slice(0, most).join('; ')}${left > 0 ? `; and ${left} more` : ''}`
}
