import { z } from 'zod'

type Texts = string | string[]

/** What contract asks for in one environment. Durations are `5s` texts. */
export interface EnvironmentPolicy {
  /** Gates that are advisory otherwise, or pass where nothing was named for them: `check`, `heartbeats`, `sessions`, ... */
  readonly require?: Texts | undefined
  readonly quietPeriod?: string | undefined
  readonly minAge?: string | undefined
  readonly retention?: string | undefined
  readonly oldApp?: Texts | undefined
  readonly allowApp?: Texts | undefined
  readonly throughPooler?: 'shared-users' | 'user-per-version' | undefined
  /** What `kubectl get pods -o json` printed, relative to the config file. */
  readonly evidenceFile?: string | undefined
  readonly evidenceMaxAge?: string | undefined
}

/** What contract asks for. What an environment says takes the place of what is said for all. */
export interface Policy extends EnvironmentPolicy {
  readonly environments?: Readonly<Record<string, EnvironmentPolicy>> | undefined
}

/** What a config file may say; all of it is optional, and flags and environment come first. Durations are `5s` texts. */
export interface Config {
  readonly $schema?: string | undefined
  /** `postgres://…`; better left to `DATABASE_URL`. */
  readonly database?: string | undefined
  /** A file that holds the URL. */
  readonly databaseUrlFile?: string | undefined
  /** Replicas that `wait` waits for too; better left to `MIGRATE_REPLICA_URL`. */
  readonly replicaUrl?: Texts | undefined
  /** Files that hold such URLs, one a line. */
  readonly replicaUrlFile?: Texts | undefined
  /** Called for every new connection: for tokens that expire. Only in TypeScript and JavaScript. */
  readonly password?: (() => string | Promise<string>) | undefined
  /** The folder, relative to the config file; `./migrations` by default. */
  readonly migrations?: string | undefined
  /** Where our own tables are; `bellows` by default. */
  readonly stateSchema?: string | undefined
  /** Become this role after connecting: the owner of the tables. */
  readonly setRole?: string | undefined
  readonly lockTimeout?: string | undefined
  readonly lockBudget?: string | undefined
  readonly leaseWait?: string | undefined
  readonly connectTimeout?: string | undefined
  readonly quietPeriod?: string | undefined
  readonly retention?: string | undefined
  readonly batchTime?: string | undefined
  readonly maxDuration?: string | undefined
  /** Rows a second. */
  readonly maxRate?: number | undefined
  /** The old version's sessions, by application_name or user: LIKE patterns. */
  readonly oldApp?: Texts | undefined
  /** Who may be connected at contract, in the same way; whoever else is closes the gate. */
  readonly allowApp?: Texts | undefined
  /** How apps come through a transaction pooler: it hides which versions are behind it, unless each has a user of its own. */
  readonly throughPooler?: 'shared-users' | 'user-per-version' | undefined
  /** Database users of the old version whom contract locks out of the server first, ending their sessions. */
  readonly fence?: Texts | undefined
  /** How long the backfill has to be over before contract. */
  readonly minAge?: string | undefined
  /** How long contract hides the old shape on trial, where it hides one, before it is contracted. */
  readonly brownOut?: string | undefined
  /** Gates that are advisory unless they are named here: `prepared`, `transactions`, `consumers`, `statements`, `check`, `heartbeats`. */
  readonly requireGate?: Texts | undefined
  /** What contract asks for, all of it in one place; its keys are not said beside it. */
  readonly policy?: Policy | undefined
  /** An empty database for `check`. */
  readonly shadowUrl?: string | undefined
  /** Where the versions of apps run that are meant; `default` unless said. */
  readonly environment?: string | undefined
  /** How long a retired version may come back, and counts as old; 24h by default. */
  readonly rollbackWindow?: string | undefined
  /** `expand` refuses what has no recorded check that passed; `check` records itself. */
  readonly requireCheck?: boolean | undefined
  readonly actor?: string | undefined
  readonly appVersion?: string | undefined
  readonly gitRevision?: string | undefined
  /** Statement lists that `check` compares when `--old` and `--new` are not given. */
  readonly apps?: Record<string, { old?: Texts | undefined; new?: Texts | undefined }> | undefined
}

const duration = z
  .string()
  .regex(/^(0|\d+(ms|s|m|h|d))$/, 'expected a duration: 500ms, 5s, 2m, 1h, 7d, or 0')
  .meta({ description: 'A duration: 500ms, 5s, 2m, 1h, 7d, or 0' })
const text = z.string().min(1)
const list = z.union([text, z.array(text)])

const app = z.strictObject({
  old: list.optional().describe('Statement lists of the running version'),
  new: list.optional().describe('Statement lists of the version to come'),
})

const environmentPolicy = {
  require: list.optional().describe('Gates that are advisory otherwise, or pass where nothing was named for them'),
  quietPeriod: duration.optional(),
  minAge: duration.optional(),
  retention: duration.optional(),
  oldApp: list.optional(),
  allowApp: list.optional(),
  throughPooler: z.enum(['shared-users', 'user-per-version']).optional(),
  evidenceFile: text.optional().describe('What `kubectl get pods -o json` printed, relative to this file'),
  evidenceMaxAge: duration.optional(),
}

/** What JSON and YAML can say; a TypeScript config may also give `password` as a function. */
const plain = z.strictObject({
  $schema: z.string().optional(),
  database: text.optional().describe('postgres://…; better left to DATABASE_URL'),
  databaseUrlFile: text.optional().describe('A file that holds the URL'),
  replicaUrl: list.optional().describe('Replicas that `wait` waits for too; better left to MIGRATE_REPLICA_URL'),
  replicaUrlFile: list.optional().describe('Files that hold such URLs, one a line'),
  migrations: text.optional().describe('The folder, relative to this file; ./migrations by default'),
  stateSchema: text.optional().describe('Where our own tables are; `bellows` by default'),
  setRole: text.optional().describe('Become this role after connecting: the owner of the tables'),
  lockTimeout: duration.optional(),
  lockBudget: duration.optional(),
  leaseWait: duration.optional(),
  connectTimeout: duration.optional(),
  quietPeriod: duration.optional(),
  retention: duration.optional(),
  batchTime: duration.optional(),
  maxDuration: duration.optional(),
  maxRate: z.int().positive().optional().describe('Rows a second'),
  oldApp: list.optional().describe("The old version's sessions, by application_name or user: LIKE patterns"),
  allowApp: list
    .optional()
    .describe('Who may be connected at contract, in the same way; whoever else is closes the gate'),
  throughPooler: z
    .enum(['shared-users', 'user-per-version'])
    .optional()
    .describe('How apps come through a transaction pooler, which hides the versions behind it unless each has a user'),
  fence: list
    .optional()
    .describe('Database users of the old version whom contract locks out of the server first, ending their sessions'),
  minAge: duration.optional().describe('How long the backfill has to be over before contract'),
  brownOut: duration.optional().describe('How long contract hides the old shape on trial, where it hides one'),
  requireGate: list
    .optional()
    .describe(
      'Gates that are advisory unless they are named here: prepared, transactions, consumers, statements, check, heartbeats',
    ),
  policy: z
    .strictObject({ ...environmentPolicy, environments: z.record(text, z.strictObject(environmentPolicy)).optional() })
    .optional()
    .describe('What contract asks for; what an environment says takes the place of what is said for all'),
  shadowUrl: text.optional().describe('An empty database for `check`'),
  environment: text.optional().describe('Where the versions of apps run that are meant; `default` unless said'),
  rollbackWindow: duration.optional().describe('How long a retired version may come back, and counts as old; 24h'),
  requireCheck: z.boolean().optional().describe('`expand` refuses what has no recorded check; `check` records itself'),
  actor: text.optional(),
  appVersion: text.optional(),
  gitRevision: text.optional(),
  apps: z.record(z.string(), app).optional().describe('What `check` compares when --old and --new are not given'),
})

/** The schema of a config file. Strict: an unknown key is an error. */
export const configSchema: z.ZodType<Config> = plain.extend({
  password: z
    .custom<() => string | Promise<string>>((value) => typeof value === 'function', 'expected a function')
    .optional(),
})

/** The part of {@link configSchema} that a JSON Schema can describe. */
export const plainConfigSchema: z.ZodType = plain.meta({ id: 'bellows-config', title: 'Bellows config' })

/**
 * The default export of `migrate.config.ts`. Returns what it is given; it is there for the types.
 *
 * @example
 * ```ts
 * export default defineConfig({ migrations: './migrations', lockTimeout: '500ms', retention: '24h' })
 * ```
 */
export function defineConfig(config: Config): Config {
  return config
}
