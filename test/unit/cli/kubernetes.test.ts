import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { exitCodes } from '../../../src/errors.ts'
import { migrate } from './terminal.ts'

interface Manifest {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly annotations?: Record<string, string>
  }
  readonly spec: {
    readonly podFailurePolicy?: {
      readonly rules: readonly {
        readonly onExitCodes?: { readonly containerName: string; readonly values: readonly number[] }
      }[]
    }
    readonly activeDeadlineSeconds?: number
    readonly ttlSecondsAfterFinished?: number
    readonly template: {
      readonly spec: Record<string, unknown> & { readonly containers?: readonly Record<string, unknown>[] }
    }
  }
}

async function rendered(...argv: readonly string[]): Promise<readonly Manifest[]> {
  const { stdout, exitCode, stderr } = await migrate(['k8s', 'render', '--image', 'shop:1', ...argv])
  expect(exitCode, stderr).toBe(0)
  const documents = parseAllDocuments(stdout)
  expect(documents.flatMap(({ errors }) => errors)).toEqual([])
  return documents.map((document) => document.toJS())
}

const container = (manifest: Manifest | undefined): Record<string, unknown> | undefined =>
  manifest?.spec.template.spec.containers?.[0]

describe('migrate k8s render', () => {
  test('gives the Jobs of a deploy; contract is one of a later deploy, and asked for', async () => {
    expect((await rendered()).map(({ metadata }) => metadata.name)).toEqual(['migrate-expand', 'migrate-backfill'])
    const names = (await rendered('wait', 'contract', '--name', 'shop')).map(({ kind, metadata }) => [
      kind,
      metadata.name,
    ])
    expect(names).toEqual([
      ['Deployment', 'shop'],
      ['Job', 'shop-contract'],
    ])
  })

  test('tries again what a repeat can change, and nothing else', async () => {
    const { usage, refused, findings, drift, gateClosed } = exitCodes
    const final = (await rendered('expand', 'backfill', 'contract')).map(({ spec }) =>
      (spec.podFailurePolicy?.rules ?? []).flatMap(({ onExitCodes }) =>
        onExitCodes === undefined ? [] : [[onExitCodes.containerName, onExitCodes.values]],
      ),
    )
    const never = [usage, refused, findings, drift]
    const notYet = [...never, gateClosed].toSorted((a, b) => a - b)
    const waits = ['wait-for-expand', never]
    expect(final).toEqual([[['migrate', never]], [['migrate', never], waits], [['migrate', notYet]]])
  })

  test('asks for no right, no disk and no token', async () => {
    for (const manifest of await rendered('expand', 'backfill', 'contract')) {
      expect(manifest.spec.template.spec).toMatchObject({
        restartPolicy: 'Never',
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      })
      expect(container(manifest)).toMatchObject({
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      })
    }
  })

  test('a hook is only what a deploy may wait for', async () => {
    const [expand, backfill] = await rendered('--hook', 'argocd')
    expect(expand?.metadata.annotations).toMatchObject({ 'argocd.argoproj.io/hook': 'PreSync' })
    expect(expand?.spec.ttlSecondsAfterFinished).toBeUndefined()
    expect(backfill?.metadata.annotations).toBeUndefined()
    expect(backfill?.spec.activeDeadlineSeconds).toBeUndefined()
    const [helm] = await rendered('expand', '--hook', 'helm')
    expect(helm?.metadata.annotations).toMatchObject({ 'helm.sh/hook': 'pre-install,pre-upgrade' })
  })

  test('names the image, the Secret, the namespace and the migrations as they are given', async () => {
    const image = 'registry.example.com:5000/shop@sha256:abc # "quoted"'
    const [job] = await rendered(
      'expand',
      '--image',
      image,
      '--namespace',
      'prod',
      '--secret',
      'db',
      '--secret-key',
      'dsn',
      '--config-map',
      'm',
      '--entrypoint',
    )
    expect(job?.metadata.namespace).toBe('prod')
    expect(container(job)).toMatchObject({
      image,
      args: ['expand', '--log-format', 'json'],
      volumeMounts: [{ mountPath: '/run/secrets/database' }, { mountPath: '/app/migrations' }],
    })
    expect(container(job)).not.toHaveProperty('command')
    expect(job?.spec.template.spec).toMatchObject({
      volumes: [{ secret: { secretName: 'db', items: [{ key: 'dsn', path: 'url' }] } }, { configMap: { name: 'm' } }],
    })
    expect(container((await rendered('expand'))[0])).toMatchObject({
      command: ['node', 'node_modules/bellows/dist/cli/main.js'],
    })
  })

  test('takes the names that Kubernetes takes: of a Secret with dots, of a Deployment whatever its length', async () => {
    const secret = 'migrator.shop-db.credentials.example.org'
    const [job] = await rendered('expand', '--secret', secret)
    expect(job?.spec.template.spec).toMatchObject({ volumes: [{ secret: { secretName: secret } }] })
    const [patch] = await rendered('wait', '--name', 's'.repeat(60))
    expect(patch?.metadata.name).toBe('s'.repeat(60))
    for (const argv of [
      ['expand', '--secret', 'a..b'],
      ['expand', '--service-account', 'a/b'],
      ['wait', 'expand', '--name', 's'.repeat(60)],
    ]) {
      expect(await migrate(['k8s', 'render', '--image', 'x', ...argv])).toMatchObject({ exitCode: exitCodes.usage })
    }
  })

  test('names the ServiceAccount, and the version for the history; neither is there otherwise', async () => {
    const [job] = await rendered('expand', '--service-account', 'migrator', '--app-version', 'v2: "b"')
    expect(job?.spec.template.spec).toMatchObject({ serviceAccountName: 'migrator' })
    expect(container(job)).toMatchObject({ env: [{}, {}, { name: 'MIGRATE_APP_VERSION', value: 'v2: "b"' }] })
    const [plain] = await rendered('expand')
    expect(plain?.spec.template.spec).not.toHaveProperty('serviceAccountName')
    expect(container(plain)?.env).toHaveLength(2)
  })

  test('has a pod for each shard, none of which stops another', async () => {
    const [expand, backfill, wait] = await rendered('expand', 'backfill', 'wait', '--shards', '9')
    expect(expand?.spec).toMatchObject({
      completionMode: 'Indexed',
      completions: 9,
      parallelism: 4,
      backoffLimitPerIndex: 4,
      activeDeadlineSeconds: 3 * 1800,
      podFailurePolicy: { rules: [{ action: 'FailIndex' }, { action: 'Ignore' }] },
    })
    expect(expand?.spec).not.toHaveProperty('backoffLimit')
    expect(backfill?.spec.activeDeadlineSeconds).toBeUndefined()
    expect(container(expand)?.args).toContain('/run/secrets/database/$(JOB_COMPLETION_INDEX)')
    const waiting = (wait?.spec.template.spec.initContainers ?? []) as { name: string; args: string[] }[]
    const files = waiting.map(({ name, args }) => [name, args[args.indexOf('--database-url-file') + 1]])
    expect(files).toHaveLength(9)
    expect(files[8]).toEqual(['wait-for-database-8', '/run/secrets/database/8'])
    expect(wait?.spec.template.spec.volumes).toMatchObject([
      { secret: { items: Array.from({ length: 9 }, (_, index) => ({ key: `url-${index}`, path: String(index) })) } },
    ])
  })

  test.each([
    [['k8s', 'apply', '--image', 'x']],
    [['k8s', 'render']],
    [['k8s', 'render', 'rollback', '--image', 'x']],
    [['k8s', 'render', '--image', 'x', '--name', 'Shop']],
    [['k8s', 'render', '--image', 'x', '--namespace', 'a: b']],
    [['k8s', 'render', '--image', 'x', '--name', 'n'.repeat(53)]],
    [['k8s', 'render', '--image', 'x', '--name', 'n'.repeat(51), '--shards', '2']],
    [['k8s', 'render', '--image', 'x', '--shards', '0']],
    [['k8s', 'render', '--image', 'x', '--shards', '1001']],
  ])('refuses `migrate %s` (2)', async (argv) => {
    expect(await migrate(argv)).toMatchObject({ exitCode: 2, stdout: '' })
  })
})
