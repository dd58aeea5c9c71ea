import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { expectValid, file, kubectl, rendered, validator, versions } from './tools.ts'

/*
 * What `migrate k8s render` writes, against the schemas of the API: unknown fields fail too. No tool is a dependency.
 */
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

describe.skipIf(!validator.here).each(versions)(`Kubernetes %s${validator.skipped}`, (version) => {
  test.each([
    [[]],
    [['--hook', 'helm', '--namespace', 'prod', '--service-account', 'migrator', '--app-version', '"1": 2']],
    [['--shards', '12', '--hook', 'helm']],
    [['--hook', 'argocd', '--config-map', 'migrations', '--entrypoint']],
  ])('knows all that the Jobs say (%s)', { timeout: 60_000 }, async (argv) => {
    expectValid('jobs', await rendered('expand', 'backfill', 'contract', ...argv), version, 3)
  })

  test.skipIf(!kubectl.here)(`takes a Deployment with the init container${kubectl.skipped}`, async () => {
    const patch = file('wait.yaml', await rendered('wait', '--name', 'shop'))
    const argv = ['patch', '--local', '-o', 'yaml', '-f', file('shop.yaml', deployment), '--patch-file', patch]
    const patched = execFileSync(kubectl.program, argv, { encoding: 'utf8' })
    expect(patched).toContain('name: wait-for-database')
    expect(patched).toContain('name: shop')
    expectValid('patched', patched, version, 1)
  })
})
