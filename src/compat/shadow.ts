import { randomBytes } from 'node:crypto'
import type { ConnectOptions, Dialect, Session } from '../dialects/dialect.ts'
import {
  claimShadow,
  createRoles,
  createScratch,
  databaseIdentity,
  dropScratch,
  occupyShadow,
} from '../dialects/postgres/scratch.ts'
import { withDatabase, withSearchPath } from '../dialects/postgres/shadow-url.ts'
import { haveBinaries } from '../embedded/binaries.ts'
import { startEmbedded } from '../embedded/server.ts'
import { embeddedMajors } from '../embedded/versions.ts'
import { isBellowsError, refused, temporary } from '../errors.ts'
import type { MigratorOptions } from '../runner/api.ts'
import { throwIfAborted } from '../runner/interrupt.ts'

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
  readonly target: Session
  readonly options: MigratorOptions
  /** The major version that the shadow must have as well. */
  readonly major: number
  /** Where unqualified names are looked up. */
  readonly schemas: readonly string[]
  readonly roles: readonly string[]
  readonly shadowUrl: string | undefined
  readonly shadow: 'target' | undefined
}

/**
 * The shadow that was asked for; without a word, the installed embedded server of the same major.
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
  const { major, shadowUrl, shadow } = request
  if (shadowUrl !== undefined) return givenShadow(request, shadowUrl)
  if (shadow === 'target') return targetShadow(request)
  if (embeddedMajors.includes(major) && (await haveBinaries(major))) return embeddedShadow(request)
  throw refused('check.no-shadow', `there is no shadow to check on: an embedded PostgreSQL ${major} is not installed`, {
    hint: 'Give --shadow-url an empty database, or say --shadow target for a scratch database on the target server, or install the embedded server of this major.',
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

const connectOptions = ({ options, schemas }: ShadowRequest, url: string): ConnectOptions => ({
  url: withSearchPath(url, schemas),
  applicationName: 'bellows/check',
  setRole: null,
  connectTimeout: options.connectTimeout ?? 30_000,
  password: null,
  signal: options.signal ?? null,
})

async function embeddedShadow(request: ShadowRequest): Promise<Shadow> {
  const { major, options, dialect, roles } = request
  return opening(async (clean) => {
    const signal = options.signal === undefined ? {} : { signal: options.signal }
    const server = await startEmbedded({ major, durable: false, download: false, ...signal })
    clean.later(() => server.stop('immediate'))
    // The environment may ask for TLS, which is meant for the target.
    const connect = connectOptions(request, `${server.url}?sslmode=disable`)
    const session = await dialect.connect(connect)
    clean.later(() => session.close())
    await createRoles(session, roles)
    return { where: `an embedded PostgreSQL ${server.version}`, connect, session }
  })
}

async function targetShadow(request: ShadowRequest): Promise<Shadow> {
  const { options, dialect, target } = request
  const url = addressOf(options)
  const name = `bellows_check_${randomBytes(6).toString('hex')}`
  const access = { setRole: options.setRole ?? null, password: options.password ?? null }
  return opening(async (clean) => {
    clean.later(() => dropAgain({ ...connectOptions(request, url), ...access }, dialect, name))
    await createScratch(target, name).catch((error: unknown) => {
      if (!isBellowsError(error) || error.code !== 'database.privilege') throw error
      throw refused('check.no-createdb', `a scratch database cannot be made on the target server: ${error.message}`, {
        cause: error,
        hint: 'Grant the role CREATEDB, or give --shadow-url an empty database.',
      })
    })
    const connect = { ...connectOptions(request, withDatabase(url, name)), ...access }
    const session = await dialect.connect(connect)
    clean.later(() => session.close())
    return { where: 'a scratch database on the target server', connect, session }
  })
}

/** In a session of its own, which a stop that was asked for does not end: the database must not be left behind. */
async function dropAgain(connect: ConnectOptions, dialect: Dialect, name: string): Promise<void> {
  const session = await dialect.connect({ ...connect, signal: null })
  try {
    await dropScratch(session, name)
  } finally {
    await session.close()
  }
}

function addressOf({ database }: MigratorOptions): string {
  if (typeof database === 'string') return database
  const found = (database.options as { readonly connectionString?: string }).connectionString
  if (found !== undefined) return found
  throw refused('check.pool', 'a pool without a connection string does not say how to reach another database', {
    hint: 'Give the database as a URL, or a shadow with shadowUrl.',
  })
}

async function givenShadow(request: ShadowRequest, url: string): Promise<Shadow> {
  const { dialect, target, major } = request
  return opening(async (clean) => {
    const connect = connectOptions(request, url)
    const session = await dialect.connect(connect)
    clean.later(() => session.close())
    if ((await databaseIdentity(session)) === (await databaseIdentity(target))) {
      throw refused('check.shadow-is-target', 'the shadow is the target itself', {
        hint: 'Name another, empty database; or leave --shadow-url out and say --shadow target.',
      })
    }
    const { rows } = await session.query<{ server: string }>(dialect.sessions.whereAmI)
    const found = Number.parseInt(rows[0]?.server.replace(/^\D+/, '') ?? '', 10)
    if (found !== major) {
      throw refused('check.shadow-major', `the shadow is PostgreSQL ${found}, the target ${major}`, {
        hint: 'They judge statements differently: give a shadow of the same major.',
      })
    }
    if (!(await claimShadow(session))) {
      throw temporary('check.shadow-busy', 'another check is using this shadow', { hint: 'Try again when it is done.' })
    }
    const empty = await occupyShadow(session)
    if (empty === null) {
      throw refused('check.shadow-not-empty', 'the shadow is not empty', {
        hint: 'Nothing was changed. Give it a database that holds nothing: check fills it, and empties it again.',
      })
    }
    clean.later(empty)
    return { where: 'the database of --shadow-url', connect, session }
  })
}
