import type { CheckDialect, Preparer } from '../dialects/check.ts'
import type { Lens } from '../planner/links/lens.ts'
import type { Plan } from '../planner/plan.ts'
import type { MigratorOptions } from '../runner/api.ts'
import { throwIfAborted } from '../runner/interrupt.ts'
import { type Environment, openEnvironment } from '../runner/open.ts'
import type { Chosen } from './choose.ts'
import type { Finding } from './judge.ts'
import { goRound, type Tripper, type Writer, type Written } from './round-trip.ts'
import { isRequired, type Ready, type State } from './states.ts'
import { type Rounds, valueFindings } from './value-findings.ts'
import type { AppVersion } from './versions.ts'

/** The round trips of a check. */
export interface Values {
  /** Writes and reads, in the states in which both versions live. */
  visit(state: State, ready: Ready, preparer: Pick<Preparer, 'insertIsUndone'>): Promise<void>
  /** What came of it, of one version. */
  findings(version: AppVersion, state: State): readonly Finding[]
  close(): Promise<void>
}

/** What they need. */
interface ValuesInput {
  /** Of the shadow. */
  readonly options: Omit<MigratorOptions, 'migrations'>
  readonly dialect: Pick<CheckDialect, 'roundTrip'>
  readonly versions: readonly AppVersion[]
  readonly chosen: Chosen
}

/** Prepares for them; nothing is opened where no plan copies values. */
export function openValues({ options, dialect: { roundTrip }, versions, chosen }: ValuesInput): Values {
  const names = new Set(chosen.checked.map(({ name }) => name))
  const environment = openEnvironment({ ...options, migrations: [] })
  const found: Rounds[] = []
  const samples = samplesOf(roundTrip, versions)
  return {
    visit: async (state, ready, preparer) => {
      const live = isRequired('old', state, ready) && isRequired('new', state, ready)
      if (!live && state !== 'contracted') return
      const plans = (await plansOf(environment)).filter(({ migration }) => names.has(migration))
      if (plans.every(({ lenses }) => lenses.length === 0)) return
      const tripper = await tripperOf(environment, roundTrip, state, samples)
      for (const plan of plans) {
        for (const lens of plan.lenses) {
          for (const writer of writersOf(lens, state)) {
            throwIfAborted(environment.signal)
            const undone = preparer.insertIsUndone(lens.table.name)
            const round = undone
              ? await goRound(tripper, lens, writer)
              : { why: 'a row of its table brings about what a rollback does not undo' }
            found.push({ state, plan, lens, writer, round })
          }
        }
      }
    },
    findings: (version, state) => valueFindings(found, versions, version, state),
    close: () => environment.close(),
  }
}

async function plansOf(environment: Environment): Promise<readonly Plan[]> {
  return (await environment.rows()).flatMap(({ plan }) => plan ?? [])
}

async function tripperOf(
  environment: Environment,
  dialect: Tripper['dialect'],
  state: State,
  samples: Tripper['samples'],
): Promise<Tripper> {
  const session = await environment.worker()
  for (const setting of dialect.settings) await session.query(setting)
  const mode = state === 'contracted' ? 'quarantine' : state === 'backfilled' ? 'final' : 'fill'
  const { stateSchema } = environment
  return { session, dialect, stateSchema, catalog: await environment.catalog(), mode, samples }
}

/** Whose writes are read by the other version. Once contracted it is only looked which values the new version may write at all. */
function writersOf(lens: Lens, state: State): readonly Writer[] {
  if (state === 'contracted')
    return lens.kind === 'row' ? (lens.sameName ? [] : ['new']) : lens.side === 'old' ? ['new'] : []
  if (lens.kind === 'row') return lens.sameName ? ['old'] : ['old', 'new']
  return lens.side === 'old' ? ['new'] : ['old']
}

/** A statement list says so much of one column at most. */
const most = 50

/** The values that statements give columns, by their samples. */
function samplesOf(dialect: Tripper['dialect'], versions: readonly AppVersion[]): Tripper['samples'] {
  const all = versions.flatMap((version) =>
    version.statements.flatMap(({ id, sql, samples = [], source }) => {
      if (samples.length === 0) return []
      return dialect
        .assignments(sql)
        .flatMap(({ table, column, parameter }) =>
          samples.flatMap((list) =>
            parameter in list
              ? [{ version, table, column, value: list[parameter], statement: id, source: source ?? null }]
              : [],
          ),
        )
    }),
  )
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
  return (table, column, type, writer) =>
    all
      .filter((each) => same(each.table, table) && same(each.column, column) && each.version.role === writer)
      .slice(0, most)
      .map(
        ({ version, value, statement, source }): Written => ({
          value: dialect.asValue(value, type),
          what: 'a sample',
          sample: { version, statement, source },
        }),
      )
}
