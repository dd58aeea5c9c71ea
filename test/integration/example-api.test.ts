import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createJiti } from 'jiti'
import { expect, it } from 'vitest'
import { createDatabase, describeEachServer } from '../servers/databases.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

// The example imports `bellows` as a user does; here that is the source.
const jiti = createJiti(import.meta.url, { fsCache: false, alias: { bellows: `${root}src/index.ts` } })

describeEachServer('the example of docs/api.md', (server) => {
  it('walks through the phases and finds which names work', async () => {
    const { namesByState } = await jiti.import<typeof import('../../examples/walk.ts')>(`${root}examples/walk.ts`)
    const database = await createDatabase(server)
    try {
      expect(await namesByState(database.url)).toEqual({
        expanded: ['name', 'full_name'],
        backfilled: ['name', 'full_name'],
        contracted: ['full_name'],
        completed: ['full_name'],
      })
    } finally {
      await database.drop()
    }
  })
})

it('is the one that docs/api.md prints', () => {
  const example = readFileSync(`${root}examples/walk.ts`, 'utf8')
  expect(readFileSync(`${root}docs/api.md`, 'utf8')).toContain(`\`\`\`ts\n${example}\`\`\``)
})
