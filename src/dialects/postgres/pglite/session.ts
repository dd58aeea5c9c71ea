import type { Frame } from '../capture/frames.ts'
import type { Pglite } from './load.ts'
import { complaint, framesOf, message, queryMessage, ready, rowsOf, type Status } from './messages.ts'
import type { Names } from './names.ts'
import { applySql, defaultsSql, endAlone, lookSql, readLook, type Settings } from './settings.ts'
import { waitingRoom } from './waiting-room.ts'

/** One of those who share the session. */
export interface Guest {
  readonly user: string
  readonly application: string
  /** What it asked for when it connected. */
  readonly asked: Settings
  readonly names: Names
  /** Settings of the app's that only their text gives away: `app.tenant`. */
  readonly dotted: Set<string>
}

/** Messages of a guest's that belong together. */
export interface Said {
  readonly bytes: Buffer
  /** Reads, and says nothing that stays. */
  readonly reads: boolean
}

/** The one session of a PGlite, as several that take turns. */
export interface SharedSession {
  /** Waits for the guest's turn. Throws an error of {@link Held} when somebody else does not go on. */
  run(guest: Guest, said: Said): Promise<readonly Frame[]>
  /** As DISCARD ALL does, or only DEALLOCATE ALL. */
  forget(guest: Guest, all: boolean): Promise<void>
  leave(guest: Guest): Promise<void>
  /** Between transactions, with nobody in one. Null where somebody is. */
  between<T>(body: (db: Pglite) => Promise<T>): Promise<T | null>
}

/** Somebody has the session and does not go on. */
export class Held extends Error {}

/** PGlite has ended, as a process of a server would. */
export class Ended extends Error {}

interface Kept {
  settings: Settings
  /** Whether it may have set something since. */
  touched: boolean
}

const ofOurs = ({ application }: Guest): boolean => application.startsWith('bellows/')
/** It looks on while another session of the same runner is in a transaction, which goes on when it has looked. */
const looksOn = ({ application }: Guest): boolean => application === 'bellows/observer'

/** @param db nobody else uses it from now on */
export function shareSession(db: Pglite, patience: number): SharedSession {
  const kept = new Map<Guest, Kept>()
  const room = waitingRoom(patience)
  let holder: Guest | null = null
  let last: Guest | null = null
  let status: Status = 'I'
  /** A pipeline that has not come to its Sync. */
  let midway = false
  /** Whose settings are on, in one text. */
  let on = ''
  let end: Ended | null = null
  let turn: Promise<unknown> = Promise.resolve()

  const alone = <T>(body: () => Promise<T>): Promise<T> => {
    const mine = turn.then(body)
    turn = mine.catch(() => undefined)
    return mine
  }
  const send = async (bytes: Buffer): Promise<readonly Frame[]> => {
    if (end !== null) throw end
    try {
      const frames = framesOf(Buffer.from(await db.execProtocolRaw(bytes)))
      const last = frames.findLast(({ type }) => type === 'Z')
      midway = last === undefined
      if (last !== undefined) status = last.body.toString('latin1', 0, 1) as Status
      return frames
    } catch (cause) {
      end = new Ended(`PGlite has ended: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
      throw end
    }
  }
  const ask = async (sql: string): Promise<readonly (readonly string[])[]> => {
    const frames = await send(queryMessage(sql))
    const wrong = complaint(frames)
    if (wrong !== null) throw new Error(wrong)
    return rowsOf(frames)
  }

  /** What keeps others from the session; null where it is free, and what its holder has set is known. */
  const release = async (): Promise<string | null> => {
    if (holder === null) return null
    if (status !== 'I' || midway) return 'is in a transaction'
    const mine = kept.get(holder)
    if (mine?.touched) {
      const look = readLook(await ask(lookSql(holder.dotted)))
      if (look.alone !== null) return `has ${look.alone}`
      kept.set(holder, { settings: look.settings, touched: false })
      on = keyOf(look.settings)
    }
    holder = null
    return null
  }
  const take = async (guest: Guest): Promise<void> => {
    // Whose currval() another's would be.
    if (last !== guest) await ask('discard sequences')
    last = guest
    const mine = kept.get(guest)
    if (mine === undefined) {
      // As a session begins: what there is for the role and the database, then what was asked for.
      await ask(applySql(new Map()))
      const said = (await ask(defaultsSql(guest.user))).map(([each = '']) => each)
      const settings = new Map(
        said.map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]),
      )
      for (const [name, value] of [...guest.asked, ['session_authorization', guest.user] as const]) {
        settings.set(name, value)
      }
      await ask(applySql(settings))
      kept.set(guest, { settings, touched: !ofOurs(guest) })
      on = ''
    } else if (keyOf(mine.settings) !== on) {
      on = ''
      await ask(applySql(mine.settings))
      on = keyOf(mine.settings)
    }
    holder = guest
  }
  const work = async (guest: Guest, { bytes }: Said): Promise<readonly Frame[]> => {
    const stale = status === 'I' && !midway ? guest.names.stale() : []
    if (stale.length > 0) await send(Buffer.concat([...stale, message('S')]))
    const outside = status === 'I'
    const frames = await send(bytes)
    const mine = kept.get(guest)
    // Ours set for a session only outside of transactions; what others call may set anything.
    if (mine !== undefined && (!ofOurs(guest) || (outside && frames.some(sets)))) mine.touched = true
    return frames
  }
  /** Reads in the middle of another's transaction, which is as it was before. */
  const lookOn = async ({ bytes }: Said): Promise<readonly Frame[]> => {
    await ask('savepoint bellows_look')
    try {
      const frames = await send(bytes)
      return frames.map((frame) => (frame.type === 'Z' ? { type: 'Z', body: ready('I').subarray(5) } : frame))
    } finally {
      await ask('rollback to savepoint bellows_look; release savepoint bellows_look')
    }
  }
  const clear = async (guest: Guest): Promise<void> => {
    if (midway) await send(message('S'))
    if (!ofOurs(guest) || status !== 'I') await ask(endAlone)
    on = ''
  }
  const closeStatements = (guest: Guest): Promise<unknown> =>
    send(Buffer.concat([...guest.names.stale(true), message('S')]))

  return {
    run: async (guest, said) => {
      for (const since = Date.now(); ; ) {
        let moves = 0
        const outcome = await alone(async () => {
          if (holder !== guest) {
            const keeps = await release()
            moves = room.moves
            if (keeps !== null && status === 'T' && !midway && looksOn(guest) && said.reads) return lookOn(said)
            if (keeps !== null) return `${holder?.application || 'another connection'} ${keeps}`
            await take(guest)
          }
          return work(guest, said)
        })
        if (typeof outcome !== 'string') {
          room.moved()
          return outcome
        }
        if (!(await room.wait(since, moves))) throw new Held(outcome)
      }
    },
    forget: (guest, all) =>
      alone(async () => {
        if (holder !== guest) {
          if ((await release()) !== null) return
          await take(guest)
        }
        await closeStatements(guest)
        if (!all) return
        await clear(guest)
        kept.delete(guest)
        await take(guest)
      }).finally(room.moved),
    leave: (guest) =>
      alone(async () => {
        if (end !== null) return
        if (holder === guest) {
          await clear(guest)
          holder = null
        }
        kept.delete(guest)
        // Those of one who leaves while another is in a transaction that failed would not be closed: that one's end does not matter.
        if (!midway) await closeStatements(guest)
      }).finally(room.moved),
    between: (body) =>
      alone(async () => {
        if (end !== null) throw end
        return (await release()) === null ? body(db) : null
      }),
  }
}

const keyOf = (settings: Settings): string => JSON.stringify([...settings].sort(([a], [b]) => (a < b ? -1 : 1)))

const sets = ({ type, body }: Frame): boolean =>
  type === 'C' && /^(?:SET|RESET|DISCARD)\b/.test(body.toString('latin1'))
