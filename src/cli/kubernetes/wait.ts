import { namespace } from './jobs.ts'
import type { ManifestOptions } from './options.ts'
import { container, indent, text, volumes } from './pod.ts'

/**
 * A patch for the app's Deployment: an init container that waits, and reads only, so that no pod of the new version starts on a database
 * that is not ready for it, whoever starts it: a scale-up or a drained node as well.
 */
export function waitPatch(options: ManifestOptions): string {
  return `# For the Deployment of the app (kubectl patch --patch-file, or a patch of Kustomize). No pod of the new version starts before the
# database is expanded. Where it reads only the new column, wait for \`backfilled\` instead.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${text(options.name)}
${namespace(options)}spec:
  template:
    spec:
      initContainers:
${indent(containers(options), 8)}      volumes:
${indent(volumes(options), 8)}`
}

const command = ['wait', '--for', 'expanded', '--timeout', '10m']

/** One after the other, where there are several databases. */
function containers(options: ManifestOptions): string {
  const { shards } = options
  if (shards === null) return container(options, 'wait-for-database', command)
  return Array.from({ length: shards }, (_, index) =>
    container(options, `wait-for-database-${index}`, command, index),
  ).join('')
}
