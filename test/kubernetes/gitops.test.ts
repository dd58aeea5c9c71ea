import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import {
  expectValid,
  type KubernetesObject,
  kustomize,
  objects,
  rendered,
  root,
  run,
  validator,
  versions,
} from './tools.ts'

/*
 * The examples for Argo CD, Argo Rollouts and Flux: their own kinds have no schema here, but what is Kubernetes' in them has.
 */
const text = (name: string): string => readFileSync(path.join(root, 'deploy', name), 'utf8')

interface Pod {
  readonly initContainers?: readonly unknown[]
  readonly containers: readonly { readonly image: string }[]
  readonly volumes?: readonly unknown[]
  readonly terminationGracePeriodSeconds?: number
}
const podOf = ({ spec }: KubernetesObject): Pod => (spec.template as { readonly spec: Pod }).spec

function only(stream: string): KubernetesObject {
  const [object] = objects(stream)
  if (object === undefined) throw new Error('there is no object')
  return object
}

interface Analysis {
  readonly metrics: readonly { readonly provider: { readonly job: { readonly spec: Record<string, unknown> } } }[]
}

test('the Rollout has the init container of `migrate k8s render wait`', async () => {
  const rollout = only(text('argo/rollout.yaml'))
  const patch = only(await rendered('wait', '--image', 'your-app:latest'))
  expect(podOf(rollout).initContainers).toEqual(podOf(patch).initContainers)
  expect(podOf(rollout).volumes).toEqual(podOf(patch).volumes)
})

test('the Rollout has the three probes of the shop, and time to be left by load balancers', () => {
  const { terminationGracePeriodSeconds, containers } = podOf(only(text('argo/rollout.yaml')))
  const probe = (asked: string): object => ({ httpGet: { path: `/health/${asked}` } })
  expect(containers).toMatchObject([
    {
      startupProbe: probe('started'),
      readinessProbe: probe('ready'),
      livenessProbe: probe('live'),
      lifecycle: { preStop: { sleep: { seconds: 5 } } },
    },
  ])
  expect(terminationGracePeriodSeconds).toBe(30)
})

const template = only(text('argo/analysis-template.yaml'))
const job = (template.spec as unknown as Analysis).metrics[0]?.provider.job

test('the Rollout is judged by the template that there is, and its Job is not tried again', () => {
  expect(JSON.stringify(objects(text('argo/rollout.yaml')))).toContain(`"templateName":"${template.metadata.name}"`)
  expect(job?.spec).toMatchObject({ backoffLimit: 0, template: { spec: { restartPolicy: 'Never' } } })
})

describe.skipIf(!validator.here).each(versions)(`Kubernetes %s${validator.skipped}`, (version) => {
  test('knows all that the Job of the analysis says, and the pods of the Rollout', () => {
    const asJob = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'gate' }, ...job }
    const rollout = only(text('argo/rollout.yaml'))
    const { selector, template: pods } = rollout.spec
    const asDeployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'shop' },
      spec: { selector, template: pods },
    }
    expectValid('argo', [asJob, asDeployment].map((object) => stringify(object)).join('---\n'), version, 2)
  })
})

test.skipIf(!kustomize.here)(`Kustomize names the image in all of them${kustomize.skipped}`, () => {
  const { code, stdout, stderr } = run(kustomize.program, 'build', 'deploy/argo')
  expect(code, stderr).toBe(0)
  expect(
    objects(stdout)
      .map(({ kind }) => kind)
      .toSorted(),
  ).toEqual(['AnalysisTemplate', 'Job', 'Job', 'Rollout'])
  expect(stdout).not.toContain('your-app')
  expect(stdout.match(/image: registry\.example\.com\/shop:latest/g)).toHaveLength(6)
})

describe('Flux', () => {
  interface Flux {
    readonly path: string
    readonly dependsOn?: readonly { readonly name: string }[]
    readonly [key: string]: unknown
  }
  const all = objects(text('flux/kustomizations.yaml')).map(({ metadata, spec }) => ({
    name: metadata.name,
    spec: spec as Flux,
  }))
  const spec = (name: string): Flux | undefined => all.find((each) => each.name === name)?.spec

  test('applies what is there, after what is there', () => {
    for (const each of all) {
      if (each.name !== 'shop')
        expect(existsSync(path.join(root, each.spec.path, 'kustomization.yaml')), each.spec.path).toBe(true)
      for (const { name } of each.spec.dependsOn ?? []) expect(spec(name), name).toBeDefined()
    }
  })

  test('rolls the app out when expand is complete, and waits for no backfill', () => {
    expect(spec('shop-expand')).toMatchObject({ wait: true, force: true })
    expect(spec('shop')?.dependsOn).toEqual([{ name: 'shop-expand' }])
    expect(spec('shop-backfill')).toMatchObject({ wait: false, force: true })
    expect(spec('shop-contract')).toMatchObject({ suspend: true, force: true })
  })
})
