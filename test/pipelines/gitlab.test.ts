import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { root } from '../kubernetes/tools.ts'

/* The pipeline for GitLab, which has no checker without GitLab: that its parts fit, and that its scripts are scripts. */
interface Job {
  readonly extends?: string
  readonly stage?: string
  readonly needs?: readonly string[]
  readonly script?: readonly string[]
}
const { stages, variables, ...jobs } = parse(readFileSync(path.join(root, 'deploy/gitlab/.gitlab-ci.yml'), 'utf8')) as {
  stages: readonly string[]
  variables: unknown
} & Readonly<Record<string, Job>>
const names = Object.keys(jobs)

test('each job has a stage, and needs and extends what is there', () => {
  expect(variables).toBeDefined()
  for (const [name, job] of Object.entries(jobs)) {
    if (!name.startsWith('.')) expect(stages, name).toContain(job.stage)
    expect(names).toEqual(
      expect.arrayContaining([...(job.needs ?? []), ...(job.extends === undefined ? [] : [job.extends])]),
    )
  }
})

test('scripts are shell', () => {
  const scripts = Object.values(jobs).flatMap(({ script = [] }) => script)
  expect(scripts.length).toBeGreaterThan(6)
  for (const script of scripts) execFileSync('bash', ['-n'], { input: script })
})
