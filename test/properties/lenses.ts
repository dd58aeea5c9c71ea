import type { Intent } from '../../src/index.ts'
import { changeType, renameColumn } from '../../src/index.ts'

/** A lens with values that are hard on it. The oracles say in SQL of our own what `up` and `down` are to give. */
export interface LensCase {
  readonly title: string
  readonly oldType: string
  readonly newType: string
  /** One name for both versions. */
  readonly sameName: boolean
  readonly intent: Intent
  /** Over a source called `val`, and the other column of the row, `note`. */
  readonly up: string
  readonly down: string
  readonly onError: { readonly up: string; readonly down: string } | null
  readonly olds: readonly (string | null)[]
  readonly news: readonly (string | null)[]
}

type Values = readonly (string | null)[]

function rename(type: string, values: Values): LensCase {
  return {
    title: `a rename of ${type}`,
    oldType: type,
    newType: type,
    sameName: false,
    intent: renameColumn({ table: 'items', from: 'val', to: 'neu' }),
    up: 'val',
    down: 'val',
    onError: null,
    olds: values,
    news: values,
  }
}

interface Change {
  readonly from: string
  readonly to: string
  readonly olds: Values
  readonly news: Values
  /** As the author writes them; without them the casts of `bare` are what is meant. */
  readonly up?: string
  readonly down?: string
  readonly bare?: { readonly up: string; readonly down: string }
  readonly onError?: string
  readonly sameName?: true
}

function change({ from, to, olds, news, up, down, bare, onError, sameName }: Change): LensCase {
  return {
    title: `${from} to ${to}${up === undefined ? '' : ` by ${up} and ${down}`}${sameName ? ' under the same name' : ''}${onError === undefined ? '' : `, ${onError} on error`}`,
    oldType: from,
    newType: to,
    sameName: sameName === true,
    intent: changeType({
      table: 'items',
      column: 'val',
      to,
      ...(sameName ? {} : { as: 'neu' }),
      ...(up === undefined ? {} : { up }),
      ...(down === undefined ? {} : { down }),
      ...(onError === undefined ? {} : { onError }),
    }),
    up: up ?? bare?.up ?? `val::${to}`,
    down: (sameName ? down : down?.replaceAll('neu', 'val')) ?? bare?.down ?? `val::${from}`,
    onError: onError === undefined ? null : { up: onError, down: onError },
    olds,
    news,
  }
}

const texts: Values = [null, '', 'a', 'A', 'a ', 'é', 'e\u0301', "it's", '5', 'x\\y']
const integers: Values = [null, '0', '-1', '5', '2147483647', '-2147483648']
const bigints: Values = [...integers, '2147483648', '-9223372036854775808']
const numbers: Values = [null, '5', '05', ' 5', '5.0', 'x', '', '-1', '2147483648', '99999999999999999999']

/** The lenses that are there to be tried. */
export const lenses: readonly LensCase[] = [
  rename('text', texts),
  rename('text collate nocase', [null, 'a', 'A', 'á', 'a ', '']),
  rename('numeric', [null, '1', '1.0', '1.00', '-0.0', 'NaN', '1e10']),
  rename('double precision', [null, '0', '-0', 'NaN', 'Infinity', '0.1', '1e-300']),
  rename('jsonb', [null, 'null', '{}', '{"a": 1}', '{"a": 1.0}', '[]']),
  rename('json', [null, 'null', '{}', '{ }', '{"a":1}', '{"a": 1}']),
  rename('varchar(5)', [null, '', 'abcde', 'abc', 'abc  ']),
  rename('char(5)', [null, '', 'abcde', 'abc']),
  change({ from: 'int', to: 'bigint', olds: integers, news: bigints }),
  change({ from: 'bigint', to: 'int', olds: bigints, news: integers }),
  change({ from: 'int', to: 'text', olds: integers, news: numbers }),
  change({ from: 'text', to: 'int', olds: numbers, news: integers }),
  change({ from: 'text', to: 'int', olds: numbers, news: integers, onError: '-1', up: 'val::int', down: 'neu::text' }),
  change({
    from: 'text',
    to: 'varchar(3)',
    bare: { up: 'val::varchar', down: 'val::text' },
    olds: [...texts, 'abcd', 'abc   ', 'ééé', 'éééé'],
    news: [null, '', 'abc', 'a  ', 'éé'],
  }),
  change({
    from: 'varchar(8)',
    to: 'varchar(3)',
    bare: { up: 'val::varchar', down: 'val::varchar' },
    olds: [null, 'abcdefgh', 'abc', 'ab   '],
    news: [null, '', 'abc'],
  }),
  change({
    from: 'text',
    to: 'char(5)',
    bare: { up: 'val::bpchar', down: 'val::text' },
    olds: [null, '', 'abc', 'abcde', 'abcdefg', 'ab '],
    news: [null, '', 'abc', 'xyz'],
  }),
  change({
    from: 'numeric(10,2)',
    to: 'int',
    olds: [null, '1.00', '1.50', '2.50', '-0.01', '99999999.99'],
    news: integers,
  }),
  change({
    from: 'int',
    to: 'numeric(6,2)',
    bare: { up: 'val::numeric', down: 'val::int' },
    olds: integers,
    news: [null, '5', '5.00', '5.49', '5.5', '9999.99'],
  }),
  change({
    from: 'real',
    to: 'double precision',
    olds: [null, '0', '-0', '0.1', '1e30'],
    news: [null, '0', '-0', '0.1', '1e300'],
  }),
  change({
    from: 'text',
    to: 'jsonb',
    olds: [null, '{}', '{"a":1}', '{"a": 1}', '{', '1.0'],
    news: [null, '{}', '{"a": 1}', '1', '1.0'],
  }),
  change({ from: 'text', to: 'text', up: 'upper(val)', down: 'lower(neu)', olds: texts, news: texts }),
  change({
    from: 'text',
    to: 'text',
    up: "val || '\n' || coalesce(note, '-')",
    down: "split_part(neu, '\n', 1)",
    olds: texts,
    news: [...texts, 'a\nb', '\n'],
  }),
  change({
    from: 'text',
    to: 'int',
    up: "replace(val, 'x', '1')::int",
    down: "'x' || neu",
    olds: [...numbers, 'x5', 'xx'],
    news: integers,
  }),
  change({
    from: 'int',
    to: 'text',
    up: "case when val > 0 then 'yes' when val <= 0 then 'no' end",
    down: "case neu when 'yes' then 1 when 'no' then 0 end",
    olds: integers,
    news: [null, 'yes', 'no', 'maybe'],
  }),
  change({ from: 'int', to: 'int', up: '100 / val', down: '100 / neu', olds: integers, news: integers }),
  change({ from: 'int', to: 'bigint', sameName: true, olds: integers, news: bigints }),
  change({ from: 'text', to: 'int', sameName: true, olds: numbers, news: integers }),
  change({ from: 'text', to: 'text', sameName: true, up: 'upper(val)', down: 'lower(val)', olds: texts, news: texts }),
]
