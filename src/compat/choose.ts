import { refused } from '../errors.ts'
import type { Migration } from '../planner/migration.ts'
import { type Environment, unknownMigration } from '../runner/open.ts'
import { isGone, known, requireFile, takenBy } from '../runner/select.ts'

/** What a check walks through: the migrations before it, all at once, and its own, phase by phase. */
export interface Chosen {
  readonly earlier: readonly Migration[]
  readonly checked: readonly Migration[]
  readonly notices: readonly string[]
}

/**
 * The named migration and what is pending before it; without a name everything pending together, as `expand` takes it, and as one
 * new version needs it.
 *
 * @throws BellowsError exit 2 for an unknown name, 3 for a migration that was begun: its state before cannot be had again.
 */
export async function choose(target: Environment, name: string | undefined): Promise<Chosen> {
  const all = await known(target)
  const pending = all.filter((each) => each.state === 'pending' && (each.name === name || !isGone(each)))
  const begun = all.filter(({ state }) => state !== 'pending' && state !== 'completed')
  const notices = [
    ...begun.map((each) => `${each.name} is ${each.state} already: its columns are part of every state here`),
    ...(await takenBy(target, name)).notices,
  ]
  if (name === undefined) return { earlier: [], checked: pending.map(requireFile), notices }
  const found = all.find((each) => each.name === name)
  if (found === undefined) throw unknownMigration(name)
  if (found.state !== 'pending') {
    throw refused(
      'check.begun',
      `${name} is ${found.state}: the schema as it was before cannot be had from this database`,
      {
        hint: 'Check before expand; in a pipeline, where the database is as production is.',
      },
    )
  }
  const earlier = pending.slice(0, pending.indexOf(found)).map(requireFile)
  return { earlier, checked: [requireFile(found)], notices }
}
