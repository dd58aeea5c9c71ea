import type { Engine } from './engines/engine.ts'

/** What a run says to whoever waits for it. */
export const say = (line: string): void => console.log(line)

/**
 * A table that nobody has touched: primary key, an index on another column, packed pages, statistics; with everything
 * written out. `status` is a whole number, or of a type that is going to be changed.
 */
export async function freshTable(
  engine: Engine,
  table: string,
  rows: number,
  status = 'integer not null',
): Promise<void> {
  const { name, seen } = engine.types
  await engine.run(`drop table if exists ${table}`)
  await engine.run(`create table ${table} (
    id bigint primary key, name ${name} not null, email varchar(64) not null, status ${status}, seen ${seen} not null, note varchar(80) not null)`)
  await engine.insert(table, rows)
  await engine.run(`create index ${table}_email on ${table} (email)`)
  await engine.settle(table)
}
