import { describe, expect, test } from 'vitest'
import { wantsColour } from '../../../src/cli/colours.ts'

const terminal = { isTTY: true }
const pipe = { isTTY: false }

describe('colours', () => {
  test.each([
    ['a terminal', {}, terminal, false, true],
    ['a pipe', {}, pipe, false, false],
    ['a pipeline (CI alone)', { CI: 'true' }, pipe, false, false],
    ['FORCE_COLOR in a pipe', { FORCE_COLOR: '1' }, pipe, false, true],
    ['FORCE_COLOR=0 on a terminal', { FORCE_COLOR: '0' }, terminal, false, false],
    ['NO_COLOR on a terminal', { NO_COLOR: '1' }, terminal, false, false],
    ['NO_COLOR set to nothing', { NO_COLOR: '' }, terminal, false, true],
    ['NO_COLOR against FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, terminal, false, false],
    ['a dumb terminal', { TERM: 'dumb' }, terminal, false, false],
    ['--no-color against FORCE_COLOR', { FORCE_COLOR: '1' }, terminal, true, false],
  ] as const)('%s', (_name, env, stream, refused, expected) => {
    expect(wantsColour(env, stream, refused)).toBe(expected)
  })
})
