import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Reporter, TestModule, TestRunEndReason, Vitest } from 'vitest/node'
import { merged, proofDocument, type Row, rowsOf } from './document.ts'

const root = new URL('../../', import.meta.url)
const file = new URL('docs/proof.md', root)

type Count = Pick<Row, 'passed' | 'failed' | 'skipped'>

/** Writes docs/proof.md at the end of `npm run test:matrix`: what ran, where, and how it ended. A part of the tests proves nothing. */
export default class ProofReporter implements Reporter {
  #vitest: Vitest | undefined

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: TestRunEndReason): void {
    const part =
      process.argv.slice(2).some((arg) => !arg.startsWith('-') && arg !== 'run') || this.#vitest?.config.testNamePattern
    if (reason === 'interrupted' || part) return
    const counts = new Map<string, Count>()
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const server = / \(((?:postgres|mysql|mariadb)\d+)\)/.exec(test.fullName)?.[1]
        add(counts, server ?? 'any', test.result().state)
      }
      if (module.errors().length > 0) add(counts, 'any', 'failed')
    }
    for (const _ of errors) add(counts, 'any', 'failed')
    const changed = git(['status', '--porcelain', '--untracked-files=no', '--', '.', ':!docs/proof.md']) !== ''
    const commit = git(['rev-parse', '--short', 'HEAD']) + (changed ? '+' : '')
    const date = new Date().toISOString().slice(0, 10)
    const found = [...counts].map(([server, count]) => ({ server, ...count, date, commit }))
    const old = existsSync(file) ? rowsOf(readFileSync(file, 'utf8')) : []
    writeFileSync(file, proofDocument(merged(old, found)))
  }
}

function add(counts: Map<string, Count>, name: string, state: string): void {
  const { passed, failed, skipped } = counts.get(name) ?? { passed: 0, failed: 0, skipped: 0 }
  counts.set(name, {
    passed: passed + (state === 'passed' ? 1 : 0),
    failed: failed + (state === 'failed' ? 1 : 0),
    skipped: skipped + (state === 'skipped' || state === 'pending' ? 1 : 0),
  })
}

function git(args: readonly string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
}
