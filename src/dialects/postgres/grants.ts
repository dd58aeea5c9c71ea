import { type RawBuilder, sql } from 'kysely'
import { compileSql, dollarQuote, literal } from './sql.ts'

/** Where each kind of object is listed, and the type whose input finds one by its name. */
const kinds = {
  view: { word: 'table', from: 'pg_class', prefix: 'rel', type: 'regclass', letter: 'r' },
  function: { word: 'function', from: 'pg_proc', prefix: 'pro', type: 'regprocedure', letter: 'f' },
} as const

/**
 * CREATE gives what default privileges say (ALTER DEFAULT PRIVILEGES), and EXECUTE on a function to everybody. This takes it all away but
 * from the owner, whoever it is by then: default privileges may change between plan and step.
 */
export function revokeDefaults(kind: keyof typeof kinds, name: RawBuilder<unknown>): RawBuilder<unknown> {
  const { word, from, prefix, type, letter } = kinds[kind]
  const object = literal(compileSql(name).sql)
  return revokeEach(
    `'${word}', o.oid::pg_catalog.${type}`,
    `pg_catalog.${from} o, pg_catalog.aclexplode(coalesce(o.${prefix}acl, pg_catalog.acldefault('${letter}', o.${prefix}owner))) a where o.oid = ${object}::pg_catalog.${type} and a.grantee <> o.${prefix}owner`,
  )
}

/** The same for some tables, with the sequences of their identity columns, and for sequences. Others may have tables of their own beside them. */
export function revokeDefaultsOf(tables: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  const names = tables.map((table) => literal(compileSql(table).sql)).join(', ')
  return revokeEach(
    `'table', o.oid::pg_catalog.regclass`,
    `pg_catalog.unnest(array[${names}]::pg_catalog.regclass[]) t(oid), pg_catalog.pg_class o, pg_catalog.aclexplode(o.relacl) a where a.grantee <> o.relowner and (o.oid = t.oid or (o.relkind = 'S' and exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = o.oid and d.refclassid = d.classid and d.refobjid = t.oid and d.deptype = 'i')))`,
  )
}

/** Whom a right was given, in SQL: names come from the server as it quotes them. */
export const granteeOf = (oid: string): string =>
  `case ${oid} when 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(${oid})) end`

function revokeEach(object: string, from: string): RawBuilder<unknown> {
  const body = `declare each text; begin for each in select distinct pg_catalog.format('revoke all on %s %s from %s', ${object}, ${granteeOf('a.grantee')}) from ${from} loop execute each; end loop; end`
  return sql`do ${sql.raw(dollarQuote(body))}`
}
