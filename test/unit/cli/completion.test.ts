import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { migrate } from './terminal.ts'

/** What bash offers after these words, the last of which is being typed. */
async function complete(...words: string[]): Promise<string[]> {
  const { stdout } = await migrate(['completion', 'bash'])
  const quoted = ['migrate', ...words].map((word) => `'${word}'`).join(' ')
  const script = `${stdout}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _migrate; printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split('\n')
}

describe('completion in bash', () => {
  test('offers commands', async () => {
    expect(await complete('co')).toEqual(['contract', 'completion'])
  })

  test('offers the flags of the command, and the global ones', async () => {
    expect(await complete('contract', '--qu')).toEqual(['--quiet-period'])
    expect(await complete('contract', '--js')).toEqual(['--json'])
  })

  test('offers the choices of a flag', async () => {
    expect(await complete('wait', '--for', '')).toEqual(['expanded', 'backfilled', 'contracted'])
  })

  test('does not offer what is not there', async () => {
    expect(await complete('lins')).toEqual([''])
    expect(await complete('lint', '--dialect', 'm')).toEqual(['mysql', 'mariadb'])
  })
})

test.each(['zsh', 'fish'])('completion in %s names every command and the choices of flags', async (shell) => {
  const { stdout, exitCode } = await migrate(['completion', shell])
  expect(exitCode).toBe(0)
  for (const part of ['backfill', 'quiet-period', 'expanded backfilled contracted', 'bellows']) {
    expect(stdout).toContain(part)
  }
})
