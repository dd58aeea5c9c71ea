import { expect, it } from 'vitest'
import { rawSql } from '../../../src/index.ts'
import { type WalkedState, walkStates } from '../../../src/testing/index.ts'
import { createDatabase, describeEveryServer } from '../../servers/databases.ts'
import { add, columnOf, isThere, optionsOn, rename, schema } from './support.ts'

const show = ({ migration, state, rolledBackFrom, versions }: WalkedState): string =>
  [
    migration === rename ? 'rename' : 'add',
    state,
    ...(rolledBackFrom === null ? [] : [`< ${rolledBackFrom}`]),
    versions.join('+'),
  ].join(' ')

describeEveryServer('walkStates', (server) => {
  const options = optionsOn(server)
  const { family } = options

  it('stops in every state, forward and back, where each version that has to work does, and leaves nothing', {
    timeout: 240_000,
  }, async () => {
    const seen: string[] = []
    const places: WalkedState[] = []
    const fill = ({ url }: { url: string }, migration: string): Promise<void> =>
      family.run(
        url,
        `insert into users (id, ${migration === rename ? 'name' : 'full_name'}) values (${places.length + 1}, 'Ada')`,
      )
    for await (const state of walkStates({ ...options, only: [rename, add], fill, back: true })) {
      seen.push(show(state))
      places.push(state)
      if (state.migration !== rename) continue
      for (const version of state.versions) {
        const rows = await state.run(version, 'reads', ({ url }) =>
          family.rows<{ n: string }>(url, `select ${columnOf[version]} as n from users`),
        )
        expect(rows).toEqual([{ n: 'Ada' }])
      }
    }
    expect(seen).toEqual([
      'rename before old',
      'rename expanded old',
      'rename before < expanded old',
      'rename backfilled old+new',
      'rename before < backfilled old',
      'rename contracted new',
      'rename backfilled < contracted old+new',
      'add before old',
      // Without statement lists the new column is seen from the backfill on.
      family.name === 'postgres' ? 'add expanded old+new' : 'add expanded old',
      'add before < expanded old',
      'add backfilled old+new',
      'add before < backfilled old',
      'add contracted new',
      'add backfilled < contracted old+new',
    ])
    expect(places[0]?.title).toBe(`${rename}, before`)
    expect(await isThere(server, places[0]!)).toBe(false)
  })

  it('a database that the URL names is left alone', async () => {
    const named = await createDatabase(server)
    try {
      await family.run(named.url, `${schema}; insert into users (id, name) values (7, 'Grace')`)
      for await (const state of walkStates({ ...options, database: named.url })) {
        expect(state.url).not.toBe(named.url)
        expect(await family.rows(state.url, 'select * from users')).toEqual([])
      }
      expect(await family.rows(named.url, 'select * from users')).toEqual([{ id: 7, name: 'Grace' }])
    } finally {
      await named.drop()
    }
  })

  it('a test that fails is told with its version, state and migration, what it threw is the cause, and nothing stays', async () => {
    let place: WalkedState | undefined
    const walk = async (): Promise<void> => {
      for await (const state of walkStates({ ...options, back: true })) {
        place = state
        if (state.rolledBackFrom === null) continue
        await state.run('old', 'reads the new name', ({ url }) => family.rows(url, 'select full_name from users'))
      }
    }
    await expect(walk()).rejects.toMatchObject({
      code: 'testing.failed',
      exitCode: 4,
      message: expect.stringMatching(
        new RegExp(
          `^"reads the new name" of the old version failed in ${rename}, before, rolled back from expanded: .*full_name`,
        ),
      ),
      cause: expect.objectContaining({ message: expect.stringContaining('full_name') }),
      details: {
        migration: rename,
        state: 'before',
        rolledBackFrom: 'expanded',
        version: 'old',
        test: 'reads the new name',
      },
    })
    expect(await isThere(server, place!)).toBe(false)
  })

  it('nothing stays of a loop that is left, of a seed that throws, and of an abort', async () => {
    const places: { url: string }[] = []
    for await (const state of walkStates(options)) {
      places.push(state)
      break
    }
    const seed = (database: { url: string }): void => {
      places.push(database)
      throw new Error('no rows today')
    }
    await expect(walkStates({ ...options, seed }).next()).rejects.toMatchObject({
      code: 'testing.seed',
      message: 'the seed failed: no rows today',
    })
    const controller = new AbortController()
    const aborted = async (): Promise<void> => {
      for await (const state of walkStates({ ...options, signal: controller.signal })) {
        places.push(state)
        controller.abort()
      }
    }
    await expect(aborted()).rejects.toMatchObject({ exitCode: 130 })
    expect(places).toHaveLength(3)
    for (const place of places) expect(await isThere(server, place)).toBe(false)
  })

  it('what does not let a state be reached is told with the migration and the state', async () => {
    const walk = async (): Promise<void> => {
      const refusing = { intents: [rawSql({ expand: 'update users set nothing_there = 1', reason: 'to fail' })] }
      for await (const _state of walkStates({ ...options, migrations: { [rename]: refusing } }));
    }
    await expect(walk()).rejects.toMatchObject({
      code: 'testing.not-reached',
      message: expect.stringMatching(new RegExp(`^${rename} did not reach expanded: .*nothing_there`)),
      cause: expect.objectContaining({ name: 'BellowsError' }),
    })
  })
})
