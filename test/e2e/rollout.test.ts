import { execFile } from 'node:child_process'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { complaints } from '../../examples/shop/rollout/report.ts'
import type { Told } from '../../examples/shop/rollout/story.ts'
import { findTools, howToGet } from '../../examples/shop/rollout/tools.ts'
import { describeEveryStartableServer } from '../servers/databases.ts'
import { knownServers } from '../servers/wanted.ts'

/*
 * examples/shop, rolled out: minutes for each server, so only with MATRIX=full.
 */
const root = path.resolve(import.meta.dirname, '../..')
const program = ['--import', import.meta.resolve('jiti/register'), path.join(root, 'examples/shop/rollout/main.ts')]

interface Ended {
  readonly code: number | string | null | undefined
  readonly stdout: string
  readonly stderr: string
}

function rollout(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd: root, env: { ...process.env, ...env } }
    execFile(process.execPath, [...program, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, stdout, stderr })
    })
  })
}

/** The numbers of a row of the report, one for each story. */
function row(stdout: string, label: string): readonly number[] {
  const line = stdout.split('\n').find((each) => each.trim().startsWith(`${label} `) && /[\d,]+$/.test(each))
  return [...(line?.slice(line.indexOf(label) + label.length) ?? '').matchAll(/[\d,]+/g)].map(([number]) =>
    Number(number.replaceAll(',', '')),
  )
}

const { missing } = findTools()
const full = process.env.MATRIX === 'full'
const why = missing.length > 0 ? ` (SKIPPED: ${howToGet(missing)})` : full ? '' : ' (only with MATRIX=full)'

describeEveryStartableServer(`the shop, rolled out${why}`, ({ name, kind }) => {
  const run = it.runIf(full && missing.length === 0)
  const server = ['--dialect', kind, '--server-version', knownServers[name].series]

  run(
    'fails no request and loses no write, there and back; a bug in v2 is found and taken back',
    async () => {
      const { code, stdout, stderr } = await rollout(server)
      expect(code, stdout + stderr).toBe(0)
      expect(row(stdout, 'failed')).toEqual([0, 0])
      expect(row(stdout, 'lost')).toEqual([0, 0])
      expect(row(stdout, 'ended otherwise')).toEqual([0, 0])
      expect(row(stdout, 'instances drained')).toEqual([12, 9])
      const [none, planted] = row(stdout, 'failed by the planted bug')
      expect(none).toBe(0)
      expect(planted).toBeGreaterThan(0)
      for (const writes of row(stdout, 'writes acknowledged')) expect(writes).toBeGreaterThan(100)
      // More than the customers that were there, in both shapes.
      for (const compared of row(stdout, 'names read back')) expect(compared).toBeGreaterThan(40_000)
      expect(stdout.match(/exit \d+/g)).toEqual([...Array(5).fill('exit 0'), ...Array(3).fill('exit 0'), 'exit 5'])
    },
    900_000,
  )

  run(
    'says so when instances are killed instead of drained',
    async () => {
      const { code, stdout } = await rollout([...server, '--sabotage', 'kill'])
      expect(code, stdout).toBe(1)
      expect(row(stdout, 'failed')[0]).toBeGreaterThan(0)
      expect(row(stdout, 'ended otherwise')).toEqual([9])
      expect(row(stdout, 'lost')).toEqual([0])
    },
    600_000,
  )

  run(
    'says so when the triggers are gone',
    async () => {
      const { code, stdout } = await rollout([...server, '--sabotage', 'trigger'])
      expect(code, stdout).toBe(1)
      expect(row(stdout, 'lost')[0]).toBeGreaterThan(0)
    },
    600_000,
  )
})

describe('the rollout of the shop', () => {
  it('starts nothing where a program is missing, and says how to get it', async () => {
    const { code, stdout, stderr } = await rollout([], { HAPROXY: 'no-such-haproxy', PROMETHEUS: 'no-such-prometheus' })
    expect(code).toBe(3)
    expect(stdout).toBe('')
    expect(stderr).toContain('haproxy and prometheus')
    expect(stderr).toContain(howToGet(['haproxy', 'prometheus']))
  }, 180_000)

  it('does not take what it was not told about for a success', () => {
    const good: Told = {
      title: 'rollout',
      counts: { requests: 500, failed: 0, code5xx: 0, additive: 9, negotiated: 9, slowest: 1, reasons: new Map() },
      ledger: { names: new Map(), acknowledged: 200, lost: [], compared: 200 },
      tally: { drained: 3, broken: 0, failures: new Map() },
      balancer: { requests: 500, failed: 0 },
      planted: 0,
      expectsBug: false,
      surprises: [],
    }
    expect(complaints(good)).toEqual([])
    const spoiled: readonly Partial<Told>[] = [
      { counts: { ...good.counts, failed: 1 } },
      { counts: { ...good.counts, additive: 0 } },
      { counts: { ...good.counts, negotiated: 0 } },
      { ledger: { ...good.ledger, lost: ['customer 1'] } },
      { ledger: { ...good.ledger, acknowledged: 0 } },
      { tally: { ...good.tally, broken: 1 } },
      { balancer: { requests: 501, failed: 0 } },
      { balancer: { requests: 500, failed: 1 } },
      { counts: { ...good.counts, failed: 2, code5xx: 2 }, balancer: { requests: 500, failed: 2 }, planted: 1 },
      { expectsBug: true },
      { surprises: ['migrate contract ended with 5, and not with 0'] },
    ]
    for (const part of spoiled) expect(complaints({ ...good, ...part })).not.toEqual([])
  })
})
