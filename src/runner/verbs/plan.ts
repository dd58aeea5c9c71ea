import { dialectNamed } from '../../dialects/open.ts'
import { usageError } from '../../errors.ts'
import type { Catalog } from '../../planner/catalog.ts'
import type { Plan } from '../../planner/plan.ts'
import { planFormat } from '../../planner/plan.ts'
import type { PlanFile, PlanResult } from '../api.ts'
import { makeLivePlan, planOffline } from '../make-plan.ts'
import type { Environment } from '../open.ts'
import { planView } from '../plan-view.ts'
import { type Known, requireFile, saying, takenBy } from '../select.ts'
import { fenceAhead } from './fencing.ts'

/** What the plan verbs take. */
export interface PlanOptions {
  readonly name?: string
  readonly catalog?: unknown
}

interface Planned {
  readonly migration: Known
  readonly plan: Plan
}

interface All {
  readonly planned: readonly Planned[]
  readonly catalog: Catalog
  readonly offline: boolean
  readonly notices: readonly string[]
}

async function planAll(environment: Environment, options: PlanOptions): Promise<All> {
  if (options.catalog !== undefined) {
    const catalog = readCatalogFile(options.catalog)
    const files = (await environment.files()).filter(({ name }) => options.name === undefined || name === options.name)
    const planned: Planned[] = []
    for (const file of files) {
      const migration: Known = { name: file.name, file, row: null, state: 'pending' }
      planned.push({ migration, plan: await planOffline(file, catalog, environment.options.statements ?? null) })
    }
    return { planned, catalog, offline: true, notices: [] }
  }
  // The folder first: a wrong one is to be told even when the database does not answer.
  await environment.files()
  const catalog = await environment.catalog()
  const { taken, notices } = await takenBy(environment, options.name)
  const chosen = taken.filter(({ state }) => options.name !== undefined || state !== 'completed')
  const planned: Planned[] = []
  for (const migration of chosen) {
    const frozen = migration.state === 'pending' ? null : (migration.row?.plan ?? null)
    planned.push({ migration, plan: frozen ?? (await makeLivePlan(environment, requireFile(migration), catalog)) })
  }
  return { planned, catalog, offline: false, notices }
}

/** Reads what `migrate catalog` wrote. */
function readCatalogFile(content: unknown): Catalog {
  const catalog = content as Partial<Catalog>
  if (catalog?.format === 1 && Array.isArray(catalog.tables)) return catalog as Catalog
  throw usageError('plan.catalog', 'this is not a catalog file, or one of another version', {
    hint: 'migrate catalog writes one.',
  })
}

/** What would be done, phase by phase; touches nothing. */
export async function plan(environment: Environment, options: PlanOptions): Promise<PlanResult> {
  const { planned, catalog, offline, notices } = await planAll(environment, options)
  const dialect = await dialectNamed(catalog.dialect)
  const active = offline ? [] : await activeLenses(environment)
  return {
    migrations: planned.map(({ migration, plan: each }) =>
      planView(dialect, each, migration.state, environment.stateSchema, active, catalog),
    ),
    session: dialect.beside,
    ...saying([...notices, ...fenceAhead(environment.options, dialect)]),
  }
}

async function activeLenses(
  environment: Environment,
): Promise<Awaited<ReturnType<Awaited<ReturnType<Environment['ledger']>>['active']>>> {
  const ledger = await environment.ledger()
  return (await ledger.exists()) ? ledger.active() : []
}

/** The plans, to be kept in a file. */
export async function planFile(environment: Environment, options: PlanOptions): Promise<PlanFile> {
  const { planned } = await planAll(environment, options)
  return {
    format: planFormat,
    plans: planned.filter(({ migration }) => migration.state === 'pending').map(({ plan: each }) => each),
  }
}

/** The plan as a script for reading and for running by hand. Loops are shown as the statement of one round. */
export async function planSql(environment: Environment, options: PlanOptions): Promise<string> {
  const result = await plan(environment, options)
  const lines: string[] = []
  for (const migration of result.migrations) {
    for (const [phase, steps] of Object.entries(migration.phases)) {
      lines.push(`-- ${migration.name}: ${phase}${steps.length === 0 ? ' (nothing to do)' : ''}`)
      for (const step of steps) {
        const loop = step.kind === 'backfill' || step.kind === 'verify'
        lines.push('', `-- ${step.id}: ${step.description}`)
        if (loop) lines.push('-- repeated over key ranges; $n are the bounds of the range')
        if (step.probe !== undefined) lines.push(comment(`asked before: ${step.probe};`))
        if (step.transaction) lines.push('BEGIN;')
        for (const statement of step.statements) lines.push(loop ? comment(`${statement};`) : `${statement};`)
        for (const { statements } of step.otherwise ?? [])
          for (const statement of statements) lines.push(comment(`or, where the server refuses that: ${statement};`))
        if (step.transaction) lines.push('COMMIT;')
      }
      lines.push('')
    }
  }
  return lines.join('\n')
}

const comment = (text: string): string => `-- ${text.replaceAll('\n', '\n-- ')}`
