import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AppVersionRow } from '../../../src/ledger/apps.ts'
import type { MigrationRow } from '../../../src/ledger/tables.ts'
import type { Plan } from '../../../src/planner/plan.ts'
import { type PodPolicy, podsGate } from '../../../src/runner/gates/pods.ts'
import { imageOf, type PodEvidence, podsOf, readPods } from '../../../src/runner/gates/read-pods.ts'

const now = '2026-01-02T12:00:00.000Z'

const registered = (app: string, version: string, state: AppVersionRow['state']): AppVersionRow => ({
  ...{ environment: 'default', app, version, state, hash: 'h', registered_at: now, actor: 'ci' },
  deployed_at: now,
  retired_at: state === 'retired' ? now : null,
})

const shop = [registered('shop', 'v1', 'retired'), registered('shop', 'v2', 'deployed')]

function look(
  evidence: PodEvidence | null,
  said: Partial<PodPolicy> & { readonly versions?: readonly AppVersionRow[] },
) {
  const { versions = [], ...policy } = said
  return podsGate(
    {
      ...{ plan: {} as Plan, row: { created_at: '2026-01-01' } as MigrationRow, oldApp: [], allowApp: [] },
      ...{ requireGate: [], evidenceMaxAge: 300_000, ...policy },
      check: { environment: 'default', versions, deployed: [], recorded: null },
    },
    evidence,
    now,
  )
}

interface Made {
  readonly name?: string
  readonly images: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  readonly phase?: string
  readonly ending?: boolean
  readonly imageID?: string
}

/** As `kubectl get pods -o json` prints one. */
const pod = ({ name = 'pod-1', images, labels = {}, phase = 'Running', ending, imageID = '' }: Made) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels, ...(ending === true ? { deletionTimestamp: now } : {}) },
  spec: { containers: images.map((image, index) => ({ name: `c${index}`, image })) },
  status: {
    phase,
    startTime: '2026-01-02T10:00:00Z',
    containerStatuses: images.map((_, index) => ({ name: `c${index}`, imageID })),
  },
})

const listed = (...items: readonly unknown[]): PodEvidence => ({
  age: 1000,
  ...podsOf({ apiVersion: 'v1', kind: 'List', items }),
})

describe('the gate pods', () => {
  it('takes no part of a list for all of it', () => {
    const list = { kind: 'PodList', metadata: { continue: 'abc' }, items: [pod({ images: ['shop:v2'] })] }
    expect(() => podsOf(list)).toThrow('only a part of the pods')
    expect(podsOf({ ...list, metadata: { continue: '' } }).pods).toHaveLength(1)
  })

  it.each<[string, readonly Made[], Parameters<typeof look>[1], string, RegExp]>([
    [
      'is open when all are of the version that is deployed',
      [{ images: ['registry:5000/team/shop:v2'] }, { name: 'pod-2', images: ['shop:v2'] }],
      { versions: shop },
      'ok',
      /^there are only pods that may be \(written 1 s ago\): shop v2, which is deployed: pod-1 \(since 2026-01-02T10:00:00Z\), pod-2/,
    ],
    [
      'is closed while one of a retired version is there, also when it is being ended',
      [{ images: ['shop:v2'] }, { name: 'old', images: ['shop:v1'], ending: true }],
      { versions: shop },
      'failed',
      /^there are pods .*: shop v1, which was retired at 2026-01-02T12:00:00.000Z: old \(terminating, since /,
    ],
    [
      'asks nothing of those that have ended',
      [{ images: ['shop:v2'] }, { images: ['shop:v1'], phase: 'Succeeded' }, { images: ['shop:v1'], phase: 'Failed' }],
      { versions: shop },
      'ok',
      /shop v2/,
    ],
    [
      'is closed by an image that is not registered',
      [{ images: ['shop:v3'] }],
      { versions: shop },
      'failed',
      /shop v3, which is not registered: pod-1/,
    ],
    [
      'leaves out what runs beside the app, and goes by its image where a label stays the same',
      [{ images: ['shop:v2', 'istio/proxyv2:1.20'], labels: { 'app.kubernetes.io/version': '1.16.0' } }],
      { versions: shop },
      'ok',
      /shop v2/,
    ],
    [
      'judges each container of an app that is registered',
      [{ images: ['shop:v2', 'worker:v1'] }],
      { versions: [...shop, registered('worker', 'v2', 'deployed')] },
      'failed',
      /worker v1, which is not registered/,
    ],
    [
      'goes by the labels where no image has the name of the app',
      [
        {
          images: ['monolith:build-7'],
          labels: { 'app.kubernetes.io/name': 'shop', 'app.kubernetes.io/version': 'v1' },
        },
      ],
      { versions: shop },
      'failed',
      /shop v1, which was retired/,
    ],
    [
      'goes by the digest of what runs',
      [{ images: ['shop:latest'], imageID: 'docker.io/team/shop@sha256:abc' }],
      { versions: [registered('shop', 'sha256:abc', 'deployed')] },
      'ok',
      /shop sha256:abc/,
    ],
    [
      'does not know of an app of which nobody said anything',
      [{ images: ['shop:v2'] }, { name: 'dns', images: ['coredns:1.11'] }],
      { versions: shop },
      'unknown',
      /coredns 1.11, of which nobody said whether it is old: dns/,
    ],
    [
      'is closed by who is not on the list of who may be there',
      [{ images: ['shop:v2'] }, { name: 'dns', images: ['coredns:1.11'] }],
      { allowApp: ['shop:v2'] },
      'failed',
      /coredns 1.11, which --allow-app does not name: dns/,
    ],
    [
      'is closed by who is named as old, and open for all others where that is all that was said',
      [{ images: ['shop:v2'] }],
      { oldApp: ['shop:v1'] },
      'ok',
      /shop v2, which --old-app does not name/,
    ],
    [
      'does not know where an image tells no version',
      [{ images: ['shop'] }],
      { versions: shop },
      'unknown',
      /no version/,
    ],
    ['does not know where there is no pod', [], { versions: shop }, 'unknown', /names no pod that runs/],
  ])('%s', (_name, pods, said, status, reason) => {
    expect(look(listed(...pods.map(pod)), said)).toMatchObject({ status, reason: expect.stringMatching(reason) })
  })

  it('counts a cron job, which is most often not there', () => {
    const cron = (suspend: boolean) => ({
      kind: 'CronJob',
      metadata: { name: 'nightly' },
      spec: {
        suspend,
        jobTemplate: { spec: { template: { spec: { containers: [{ name: 'c', image: 'shop:v1' }] } } } },
      },
    })
    const may = pod({ images: ['shop:v2'] })
    expect(look(listed(may, cron(false)), { versions: shop })).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('cron job nightly'),
    })
    expect(look(listed(may, cron(true), { kind: 'Service' }), { versions: shop })).toMatchObject({ status: 'ok' })
  })

  it('counts what runs beside the others from the start', () => {
    const odd = pod({ images: ['shop:v2'] })
    const spec = { ...odd.spec, initContainers: [{ name: 'i', image: 'shop:v1', restartPolicy: 'Always' }] }
    expect(look(listed({ ...odd, spec }), { versions: shop })).toMatchObject({ status: 'failed' })
    const once = { ...odd.spec, initContainers: [{ name: 'i', image: 'shop:v1' }] }
    expect(look(listed({ ...odd, spec: once }), { versions: shop })).toMatchObject({ status: 'ok' })
  })

  it('is unknown over what is too old, or of the future, by its own time and the clock of the server', () => {
    const at = (moment: string): PodEvidence => ({
      age: 0,
      ...podsOf({ at: moment, pods: [{ app: 'shop', version: 'v2', terminating: true }] }),
    })
    expect(look(at('2026-01-02T13:58:00+02:00'), { versions: shop })).toMatchObject({
      status: 'ok',
      reason: expect.stringContaining(
        'of 2026-01-02T13:58:00+02:00, 120 s ago): shop v2, which is deployed: shop (terminating)',
      ),
    })
    expect(look(at('2026-01-02T11:54:00Z'), { versions: shop })).toMatchObject({
      status: 'unknown',
      reason: expect.stringMatching(/360 s ago: older than 300 s$/),
    })
    expect(look(at('2026-01-02T12:02:00Z'), { versions: shop })).toMatchObject({
      status: 'unknown',
      reason: expect.stringMatching(/of the future/),
    })
  })

  it('is unknown where nobody of the apps that are registered is on the list', () => {
    const others = listed(pod({ images: ['registry/redis:7'] }), pod({ images: ['registry/mailer:3'] }))
    expect(look(others, { versions: shop, oldApp: ['shop:v1'] })).toMatchObject({
      status: 'unknown',
      reason: expect.stringMatching(/there is no pod of shop \(.*\), only: .*redis/),
    })
    // Where no app is registered, nothing tells one from the other.
    expect(look(others, { oldApp: ['shop:v1'] })).toMatchObject({ status: 'ok' })
    const ours = listed(pod({ images: ['registry/redis:7'] }), pod({ images: ['registry/shop:v2'] }))
    expect(look(ours, { versions: shop, oldApp: ['shop:v1'] })).toMatchObject({ status: 'ok' })
  })

  it('is not asked for where no file is named, and unknown where it is required', () => {
    expect(look(null, {})).toMatchObject({ status: 'not-applicable' })
    expect(look(null, { requireGate: ['pods'] })).toMatchObject({ status: 'unknown' })
  })
})

describe('a file of pods', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'pods-'))
  })
  afterAll(() => rm(folder, { recursive: true }))
  const kept = async (text: string): Promise<string> => {
    const file = path.join(folder, 'pods.json')
    await writeFile(file, text)
    return file
  }

  it('of kubectl is as old as it was written', async () => {
    const file = await kept(
      JSON.stringify({ kind: 'PodList', items: [{ ...pod({ images: ['shop:v2'] }), kind: undefined }] }),
    )
    await utimes(file, new Date(), new Date(Date.now() - 400_000))
    const evidence = await readPods(file)
    expect(evidence).toMatchObject({
      at: null,
      pods: [{ name: 'pod-1', containers: [{ app: 'shop', versions: ['v2'] }] }],
    })
    expect(look(evidence, { versions: shop })).toMatchObject({
      status: 'unknown',
      reason: expect.stringMatching(/^the evidence is written 40\d s ago: older than 300 s/),
    })
  })

  it.each([
    ['{', /JSON/],
    ['[]', /expected an object/],
    ['{"kind": "List"}', /expected `pods`, or what `kubectl get pods -o json` prints/],
    ['{"kind": "List", "items": [1]}', /one of `items` is no object/],
    ['{"pods": []}', /^.*pods.json: at: /],
    ['{"at": "2026-01-02 12:00", "pods": []}', /: at: /],
    ['{"at": "2026-01-02T12:00:00Z", "pods": [{"app": "shop"}]}', /pods.0.version/],
    ['{"at": "2026-01-02T12:00:00Z", "pods": [{"app": "shop", "version": "v1", "state": "x"}]}', /pods.0: .*state/],
  ])('that says %s is a problem, and no evidence', async (text, problem) => {
    const evidence = await readPods(await kept(text))
    expect(evidence).toEqual({ problem: expect.stringMatching(problem) })
    expect(look(evidence, {})).toMatchObject({ status: 'unknown' })
  })

  it('that is not there is none either', async () => {
    expect(await readPods(path.join(folder, 'none.json'))).toEqual({ problem: expect.stringMatching(/ENOENT/) })
  })
})

it.each([
  ['shop', 'shop', null, null],
  ['shop:v1', 'shop', 'v1', null],
  ['registry:5000/shop', 'shop', null, null],
  ['registry:5000/team/shop:v1@sha256:abc', 'shop', 'v1', 'sha256:abc'],
  ['docker.io/team/shop@sha256:abc', 'shop', null, 'sha256:abc'],
])('the image %s', (image, name, tag, digest) => {
  expect(imageOf(image)).toEqual({ name, tag, digest })
})
