import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createJiti } from 'jiti'
import { expect, it } from 'vitest'
import { createDatabase, describeEachServer } from '../../servers/databases.ts'
import { folder } from './support.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const file = `${root}examples/record.ts`

// The example imports `bellows/capture` as a user does; here that is the source.
const jiti = createJiti(import.meta.url, {
  fsCache: false,
  alias: { 'bellows/capture': `${root}src/capture/index.ts` },
})

describeEachServer('the example of docs/capture.md', (server) => {
  it('lists what the tests sent, with the lines that said it', async () => {
    const { recorded } = await jiti.import<typeof import('../../../examples/record.ts')>(file)
    const database = await createDatabase(server)
    try {
      const out = path.join(await folder(), 'v1.json')
      const { statements } = await recorded(database.url, out)
      expect(statements).toEqual([
        {
          id: expect.stringMatching(/^insert-users-[0-9a-f]{10}$/),
          sql: 'insert into users (name) values ($1)',
          source: expect.stringMatching(/^examples\/record\.ts:\d+$/),
          prepared: false,
        },
        {
          id: expect.stringMatching(/^select-users-[0-9a-f]{10}$/),
          sql: 'select id from users where name = $1',
          source: expect.stringMatching(/^examples\/record\.ts:\d+$/),
        },
      ])
      expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual({ app: 'shop', version: 'v1', statements })
    } finally {
      await database.drop()
    }
  })
})

it('is the one that docs/capture.md prints', () => {
  expect(readFileSync(`${root}docs/capture.md`, 'utf8')).toContain(`\`\`\`ts\n${readFileSync(file, 'utf8')}\`\`\``)
})
