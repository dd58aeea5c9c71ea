import { mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  expectValid,
  type KubernetesObject,
  kubectl,
  kustomize,
  objects,
  rendered,
  root,
  run,
  validator,
  versions,
} from './tools.ts'

/*
 * The overlays, rendered by Kustomize itself, say what `migrate k8s render` says.
 */
const renderers = [
  { name: 'kustomize', tool: kustomize, verb: 'build' },
  { name: 'kubectl kustomize', tool: kubectl, verb: 'kustomize' },
]
const overlays = path.join(root, 'deploy/kustomize/overlays')

const byName = (given: readonly KubernetesObject[]): readonly KubernetesObject[] =>
  given.toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name))

/** A kustomization of a team, which has ours among its resources. */
function team(overlay: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bellows-kustomize-'))
  writeFileSync(
    path.join(folder, 'app.yaml'),
    `apiVersion: apps/v1
kind: Deployment
metadata: { name: shop }
spec:
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      containers: [{ name: shop, image: your-app }]
`,
  )
  writeFileSync(
    path.join(folder, 'kustomization.yaml'),
    `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: prod
resources:
  - app.yaml
  - ${path.relative(folder, path.join(overlays, overlay))}
components:
  - ${path.relative(folder, path.join(root, 'deploy/kustomize/components/wait'))}
images:
  - { name: your-app, newName: registry.example.com/shop, newTag: "7" }
`,
  )
  return folder
}

describe.each(renderers)('by $name', ({ tool, verb }) => {
  function build(folder: string): string {
    const { code, stdout, stderr } = run(tool.program, verb, folder)
    expect(code, stderr).toBe(0)
    return stdout
  }
  const overlay = (name: string): readonly KubernetesObject[] => byName(objects(build(path.join(overlays, name))))
  const said = async (...argv: readonly string[]): Promise<readonly KubernetesObject[]> =>
    byName(objects(await rendered(...argv, '--image', 'your-app:latest')))

  test.skipIf(!tool.here)(
    `the Jobs of a deploy, and those of one phase, are as they are rendered${tool.skipped}`,
    async () => {
      expect(overlay('deploy')).toEqual(await said())
      expect(overlay('expand-only')).toEqual(await said('expand'))
      expect(overlay('contract')).toEqual(await said('contract'))
    },
  )

  test.skipIf(!tool.here)(`a backfill is paused, and nothing else is different${tool.skipped}`, async () => {
    const [paused] = overlay('backfill-suspended')
    const [backfill] = await said('backfill')
    expect(paused).toEqual({ ...backfill, spec: { ...backfill?.spec, suspend: true } })
  })

  test.skipIf(!tool.here)(`for Argo CD expand is a hook, and a backfill is made anew${tool.skipped}`, async () => {
    const [backfill, expand] = overlay('argocd')
    expect(expand).toEqual((await said('expand', '--hook', 'argocd'))[0])
    const [plain] = await said('backfill')
    const annotations = { 'argocd.argoproj.io/sync-options': 'Force=true,Replace=true' }
    expect(backfill).toEqual({ ...plain, metadata: { ...plain?.metadata, annotations } })
  })

  test.skipIf(!tool.here)(`a team names its image and namespace once, and its app waits${tool.skipped}`, async () => {
    const text = build(team('deploy'))
    const argv = ['--image', 'registry.example.com/shop:7', '--namespace', 'prod']
    const jobs = objects(await rendered(...argv))
    const [app, ...rest] = byName(objects(text)).toSorted((a, b) => a.kind.localeCompare(b.kind))
    expect(rest).toEqual(byName(jobs))
    const [patch] = objects(await rendered('wait', '--name', 'shop', ...argv))
    expect(app).toMatchObject(patch as object)
    if (validator.here) for (const version of versions) expectValid('team', text, version, 3)
  })
})
