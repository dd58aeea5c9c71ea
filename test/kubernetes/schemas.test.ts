import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { migrate } from '../unit/cli/terminal.ts'

/*
 * What `migrate k8s render` writes, against the schemas of the API: unknown fields fail too. Neither tool is a dependency.
 */
const validator = process.env.KUBERNETES_VALIDATE ?? 'kubernetes-validate'
const there = (command: string, ...argv: readonly string[]): boolean => spawnSync(command, argv).error === undefined
const without = !there(validator, '--help')
const skipped = without ? ' (SKIPPED: pipx install kubernetes-validate, or KUBERNETES_VALIDATE=<its path>)' : ''
const kubectl = there('kubectl', 'version', '--client')

// The oldest one in which podFailurePolicy is stable, and the newest one that was tried.
const versions = ['1.31', '1.37']

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: shop }
spec:
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      containers: [{ name: shop, image: "shop:1" }]
`

const folder = mkdtempSync(path.join(os.tmpdir(), 'bellows-kubernetes-'))

function file(name: string, text: string): string {
  const where = path.join(folder, name)
  writeFileSync(where, text)
  return where
}

async function rendered(...argv: readonly string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await migrate(['k8s', 'render', '--image', 'shop:1', ...argv])
  expect(exitCode, stderr).toBe(0)
  return stdout
}

function validate(manifest: string, version: string): string {
  const { stdout, stderr } = spawnSync(validator, ['--strict', '-k', version, manifest], { encoding: 'utf8' })
  return stdout + stderr
}

describe.skipIf(without).each(versions)(`Kubernetes %s${skipped}`, (version) => {
  test.each([
    [[]],
    [['--hook', 'helm', '--namespace', 'prod']],
    [['--hook', 'argocd', '--config-map', 'migrations', '--entrypoint']],
  ])('knows all that the Jobs say (%s)', { timeout: 60_000 }, async (argv) => {
    const said = validate(
      file(`jobs-${version}.yaml`, await rendered('expand', 'backfill', 'contract', ...argv)),
      version,
    )
    expect(said.match(/passed/g), said).toHaveLength(3)
  })

  test.skipIf(!kubectl)(
    `takes a Deployment with the init container${kubectl ? '' : ' (SKIPPED: no kubectl)'}`,
    async () => {
      const patch = file('wait.yaml', await rendered('wait', '--name', 'shop'))
      const argv = ['patch', '--local', '-o', 'yaml', '-f', file('shop.yaml', deployment), '--patch-file', patch]
      const patched = execFileSync('kubectl', argv, { encoding: 'utf8' })
      expect(patched).toContain('name: wait-for-database')
      expect(patched).toContain('name: shop')
      const said = validate(file(`patched-${version}.yaml`, patched), version)
      expect(said).toContain('passed')
    },
  )
})
