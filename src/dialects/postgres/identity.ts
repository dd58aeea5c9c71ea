import { type RawBuilder, sql } from 'kysely'
import type { TableRef } from '../../planner/catalog.ts'
import { ownName } from '../../planner/naming.ts'
import { granteeOf } from './grants.ts'
import { compileSql, dollarQuote, literal, tableRef } from './sql.ts'

/** The highest value of an integer type; the lowest is one further down. */
const highest = (type: string): string =>
  `case ${type} when 'pg_catalog.int2'::pg_catalog.regtype then 32767 when 'pg_catalog.int4'::pg_catalog.regtype then 2147483647 else 9223372036854775807 end`

/**
 * An identity goes over to another column of its table, with its sequence as it is by then: options, position, rights, comment, name.
 * The server cannot give a sequence to another column, so it makes a new one. A bound that is the old type's becomes the new type's, as
 * in ALTER COLUMN ... TYPE; any other is cut to what the new type holds.
 *
 * What sessions have cached is behind the position, and a new sequence is not theirs, so nothing is given twice. The old one is renamed
 * first: that takes its ACCESS EXCLUSIVE lock before its position is read, and frees its name. Whoever has asked it for a value by its
 * name holds it until his transaction ends, and may be about to ask for the table, which is locked by now: so this lock is had at once
 * or not at all, and all is tried again.
 */
export function moveIdentity(table: TableRef, from: string, to: string): RawBuilder<unknown> {
  const [here, old, next] = [compileSql(tableRef(table)).sql, from, to].map(literal)
  const aside = literal(ownName('n', [table.schema, table.name, from], from))
  const body = `declare
  was record; at record; each record; came pg_catalog.regclass; patience text := pg_catalog.current_setting('lock_timeout');
begin
  select c.oid::pg_catalog.regclass as id, n.nspname, c.relname, c.relacl, c.relowner, c.relpersistence, pg_catalog.obj_description(c.oid, 'pg_class') as said,
      case a.attidentity when 'a' then 'always' else 'by default' end as kind, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle,
      (${highest('s.seqtypid')})::bigint as old_high, (${highest('b.atttypid')})::bigint as high, b.atttypid::pg_catalog.regtype as type
    into was
    from pg_catalog.pg_attribute a join pg_catalog.pg_attribute b on b.attrelid = a.attrelid and b.attname = ${next} and not b.attisdropped
    join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refclassid = d.classid and d.refobjid = a.attrelid and d.refobjsubid = a.attnum and d.deptype = 'i'
    join pg_catalog.pg_sequence s on s.seqrelid = d.objid join pg_catalog.pg_class c on c.oid = d.objid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where a.attrelid = ${here}::pg_catalog.regclass and a.attname = ${old} and not a.attisdropped and a.attidentity <> '';
  if not found then raise exception 'column % of % is no identity any more', ${old}, ${here} using errcode = '42704'; end if;
  begin
    perform pg_catalog.set_config('lock_timeout', '1ms', true);
    execute pg_catalog.format('alter sequence %s rename to %I', was.id, ${aside});
    perform pg_catalog.set_config('lock_timeout', patience, true);
  exception when lock_not_available then
    raise exception 'sequence %.% is in use by %', was.nspname, was.relname, coalesce((select pg_catalog.string_agg(distinct
        pg_catalog.format('%s pid %s', coalesce(nullif(a.application_name, ''), 'unknown'), l.pid), ', ') from pg_catalog.pg_locks l
        left join pg_catalog.pg_stat_activity a on a.pid = l.pid where l.granted and l.locktype = 'relation' and l.relation = was.id
        and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())), 'others') using errcode = '55P03';
  end;
  execute pg_catalog.format('select last_value, is_called from %s', was.id) into at;
  was.seqmax := case when was.seqmax = was.old_high then was.high else least(was.seqmax, was.high) end;
  was.seqmin := case when was.seqmin = -was.old_high - 1 then -was.high - 1 else greatest(was.seqmin, -was.high - 1) end;
  if at.last_value not between was.seqmin and was.seqmax then
    raise exception 'sequence %.% is at %, which % cannot hold: set it to a value that it can', was.nspname, was.relname, at.last_value, was.type using errcode = '22003';
  end if;
  execute pg_catalog.format('alter table %s alter column %I add generated %s as identity (sequence name %I.%I start with %s increment by %s minvalue %s maxvalue %s cache %s %s)',
    ${here}, ${next}, was.kind, was.nspname, was.relname, least(greatest(was.seqstart, was.seqmin), was.seqmax), was.seqincrement, was.seqmin, was.seqmax, was.seqcache,
    case when was.seqcycle then 'cycle' else 'no cycle' end);
  came := pg_catalog.format('%I.%I', was.nspname, was.relname)::pg_catalog.regclass;
  perform pg_catalog.setval(came, at.last_value, at.is_called);
  execute pg_catalog.format('alter table %s alter column %I drop identity', ${here}, ${old});
  if was.relpersistence <> (select c.relpersistence from pg_catalog.pg_class c where c.oid = came) then
    execute pg_catalog.format('alter sequence %s set %s', came, case was.relpersistence when 'u' then 'unlogged' else 'logged' end);
  end if;
  if was.said is not null then execute pg_catalog.format('comment on sequence %s is %L', came, was.said); end if;
  if was.relacl is distinct from (select c.relacl from pg_catalog.pg_class c where c.oid = came) then
    for each in select distinct x.grantee from pg_catalog.pg_class c, pg_catalog.aclexplode(coalesce(c.relacl, pg_catalog.acldefault('s', c.relowner))) x where c.oid = came loop
      execute pg_catalog.format('revoke all on sequence %s from %s', came, ${granteeOf('each.grantee')});
    end loop;
    for each in select * from pg_catalog.aclexplode(coalesce(was.relacl, pg_catalog.acldefault('s', was.relowner))) loop
      execute pg_catalog.format('grant %s on sequence %s to %s%s', each.privilege_type, came, ${granteeOf('each.grantee')},
        case when each.is_grantable then ' with grant option' else '' end);
    end loop;
  end if;
end`
  return sql`do ${sql.raw(dollarQuote(body))}`
}
