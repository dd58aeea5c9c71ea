import { expect, it } from 'vitest'
import { changeType, type Intent } from '../../../src/index.ts'
import { describeEachServer } from '../../servers/databases.ts'
import { openPlace } from './setup.ts'

interface Case {
  readonly title: string
  readonly from: string
  readonly value: string
  readonly intent: Intent
}

const to = (type: string, more: object = {}): Intent =>
  changeType({ table: 'items', column: 'val', to: type, as: 'neu', ...more })

/** Conversions whose result an app's session could change, if it were let. */
const cases: readonly Case[] = [
  { title: 'numbers as text', from: 'double precision', value: '0.1234567890123456789', intent: to('text') },
  { title: 'moments as text', from: 'timestamptz', value: '2026-02-03 04:05:06+00', intent: to('text') },
  { title: 'days as text', from: 'date', value: '2026-02-03', intent: to('text') },
  {
    title: 'a time without a zone as a moment',
    from: 'timestamp',
    value: '2026-02-03 04:05:06',
    intent: to('timestamptz'),
  },
  {
    title: 'a moment as a day',
    from: 'timestamptz',
    value: '2026-02-03 20:05:06+00',
    intent: to('date', { up: 'val::date', down: 'neu::timestamptz' }),
  },
  { title: 'spans as text', from: 'interval', value: '1 day 02:03:04', intent: to('text') },
  {
    title: 'bytes as text',
    from: 'bytea',
    value: '\\x00ff27',
    intent: to('text', { up: 'val::text', down: 'neu::bytea' }),
  },
  { title: 'text as an array', from: 'text', value: '{a,NULL}', intent: to('text[]') },
  { title: 'text as XML', from: 'text', value: 'a<b/>c', intent: to('xml') },
  {
    title: 'a name in quotes or not',
    from: 'name',
    value: 'abc',
    intent: to('text', { up: 'quote_ident(val::text)', down: 'lower(neu)' }),
  },
  {
    title: 'a pattern with a backslash',
    from: 'text',
    value: 'a1b2',
    intent: to('text', { up: "regexp_replace(val, '\\d', '\\\\', 'g')", down: 'lower(neu)' }),
  },
]

const settings = [
  "timezone = 'Asia/Kathmandu'",
  "datestyle = 'German, DMY'",
  'extra_float_digits = -10',
  'intervalstyle = sql_standard',
  'bytea_output = escape',
  'array_nulls = off',
  'xmloption = document',
  'xmlbinary = hex',
  'quote_all_identifiers = on',
  'transform_null_equals = on',
  'standard_conforming_strings = off',
  'escape_string_warning = off',
]

describeEachServer('an app session with settings of its own', (server) => {
  it.each(cases)('writes $title as the backfill and the verification would', async ({ from, value, intent }) => {
    const place = await openPlace(
      server,
      `create table items (id int primary key, val ${from}, note text); insert into items values (1, '${value}')`,
    )
    try {
      const migrator = place.migrator({ m: { intents: [intent] } })
      for (const setting of settings) await place.client.query(`set ${setting}`)
      await migrator.expand()
      await place.client.query('insert into items (id, val) select 2, val from items where id = 1')
      await migrator.backfill()
      await place.client.query('insert into items (id, val) select 3, val from items where id = 1')
      expect((await migrator.verify()).migrations).toMatchObject([{ ok: true }])
      const { rows } = await place.client.query(
        'select count(distinct neu::text)::int as n, count(neu)::int as filled from items',
      )
      expect(rows).toEqual([{ n: 1, filled: 3 }])
    } finally {
      await place.close()
    }
  })
})
