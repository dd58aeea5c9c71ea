import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import {
  expectValid,
  file,
  helm,
  type KubernetesObject,
  objects,
  rendered,
  root,
  run,
  validator,
  versions,
} from './tools.ts'

/*
 * The chart, rendered by Helm itself: it says what `migrate k8s render` says, and what only a chart can is valid too.
 */
const chart = path.join(root, 'deploy/helm/bellows')

function template(
  values: readonly string[],
  where = chart,
  ...files: readonly string[]
): { code: number | null; stdout: string; stderr: string } {
  const set = values.flatMap((value) => [value.includes('={') || value.includes('=[') ? '--set-json' : '--set', value])
  const given = ['--set', 'image=shop:1', '--namespace', 'prod', '--kube-version', '1.37.0']
  return run(helm.program, 'template', 'shop', where, ...files.flatMap((each) => ['-f', each]), ...given, ...set)
}

function chartObjects(...values: readonly string[]): readonly KubernetesObject[] {
  const { code, stdout, stderr } = template(values)
  expect(code, stderr).toBe(0)
  return objects(stdout).toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name))
}

/** A plain Job has a hash of what it says in its name. */
const withoutHash = (object: KubernetesObject): KubernetesObject => {
  const name = object.metadata.name.replace(/-[0-9a-f]{8}$/, '')
  return { ...object, metadata: { ...object.metadata, name } }
}

test('the chart has the version of the package', () => {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }
  expect(parse(readFileSync(path.join(chart, 'Chart.yaml'), 'utf8'))).toMatchObject({ version, appVersion: version })
})

const all = 'contract.enabled=true'

describe.skipIf(!helm.here)(`the chart${helm.skipped}`, () => {
  test.each<[readonly string[], readonly string[]]>([
    [[], ['--hook', 'helm']],
    [['expand.hook=false'], []],
    [
      ['name=shop-db', 'secret={"name":"db","key":"dsn"}', 'configMap=migrations', 'command=[]'],
      [
        '--hook',
        'helm',
        '--name',
        'shop-db',
        '--secret',
        'db',
        '--secret-key',
        'dsn',
        '--config-map',
        'migrations',
        '--entrypoint',
      ],
    ],
    [
      ['serviceAccountName=migrator', 'appVersion=v2 "b"', 'image=registry.example.com:5000/shop@sha256:abc'],
      [
        '--hook',
        'helm',
        '--service-account',
        'migrator',
        '--app-version',
        'v2 "b"',
        '--image',
        'registry.example.com:5000/shop@sha256:abc',
      ],
    ],
  ])('says what `migrate k8s render` says (%s)', async (values, argv) => {
    const name = argv.includes('--name') ? [] : ['--name', 'shop-migrate']
    const said = objects(await rendered('backfill', 'contract', 'expand', '--namespace', 'prod', ...name, ...argv))
    expect(chartObjects(all, ...values).map(withoutHash)).toEqual(said)
  })

  test('gives a plain Job another name with all that it says, but not when it is paused', () => {
    const name = (...values: readonly string[]): string | undefined =>
      chartObjects(...values).find(({ metadata }) => metadata.name.includes('-backfill-'))?.metadata.name
    expect(name()).toMatch(/^shop-migrate-backfill-[0-9a-f]{8}$/)
    expect(name('image=shop:2')).not.toBe(name())
    expect(name('backfill.extraArgs=["--max-rate","100"]')).not.toBe(name())
    expect(name('backfill.suspend=true')).toBe(name())
    expect(name()).toBe(name())
  })

  test('writes whole numbers, as Kubernetes takes no others, though YAML makes 2.592e+06 of them', () => {
    const months = 'ttlSecondsAfterFinished: 2592000\nexpand: { hook: false, activeDeadlineSeconds: 2592000 }\n'
    const { code, stdout, stderr } = template(['contract.enabled=true'], chart, file('months.yaml', months))
    expect(code, stderr).toBe(0)
    expect(stdout).not.toMatch(/e\+0/)
    expect(stdout).toContain('activeDeadlineSeconds: 2592000\n')
  })

  test('leaves out what is not asked for', () => {
    expect(chartObjects().map(({ metadata }) => metadata.name.replace(/-[0-9a-f]{8}$/, ''))).toEqual([
      'shop-migrate-backfill',
      'shop-migrate-expand',
    ])
    expect(template(['expand.enabled=false', 'backfill.enabled=false']).stdout.trim()).toBe('')
  })

  test.each([
    ['image=', /say the image that holds the migrations/],
    ['imgae=shop', /imgae/],
    ['expand.finalExitCodes=[75]', /finalExitCodes/],
    ['contract.wait=soon', /wait/],
    ['name=Shop', /name/],
    [`name=${'n'.repeat(46)}`, /name/],
    ['wait={"for":"done"}', /for/],
  ])('refuses %s', (value, why) => {
    const { code, stderr } = template([value])
    expect(code).not.toBe(0)
    expect(stderr).toMatch(why)
  })

  test('lends the init container to a chart that depends on it, which is that of `migrate k8s render wait`', async () => {
    const parent = parentChart()
    const { code, stdout, stderr } = template(['bellows.image=shop:1', 'bellows.wait.for=backfilled'], parent)
    expect(code, stderr).toBe(0)
    const deployment = objects(stdout).find(({ kind }) => kind === 'Deployment')
    const [patch] = objects(
      (await rendered('wait', '--name', 'shop')).replace('"--for", "expanded"', '"--for", "backfilled"'),
    )
    const pod = (object: KubernetesObject | undefined): unknown => object?.spec.template
    expect(pod(deployment)).toMatchObject(pod(patch) as object)
    if (validator.here) for (const version of versions) expectValid('parent', stdout, version, 3)
  })

  const everything = [
    'imagePullPolicy=Always',
    'imagePullSecrets=[{"name":"registry"}]',
    'env=[{"name":"MIGRATE_SET_ROLE","value":"owner"}]',
    'nodeSelector={"kubernetes.io/arch":"arm64"}',
    'tolerations=[{"key":"batch","operator":"Exists"}]',
    'podLabels={"app":"shop"}',
    'podAnnotations={"linkerd.io/inject":"disabled"}',
    'backfill={"suspend":true,"activeDeadlineSeconds":86400,"extraArgs":["--max-rate","1000"],"finalExitCodes":[]}',
  ]
  test.skipIf(!validator.here).each(versions)(
    `is valid in Kubernetes %s, with all its values${validator.skipped}`,
    (version) => {
      for (const values of [[all], [all, 'expand.hook=false', ...everything]]) {
        const { code, stdout, stderr } = template(values)
        expect(code, stderr).toBe(0)
        expectValid('chart', stdout, version, 3)
      }
    },
  )

  test("lets a pod's own labels and annotations not hide ours, but for the sidecar", () => {
    const values = [
      'podLabels={"app.kubernetes.io/component":"x","app":"shop"}',
      'podAnnotations={"sidecar.istio.io/inject":"true"}',
    ]
    for (const object of chartObjects(all, ...values)) {
      expect(object.spec.template).toMatchObject({
        metadata: {
          labels: { app: 'shop', 'app.kubernetes.io/component': expect.stringMatching(/expand|backfill|contract/) },
          annotations: { 'sidecar.istio.io/inject': 'true' },
        },
      })
    }
  })

  test('passes `helm lint`', () => {
    const { code, stdout } = run(
      helm.program,
      'lint',
      chart,
      '--strict',
      '--set',
      'image=shop:1',
      '--kube-version',
      '1.37.0',
    )
    expect(code, stdout).toBe(0)
  })
})

function parentChart(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bellows-parent-'))
  mkdirSync(path.join(folder, 'templates'))
  cpSync(chart, path.join(folder, 'charts/bellows'), { recursive: true })
  const dependency = 'dependencies: [{ name: bellows, version: ">=0.0.0" }]\n'
  writeFileSync(path.join(folder, 'Chart.yaml'), `apiVersion: v2\nname: shop\nversion: 1.0.0\n${dependency}`)
  writeFileSync(path.join(folder, 'values.yaml'), 'image: ""\nbellows: {}\n')
  writeFileSync(
    path.join(folder, 'templates/deployment.yaml'),
    `apiVersion: apps/v1
kind: Deployment
metadata: { name: shop }
spec:
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      initContainers:
        {{- include "bellows.wait" .Subcharts.bellows | nindent 8 }}
      containers: [{ name: shop, image: "shop:1" }]
      volumes:
        {{- include "bellows.volumes" .Subcharts.bellows | nindent 8 }}
`,
  )
  return folder
}
