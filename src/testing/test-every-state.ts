import { BellowsError, exitCodes, isBellowsError, usageError } from '../errors.ts'
import type { TestBody, TestedState, Who } from './cell.ts'
import { openTestKit } from './kit.ts'
import type { StatesOptions } from './options.ts'
import { walkStates } from './walk-states.ts'

/** One test, or several by their names. */
export type Tests = TestBody | Readonly<Record<string, TestBody>>

/** What {@link testEveryState} takes. */
export interface TestEveryStateOptions extends StatesOptions {
  /** The tests of each version. Those of `both` run where both have to work: what one writes, and the other reads. */
  readonly tests: { readonly old?: Tests; readonly new?: Tests; readonly both?: Tests }
  /** `stop`, unless said: the first test that fails ends it. `collect`: all run, and all that failed are told at the end. */
  readonly onFailure?: 'stop' | 'collect'
  /** `walked`, unless said: one database goes through all states. `own`: a new one for each test. */
  readonly databases?: 'walked' | 'own'
}

/** A test that passed. */
export interface PassedTest {
  readonly migration: string
  readonly state: TestedState['state']
  readonly rolledBackFrom: TestedState['rolledBackFrom']
  readonly version: Who
  readonly test: string
}

/**
 * Runs the tests of both versions in every state of every migration in which they have to work. To be called in one test of any
 * test runner.
 *
 * @throws BellowsError `testing.failed` (exit 4), which names version, state, migration and test; several are told in one, with an
 *   `AggregateError` as its cause. Other `testing.*`: see docs/testing.md.
 * @example
 * ```ts
 * await testEveryState({
 *   database: process.env.TEST_DATABASE_URL ?? { embedded: 'postgres' },
 *   migrations: './migrations',
 *   seed: 'test/schema.sql',
 *   tests: {
 *     old: { 'signs up': ({ url }) => signUpV1(url) },
 *     new: { 'signs up': ({ url }) => signUpV2(url) },
 *   },
 * })
 * ```
 */
export async function testEveryState(options: TestEveryStateOptions): Promise<readonly PassedTest[]> {
  const collect = options.onFailure === 'collect'
  const passed: PassedTest[] = []
  const failures: Error[] = []
  for await (const state of statesOf(options)) {
    for (const { version, test, body } of testsOf(options.tests, state)) {
      try {
        await state.run(version, test, body)
      } catch (error) {
        if (!collect || !isBellowsError(error) || error.code !== 'testing.failed') throw error
        failures.push(error)
        continue
      }
      const { migration, rolledBackFrom } = state
      passed.push({ migration, state: state.state, rolledBackFrom, version, test })
    }
  }
  if (failures.length > 0) throw together(failures, passed.length)
  if (passed.length === 0) throw nothing()
  return passed
}

async function* statesOf(options: TestEveryStateOptions): AsyncGenerator<TestedState, void, undefined> {
  if (options.databases !== 'own') {
    yield* walkStates(options)
    return
  }
  const kit = await openTestKit(options)
  try {
    yield* kit.states
  } finally {
    await kit.close()
  }
}

function testsOf(
  tests: TestEveryStateOptions['tests'],
  { versions }: TestedState,
): readonly { readonly version: Who; readonly test: string; readonly body: TestBody }[] {
  const whose: readonly Who[] = versions.length === 2 ? ['old', 'new', 'both'] : versions
  return whose.flatMap((version) => named(tests[version]).map(([test, body]) => ({ version, test, body })))
}

function named(tests: Tests | undefined): readonly (readonly [string, TestBody])[] {
  if (tests === undefined) return []
  return typeof tests === 'function' ? [[tests.name || 'the test', tests]] : Object.entries(tests)
}

function together(failures: readonly Error[], passed: number): Error {
  const [first] = failures
  if (first !== undefined && failures.length === 1) return first
  const list = failures.map(({ message }) => `- ${message}`).join('\n')
  return new BellowsError({
    code: 'testing.failed',
    message: `${failures.length} of ${failures.length + passed} tests failed:\n${list}`,
    exitCode: exitCodes.findings,
    cause: new AggregateError(failures, `${failures.length} tests failed`),
    details: { failures: failures.map((error) => (error as BellowsError).details) },
  })
}

const nothing = (): Error =>
  usageError('testing.nothing', 'no test ran', { hint: 'Give tests of the old version, of the new one, or both.' })
