import { execFile } from 'node:child_process'
import path from 'node:path'
import { expect, it } from 'vitest'
import { describeEveryStartableServer } from '../servers/databases.ts'
import { knownServers } from '../servers/wanted.ts'

const cli = path.resolve(import.meta.dirname, '../../dist/cli/main.js')

interface Ended {
  readonly code: number | string | null | undefined
  readonly stdout: string
  readonly stderr: string
}

function demo(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env } }
    execFile(process.execPath, [cli, 'demo', ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, stdout, stderr })
    })
  })
}

/** The numbers of a row of the last table: without us, and with us. */
function row(lines: readonly string[], label: string): readonly (readonly [number, number])[] {
  return lines
    .map((line) => line.match(new RegExp(`^\\s*${label}\\s+([\\d,]+)\\s+([\\d,]+)$`)))
    .filter((match) => match !== null)
    .map(([, plain = '', ours = '']) => [Number(plain.replaceAll(',', '')), Number(ours.replaceAll(',', ''))])
}

describeEveryStartableServer('the demo', ({ name, kind }) => {
  // The newest PostgreSQL is played as it comes; the others with a shop so small that it is not watched for long.
  const orders = name === 'postgres18' ? 200_000 : 10_000
  const args = ['--dialect', kind, '--server-version', knownServers[name].series]

  it('fails statements of v1 by a plain rename, and none of either version our way', async () => {
    const { code, stdout, stderr } = await demo(name === 'postgres18' ? [] : [...args, '--rows', String(orders)])
    const lines = stdout.trimEnd().split('\n')
    expect(code, stdout + stderr).toBe(0)
    expect(stderr).toBe('')
    expect(lines.length).toBeLessThanOrEqual(60)
    expect(stdout).not.toContain('\u001b')
    expect(stdout).toContain(
      `${{ postgres: 'PostgreSQL', mysql: 'MySQL', mariadb: 'MariaDB' }[kind]} ${knownServers[name].series}.`,
    )

    const [v1, v2] = row(lines, 'failed')
    expect(v1?.[0]).toBeGreaterThan(0)
    expect(v1?.[1]).toBe(0)
    expect(v2?.[1]).toBe(0)
    expect(row(lines, 'mismatches')).toEqual([[0, 0]])
    for (const label of ['statements of v1', 'statements of v2']) {
      expect(row(lines, label)[0]?.[1]).toBeGreaterThan(orders / 200)
    }
    expect(row(lines, 'values compared')[0]?.[1]).toBeGreaterThan(orders * 1.5)

    expect(stdout).toContain('killed with SIGKILL')
    const phases = [
      '$ migrate expand',
      '$ migrate backfill',
      '$ migrate contract',
      '$ migrate rollback',
      '$ migrate purge',
    ]
    for (const phase of phases) expect(stdout).toContain(phase)
    // About a minute on two cores; here it may share them with the other tests.
  }, 400_000)
})

it('the demo says where a server comes from that is not there', async () => {
  const { code, stdout, stderr } = await demo(['--dialect', 'mysql', '--server-version', '5.5', '--json'])
  expect(code).toBe(3)
  const { error } = JSON.parse(stdout)
  expect(error).toMatchObject({ code: 'embedded.not-installed', exitCode: 3 })
  expect(error.message).toContain('MySQL 5.5')
  expect(error.hint).toContain('npm run servers -- mysql97')
  // With --json the story goes to stderr, and there is none.
  expect(stderr.trimEnd().split('\n')).toHaveLength(2)
})
