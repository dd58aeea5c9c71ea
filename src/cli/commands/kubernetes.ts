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
    const options = manifestOptions(session)
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

function manifestOptions({ settings }: Session): ManifestOptions {
  const image = settings.text('image')
  if (image === undefined || image === '') throw usageError('usage.k8s', '--image is missing')
  const shards = shardsOf(settings.count('shards'))
  const hook = hooks.find((each) => each === settings.text('hook')) ?? 'none'
  return {
    image,
    // The name of a pod of a shard has its number too.
    name: label(settings.text('name') ?? defaults.name, '--name', shards === null ? 52 : 50),
    namespace: optional(settings.text('namespace'), '--namespace'),
    secret: label(settings.text('secret') ?? defaults.secret, '--secret'),
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

const optional = (name: string | undefined, flag: string): string | null =>
  name === undefined ? null : label(name, flag)

/** With `-backfill` behind it a name has to fit into a label of a pod (63 characters, RFC 1123). */
function label(name: string, flag: string, longest = 52): string {
  if (name.length <= longest && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)) return name
  throw usageError('usage.k8s', `${flag}: \`${name}\` is no name in Kubernetes`, {
    hint: `At most ${longest} small letters, digits and hyphens, with a letter or digit at both ends.`,
  })
}
