import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { BellowsError } from '../../src/index.ts'
import { openPlace } from '../integration/input/setup.ts'
import { describeEachServer } from '../servers/databases.ts'
import { type LensCase, lenses } from './lenses.ts'
import { backfilled, isConsistent, type Mode, type Row } from './model.ts'
import { sequence } from './operations.ts'
import { runs, seed, some } from './seed.ts'
import { type ModelledTable, modelledTable, schemaOf } from './table.ts'

/** Random sequences, each on a row of its own; after each the row is what the model says, and in sync. */
async function tryAll(table: ModelledTable, lens: LensCase, mode: Mode, count: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(sequence(lens, mode), async (operations) => {
      const { real, model } = await table.run(mode, operations)
      expect(real).toEqual(model)
      const waits = mode === 'fill' && model?.new === null
      if (model !== null && !waits) expect(await isConsistent(model, table.oracle)).toBe(true)
    }),
    runs(count),
  )
  expect(await table.read(mode)).toEqual(table.rows)
}

async function all(table: ModelledTable, change: (row: Row) => Promise<Row>): Promise<void> {
  for (const [id, row] of table.rows) table.rows.set(id, await change(row))
}

/** Under one name both versions read the old column after the way back: what it cannot tell is gone then, so it is refused. */
async function lostByRollback({ rows, oracle }: ModelledTable): Promise<readonly number[]> {
  const lost: number[] = []
  for (const [id, row] of rows) {
    if (row.new === null || row.new === (await oracle.up(row.old, row.note))) continue
    const down = await oracle.down(row.new, row.note)
    if (down === null || row.old !== down) lost.push(id)
  }
  return lost
}

describeEachServer(`random writes of both versions (seed ${seed})`, (server) => {
  it.each(some(lenses, 8))('leave rows as the model says, with $title', async (lens) => {
    const place = await openPlace(server, schemaOf(lens))
    try {
      const table = await modelledTable(place.client, lens)
      const migrator = place.migrator({ lens: { intents: [lens.intent] } })
      const force = { forceGates: ['conversion-failures'], reason: 'values that cannot be converted are the point' }
      await migrator.expand()
      await tryAll(table, lens, 'fill', 80)
      await migrator.backfill()
      await all(table, (row) => backfilled(row, table.oracle))
      expect(await table.read('final')).toEqual(table.rows)
      await tryAll(table, lens, 'final', 80)
      await migrator.contract(force)
      expect(await table.read('quarantine')).toEqual(table.rows)
      await tryAll(table, lens, 'quarantine', 60)
      const lost = lens.sameName ? await lostByRollback(table) : []
      if (lost.length > 0) {
        const refused: BellowsError = await migrator.rollback().then(
          () => expect.unreachable(),
          (error) => error,
        )
        expect(refused).toMatchObject({ code: 'rollback.unrepresentable', exitCode: 4 })
        expect(refused.message).toContain(`${lost.length} values of val in public.items`)
        const told = [...refused.message.matchAll(/"id": (\d+)/g)].map(([, id]) => Number(id))
        expect(told).toHaveLength(Math.min(5, lost.length))
        expect(lost).toEqual(expect.arrayContaining(told))
      }
      await migrator.rollback(lost.length > 0 ? { acceptLoss: true, reason: 'what is refused is known' } : {})
      expect(await table.read('final')).toEqual(table.rows)
      await tryAll(table, lens, 'final', 20)
      expect((await migrator.verify()).migrations).toMatchObject([{ ok: true, lenses: [{ mismatches: 0 }] }])
    } finally {
      await place.close()
    }
  })
})
