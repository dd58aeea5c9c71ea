import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node'
import { type Count, type Proof, proofDocument } from './document.ts'

const root = new URL('../../', import.meta.url)

/** Writes docs/proof.md at the end of `npm run test:matrix`: what ran, where, and how it ended. */
export default class ProofReporter implements Reporter {
  readonly #started = Date.now()

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: TestRunEndReason): void {
    if (reason === 'interrupted') return
    const rooms = new Map<string, Count>()
    const servers = new Map<string, Count>()
    for (const module of modules) {
      const room = relative(new URL('test', root).pathname, module.moduleId).split('/')[0] ?? ''
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        add(rooms, room, state)
        const server = / \(((?:postgres|mysql|mariadb)\d+)\)/.exec(test.fullName)?.[1]
        if (server !== undefined) add(servers, server, state)
      }
      if (module.errors().length > 0) add(rooms, room, 'failed')
    }
    const proof: Proof = {
      date: new Date().toISOString().slice(0, 10),
      commit: git(['rev-parse', '--short', 'HEAD']),
      clean: git(['status', '--porcelain', '--untracked-files=no']) === '',
      minutes: Math.round((Date.now() - this.#started) / 60_000),
      errors: errors.length,
      rooms: [...rooms],
      servers: [...servers],
    }
    writeFileSync(new URL('docs/proof.md', root), proofDocument(proof))
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
