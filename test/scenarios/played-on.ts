import { servers, type TestServer } from '../servers/databases.ts'
import { pick, seed } from './sample.ts'
import type { Scenario } from './scenario.ts'

/**
 * Which scenarios a suite plays on a server. All of them on a run with one server; on a run with several those that stand for the
 * others and a few more, by the seed, other ones on each. `MATRIX=full` plays all on all.
 */
export function playedOn(server: TestServer, all: readonly Scenario[]): readonly Scenario[] {
  const several = servers().length > 1
  if (!several) return all
  const always = all.filter(({ everyStatement }) => everyStatement)
  const others = all.filter(({ everyStatement }) => !everyStatement)
  const place = servers().findIndex(({ name }) => name === server.name)
  return [...always, ...pick(others, 4, seed + place)]
}
