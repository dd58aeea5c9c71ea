import { pick, seed } from '../scenarios/sample.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { servers, type TestServer } from '../servers/databases.ts'

/** All scenarios on a run with one server; with several a part on each, another one on each, by the seed. `MATRIX=full` plays all on all. */
export function playedOn(server: TestServer, all: readonly Scenario[]): readonly Scenario[] {
  const place = servers().findIndex(({ name }) => name === server.name)
  if (servers().length === 1) return all
  const always = all.filter(({ everyStatement }) => everyStatement)
  return [
    ...always,
    ...pick(
      all.filter((scenario) => !always.includes(scenario)),
      4,
      seed + place,
    ),
  ]
}
