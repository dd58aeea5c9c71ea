import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { actionlint, run } from '../kubernetes/tools.ts'
import { action, folder } from './action.ts'

/* The workflows that come along, with the action where they look for it. */
const workflows = ['deploy.yml', 'contract.yml']

interface Step {
  readonly uses?: string
  readonly with?: Readonly<Record<string, unknown>>
  readonly run?: string
  readonly env?: Readonly<Record<string, string>>
}

test.skipIf(!actionlint.here)(`actionlint finds nothing${actionlint.skipped}`, { timeout: 60_000 }, () => {
  const project = mkdtempSync(path.join(os.tmpdir(), 'bellows-workflows-'))
  mkdirSync(path.join(project, '.git'))
  cpSync(folder, path.join(project, 'node_modules/bellows/deploy/github'), { recursive: true })
  for (const name of workflows) cpSync(path.join(folder, name), path.join(project, '.github/workflows', name))
  const files = workflows.map((name) => path.join(project, '.github/workflows', name))
  const { code, stdout, stderr } = run(actionlint.program, '-shellcheck=', '-pyflakes=', ...files)
  expect(stdout + stderr).toBe('')
  expect(code).toBe(0)
})

describe.each(workflows)('%s', (name) => {
  const { jobs } = parse(readFileSync(path.join(folder, name), 'utf8')) as {
    jobs: Readonly<Record<string, { readonly steps: readonly Step[]; readonly env?: Readonly<Record<string, string>> }>>
  }
  const steps = Object.values(jobs).flatMap((job) => job.steps)

  test('gives the action inputs that it has', () => {
    const ours = steps.filter(({ uses }) => uses?.endsWith('deploy/github'))
    expect(ours.length).toBeGreaterThan(0)
    for (const step of ours) {
      expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})))
      expect(step.with).toHaveProperty('command')
    }
  })

  test('gives secrets to the steps that need them: `npm ci` runs scripts of others', () => {
    const told = (env: Step['env']): readonly string[] =>
      Object.values(env ?? {}).filter((value) => /secrets\.\w+ \}\}/.test(value))
    expect(Object.values(jobs).flatMap(({ env }) => told(env))).toEqual([])
    expect(steps.flatMap(({ env }) => told(env)).length).toBeGreaterThan(1)
    for (const { run, env } of steps) if (run?.includes('npm ci')) expect(env).toBeUndefined()
    for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout')))
      expect(step.with).toEqual({ 'persist-credentials': false })
  })

  test('writes no expression into a script', () => {
    for (const step of steps) expect(step.run ?? '').not.toContain('${{')
  })
})

test('the action writes no input into its script, and all files that it needs come along', () => {
  for (const step of action.runs.steps) expect(step.run).not.toContain('${{')
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(['action.yml', 'main.mjs', 'lib', ...workflows]))
})
