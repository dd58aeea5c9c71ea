import { usageError } from '../../errors.ts'
import { jobManifest, phases } from '../kubernetes/jobs.ts'
import { defaults, type ManifestOptions } from '../kubernetes/options.ts'
import { waitPatch } from '../kubernetes/wait.ts'
import type { CommandFile, Session } from '../session.ts'

const kinds = [...phases, 'wait']
const hooks = ['none', 'helm', 'argocd'] as const

/** `migrate k8s`: the manifests of the Jobs, and of the init container that waits for them. */
export const kubernetes: CommandFile = {
  name: 'k8s',
  summary: 'writes the Kubernetes manifests of the phases: Jobs, and an init container that waits',
  arguments: '<render> [what...]',
  options: [
    { flags: '--image <image>', help: 'the image that holds the migrations' },
    { flags: '--name <name>', help: "what begins the Jobs' names (migrate); for wait: the Deployment" },
    { flags: '--namespace <namespace>', help: 'written into the manifests' },
    { flags: '--secret <name>', help: 'the Secret that holds the URL of the database (database)' },
    { flags: '--secret-key <key>', help: 'its key (url)' },
    { flags: '--shards <number>', help: 'as many databases, in keys `<key>-0` and so on: Indexed Jobs' },
    { flags: '--config-map <name>', help: 'a ConfigMap with the migrations, mounted at /app/migrations' },
    { flags: '--service-account <name>', help: "the pods' ServiceAccount, for a database that knows clients by it" },
    { flags: '--app-version <version>', help: 'the version that is being deployed, for the history' },
    { flags: '--entrypoint', help: 'the image runs `migrate` by itself, as the one of deploy/Dockerfile does' },
    { flags: '--hook <system>', help: 'the expand Job is a hook of its deploys (none)', choices: hooks },
  ],
  examples: [
    'migrate k8s render --image registry.example.com/shop:$SHA | kubectl apply -f -',
    'migrate k8s render expand --image registry.example.com/shop:$SHA --hook argocd',
  ],
  run: async (session, [action, ...what]) => {
    if (action !== 'render') throw usageError('usage.k8s', `\`migrate k8s ${action}\`: say render`)
    const named = what.filter((kind) => kind !== undefined)
    const unknown = named.find((kind) => !kinds.includes(kind))
    if (unknown !== undefined) {
      throw usageError('usage.k8s', `there is no manifest of \`${unknown}\``, {
        hint: `There are: ${kinds.join(', ')}.`,
      })
    }
    // A Deployment has a name already; only Jobs get more behind it.
    const options = manifestOptions(session, named.length > 0 && named.every((kind) => kind === 'wait'))
    const manifests = (named.length === 0 ? phases.filter((phase) => phase !== 'contract') : named).map((kind) => ({
      kind,
      manifest: kind === 'wait' ? waitPatch(options) : jobManifest(kind, options),
    }))
    return {
      result: { manifests },
      text: manifests
        .map(({ manifest }) => manifest)
        .join('---\n')
        .trimEnd(),
    }
  },
}

function manifestOptions({ settings }: Session, isDeployment: boolean): ManifestOptions {
  const image = settings.text('image')
  if (image === undefined || image === '') throw usageError('usage.k8s', '--image is missing')
  const shards = shardsOf(settings.count('shards'))
  const hook = hooks.find((each) => each === settings.text('hook')) ?? 'none'
  const name = settings.text('name') ?? defaults.name
  return {
    image,
    // The name of a pod of a shard has its number too.
    name: isDeployment ? subdomain(name, '--name') : label(name, '--name', shards === null ? 52 : 50),
    namespace: optional(settings.text('namespace'), '--namespace', (name, flag) => label(name, flag, 63)),
    secret: subdomain(settings.text('secret') ?? defaults.secret, '--secret'),
    secretKey: settings.text('secretKey') ?? defaults.secretKey,
    shards,
    command: settings.flag('entrypoint') ? [] : defaults.command,
    configMap: optional(settings.text('configMap'), '--config-map'),
    serviceAccount: optional(settings.text('serviceAccount'), '--service-account'),
    appVersion: settings.text('appVersion') ?? null,
    hook,
  }
}

function shardsOf(count: number | undefined): number | null {
  if (count === undefined || count <= 1000) return count ?? null
  throw usageError('usage.k8s', '--shards: more than 1000 are too many for one Job')
}

const optional = (name: string | undefined, flag: string, check: typeof subdomain = subdomain): string | null =>
  name === undefined ? null : check(name, flag)

/** Of an object that gives no label its name (RFC 1123): operators call their Secrets `user.cluster.credentials.example.org`. */
function subdomain(name: string, flag: string): string {
  if (name.length <= 253 && name.split('.').every((part) => word.test(part))) return name
  throw usageError('usage.k8s', `${flag}: \`${name}\` is no name in Kubernetes`, {
    hint: 'At most 253 small letters, digits, hyphens and dots, with a letter or digit at both ends.',
  })
}

const word = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

/** With `-backfill` behind it a name has to fit into a label of a pod (63 characters, RFC 1123). */
function label(name: string, flag: string, longest = 52): string {
  if (name.length <= longest && word.test(name)) return name
  throw usageError('usage.k8s', `${flag}: \`${name}\` is no name in Kubernetes`, {
    hint: `At most ${longest} small letters, digits and hyphens, with a letter or digit at both ends.`,
  })
}
