import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { callSite, siteOf } from '../../../src/capture/call-site.ts'

describe('a frame of a stack', () => {
  it.each([
    ['    at save (file:///srv/app/users.js:12:5)', '/srv/app/users.js', 12],
    ['    at async save (/srv/my (old) app/users.ts:7:3)', '/srv/my (old) app/users.ts', 7],
    ['    at async file:///srv/app/with%20space.mjs:3:1', '/srv/app/with space.mjs', 3],
    ['    at Object.<anonymous> [as run] (/srv/app/a.test.ts?v=1a:9:1)', '/srv/app/a.test.ts', 9],
    ['    at /srv/app/index.js:1:2', '/srv/app/index.js', 1],
  ])('%s', (line, file, number) => expect(siteOf(line)).toEqual({ file, line: number }))

  it.each([
    '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
    '    at async Promise.all (index 0)',
    '    at eval (eval at <anonymous> (/srv/app/x.js:1:1), <anonymous>:1:1)',
    '    at Array.map (<anonymous>)',
    '    at new Promise (<anonymous>)',
  ])('without a file: %s', (line) => expect(siteOf(line)).toBeNull())
})

describe('the place of a call', () => {
  const here = path.basename(import.meta.filename)

  it('is the frame of the app, relative to its folder', () => {
    expect(callSite(import.meta.dirname)).toMatch(new RegExp(`^${here}:\\d+$`))
    expect(callSite(path.join(import.meta.dirname, 'below'))).toMatch(new RegExp(`^\\.\\./${here}:\\d+$`))
  })

  it('is unknown behind a package that nobody of the app has called', () => {
    // The frames behind this function are those of the test runner.
    expect(callSite('/', true)).toBeUndefined()
  })

  it('leaves the stacks of the app as long as they were', () => {
    const limit = Error.stackTraceLimit
    callSite('/')
    expect(Error.stackTraceLimit).toBe(limit)
  })
})
