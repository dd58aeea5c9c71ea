import { servers, type TestServer } from '../servers/databases.ts'
import { pick, seed } from './sample.ts'
import type { Scenario } from './scenario.ts'

/**
 * Which scenarios a suite plays on a server: those that stand for the others and some more, by the seed, other ones on each server and
 * fewer where there are several. `MATRIX=full` plays all on all.
 */
export function playedOn(server: TestServer, all: readonly Scenario[]): readonly Scenario[] {
  const several = servers().length > 1
  const always = all.filter(({ everyStatement }) => everyStatement)
  const others = all.filter(({ everyStatement }) => !everyStatement)
  const place = servers().findIndex(({ name }) => name === server.name)
  return [...always, ...pick(others, several ? 4 : 5, seed + place)]
}

/** Whether a suite that takes long is played on a server: on one of each kind, by the seed. `MATRIX=full` plays it on all. */
export function isPlayedOn({ name, kind }: TestServer): boolean {
  return pick(servers([kind]), 1, seed).some((chosen) => chosen.name === name)
}
