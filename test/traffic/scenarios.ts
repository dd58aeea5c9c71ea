import { addColumn, changeType, dropColumn, type Intent, renameColumn, setNotNull } from '../../src/index.ts'

/** A migration under traffic: what each version calls the column, and what the two shapes owe each other. */
export interface Scenario {
  readonly name: string
  readonly intents: readonly Intent[]
  readonly v1: string | null
  readonly v2: string | null
  readonly value: (random: () => number) => string
  /** What the new version writes, where it cannot be what the old one does. */
  readonly v2Value?: (random: () => number) => string
  /** What some of the old version's values are, that the new shape cannot hold, and what they are mended to. */
  readonly raises?: { readonly value: string; readonly mended: string }
  /** The new version may come once this state is reached. */
  readonly v2From: 'expanded' | 'backfilled'
  /** True for a row in which both sides agree, while both are there. */
  readonly agree: string
  /** Going back to pending loses what only the new version knows. */
  readonly lossy: boolean
}

const table = 'items'
const text = (random: () => number): string => `v${Math.floor(random() * 1e6)}`
const digits = (random: () => number): string => String(Math.floor(random() * 1e6))

/** The forms of sync: two names, another type under two names and under one, one side only. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'renameColumn',
    intents: [renameColumn({ table, from: 'name', to: 'full_name' })],
    v1: 'name',
    v2: 'full_name',
    value: text,
    v2From: 'expanded',
    agree: 'name is not distinct from full_name',
    lossy: false,
  },
  {
    name: 'renameColumn of a unique column',
    intents: [renameColumn({ table, from: 'code', to: 'sku' })],
    v1: 'code',
    v2: 'sku',
    value: (random) => `${text(random)}-${random()}`,
    v2From: 'backfilled',
    agree: 'code is not distinct from sku',
    lossy: false,
  },
  {
    name: 'changeType as',
    intents: [changeType({ table, column: 'qty', to: 'text', as: 'amount', onError: '0' })],
    v1: 'qty',
    v2: 'amount',
    value: digits,
    v2From: 'expanded',
    agree: 'qty::text is not distinct from amount',
    lossy: false,
  },
  {
    name: 'changeType of text that is not always a number',
    intents: [changeType({ table, column: 'note', to: 'int', as: 'number' })],
    v1: 'note',
    v2: 'number',
    value: (random) => (random() < 0.2 ? 'none' : digits(random)),
    v2Value: digits,
    raises: { value: 'none', mended: '0' },
    v2From: 'expanded',
    agree: "case when note = 'none' then number is null else note is not distinct from number::text end",
    lossy: false,
  },
  {
    name: 'changeType under the same name',
    intents: [changeType({ table, column: 'qty', to: 'bigint' })],
    v1: 'qty',
    v2: 'qty',
    value: digits,
    v2From: 'expanded',
    agree: 'true',
    lossy: false,
  },
  {
    name: 'addColumn with up',
    intents: [addColumn({ table, column: 'slug', type: 'text', nullable: false, up: 'lower(name)' })],
    v1: 'name',
    v2: 'slug',
    value: text,
    v2From: 'expanded',
    agree: 'slug is not null or name is null',
    lossy: true,
  },
  {
    name: 'dropColumn with down',
    intents: [dropColumn({ table, column: 'qty', down: '0' })],
    v1: 'qty',
    v2: null,
    value: digits,
    v2From: 'expanded',
    agree: 'qty is not null',
    lossy: false,
  },
  {
    name: 'setNotNull',
    intents: [setNotNull({ table, column: 'note', up: "'none'" })],
    v1: 'note',
    v2: 'note',
    value: text,
    v2From: 'expanded',
    agree: 'true',
    lossy: false,
  },
]

/** What all scenarios write to. */
export const schema = `
create table items (
  id bigint primary key,
  name text not null default 'unnamed',
  code text unique,
  qty int not null default 1 check (qty is not null),
  note text,
  touched int not null default 0
);
create index items_name_idx on items (lower(name));
create index items_qty_idx on items (qty);
create table control (id bigint primary key, side text not null, value text);
insert into items (id, name, code, qty) select i, 'n' || i, 'c' || i, i from generate_series(1, 4000) i;
`
