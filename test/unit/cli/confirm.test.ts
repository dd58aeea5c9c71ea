import { describe, expect, test } from 'vitest'
import { ask, mayAsk } from '../../../src/cli/confirm.ts'
import { createOutput } from '../../../src/cli/output.ts'
import type { Session } from '../../../src/cli/session.ts'
import { readSettings } from '../../../src/cli/settings.ts'
import { type World, world } from './terminal.ts'

function session(given: World, flags: Record<string, unknown> = {}): Session {
  const { io } = world([], given)
  const config = { file: null, base: '/', config: {} }
  const options = {
    command: 'purge',
    logFormat: 'text',
    verbose: false,
    noColor: true,
    json: flags.json === true,
  } as const
  const settings = readSettings(flags, io.env, config)
  return { command: 'purge', io, config, settings, output: createOutput(io, options) }
}

describe('a question', () => {
  test('is asked on a terminal', () => {
    expect(mayAsk(session({ isTTY: true }))).toBe(true)
  })

  test.each([
    ['without a terminal', { isTTY: false }, {}],
    ['in a pipeline', { isTTY: true, env: { CI: 'true' } }, {}],
    ['with --json', { isTTY: true }, { json: true }],
    ['with --yes', { isTTY: true }, { yes: true }],
    ['with MIGRATE_YES', { isTTY: true, env: { MIGRATE_YES: '1' } }, {}],
  ])('is not asked %s', (_when, given, flags) => {
    expect(mayAsk(session(given, flags))).toBe(false)
  })

  test.each(['yes', ' YES \n'])('goes on after `%s`', async (answer) => {
    await expect(ask(session({ isTTY: true, answer }), 'Go on? ')).resolves.toBeUndefined()
  })

  test.each(['', 'y', 'no'])('is declined by `%s`, with exit 3', async (answer) => {
    await expect(ask(session({ isTTY: true, answer }), 'Go on? ')).rejects.toMatchObject({
      code: 'declined',
      exitCode: 3,
    })
  })
})
