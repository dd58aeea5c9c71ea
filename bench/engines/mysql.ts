import { setTimeout as sleep } from 'node:timers/promises'
import { connectMysql } from '../../test/servers/mysql/connect.ts'
import { startOwn } from '../../test/servers/mysql/find.ts'
import type { Engine, Row, Texts } from './engine.ts'

type Kind = 'mysql' | 'mariadb'

const names = { mysql: 'mysql97', mariadb: 'mariadb118' } as const

/** The settings that say what a commit survives are the defaults of each server; the others keep its disk out of the way. */
const settings = (kind: Kind): Readonly<Record<string, string | number>> => ({
  'innodb-flush-log-at-trx-commit': 1,
  'sync-binlog': kind === 'mysql' ? 1 : 0,
  'innodb-buffer-pool-size': '1G',
  ...(kind === 'mysql' ? { 'innodb-redo-log-capacity': '4G' } : { 'innodb-log-file-size': '4G' }),
})

function textsOf(kind: Kind): Texts {
  const shown = Object.entries(settings(kind)).map(([name, value]) => `\`${name.replaceAll('-', '_')} = ${value}\``)
  const binlog = kind === 'mysql' ? '' : ' The binary log is on, as on a server with replicas; by default it is off.'
  return {
    file: `performance-${kind}.md`,
    title: `Performance on ${kind === 'mysql' ? 'MySQL' : 'MariaDB'}`,
    durability: `Durable as the server is by default: ${shown.slice(0, 2).join(', ')}.${binlog} Not the defaults: ${shown.slice(2).join(', ')}.
  The one \`UPDATE\` runs at the server's default isolation, REPEATABLE READ; the backfill at READ COMMITTED, as always.
  Before each measurement the pages of the table are written out, the purge of old versions is over and the binary log is a new one.`,
    growth: `Rows are changed in place, but they get longer by the new value: pages that were full are split, whoever fills the column. Old versions
of rows are kept beside the table and cleaned up behind each commit; one \`UPDATE\` keeps all of them until its end.`,
    inside: 'a loop in a procedure',
    waits: `DDL of ours that does not get its lock lets go after the lock timeout (500 ms); once it has it, in expand, contract and their
undoing, statements wait until the few changes of the table's definition and its triggers that belong together are done`,
  }
}

/** Starts a MySQL or MariaDB in a temporary folder. */
export async function startMysqlEngine(kind: Kind, say: (line: string) => void): Promise<Engine> {
  const name = names[kind]
  say(`Starting ${name}`)
  const server = await startOwn({ name }, settings(kind))
  if (server === null) throw new Error(`There is no ${name} on this machine; get it with: npm run servers -- ${name}`)
  const client = await connectMysql(server.url)
  const run = async (sql: string): Promise<readonly Row[]> => {
    const [rows] = await client.query(sql)
    return Array.isArray(rows) ? (rows as Row[]) : []
  }
  const number = async (sql: string): Promise<number> => Number((await run(sql))[0]?.value)
  await run('create database bench charset utf8mb4; use bench')
  // What is made for a measurement is not part of it. A row is made from the one before, a million deep.
  await run(kind === 'mysql' ? 'set cte_max_recursion_depth = 10000000' : 'set max_recursive_iterations = 10000000')
  const flush = async (table: string): Promise<void> => {
    await run(`flush tables ${table} for export; unlock tables; flush binary logs`)
    await run('purge binary logs before now()')
  }
  const settle = async (table: string): Promise<void> => {
    await purged(kind, number)
    await run(`analyze table ${table}`)
    await flush(table)
  }
  return {
    product: `${kind === 'mysql' ? 'MySQL' : 'MariaDB'} ${String((await run("select substring_index(version(), '-', 1) as value"))[0]?.value)}`,
    url: new URL('/bench', server.url).href,
    texts: textsOf(kind),
    types: { name: 'varchar(64)', seen: 'datetime', status: 'varchar(12)', changed: 'int', cast: 'signed' },
    leastUpdates: null,
    run,
    insert: async (table, rows) => {
      await run('set sql_log_bin = 0')
      await run(`insert into ${table}
        with recursive n as (select 1 as i union all select i + 1 from n where i < ${rows})
        select i, left(sha2(i, 256), 32), concat('user', i, '@example.org'), i % 7, timestamp '2026-01-01 00:00:00' + interval i second, repeat(left(sha2(-i, 256), 32), 2) from n`)
      await run('set sql_log_bin = 1')
    },
    settle,
    flush,
    sizes: async (table) => ({
      'Table and its indexes (the file)': await number(
        `select file_size as value from information_schema.${kind === 'mysql' ? 'innodb_tablespaces' : 'innodb_sys_tablespaces'} where name = 'bench/${table}'`,
      ),
    }),
    rowWidth: (table) =>
      number(
        `select data_length / table_rows as value from information_schema.tables where table_schema = 'bench' and table_name = '${table}'`,
      ),
    loop: async (table, column, from, to) => {
      const procedure = `loop_${table}_${column}`
      await run(`create procedure if not exists ${procedure}(i int, last int) begin
        start transaction;
        while i <= last do
          update ${table} set ${column} = concat('inside ', i) where id = i;
          set i = i + 1;
        end while;
        commit;
      end`)
      const begun = performance.now()
      await run(`call ${procedure}(${from}, ${to})`)
      return (performance.now() - begun) / 1000
    },
    copyByTriggers: (table, from, to) => copyByTriggers(run, table, from, to),
    stop: async () => {
      client.destroy()
      await server.stop()
    },
  }
}

/** Old versions of rows, and rows that are gone, are cleaned up behind a transaction: not while the next thing is measured. */
async function purged(kind: Kind, number: (sql: string) => Promise<number>): Promise<void> {
  const left =
    kind === 'mysql'
      ? "select count as value from information_schema.innodb_metrics where name = 'trx_rseg_history_len'"
      : "select variable_value as value from information_schema.global_status where variable_name = 'innodb_history_list_length'"
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(100)) {
    if ((await number(left)) < 100) return
  }
}

/** A second table that is to take the place of the first, and triggers that carry every change over to it. */
async function copyByTriggers(
  run: (sql: string) => Promise<unknown>,
  table: string,
  from: string,
  to: string,
): Promise<void> {
  const copy = `${table}_copy`
  await run(`create table ${copy} like ${table}`)
  await run(`alter table ${copy} rename column ${from} to ${to}`)
  await run(`insert into ${copy} select * from ${table}`)
  const values = ['id', from, 'email', 'status', 'seen', 'note'].map((column) => `new.${column}`).join(', ')
  await run(
    `create trigger ${copy}_insert after insert on ${table} for each row replace into ${copy} values (${values})`,
  )
  await run(`create trigger ${copy}_update after update on ${table} for each row begin
    if not (old.id <=> new.id) then delete from ${copy} where id = old.id; end if;
    replace into ${copy} values (${values});
  end`)
  await run(`create trigger ${copy}_delete after delete on ${table} for each row delete from ${copy} where id = old.id`)
}
