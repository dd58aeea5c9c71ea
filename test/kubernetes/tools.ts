import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { migrate } from '../unit/cli/terminal.ts'

/** A program that is no dependency: tests that need it are skipped without it, and say how to get it. */
export interface Tool {
  readonly program: string
  readonly here: boolean
  /** Behind the title of what is skipped. */
  readonly skipped: string
}

function tool(name: string, variable: string, get: string, probe: readonly string[]): Tool {
  const program = process.env[variable] ?? name
  const here = spawnSync(program, probe, { timeout: 20_000 }).error === undefined
  return { program, here, skipped: here ? '' : ` (SKIPPED: ${get}, or ${variable}=<its path>)` }
}

/** Knows the schemas of the API. */
export const validator = tool('kubernetes-validate', 'KUBERNETES_VALIDATE', 'pipx install kubernetes-validate', [
  '--help',
])
/** Renders the chart. */
export const helm = tool('helm', 'HELM_BIN', 'go install helm.sh/helm/v3/cmd/helm@latest', ['version'])
/** Only to patch; never asked for a cluster. */
export const kubectl = tool('kubectl', 'KUBECTL', 'install kubectl', ['version', '--client'])
/** Renders the overlays. */
export const kustomize = tool('kustomize', 'KUSTOMIZE_BIN', 'go install sigs.k8s.io/kustomize/kustomize/v5@v5.7.1', [
  'version',
])
/** Checks workflows of GitHub Actions. */
export const actionlint = tool(
  'actionlint',
  'ACTIONLINT',
  'go install github.com/rhysd/actionlint/cmd/actionlint@latest',
  ['-version'],
)

/** The oldest one in which podFailurePolicy is stable, and the newest one that was tried. */
export const versions: readonly string[] = ['1.31', '1.37']

export const root = path.resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(path.join(os.tmpdir(), 'bellows-kubernetes-'))

/** Keeps a text in a file of its own. */
export function file(name: string, text: string): string {
  const where = path.join(folder, name)
  writeFileSync(where, text)
  return where
}

/** Runs a program to its end. */
export function run(
  program: string,
  ...argv: readonly string[]
): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(program, argv, { encoding: 'utf8', cwd: root })
  return { code: status, stdout, stderr }
}

/** What `migrate k8s render` writes. */
export async function rendered(...argv: readonly string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await migrate(['k8s', 'render', '--image', 'shop:1', ...argv])
  expect(exitCode, stderr).toBe(0)
  return stdout
}

/** The objects of a YAML stream. */
export function objects(text: string): readonly KubernetesObject[] {
  const documents = parseAllDocuments(text)
  expect(documents.flatMap(({ errors }) => errors)).toEqual([])
  return documents.map((document) => document.toJS()).filter((object) => object !== null)
}

/** As far as the tests ask. */
export interface KubernetesObject {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly [key: string]: unknown }
  readonly spec: Readonly<Record<string, unknown>>
}

/** What the schemas of a version say to a stream of so many objects. */
export function expectValid(name: string, text: string, version: string, count: number): void {
  const { stdout, stderr } = run(validator.program, '--strict', '-k', version, file(`${version}-${name}.yaml`, text))
  expect((stdout + stderr).match(/passed/g) ?? [], stdout + stderr).toHaveLength(count)
}
