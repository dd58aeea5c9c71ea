import type { ManifestOptions } from './options.ts'
import { container, indent, podSecurity, text, volumes } from './pod.ts'

/** One Job. */
interface Job {
  readonly phase: 'expand' | 'backfill' | 'contract'
  readonly about: string
  readonly args: readonly string[]
  readonly backoffLimit: number
  /** Seconds, or null: as long as it takes. */
  readonly deadline: number | null
  /** Exit codes that a repeat cannot change. */
  readonly final: readonly number[]
  /** Whether a deploy may wait for it, so that it can be its hook. */
  readonly hook: boolean
  /** What its pod waits for first, by a container of its own. */
  readonly first?: { readonly about: string; readonly name: string; readonly args: readonly string[] }
}

const jobs: readonly Job[] = [
  {
    phase: 'expand',
    about: `Before the rollout of the new version, which waits for it. Seconds; done already, it is done at once.`,
    args: ['expand'],
    backoffLimit: 4,
    deadline: 1800,
    final: [2, 3, 4, 6],
    hook: true,
  },
  {
    phase: 'backfill',
    about: `Beside the rollout: it may take hours, so it is no hook of a deploy. Evicted, killed or suspended, it goes on where it was.`,
    args: ['backfill'],
    backoffLimit: 20,
    deadline: null,
    final: [2, 3, 4, 6],
    hook: false,
    first: {
      about: `Applied together with expand, it may be there first: nothing would be expanded yet, and the Job complete without a row.`,
      name: 'wait-for-expand',
      args: ['wait', '--for', 'expanded', '--timeout', '30m'],
    },
  },
  {
    phase: 'contract',
    about: `A later deploy, once no old version is left. Exit 5 says: not yet, run it again later.`,
    args: ['contract', '--wait', '30m'],
    backoffLimit: 4,
    deadline: 7200,
    final: [2, 3, 4, 5, 6],
    hook: false,
  },
]

/** The names of the Jobs. */
export const phases: readonly string[] = jobs.map(({ phase }) => phase)

/** The manifest of one of the Jobs, as YAML with comments. */
export function jobManifest(phase: string, options: ManifestOptions): string {
  const job = jobs.find((each) => each.phase === phase)
  if (job === undefined) throw new Error(`there is no Job of ${phase}`)
  const { shards } = options
  const rounds = shards === null ? 1 : Math.ceil(shards / atOnce)
  const deadline = job.deadline === null ? '' : `  activeDeadlineSeconds: ${job.deadline * rounds}\n`
  const kept = hooked(job, options)
    ? ''
    : '  # A week for whoever looks at its logs.\n  ttlSecondsAfterFinished: 604800\n'
  return `# ${job.about}
apiVersion: batch/v1
kind: Job
metadata:
  name: ${text(`${options.name}-${phase}`)}
${namespace(options)}  labels:
    app.kubernetes.io/name: bellows
    app.kubernetes.io/component: ${phase}
${annotations(job, options)}spec:
${tries(job, options)}${deadline}${kept}  # Two at once would be refused by the lease in the database, and cost an attempt each.
  podReplacementPolicy: Failed
  podFailurePolicy:
    rules:
      # What a repeat cannot change fails the ${shards === null ? 'Job' : 'shard'} at once; 75 (temporary), signals and the rest are tried again.
${finals(job, options)}      # A drained node, a preemption: no attempt of ours.
      - action: Ignore
        onPodConditions:
          - type: DisruptionTarget
            status: "True"
  template:
    metadata:
      labels:
        app.kubernetes.io/name: bellows
        app.kubernetes.io/component: ${phase}
      annotations:
        # A sidecar would keep the pod running when the command has ended.
        sidecar.istio.io/inject: "false"
    spec:
      restartPolicy: Never
${serviceAccount(options)}      # After SIGTERM the batch is finished, the progress saved and the lease given back.
      terminationGracePeriodSeconds: 60
${indent(podSecurity, 6)}${first(job, options)}      containers:
${indent(jobContainer(job, options), 8)}      volumes:
${indent(volumes(options), 8)}`
}

/** How many shards are worked on at the same time. */
const atOnce = 4

/** The container that does the work. */
const name = 'migrate'

const shardOf = ({ shards }: ManifestOptions): '$(JOB_COMPLETION_INDEX)' | undefined =>
  shards === null ? undefined : '$(JOB_COMPLETION_INDEX)'

const jobContainer = (job: Job, options: ManifestOptions): string =>
  container(options, name, job.args, shardOf(options))

function first({ first: waits }: Job, options: ManifestOptions): string {
  if (waits === undefined) return ''
  const lines = container(options, waits.name, waits.args, shardOf(options))
  return `      # ${waits.about}\n      initContainers:\n${indent(lines, 8)}`
}

function finals(job: Job, { shards }: ManifestOptions): string {
  const containers = job.first === undefined ? [name] : [name, job.first.name]
  return containers
    .map(
      (each) => `      - action: ${shards === null ? 'FailJob' : 'FailIndex'}
        onExitCodes:
          containerName: ${each}
          operator: In
          values: [${job.final.join(', ')}]
`,
    )
    .join('')
}

function tries({ backoffLimit }: Job, { shards }: ManifestOptions): string {
  if (shards === null) return `  backoffLimit: ${backoffLimit}\n`
  return `  # A pod for each database; which one, its index says. One that fails stops no other, and the Job is complete when all are.
  completionMode: Indexed
  completions: ${shards}
  parallelism: ${Math.min(shards, atOnce)}
  backoffLimitPerIndex: ${backoffLimit}
`
}

const hooked = ({ hook }: Job, options: ManifestOptions): boolean => hook && options.hook !== 'none'

export const namespace = (options: ManifestOptions): string =>
  options.namespace === null ? '' : `  namespace: ${text(options.namespace)}\n`

const serviceAccount = (options: ManifestOptions): string =>
  options.serviceAccount === null ? '' : `      serviceAccountName: ${text(options.serviceAccount)}\n`

function annotations(job: Job, options: ManifestOptions): string {
  if (!hooked(job, options)) return ''
  if (options.hook === 'argocd') {
    return `  annotations:
    argocd.argoproj.io/hook: PreSync
    # The one before is replaced; a time to live would take it away before Argo CD has seen how it ended.
    argocd.argoproj.io/hook-delete-policy: BeforeHookCreation
`
  }
  return `  annotations:
    "helm.sh/hook": pre-install,pre-upgrade
    # What it mounts has to be there: hooks of a lower weight, or of the release before.
    "helm.sh/hook-weight": "0"
    "helm.sh/hook-delete-policy": before-hook-creation
`
}
