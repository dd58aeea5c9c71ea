import type { LedgerState } from '../ledger/state.ts'
import { rank } from '../ledger/state.ts'
import { showTable } from '../planner/change.ts'
import type { Lens, RowLens } from '../planner/links/lens.ts'
import type { Plan } from '../planner/plan.ts'
import type { Phase } from '../planner/steps.ts'
import type { PointOfNoReturn } from './api.ts'
import { phaseStates } from './phases.ts'
import { rawOf } from './raw-step.ts'

/** From where on a migration cannot be taken back, or not whole: by its plan alone, without a look at rows. In the order of time. */
export function pointsOfNoReturn(plan: Plan, state: LedgerState): readonly PointOfNoReturn[] {
  const untilThen = lossesOf(plan).join('; ') || 'nothing: what either version writes is in both shapes'
  const statements = (['expand', 'backfill', 'contract'] as const).flatMap((phase) =>
    plan.phases[phase]
      .filter(({ reversible }) => !reversible)
      .map(
        (step): PointOfNoReturn => ({
          phase,
          step: step.id,
          when: `with ${step.id}, in ${phase}`,
          why: `${step.description} cannot be taken back${rawOf(step) === null ? '' : phase === 'contract' ? ': a statement of rawSql for contract has no way back' : ': rawSql says no rollback'}`,
          untilThen,
          passed: isOver(phase, state),
        }),
      ),
  )
  return [...statements, ...plan.lenses.flatMap(valuesOf), ...purged(plan, state, untilThen), ...takenBack(plan)]
}

const isOver = (phase: Phase, state: LedgerState): boolean => rank(state) >= rank(phaseStates[phase].after)

/** What only the new type can hold has no place in the old column, which keeps its name. */
function valuesOf(lens: Lens): readonly PointOfNoReturn[] {
  if (lens.kind !== 'row' || !lens.sameName || !lens.down.some(({ canRaise }) => canRaise)) return []
  return [
    {
      phase: 'contract',
      step: null,
      when: `after contract, with the first value that the new version writes and ${olds(lens)} cannot hold`,
      why: 'the rollback of contract refuses (4) and names the rows, until they are changed or --accept-loss gives up their values in the old shape',
      untilThen: 'nothing',
      passed: false,
    },
  ]
}

const olds = ({ table, old }: RowLens): string =>
  old.map(({ name, type }) => `${showTable(table)}.${name} as ${type}`).join(', ')

function purged(plan: Plan, state: LedgerState, untilThen: string): readonly PointOfNoReturn[] {
  const dropped = plan.lenses.flatMap((lens) => {
    if (lens.kind === 'row') return lens.old.map(({ name }) => `${showTable(lens.table)}.${name}`)
    return lens.side === 'old' ? [`${showTable(lens.table)}.${lens.column.name}`] : []
  })
  return [
    {
      phase: 'purge',
      step: plan.phases.purge[0]?.id ?? null,
      when: 'at purge, which may come when the retention is over that contract was given (24h unless said); with --retention 0 at contract itself',
      why:
        dropped.length === 0
          ? 'what is completed is not rolled back'
          : `the old shape is dropped: ${dropped.join(', ')}`,
      untilThen,
      passed: state === 'purging' || isOver('purge', state),
    },
  ]
}

/** A rollback to pending drops what only the new version knows. */
function takenBack(plan: Plan): readonly PointOfNoReturn[] {
  const losses = lossesOf(plan)
  if (losses.length === 0) return []
  return [
    {
      phase: 'rollback',
      step: null,
      when: 'at a rollback to pending with --accept-loss',
      why: 'the new shape is dropped; another expand fills it from the old one only',
      untilThen: 'nothing: without --accept-loss a rollback that would lose something refuses (4) and names the rows',
      passed: false,
    },
  ]
}

/** What a way back may lose, which it says beforehand by the keys of rows. */
function lossesOf(plan: Plan): readonly string[] {
  const ofLenses = plan.lenses.flatMap((lens): readonly string[] => {
    const where = showTable(lens.table)
    if (lens.kind === 'row') {
      const names = lens.new.map(({ name }) => name).join(', ')
      return lens.identity
        ? []
        : [`what the new version writes into ${names} of ${where} and the old shape cannot hold`]
    }
    const { column, side } = lens
    return side === 'new' ? [`what the new version writes into ${column.name} of ${where}`] : []
  })
  const filled = new Set(plan.lenses.flatMap((lens) => addedBy(lens)))
  const ofColumns = plan.phases.expand.flatMap(({ actions }) =>
    actions.flatMap((action): readonly string[] => {
      if (action.do === 'createTable') return [`the rows of ${showTable(action.table)}`]
      if (action.do !== 'addColumn' || filled.has(`${showTable(action.table)}.${action.column.name}`)) return []
      return [`the values of ${action.column.name} of ${showTable(action.table)}`]
    }),
  )
  return [...ofLenses, ...ofColumns]
}

function addedBy(lens: Lens): readonly string[] {
  const ends = lens.kind === 'row' ? lens.new : [lens.column]
  return ends.map(({ expanded }) => `${showTable(lens.table)}.${expanded}`)
}
