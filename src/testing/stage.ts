import { states } from '../compat/states.ts'
import { orUndo, thenUndo } from './cleanup.ts'
import type { Course, Traveller } from './course.ts'
import type { Databases } from './databases.ts'
import type { TestDatabase } from './options.ts'
import type { Stop } from './states.ts'

/** Databases in any state, each for one use. */
export interface Stage {
  use<T>(name: string, stop: Stop, body: (database: TestDatabase) => Promise<T>): Promise<T>
}

type Fresh = (name: string, stop: Stop) => Promise<Traveller>

/** One database goes ahead and is copied, where databases can be copied. Elsewhere each is led through all of it. */
export function stageOf(databases: Databases, course: Course): Stage {
  const { copy } = databases
  const fresh = copy === null ? ledFrom(databases, course) : copiedFrom(databases, copy, course)
  return {
    use: (name, stop, body) =>
      thenUndo(async (clean) => {
        const { database } = await fresh(name, stop)
        clean.later(() => database.drop())
        return body({ url: database.url, dialect: database.dialect })
      }),
  }
}

function ledFrom(databases: Databases, course: Course): Fresh {
  return (name, stop) =>
    orUndo(async (clean) => {
      const traveller = await course.begin(databases)
      clean.later(() => traveller.database.drop())
      await course.leadOnce(traveller, name, stop)
      return traveller
    })
}

function copiedFrom(databases: Databases, copy: NonNullable<Databases['copy']>, course: Course): Fresh {
  let ahead: { readonly traveller: Traveller; place: number } | null = null
  let turn: Promise<unknown> = Promise.resolve()
  const turnBack = async (): Promise<void> => {
    const gone = ahead
    ahead = null
    await gone?.traveller.database.drop()
  }
  /** The one that goes ahead, in a state of the way forward. It begins anew for one that it has left. */
  const arrive = async (name: string, state: Stop['state']): Promise<Traveller> => {
    const place = course.names.indexOf(name) * states.length + states.indexOf(state)
    if (ahead !== null && ahead.place > place) await turnBack()
    ahead ??= { traveller: await course.begin(databases), place: -1 }
    try {
      if (ahead.place < place) await course.leadOnce(ahead.traveller, name, { state, rolledBackFrom: null })
      ahead.place = place
      return ahead.traveller
    } catch (error) {
      await turnBack().catch(() => undefined)
      throw error
    }
  }
  return (name, stop) =>
    orUndo(async (clean) => {
      const copying = turn.then(async () => {
        const { database, filled } = await arrive(name, stop.rolledBackFrom ?? stop.state)
        return { database: await copy(database), filled: new Set(filled) }
      })
      turn = copying.catch(() => undefined)
      const traveller = await copying
      clean.later(() => traveller.database.drop())
      if (stop.rolledBackFrom !== null) await course.leadOnce(traveller, name, stop)
      return traveller
    })
}
