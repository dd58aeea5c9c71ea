import type { CheckDialect, Copy } from '../dialects/check.ts'
import { checkOf } from '../dialects/open.ts'
import { isBellowsError } from '../errors.ts'
import type { MigratorOptions, PlanView } from '../runner/api.ts'
import { statementsOf } from '../runner/app-statements.ts'
import { throwIfAborted } from '../runner/interrupt.ts'
import { type Environment, openEnvironment } from '../runner/open.ts'
import { plan } from '../runner/verbs/plan.ts'
import { type Chosen, choose } from './choose.ts'
import { type Finding, judge, notReached, type Results } from './judge.ts'
import { type Cell, cellsOf, passes } from './matrix.ts'
import { prepareAll, shadowOptions } from './prepare-all.ts'
import { openRecorder } from './record.ts'
import { type Assigned, assign, openRunner, type Runs } from './runs.ts'
import { openShadow, type Shadow } from './shadow.ts'
import { type State, states } from './states.ts'
import { openValues } from './values.ts'
import type { AppVersion } from './versions.ts'
import { type ListFiles, versionsToCheck } from './versions-to-check.ts'

/** What {@link checkCompatibility} takes. */
export interface CheckOptions {
  /** The target, as for a migrator; it is only read. */
  readonly migrator: MigratorOptions
  /** Only this migration; without it, everything pending together. */
  readonly name?: string
  /** Files with the statements of the versions that run now; without them, the versions that are registered as deployed. */
  readonly old?: readonly string[]
  /** Files with the statements of the versions to come; without them, the versions that are registered and not deployed. */
  readonly new?: readonly string[]
  /** Files that take the place of `old` or `new` where neither is given and nothing is registered. */
  readonly otherwise?: ListFiles
  /** Records the result in the state tables, for `expand` with `requireCheck`; left out, it is where the migrator requires checks. */
  readonly record?: boolean
  /**
   * An empty database of the same product and series. It is filled, and emptied again. On MySQL and MariaDB it may name a server
   * only: a scratch database is then made on it, and dropped again.
   */
  readonly shadowUrl?: string
  /** `target`: a scratch database on the target server, dropped afterwards. */
  readonly shadow?: 'target'
  /** What cannot be checked counts as a finding. */
  readonly strict?: boolean
  /** A command of each version, that is run against the shadow in every state. */
  readonly run?: Runs
}

/** What was found. */
export interface CheckResult {
  /** No required cell holds a finding that counts; else exit 4. */
  readonly ok: boolean
  readonly exitCode: 0 | 4
  /** The name; several are joined by a comma, and none is empty. */
  readonly migration: string
  readonly states: readonly State[]
  readonly matrix: readonly Cell[]
  /** From which state on the new version has to work. */
  readonly ready: 'expanded' | 'backfilled'
  /** How many statements nothing could be said about, in some state. */
  readonly unverifiable: number
  /** Where it was checked, for people. */
  readonly shadow: string
  readonly notices: readonly string[]
  /** The migrations that the result is recorded for. */
  readonly recorded: readonly string[]
}

/** A check with what it was made from, for reports. The texts of statements are not in the result: they may hold values. */
export interface FullCheck {
  readonly result: CheckResult
  readonly versions: readonly AppVersion[]
  /** Of the migrations that were checked; as they would run on the target, where they can be planned there by themselves. */
  readonly plans: readonly PlanView[]
}

/**
 * Prepares every statement of every version in each state of a migration, on a shadow. Findings are in the result, not thrown.
 *
 * @throws BellowsError exit 2 for lists that are not valid, 3 without a shadow, and what the phases throw on the shadow.
 * @example
 * ```ts
 * const result = await checkCompatibility({ migrator: { database: url, migrations: './migrations' }, old: ['v1.json'], new: ['v2.json'] })
 * if (!result.ok) process.exitCode = result.exitCode
 * ```
 */
export async function checkCompatibility(options: CheckOptions): Promise<CheckResult> {
  return (await checkInFull(options)).result
}

/** The same with the statements; with `planned` also with the plans of the target. */
export async function checkInFull(options: CheckOptions, planned: boolean = false): Promise<FullCheck> {
  const target = openEnvironment(options.migrator)
  try {
    const check = await checkOf((await target.dialect()).name)
    const listed = await versionsToCheck(target, options, options.otherwise ?? {}, check, options.run === undefined)
    const assigned = assign(listed.versions, options.run)
    const chosen = await choose(target, options.name)
    const { versions } = assigned
    if (chosen.checked.length === 0) return { result: nothingPending(chosen), versions, plans: [] }
    const recorder = await openRecorder(target, options.record, listed.versions, chosen)
    const judged = await onShadow(target, check, options, assigned, chosen)
    const known = (version: AppVersion): boolean => isKnown(version, assigned.commands)
    const recorded = (await recorder.record?.({ ...judged.result, known })) ?? []
    const notices = [...judged.result.notices, ...listed.notices, ...recorder.notices]
    const plans = planned ? await plansOf(target, options.name, chosen, judged.plans) : judged.plans
    return { result: { ...judged.result, recorded, notices }, versions, plans }
  } finally {
    await target.close()
  }
}

/** The shadow's are without sizes, and its database may have another name; but there what is pending before has been done. */
async function plansOf(
  target: Environment,
  name: string | undefined,
  { checked }: Chosen,
  onShadow: readonly PlanView[],
): Promise<readonly PlanView[]> {
  try {
    const { migrations } = await plan(target, name === undefined ? {} : { name })
    const names = new Set(checked.map((each) => each.name))
    const found = migrations.filter((each) => names.has(each.name))
    return found.length === names.size ? found : onShadow
  } catch (error) {
    throwIfAborted(target.signal)
    if (isBellowsError(error)) return onShadow
    throw error
  }
}

function nothingPending({ notices }: Chosen): CheckResult {
  return {
    ok: true,
    exitCode: 0,
    migration: '',
    states,
    matrix: [],
    ready: 'expanded',
    unverifiable: 0,
    shadow: 'none',
    recorded: [],
    notices: ['no migration is pending: nothing was checked', ...notices],
  }
}

type Judged = Pick<FullCheck, 'result' | 'plans'>

async function onShadow(
  target: Environment,
  check: CheckDialect,
  options: CheckOptions,
  assigned: Assigned,
  chosen: Chosen,
): Promise<Judged> {
  const session = await target.worker()
  const catalog = await target.catalog()
  const copy = await check.readSchema(session, target.stateSchema)
  throwIfAborted(target.signal)
  const shadow = await openShadow({
    dialect: await target.dialect(),
    databases: check.shadow,
    target: session,
    options: options.migrator,
    schemas: catalog.schemas,
    roles: copy.roles,
    shadowUrl: options.shadowUrl,
    shadow: options.shadow,
  })
  try {
    target.emit({ kind: 'notice', message: `checking on ${shadow.where}` })
    return await judgeOn(shadow, target, check, copy, options, assigned, chosen)
  } finally {
    // A result, or an error, is not lost because the shadow could not be taken away.
    await shadow.close().catch((error: Error) => {
      target.emit({ kind: 'warning', message: `${shadow.where} could not be taken away: ${error.message}` })
    })
  }
}

async function judgeOn(
  shadow: Shadow,
  target: Environment,
  dialect: CheckDialect,
  copy: Copy,
  options: CheckOptions,
  { versions, commands }: Assigned,
  chosen: Chosen,
): Promise<Judged> {
  const { signal, stateSchema, emit } = target
  const onIt = shadowOptions(shadow, options.migrator, await statementsOf(target))
  const report = await copy.write(shadow.session, () => throwIfAborted(signal))
  const tell = (message: string): void => emit({ kind: 'notice', message })
  const runner = await openRunner({
    shadow,
    databases: dialect.shadow,
    commands,
    runs: options.run,
    stateSchema,
    signal,
    tell,
  })
  const values = openValues({ options: onIt, dialect, versions, chosen })
  const { results, walked } = await prepareAll(shadow, copy, onIt, versions, chosen, async (state, ...now) => {
    await values.visit(state, ...now)
    await runner.run(state)
  }).finally(async () => {
    await values.close()
    await runner.close()
  })
  const incomplete = report.missing.length > 0
  const context = { ready: walked.ready, incomplete, dialect, doubt: copy.doubt }
  const matrix = versions.flatMap((version) =>
    cells(version, results, dialect, context, walked.reached, (state) => [
      ...values.findings(version, state),
      ...runner.findings(version, state, walked.ready),
    ]),
  )
  const ok = passes(matrix, options.strict === true)
  const result: CheckResult = {
    ok,
    exitCode: ok ? 0 : 4,
    migration: chosen.checked.map(({ name }) => name).join(', '),
    states,
    matrix,
    ready: walked.ready,
    unverifiable: unverifiableIn(matrix),
    shadow: shadow.where,
    recorded: [],
    notices: [
      ...chosen.notices,
      ...report.missing,
      ...report.notices,
      ...walked.notices.map(copy.inTarget),
      ...runner.notices,
      ...empty(versions, commands),
    ],
  }
  return { result, plans: walked.plans }
}

function cells(
  version: AppVersion,
  results: (version: AppVersion, index: number) => Results,
  { statementKind }: CheckDialect,
  context: Parameters<typeof judge>[4],
  reached: ReadonlySet<State>,
  besides: (state: State) => readonly Finding[],
): readonly Cell[] {
  const judged = version.statements.map((statement, index) =>
    judge(version, statement, statementKind(statement.sql), results(version, index), context),
  )
  return cellsOf(
    version,
    (state) => {
      const ofStatements = judged.flatMap((each) => each[state])
      const failing = new Set(
        ofStatements.filter(({ verdict }) => verdict === 'fails').map(({ statement }) => statement),
      )
      const others = besides(state).filter(({ code, statement }) => code !== 'write-refused' || !failing.has(statement))
      const found = [...ofStatements, ...others]
      // Where nothing of a version is tried, nothing is known of it either.
      if (reached.has(state) || found.some(({ code }) => code === 'not-reached')) return found
      return [...found, notReached('(any)', state, null)]
    },
    context.ready,
  )
}

function unverifiableIn(matrix: readonly Cell[]): number {
  const keys = matrix.flatMap(({ app, version, findings }) =>
    findings
      .filter(({ verdict }) => verdict === 'unverifiable')
      .map(({ statement }) => [app, version, statement].join('\0')),
  )
  return new Set(keys).size
}

const isKnown = (version: AppVersion, commands: Assigned['commands']): boolean =>
  version.statements.length > 0 || commands.has(version)

const empty = (versions: readonly AppVersion[], commands: Assigned['commands']): string[] =>
  versions
    .filter((version) => !isKnown(version, commands))
    .map(({ app, version }) => `${app} ${version} lists no statement: nothing is known about it`)
