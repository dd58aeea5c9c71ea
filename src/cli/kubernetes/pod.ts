import type { ManifestOptions } from './options.ts'

/** A text in YAML, whatever is in it. */
export const text = (value: string): string => JSON.stringify(value)

const list = (values: readonly string[]): string => `[${values.map(text).join(', ')}]`

/** Each line behind so many blanks. */
export const indent = (lines: string, by: number): string => lines.replaceAll(/^(?=.)/gm, ' '.repeat(by))

const mounted = '/run/secrets/database'

/** Which of the databases a container is for: the index of a pod of an Indexed Job, or a number. */
export type Shard = '$(JOB_COMPLETION_INDEX)' | number

/**
 * A container that runs one command. Nothing in it can be written to, and nothing has to be: what is to be kept is in the database.
 */
export function container(
  { image, command, configMap, appVersion }: ManifestOptions,
  name: string,
  args: readonly string[],
  shard?: Shard,
): string {
  // The index is known when the pod is there, and put into arguments alone whatever the order of the variables.
  const which = shard === undefined ? [] : ['--database-url-file', `${mounted}/${shard}`]
  const database =
    shard === undefined
      ? `    # As a file: it is in no environment, and a new one is there without a new pod.
    - name: DATABASE_URL_FILE
      value: ${mounted}/url
`
      : ''
  const entrypoint = command.length === 0 ? '' : `  command: ${list(command)}\n`
  const migrations =
    configMap === null
      ? ''
      : `    - name: migrations
      mountPath: /app/migrations
      readOnly: true
`
  const version = appVersion === null ? '' : `    - name: MIGRATE_APP_VERSION\n      value: ${text(appVersion)}\n`
  return `- name: ${name}
  image: ${text(image)}
${entrypoint}  args: ${list([...args, ...which, '--log-format', 'json'])}
  env:
${database}    # Nobody is there to be asked.
    - name: CI
      value: "true"
${version}  resources:
    requests: { cpu: 50m, memory: 192Mi }
    limits: { memory: 192Mi }
  securityContext:
    allowPrivilegeEscalation: false
    readOnlyRootFilesystem: true
    capabilities: { drop: [ALL] }
  terminationMessagePolicy: FallbackToLogsOnError
  volumeMounts:
    - name: database
      mountPath: ${mounted}
      readOnly: true
${migrations}`
}

/** What the container mounts. */
export function volumes({ secret, secretKey, configMap, shards }: ManifestOptions): string {
  const items =
    shards === null
      ? [{ key: secretKey, path: 'url' }]
      : Array.from({ length: shards }, (_, index) => ({ key: `${secretKey}-${index}`, path: text(String(index)) }))
  const migrations =
    configMap === null
      ? ''
      : `- name: migrations
  configMap:
    name: ${text(configMap)}
`
  return `- name: database
  secret:
    secretName: ${text(secret)}
    items:
${items.map(({ key, path }) => `      - { key: ${text(key)}, path: ${path} }\n`).join('')}${migrations}`
}

/** For the whole pod. */
export const podSecurity = `securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  # The secret's file is this group's.
  fsGroup: 10001
  seccompProfile: { type: RuntimeDefault }
# It asks the API server for nothing.
automountServiceAccountToken: false
enableServiceLinks: false
`
