import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { defaults } from '../../src/cli/kubernetes/options.ts'
import { rendered, root } from './tools.ts'

/*
 * The plain manifests of deploy/ are what `migrate k8s render` writes. UPDATE_GOLDEN=1 writes them anew.
 */
const files: readonly (readonly [string, string])[] = [
  ...['expand', 'backfill', 'contract', 'wait'].map((kind) => [kind, `deploy/kubernetes/${kind}.yaml`] as const),
  ...['expand', 'backfill', 'contract'].map((kind) => [kind, `deploy/kustomize/base/${kind}/job.yaml`] as const),
  ['wait', 'deploy/kustomize/components/wait/patch.yaml'],
]

test.each(files)('the manifest of %s is in %s', async (kind, name) => {
  const said = await rendered(kind, '--image', defaults.image)
  const where = path.join(root, name)
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(where, said)
  expect(readFileSync(where, 'utf8')).toBe(said)
})
