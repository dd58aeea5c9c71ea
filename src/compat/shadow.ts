import { randomBytes } from 'node:crypto'
import type { LikeServer, ShadowDialect } from '../dialects/check.ts'
import type { ConnectOptions, Dialect, Session } from '../dialects/dialect.ts'
import { BellowsError, isBellowsError, refused, temporary } from '../errors.ts'
import { addressOf } from '../runner/address.ts'
import type { MigratorOptions } from '../runner/api.ts'
import { throwIfAborted } from '../runner/interrupt.ts'
import { howToGetLike, startLike } from './embedded.ts'

/** An empty database to check on, and how to leave nothing behind. */
export interface Shadow {
  /** For people: which database it is. Never an address. */
  readonly where: string
  readonly connect: ConnectOptions
  readonly session: Session
  /** Undoes everything; to be called whatever happened. */
  close(): Promise<void>
}

/** What is known of the target, and what was said about the shadow. */
export interface ShadowRequest {
  readonly dialect: Dialect
  readonly databases: ShadowDialect
  readonly target: Session
  readonly options: MigratorOptions
  /** Where unqualified names are looked up. */
  readonly schemas: readonly string[]
  readonly roles: readonly string[]
  readonly shadowUrl: string | undefined
  readonly shadow: 'target' | undefined
}

/**
 * The shadow that was asked for; without a word, an embedded server like the target.
 *
 * @throws BellowsError exit 3 when there is none to be had, or the one that was named is not empty or of another major.
 */
export async function openShadow(request: ShadowRequest): Promise<Shadow> {
  try {
    return await chosenShadow(request)
  } catch (error) {
    // What an abort makes of a start that is under way is not always an error of ours.
    throwIfAborted(request.options.signal ?? null)
    throw error
  }
}

async function chosenShadow(request: ShadowRequest): Promise<Shadow> {
  const { databases, target, shadowUrl, shadow } = request
  if (shadowUrl !== undefined) {
    return databases.namesNone(shadowUrl) ? serverShadow(request, shadowUrl) : givenShadow(request, shadowUrl)
  }
  if (shadow === 'target') return targetShadow(request)
  const like = await databases.embedded(target)
  const embedded = await embeddedShadow(request, like)
  if (embedded !== null) return embedded
  const product = await databases.product(target)
  throw refused('check.no-shadow', `there is no shadow to check on: an embedded ${product} is not installed`, {
    hint: [
      'Give --shadow-url an empty database, or say --shadow target for a scratch database on the target server.',
      howToGetLike(like) ?? '',
    ]
      .join(' ')
      .trim(),
  })
}

/** A cleaner that runs once, last thing first, and goes on when one of them fails. */
function cleaner(): { readonly later: (undo: () => Promise<unknown>) => void; readonly run: () => Promise<void> } {
  const undos: (() => Promise<unknown>)[] = []
  return {
    later: (undo) => undos.unshift(undo),
    run: async () => {
      const failures: unknown[] = []
      for (const undo of undos.splice(0)) await undo().catch((error: unknown) => failures.push(error))
      if (failures.length > 0) throw failures[0]
    },
  }
}

type Cleaner = ReturnType<typeof cleaner>

/** Whatever fails while it is opened, what was made until then is undone. */
async function opening(body: (clean: Cleaner) => Promise<Omit<Shadow, 'close'>>): Promise<Shadow> {
  const clean = cleaner()
  try {
    return { ...(await body(clean)), close: clean.run }
  } catch (error) {
    await clean.run().catch(() => undefined)
    throw error
  }
}

const connectOptions = ({ options, schemas, databases }: ShadowRequest, url: string): ConnectOptions => ({
  url: databases.withSchemas(url, schemas),
  applicationName: 'bellows/check',
  setRole: null,
  connectTimeout: options.connectTimeout ?? 30_000,
  password: null,
  signal: options.signal ?? null,
})

async function embeddedShadow(request: ShadowRequest, like: LikeServer): Promise<Shadow | null> {
  const { options, dialect, databases, roles } = request
  const server = await startLike(like, options.signal)
  if (server === null) return null
  return opening(async (clean) => {
    clean.later(() => server.stop())
    const where = `an embedded ${server.product}`
    const noDatabase = databases.namesNone(server.url)
    const connect = connectOptions(request, noDatabase ? databases.serverOnly(server.url) : server.url)
    const session = await dialect.connect(connect)
    clean.later(() => session.close())
    if (noDatabase) return { ...(await scratchOn(request, clean, session, server.url, {}, where)), where }
    await databases.createRoles(session, roles)
    return { where, connect, session }
  })
}

async function targetShadow(request: ShadowRequest): Promise<Shadow> {
  const { options, target } = request
  const { url, driver, lend } = addressOf(options.database)
  if (lend !== undefined) {
    throw refused('check.lent', 'a Kysely instance does not say how to reach another database on its server', {
      hint: 'Give the database as a URL or as a pool, or a shadow with shadowUrl.',
    })
  }
  const access = { driver, setRole: options.setRole ?? null, password: options.password ?? null }
  return opening((clean) => scratchOn(request, clean, target, url, access, 'the target server'))
}

/** A server at an address: a database is made on it, and dropped again. */
async function serverShadow(request: ShadowRequest, url: string): Promise<Shadow> {
  const { dialect, databases } = request
  return opening(async (clean) => {
    const session = await toShadow(dialect.connect(connectOptions(request, databases.serverOnly(url))))
    clean.later(() => session.close())
    await refuseUnlike(request, session)
    return scratchOn(request, clean, session, url, {}, 'the server of --shadow-url')
  })
}

async function scratchOn(
  request: ShadowRequest,
  clean: Cleaner,
  maker: Session,
  url: string,
  access: Partial<Pick<ConnectOptions, 'driver' | 'setRole' | 'password'>>,
  place: string,
): Promise<Omit<Shadow, 'close'>> {
  const { dialect, databases, target } = request
  const name = `bellows_check_${randomBytes(6).toString('hex')}`
  const again = { ...connectOptions(request, databases.serverOnly(url)), ...access, signal: null }
  clean.later(() => dropAgain(again, request, name))
  await databases.createScratch(maker, name, target).catch((error: unknown) => {
    if (!isBellowsError(error) || error.code !== 'database.privilege') throw error
    throw refused('check.no-createdb', `a scratch database cannot be made on ${place}: ${error.message}`, {
      cause: error,
      hint: databases.grantHint,
    })
  })
  const connect = { ...connectOptions(request, databases.withDatabase(url, name)), ...access }
  const session = await dialect.connect(connect)
  clean.later(() => session.close())
  return { where: `a scratch database on ${place}`, connect, session }
}

/** In a session of its own, which a stop that was asked for does not end: the database must not be left behind. */
async function dropAgain(connect: ConnectOptions, { dialect, databases }: ShadowRequest, name: string): Promise<void> {
  const session = await dialect.connect(connect)
  try {
    await databases.dropScratch(session, name)
  } finally {
    await session.close()
  }
}

/** That the target cannot be reached is another matter. */
async function toShadow(connecting: Promise<Session>): Promise<Session> {
  try {
    return await connecting
  } catch (error) {
    if (!isBellowsError(error)) throw error
    const { code, exitCode, retryable, hint, details } = error
    const message = `the shadow (--shadow-url): ${error.message}`
    throw new BellowsError({ code, exitCode, retryable, hint, details, message, cause: error })
  }
}

async function givenShadow(request: ShadowRequest, url: string): Promise<Shadow> {
  const { dialect, databases, target } = request
  return opening(async (clean) => {
    const connect = connectOptions(request, url)
    const session = await toShadow(dialect.connect(connect))
    clean.later(() => session.close())
    if ((await databases.identity(session)) === (await databases.identity(target))) {
      throw refused('check.shadow-is-target', 'the shadow is the target itself', {
        hint: 'Name another, empty database; or leave --shadow-url out and say --shadow target.',
      })
    }
    await refuseUnlike(request, session)
    if (!(await databases.claim(session))) {
      throw temporary('check.shadow-busy', 'another check is using this shadow', { hint: 'Try again when it is done.' })
    }
    const empty = await databases.occupy(session)
    if (empty === null) {
      throw refused('check.shadow-not-empty', 'the shadow is not empty', {
        hint: 'Nothing was changed. Give it a database that holds nothing: check fills it, and empties it again.',
      })
    }
    clean.later(empty)
    return { where: 'the database of --shadow-url', connect, session }
  })
}

async function refuseUnlike({ databases, target }: ShadowRequest, session: Session): Promise<void> {
  const [found, wanted] = [await databases.product(session), await databases.product(target)]
  if (found === wanted) return
  throw refused('check.shadow-major', `the shadow is ${found}, the target ${wanted}`, {
    hint: 'They judge statements differently: give a shadow that is as the target.',
  })
}
