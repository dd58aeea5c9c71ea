import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { objects, rendered, root } from './tools.ts'

interface Container {
  readonly args: readonly string[]
  readonly env: readonly { readonly name: string; readonly value: string }[]
}

/** The spec of a Job, as far as its pods are made from it. */
export interface Spec {
  readonly completions: number
  readonly template: {
    readonly spec: {
      readonly initContainers?: readonly Container[]
      readonly containers: readonly [Container]
      readonly volumes: readonly [{ readonly secret: { readonly items: readonly { key: string; path: string }[] } }]
    }
  }
}

/** The Job of a phase, as it is rendered. */
export async function jobOf(...argv: readonly string[]): Promise<Spec> {
  return objects(await rendered(...argv))[0]?.spec as unknown as Spec
}

/**
 * Runs a pod of a Job as it says: init containers first, each container with its own arguments and variables, and the files of the
 * Secret where they are mounted.
 */
export async function pod(
  spec: Spec,
  secret: Readonly<Record<string, string>>,
  index = 0,
): Promise<{ code: number; said: string }> {
  const cwd = mkdtempSync(path.join(os.tmpdir(), 'bellows-pod-'))
  mkdirSync(path.join(cwd, 'migrations'))
  writeFileSync(
    path.join(cwd, 'migrations/20260101000000_rename.yaml'),
    'intents:\n  - renameColumn: { table: users, from: name, to: full_name }\n',
  )
  const mounted = path.join(cwd, 'database')
  mkdirSync(mounted)
  const { initContainers = [], containers, volumes } = spec.template.spec
  for (const { key, path: name } of volumes[0].secret.items) writeFileSync(path.join(mounted, name), secret[key] ?? '')
  let said = ''
  let code = 0
  for (const { args, env } of [...initContainers, ...containers]) {
    // What the control plane adds to a container, and a kubelet then puts into its arguments.
    const all: Readonly<Record<string, string>> = {
      ...Object.fromEntries(env.map(({ name, value }) => [name, value.replace('/run/secrets/database', mounted)])),
      JOB_COMPLETION_INDEX: String(index),
    }
    const expanded = args.map((arg) =>
      arg
        .replaceAll(/\$\((\w+)\)/g, (whole, name: string) => all[name] ?? whole)
        .replace('/run/secrets/database', mounted),
    )
    const child = spawn(process.execPath, [path.join(root, 'dist/cli/main.js'), ...expanded], { cwd, env: all })
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        said += String(data)
      })
    }
    code = (await once(child, 'close'))[0]
    if (code !== 0) break
  }
  return { code, said }
}
