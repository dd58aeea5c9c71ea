import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { kubectl, root } from './tools.ts'

/*
 * How pipelines wait for a Job: their own lines, by kubectl itself, before an API server of our own that knows a Job.
 */
const text = (name: string): string => readFileSync(path.join(root, name), 'utf8')

function page(): string {
  const blocks = [...text('docs/kubernetes.md').matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, code]) => code ?? '')
  return blocks.find((code) => code.includes('kubectl apply -f migrate.yaml')) ?? ''
}

function workflow(): string {
  const { jobs } = parse(text('deploy/github/deploy.yml')) as {
    jobs: { deploy: { steps: readonly { name?: string; run?: string }[] } }
  }
  return jobs.deploy.steps.find(({ name }) => name === 'Expand the database')?.run ?? ''
}

/** A Job that still runs when it is looked at first, and has ended then. */
async function api(conditions: readonly string[]): Promise<{ url: string; looks: () => number; close: () => void }> {
  let looks = 0
  const job = (): object => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'job', namespace: 'default', resourceVersion: '1' },
    status: { conditions: (++looks > 1 ? conditions : []).map((type) => ({ type, status: 'True' })) },
  })
  const server = createServer((request, response) => {
    const where = (request.url ?? '').replace(/\?.*/, '')
    const versions = { groupVersion: 'batch/v1', version: 'v1' }
    const kinds = [
      { name: 'jobs', singularName: 'job', namespaced: true, kind: 'Job', verbs: ['get', 'list', 'watch'] },
    ]
    const answers: Readonly<Record<string, () => object>> = {
      '/api': () => ({ kind: 'APIVersions', versions: ['v1'] }),
      '/api/v1': () => ({ kind: 'APIResourceList', groupVersion: 'v1', resources: [] }),
      '/apis': () => ({
        kind: 'APIGroupList',
        groups: [{ name: 'batch', versions: [versions], preferredVersion: versions }],
      }),
      '/apis/batch/v1': () => ({ kind: 'APIResourceList', groupVersion: 'batch/v1', resources: kinds }),
      '/apis/batch/v1/namespaces/default/jobs': () => ({
        apiVersion: 'batch/v1',
        kind: 'JobList',
        metadata: { resourceVersion: '1' },
        items: [job()],
      }),
    }
    const answer = /\/jobs\/[^/]+$/.test(where) ? job : answers[where]
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer?.() ?? { kind: 'Status', status: 'Failure', code: 404 }))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, looks: () => looks, close: () => void server.close() }
}

/** As a step of a pipeline: what needs a cluster for more than the Job is left out. */
async function step(script: string, url: string): Promise<{ code: number; said: string }> {
  const only = `kubectl() { case "$1" in apply | logs | rollout) ;; *) command "$KUBECTL" --server="$API" "$@" ;; esac; }
npx() { echo; }
`
  const home = mkdtempSync(path.join(os.tmpdir(), 'bellows-kubectl-'))
  const { PATH } = process.env
  const env = { PATH, HOME: home, KUBECTL: kubectl.program, API: url, GITHUB_SHA: '0123456789abcdef', IMAGE: 'shop:1' }
  const child = spawn('bash', ['-eo', 'pipefail', '-c', only + script], { cwd: home, env, timeout: 60_000 })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      said += String(data)
    })
  }
  const [code] = await once(child, 'close')
  return { code, said }
}

// The second says the same by other names.
const scripts = [
  { name: 'docs/kubernetes.md', script: page() },
  { name: 'deploy/github/deploy.yml', script: workflow() },
].slice(0, process.env.MATRIX === 'full' ? 2 : 1)

describe.skipIf(!kubectl.here)(`a pipeline waits for a Job${kubectl.skipped}`, () => {
  test.each(scripts)(
    'until it has ended, either way, and fails if it failed ($name)',
    async ({ script }) => {
      expect(script).toContain('until kubectl get')
      const good = await api(['SuccessCriteriaMet', 'Complete'])
      expect(await step(script, good.url)).toMatchObject({ code: 0 })
      expect(good.looks()).toBeGreaterThan(2)
      const bad = await api(['FailureTarget', 'Failed'])
      const failed = await step(script, bad.url)
      expect(failed.code, failed.said).toBe(1)
      expect(failed.said).toMatch(/timed out waiting for the condition|condition not met/)
      for (const each of [good, bad]) each.close()
    },
    120_000,
  )
})
