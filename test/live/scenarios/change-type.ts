import { changeType } from '../../../src/index.ts'
import { numbers, oneColumn, type Scenario, twoWay } from '../scenario.ts'

const toNumber = (value: string | null): string | null =>
  value !== null && /^\s*-?\d{1,9}\s*$/.test(value) ? String(Number.parseInt(value, 10)) : null

/** Text becomes a number; some of the text is none. */
export const textToInteger: Scenario = {
  name: 'changeType with a name of its own, text to integer, some of it not convertible',
  schema: 'create table items (id bigint primary key, amount text, other text)',
  seed: (rows) =>
    `insert into items select g, case g % 5 when 0 then null when 1 then '00' || g else g::text end, 'o' from generate_series(1, ${rows}) g`,
  migration: { intents: [changeType({ table: 'items', column: 'amount', to: 'integer', as: 'quantity' })] },
  v1: {
    column: 'amount',
    shape: 'old',
    value: (random) => random.pick([numbers(random), `0${numbers(random)}`, ` ${numbers(random)}`, 'many', '1e3', '']),
    nullable: true,
  },
  v2: { column: 'quantity', shape: 'new', value: numbers, nullable: true },
  v2From: 'expanded',
  v1Ends: true,
  unique: false,
  write: twoWay(toNumber, (value) => value),
  mend: { broken: (row) => row.old !== null && row.new === null, value: '0' },
  exceptions: [],
}

/** The column keeps its name; old and new swap at contract. */
export const integerToBigint: Scenario = {
  name: 'changeType under the same name, integer to bigint',
  schema: `create table items (id bigint primary key, amount integer not null default 7 check (amount >= 0), other text);
    create index items_amount on items (amount desc) include (other);
    comment on column items.amount is 'how many'`,
  seed: (rows) => `insert into items select g, g, 'o' from generate_series(1, ${rows}) g`,
  migration: { intents: [changeType({ table: 'items', column: 'amount', to: 'bigint' })] },
  v1: { column: 'amount', shape: 'old', value: numbers, nullable: false },
  v2: { column: 'amount', shape: 'new', value: numbers, nullable: false },
  v2From: 'expanded',
  v1Ends: false,
  unique: false,
  write: oneColumn(),
  exceptions: [
    { version: 'v1', code: '0A000', because: '2a: a prepared statement whose result type changes at the swap' },
    { version: 'v2', code: '0A000', because: '2a: a prepared statement whose result type changes at the swap' },
    { version: 'v1', code: '42804', because: '2a: a statement prepared for the old type' },
    { version: 'v2', code: '42804', because: '2a: a statement prepared for the old type' },
  ],
}
