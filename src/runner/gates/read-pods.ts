import { readFile, stat } from 'node:fs/promises'
import { z } from 'zod'

/** Which app and version something of a pod says that it is. */
export interface Claim {
  readonly app: string
  readonly version: string
}

/** A pod that runs, or will: also one that is being ended, as it still has its connections. */
export interface Pod {
  readonly name: string
  /** ISO text; null where that is not told. */
  readonly since: string | null
  readonly note: string | null
  /** What its labels say. */
  readonly label: { readonly app: string | null; readonly version: string | null }
  /** Of each of its containers: the name of the image, and the tag and digest that it has. */
  readonly containers: readonly { readonly app: string; readonly versions: readonly string[] }[]
}

/** What a file says of pods, or why it says nothing. */
export type PodEvidence =
  | { readonly problem: string }
  | {
      /** ISO text, where the file says itself when it was made. */
      readonly at: string | null
      /** Milliseconds since it was written, by the clock of this machine. */
      readonly age: number
      readonly pods: readonly Pod[]
    }

const greatest = 64 * 1024 * 1024

/** What {@link readPods} takes beside the lists of kubectl. */
const plain = z.strictObject({
  at: z.iso.datetime({ offset: true }),
  pods: z.array(
    z.strictObject({
      app: z.string().min(1),
      version: z.string().min(1),
      name: z.string().optional(),
      since: z.string().optional(),
      terminating: z.boolean().optional(),
    }),
  ),
})

/** Reads pods from a file: what `kubectl get pods,cronjobs -o json` prints, or the small format of docs/gates.md. */
export async function readPods(file: string): Promise<PodEvidence> {
  let text: string
  let age: number
  try {
    const { size, mtimeMs } = await stat(file)
    if (size > greatest) return { problem: `${file} has more than ${greatest / 1024 / 1024} MiB` }
    age = Date.now() - mtimeMs
    text = await readFile(file, 'utf8')
  } catch (error) {
    return { problem: `${file} cannot be read (${(error as { code?: string }).code ?? 'error'})` }
  }
  try {
    return { age, ...podsOf(JSON.parse(text)) }
  } catch (error) {
    return { problem: `${file}: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/**
 * The pods of a document.
 *
 * @throws Error that says what is wrong with it
 */
export function podsOf(value: unknown): { readonly at: string | null; readonly pods: readonly Pod[] } {
  const document = asObject(value)
  if (document === null) throw new Error('expected an object')
  if ('pods' in document) {
    const parsed = plain.safeParse(value)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      throw new Error(`${issue?.path.join('.') || 'the document'}: ${issue?.message ?? 'not as it should be'}`)
    }
    return { at: parsed.data.at, pods: parsed.data.pods.map(plainPod) }
  }
  const kind = textOf(document.kind)
  const items = kind === 'Pod' || kind === 'CronJob' ? [document] : document.items
  if (!Array.isArray(items)) throw new Error('expected `pods`, or what `kubectl get pods -o json` prints')
  // The API gives long lists in parts, and kubectl puts them together.
  if (textOf(at(document, 'metadata').continue) !== null)
    throw new Error('the list goes on elsewhere (`metadata.continue`): only a part of the pods is here')
  const all = items.map(asObject)
  if (all.includes(null)) throw new Error('one of `items` is no object')
  const found = all.flatMap((item) => (item === null ? [] : podOf(item, kind === 'PodList' ? 'Pod' : null)))
  return { at: null, pods: found }
}

function plainPod({ app, version, name, since, terminating }: z.infer<typeof plain>['pods'][number]): Pod {
  return {
    name: name ?? app,
    since: since ?? null,
    note: terminating === true ? 'terminating' : null,
    label: { app, version },
    containers: [],
  }
}

type Json = Readonly<Record<string, unknown>>

/** Nothing of other kinds, and of pods whose containers have all ended. */
function podOf(item: Json, otherwise: string | null): readonly Pod[] {
  const kind = textOf(item.kind) ?? otherwise
  const metadata = at(item, 'metadata')
  const name = textOf(metadata.name) ?? '(no name)'
  if (kind === 'CronJob') {
    const spec = at(item, 'spec')
    if (spec.suspend === true) return []
    const template = at(at(at(spec, 'jobTemplate'), 'spec'), 'template')
    const labels = { ...at(metadata, 'labels'), ...at(at(template, 'metadata'), 'labels') }
    return [{ ...told(labels, at(template, 'spec'), {}), name: `cron job ${name}`, since: null, note: null }]
  }
  if (kind !== 'Pod') return []
  const status = at(item, 'status')
  const phase = textOf(status.phase)
  if (phase === 'Succeeded' || phase === 'Failed') return []
  return [
    {
      ...told(at(metadata, 'labels'), at(item, 'spec'), status),
      name,
      since: textOf(status.startTime) ?? textOf(metadata.creationTimestamp),
      note: textOf(metadata.deletionTimestamp) === null ? null : 'terminating',
    },
  ]
}

/** Containers that run beside the others are among those that come before them. */
function told(labels: Json, spec: Json, status: Json): Pick<Pod, 'label' | 'containers'> {
  const beside = list(spec.initContainers).filter((each) => each.restartPolicy === 'Always')
  const statuses = [...list(status.containerStatuses), ...list(status.initContainerStatuses)]
  return {
    label: {
      app: textOf(labels['app.kubernetes.io/name']) ?? textOf(labels.app),
      version: textOf(labels['app.kubernetes.io/version']) ?? textOf(labels.version),
    },
    containers: [...list(spec.containers), ...beside].map((each) => {
      const image = imageOf(textOf(each.image) ?? '')
      const running = statuses.find((one) => one.name === each.name)
      const { digest } = imageOf(textOf(running?.imageID) ?? '')
      const versions = [image.tag, image.digest, digest].filter((version) => version !== null)
      return { app: image.name, versions: [...new Set(versions)] }
    }),
  }
}

/** `registry:5000/team/shop:v1@sha256:…` is `shop`, with its tag and its digest. */
export function imageOf(image: string): {
  readonly name: string
  readonly tag: string | null
  readonly digest: string | null
} {
  const [before = '', digest] = image.split('@')
  const last = before.slice(before.lastIndexOf('/') + 1)
  const colon = last.indexOf(':')
  return {
    name: colon === -1 ? last : last.slice(0, colon),
    tag: colon === -1 ? null : last.slice(colon + 1),
    digest: digest ?? null,
  }
}

const asObject = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null

const at = (value: Json, key: string): Json => asObject(value[key]) ?? {}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

const list = (value: unknown): readonly Json[] =>
  Array.isArray(value) ? value.map(asObject).filter((each) => each !== null) : []
