import { afterEach, beforeEach, expect, it } from 'vitest'
import type { CopyReport } from '../../../src/dialects/check.ts'
import { readCatalog } from '../../../src/dialects/mysql/catalog.ts'
import { connect } from '../../../src/dialects/mysql/connect.ts'
import { readSchema, writeSchema } from '../../../src/dialects/mysql/schema-copy.ts'
import { createDatabase, describeEachMysql, type TestDatabase } from '../../servers/databases.ts'
import { run } from './dialects.ts'

const open = (url: string) =>
  connect({ url, applicationName: 'test', setRole: null, connectTimeout: 10_000, password: null, signal: null })

/** What the server says of every object, whichever of these databases it names, and however that is quoted. */
async function described({ url }: TestDatabase, names: readonly string[]): Promise<readonly unknown[]> {
  const objects = await run(
    url,
    `select case table_type when 'VIEW' then 'view' when 'SEQUENCE' then 'sequence' else 'table' end as kind, table_name as name
       from information_schema.tables where table_schema = database() and table_name not like 'bellows%'
     union all select lower(routine_type), routine_name from information_schema.routines where routine_schema = database() order by 1, 2`,
  )
  const found: unknown[] = []
  for (const { kind, name } of objects) {
    found.push(...(await run(url, `show create ${String(kind)} \`${String(name).replaceAll('`', '``')}\``)))
  }
  // MariaDB keeps the head of a trigger as it was written.
  const triggers = `select trigger_name as name, action_order as place, action_timing as timing, event_manipulation as event, event_object_table as t,
     action_statement as body, sql_mode, collation_connection as collation from information_schema.triggers where trigger_schema = database() order by name`
  found.push(...(await run(url, triggers)))
  return anonymous(found, names) as readonly unknown[]
}

/** Without the names of databases. What came as one of several statements may keep the semicolon after it. */
function anonymous(value: unknown, names: readonly string[]): unknown {
  const anyName = new RegExp(names.map((name) => `\`${name}\`|${name}`).join('|'), 'g')
  return JSON.parse(JSON.stringify(value).replace(anyName, 'DATABASE').replace(/;"/g, '"'))
}

describeEachMysql('a copy of a schema', (server) => {
  let from: TestDatabase
  let to: TestDatabase
  beforeEach(async () => {
    from = await createDatabase(server)
    to = await createDatabase(server)
  })
  afterEach(async () => {
    await from.drop()
    await to.drop()
  })

  const copied = async (): Promise<{ report: CopyReport; same: () => Promise<void> }> => {
    const [source, target] = [await open(from.url), await open(to.url)]
    try {
      const { report } = await writeSchema(target, await readSchema(source, 'bellows'), () => undefined)
      const catalogs = [await readCatalog(source, 'bellows'), await readCatalog(target, 'bellows')].map((catalog) =>
        JSON.parse(
          JSON.stringify(catalog.tables, (key, value) =>
            ['rows', 'bytes', 'schema'].includes(key) ? undefined : value,
          ),
        ),
      )
      // Its session is as it was.
      const { rows } = await target.query<{ mode: string; checks: unknown }>({
        sql: 'select @@sql_mode as mode, @@foreign_key_checks as checks',
        parameters: [],
      })
      expect(rows[0]?.mode).toContain('STRICT_ALL_TABLES')
      expect(Number(rows[0]?.checks)).toBe(1)
      const same = async (): Promise<void> => {
        const names = [from.name, to.name]
        expect(await described(to, names)).toEqual(await described(from, names))
        expect(anonymous(catalogs[1], names)).toEqual(anonymous(catalogs[0], names))
      }
      return { report, same }
    } finally {
      await source.close()
      await target.close()
    }
  }

  it('is made of the same definitions', async () => {
    await run(from.url, everything(from.name))
    if (server.kind === 'mariadb') await run(from.url, onMariadb(from.name))
    const { report, same } = await copied()
    expect(report).toEqual({ missing: [], notices: [] })
    await same()
    const [row] = await run(
      to.url,
      `insert into moods (mood) values ('o''k'); insert into \`or\`\`der's\` (mood) values ('o''k'); select twice, note, log from \`or\`\`der's\`, audit`,
    )
    expect(row).toEqual({ twice: 2, note: 'it\'s "new"', log: 'second' })
    expect(await run(from.url, 'select * from audit')).toEqual([])
  })

  it('says what is missing and why, and leaves out what is ours', async () => {
    const other = await createDatabase(server)
    try {
      await run(other.url, 'create table there (id int primary key)')
      await run(
        from.url,
        `create table plain (a int, b int, key (b), constraint away foreign key (b) references ${other.name}.there (id), key (a));
         create view far as select id from ${other.name}.there;
         create procedure dynamic() begin prepare s from 'select 1'; execute s; end;
         create trigger writes before insert on plain for each row insert into ${other.name}.there values (1);
         create event daily on schedule every 1 day disable do delete from plain;
         create table bellows_migrations (name varchar(9) primary key);
         create trigger bellows_plain_bi before insert on plain for each row set new.a = 1`,
      )
      const { report } = await copied()
      expect(report.missing).toEqual([
        `view far is not copied to the shadow: it names the database ${other.name}, which is not part of the copy`,
        'procedure dynamic is not copied to the shadow: it makes statements from text',
        `trigger writes of plain is not copied to the shadow: it names the database ${other.name}, which is not part of the copy`,
      ])
      expect(report.notices).toEqual([
        'foreign key away of plain points at another database and is not copied',
        'event daily is not copied to the shadow',
      ])
      expect(await run(to.url, 'show tables')).toHaveLength(1)
      expect(await run(to.url, 'show triggers')).toEqual([])
      expect(await run(to.url, 'insert into plain (a, b) values (1, 1); select b from plain')).toEqual([{ b: 1 }])
    } finally {
      await from.drop()
      await other.drop()
    }
  })
})

const everything = (name: string): string => `
  create table moods (mood enum('o''k', 'b"ad') primary key, next_order bigint unsigned);
  create table \`or\`\`der's\` (
    id bigint unsigned auto_increment primary key comment 'it''s; \\\\ \`${name}\`.x',
    mood enum('o''k', 'b"ad') not null default 'o''k',
    total decimal(10,2) not null default 1,
    twice int generated always as (total * 2) stored,
    half decimal(10,2) generated always as (total / 2) virtual,
    note varchar(60) character set latin1 collate latin1_bin,
    unseen int invisible,
    changed timestamp(3) null default current_timestamp(3) on update current_timestamp(3),
    shape point,
    words text,
    fulltext key (words),
    unique key \`odd key\` (note(10), total desc),
    constraint positive check (total > 0),
    constraint has_mood foreign key (mood) references moods (mood) on delete cascade on update no action
  ) comment 'of \`${name}\`';
  alter table moods add constraint has_order foreign key (next_order) references \`or\`\`der's\` (id);
  create table nodes (id int primary key, parent int, foreign key (parent) references nodes (id));
  create table parts (id int not null, at date not null default '2020-01-01', primary key (id, at)) partition by range (year(at)) (
    partition p0 values less than (2020), partition p1 values less than maxvalue);
  create table audit (log varchar(60)) default charset = latin1;
  create table stays (a int) engine = myisam;
  create function twice(n int) returns int deterministic comment 'öä' return n * 2;
  create function last_log() returns varchar(60) reads sql data return (select max(log) from \`${name}\`.audit);
  create procedure tell(in what varchar(60)) sql security invoker
  begin
    -- ${name}.audit
    declare ${name}_x int default 1;
    insert into ${name}.audit (log) values (what), ('${name}.audit');
  end;
  create view z_view as select id, mood, '${name}.x' as literal, twice(total) as n from \`or\`\`der's\`;
  create algorithm = merge sql security invoker view a_view as select \`z_view\`.n, t.mood from ${name}.z_view, \`or\`\`der's\` t where t.id = z_view.id with check option;
  create trigger second after insert on \`or\`\`der's\` for each row insert into ${name}.audit values ('second');
  set sql_mode = 'ANSI_QUOTES';
  create trigger first before insert on "or\`der's" for each row set new."note" = 'it''s "new"';
  create trigger followed before insert on "or\`der's" for each row follows first set new.unseen = twice(2);
  set sql_mode = default;`

const onMariadb = (name: string): string => `
  create sequence numbers start with 5 increment by 5;
  create table numbered (id int primary key default nextval(${name}.numbers), kept int) with system versioning;
  create table uuids (id uuid primary key default uuid(), address inet6);`
