import { describe, expect, test } from 'vitest'
import { environmentName, readSettings } from '../../../src/cli/settings.ts'
import type { Config } from '../../../src/migrations/config-schema.ts'

const config = (given: Config) => ({ file: 'migrate.config.ts', base: '/app', config: given })

describe('a setting', () => {
  test('comes from the flag, then the environment, then the config, then nowhere', () => {
    const env = { MIGRATE_RETENTION: '2h' }
    const file = config({ retention: '3h' })
    expect(readSettings({ retention: '1h' }, env, file).duration('retention')).toBe(3_600_000)
    expect(readSettings({}, env, file).duration('retention')).toBe(7_200_000)
    expect(readSettings({}, {}, file).duration('retention')).toBe(10_800_000)
    expect(readSettings({}, {}, config({})).duration('retention')).toBeUndefined()
  })

  test('comes from the policy of its environment before that of all, and before what stands beside it', () => {
    const file = config({
      environment: 'production',
      policy: {
        ...{ require: ['check'], quietPeriod: '1h', minAge: '2h' },
        environments: { production: { require: ['check', 'pods'], quietPeriod: '3h' }, preview: { require: [] } },
      },
    })
    const settings = readSettings({}, {}, file)
    expect(settings.list('requireGate')).toEqual(['check', 'pods'])
    expect(settings.duration('quietPeriod')).toBe(3 * 3_600_000)
    expect(settings.duration('minAge')).toBe(2 * 3_600_000)
    expect(settings.find('quietPeriod')?.name).toBe('policy.environments.production.quietPeriod in migrate.config.ts')
    expect(settings.find('minAge')?.name).toBe('policy.minAge in migrate.config.ts')
    const preview = readSettings({ requireGate: ['sessions'] }, { MIGRATE_ENVIRONMENT: 'preview' }, file)
    expect([preview.list('requireGate'), preview.policy('requireGate')]).toEqual([['sessions'], []])
    expect(preview.duration('quietPeriod')).toBe(3_600_000)
    const other = readSettings({ environment: 'toString', requireGate: ['sessions'] }, {}, file)
    expect([other.list('requireGate'), other.policy('requireGate')]).toEqual([['sessions'], ['check']])
    expect(readSettings({ quietPeriod: '5m' }, {}, file).duration('quietPeriod')).toBe(300_000)
  })

  test('has a variable that is named like its flag', () => {
    expect(environmentName('gitRevision')).toBe('MIGRATE_GIT_REVISION')
    expect(readSettings({}, { MIGRATE_DIR: 'db' }, config({ migrations: 'x' })).text('dir')).toBe('db')
  })

  test('in a variable that is set to nothing is not set', () => {
    expect(readSettings({}, { MIGRATE_RETENTION: '' }, config({ retention: '3h' })).text('retention')).toBe('3h')
  })

  test.each([
    ['1', true],
    ['true', true],
    ['YES', true],
    ['0', false],
    ['false', false],
    ['', false],
  ])('that is on or off reads `%s` as %s', (text, expected) => {
    expect(readSettings({}, { MIGRATE_YES: text }, config({})).flag('yes')).toBe(expected)
  })

  test('that is a list is repeated as a flag, and has commas in the environment', () => {
    expect(readSettings({ oldApp: ['a', 'b,c'] }, {}, config({})).list('oldApp')).toEqual(['a', 'b,c'])
    expect(readSettings({}, { MIGRATE_OLD_APP: 'a, b' }, config({})).list('oldApp')).toEqual(['a', 'b'])
    expect(readSettings({}, {}, config({ oldApp: 'a,b' })).list('oldApp')).toEqual(['a,b'])
    expect(readSettings({}, {}, config({})).list('oldApp')).toEqual([])
  })

  test.each([
    [{ retention: '5' }, {}, '--retention'],
    [{}, { MIGRATE_RETENTION: 'soon' }, 'MIGRATE_RETENTION'],
    [{}, {}, 'retention in migrate.config.ts'],
  ])('that is wrong is named by where it stands (%#)', (flags, env, name) => {
    const settings = readSettings(flags, env, config({ retention: '5 s' }))
    expect(() => settings.duration('retention')).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringContaining(`${name}: `) }),
    )
  })

  test.each(['0', '-1', '1.5', 'x', '1e3'])('that counts refuses `%s`', (text) => {
    expect(() => readSettings({ maxRate: text }, {}, config({})).count('maxRate')).toThrow(
      expect.objectContaining({ exitCode: 2 }),
    )
  })

  test('that is neither true nor false is an error', () => {
    expect(() => readSettings({}, { MIGRATE_YES: 'perhaps' }, config({})).flag('yes')).toThrow(/MIGRATE_YES/)
  })
})
