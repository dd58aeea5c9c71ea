import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../../src/migrations/config.ts'
import { folderWith } from './folder.ts'

describe('the config file', () => {
  test('is optional', async () => {
    const folder = await folderWith({})
    expect(await loadConfig(folder)).toEqual({ file: null, base: folder, config: {} })
  })

  test.each([
    ['migrate.config.yaml', 'retention: 48h\n'],
    ['migrate.config.json', '{ "retention": "48h" }'],
    ['migrate.config.mjs', "export default { retention: '48h' }"],
    ['migrate.config.js', "export default { retention: '48h' }"],
    ['migrate.config.ts', "import { defineConfig } from 'bellows'\nexport default defineConfig({ retention: '48h' })"],
  ])('is found as %s', async (name, text) => {
    const { config, base } = await loadConfig(await folderWith({ [name]: text }))
    expect(config).toEqual({ retention: '48h' })
    expect(base).not.toBe('')
  })

  test('in .config is relative to the folder above', async () => {
    const folder = await folderWith({})
    await mkdir(join(folder, '.config'))
    await writeFile(join(folder, '.config', 'migrate.config.json'), '{ "migrations": "db" }')
    expect(await loadConfig(folder)).toMatchObject({ base: folder, config: { migrations: 'db' } })
  })

  test('may give the password as a function, for tokens that expire', async () => {
    const folder = await folderWith({ 'migrate.config.ts': "export default { password: async () => 'token' }" })
    const { config } = await loadConfig(folder)
    expect(await config.password?.()).toBe('token')
  })

  test('with a password as text is refused', async () => {
    const folder = await folderWith({ 'migrate.config.json': '{ "password": "hunter2" }' })
    const error = await loadConfig(folder).catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining('password: expected a function') })
    expect(String(error)).not.toContain('hunter2')
  })

  test('with an unknown key names line and nearest key', async () => {
    const folder = await folderWith({ 'migrate.config.yaml': 'migrations: db\nlocktimeout: 1s\n' })
    await expect(loadConfig(folder)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(
        /migrate\.config\.yaml:2: locktimeout: unknown key `locktimeout`; did you mean `lockTimeout`\?$/,
      ),
    })
  })

  test('with a duration without unit is refused', async () => {
    const folder = await folderWith({ 'migrate.config.yaml': 'retention: "24"\n' })
    await expect(loadConfig(folder)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('retention: expected a duration'),
    })
  })

  describe('with a policy', () => {
    const gates = ['sessions', 'check', 'heartbeats', 'brown-out']
    const load = async (text: string): Promise<unknown> =>
      loadConfig(await folderWith({ 'migrate.config.yaml': text }), undefined, gates).then(
        ({ config }) => config,
        (error: Error) => error.message.replace(/^.*(migrate\.config\.yaml)/gm, '$1').split('\n'),
      )

    test('is what it says', async () => {
      const policy = { require: ['check'], minAge: '1h', environments: { preview: { require: [], minAge: '0' } } }
      expect(await load(JSON.stringify({ policy }))).toEqual({ policy })
      expect(await load('policy: { require: sessions }')).toEqual({ policy: { require: 'sessions' } })
    })

    test.each([
      [
        'policy:\n  require: [check, sesions]',
        [':2: policy.require[1]: unknown gate `sesions`; did you mean `sessions`?'],
      ],
      ['requireGate: pods', [':1: requireGate: unknown gate `pods`; known: sessions, check, heartbeats, brown-out']],
      ['policy:\n  require: [check, brown-out]', [':2: policy.require[1]: a brown-out is not required, but asked for']],
      [
        'policy:\n  environments:\n    production:\n      require: checks\n      minage: 1h',
        [':5: policy.environments.production.minage: unknown key `minage`; did you mean `minAge`?'],
      ],
      [
        'policy:\n  environments:\n    production:\n      require: checks',
        [':4: policy.environments.production.require: unknown gate `checks`; did you mean `check`?'],
      ],
      ['policy:\n  minAge: 60', [':2: policy.minAge: expected string']],
      ['policy:\n  allowApp: [""]', [':2: policy.allowApp[0]: ']],
      [
        'policy:\n  quietPeriod: 1h\n  environments: { a: { require: check } }\nquietPeriod: 1m\nrequireGate: check',
        [
          ':4: quietPeriod: said here and as `quietPeriod` in the policy; say it there only',
          ':5: requireGate: said here and as `require` in the policy; say it there only',
        ],
      ],
    ])('that is wrong names the line and what was meant: %j', async (text, problems) => {
      const found = (await load(text)) as string[]
      expect(found).toHaveLength(problems.length)
      problems.forEach((problem, index) => {
        expect(found[index]).toContain(problem)
      })
    })
  })

  test('that was named and is missing is an error', async () => {
    await expect(loadConfig(await folderWith({}), 'other.yaml')).rejects.toMatchObject({
      code: 'config.missing',
      exitCode: 2,
    })
  })

  test('is refused when there are two', async () => {
    const folder = await folderWith({ 'migrate.config.yaml': '', 'migrate.config.json': '{}' })
    await expect(loadConfig(folder)).rejects.toMatchObject({ code: 'config.ambiguous', exitCode: 2 })
  })
})
