import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parse } from 'yaml'

/** The folder of the action, as `uses:` names it. */
export const folder = path.resolve(import.meta.dirname, '../../deploy/github')

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>
  readonly outputs: Readonly<Record<string, { readonly value: string }>>
  readonly runs: {
    readonly steps: readonly { readonly run: string; readonly env: Readonly<Record<string, string>> }[]
  }
}

export const action: Action = parse(readFileSync(path.join(folder, 'action.yml'), 'utf8'))

/** What a step left behind. */
export interface Ran {
  readonly code: number | null
  readonly log: string
  readonly outputs: Readonly<Record<string, string>>
  readonly summary: string
}

/** A workspace with one migration in it. */
export function workspace(migrations: Readonly<Record<string, string>>): string {
  const where = mkdtempSync(path.join(os.tmpdir(), 'bellows-action-'))
  mkdirSync(path.join(where, 'migrations'))
  for (const [name, text] of Object.entries(migrations)) writeFileSync(path.join(where, 'migrations', name), text)
  return where
}

/** Runs the step of the action as a runner does: its own script by bash, with the inputs where the action puts them. */
export async function runAction(
  where: string,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
  onLog: (log: string, kill: (signal: NodeJS.Signals) => void) => void = () => undefined,
): Promise<Ran> {
  const [step] = action.runs.steps
  if (step === undefined) throw new Error('the action has no step')
  const given = (name: string): string => {
    const input = action.inputs[name]
    if (input === undefined) throw new Error(`the action has no input ${name}`)
    return inputs[name] ?? (input.default ?? '').replace(/^\$\{\{ github\.token \}\}$/, 'token')
  }
  const own = Object.entries(step.env).map(([key, value]) => [
    key,
    value.replaceAll(/\$\{\{ inputs\.([a-z-]+) \}\}/g, (_, name: string) => given(name)),
  ])
  const files = mkdtempSync(path.join(os.tmpdir(), 'bellows-runner-'))
  const GITHUB_OUTPUT = path.join(files, 'output')
  const GITHUB_STEP_SUMMARY = path.join(files, 'summary')
  for (const file of [GITHUB_OUTPUT, GITHUB_STEP_SUMMARY]) writeFileSync(file, '')
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
    cwd: where,
    env: {
      PATH: process.env.PATH,
      GITHUB_ACTIONS: 'true',
      CI: 'true',
      GITHUB_ACTION_PATH: folder,
      GITHUB_OUTPUT,
      GITHUB_STEP_SUMMARY,
      RUNNER_TEMP: files,
      GITHUB_REPOSITORY: 'team/shop',
      GITHUB_SERVER_URL: 'https://github.example.com',
      GITHUB_RUN_ID: '7',
      ...env,
      ...Object.fromEntries(own),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      log += String(data)
      onLog(log, (signal) => void child.kill(signal))
    })
  }
  const [code] = await once(child, 'close')
  return { code, log, outputs: outputsOf(readFileSync(GITHUB_OUTPUT, 'utf8')), summary: read(GITHUB_STEP_SUMMARY) }
}

const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '')

/** As a runner reads them: `name<<delimiter`, lines, delimiter. */
function outputsOf(text: string): Readonly<Record<string, string>> {
  const found = text.matchAll(/^([\w-]+)<<(\S+)\n([\s\S]*?)\n\2\n/gm)
  return Object.fromEntries([...found].map(([, name = '', , value = '']) => [name, value]))
}
