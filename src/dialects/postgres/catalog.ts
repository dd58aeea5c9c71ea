import { refused } from '../../errors.ts'
import type {
  Catalog,
  Column,
  Constraint,
  Dependent,
  ForeignKeyIn,
  Grant,
  Holder,
  Index,
  PolicyRules,
  Table,
  Trigger,
} from '../../planner/catalog.ts'
import type { Session } from '../dialect.ts'
import * as queries from './catalog-queries.ts'
import { quietTriggers } from './quiet-triggers.ts'
import { compileSql } from './sql.ts'

type Row = Record<string, unknown>

/**
 * Reads the catalog of the database: definitions in the server's own words.
 *
 * @throws BellowsError exit 3 on a server older than 14.
 */
export async function readCatalog(session: Session, stateSchema: string): Promise<Catalog> {
  const run = async (query: Parameters<typeof compileSql>[0]): Promise<readonly Row[]> =>
    (await session.query<Row>(compileSql(query))).rows
  const server = (await run(queries.serverQuery))[0] ?? {}
  const num = Number(server.num)
  if (num < 140000) {
    throw refused('server.version', `PostgreSQL ${String(server.version)} is not supported: 14 to 18 are`, {
      hint: 'Nothing was changed. Upgrade the server first.',
    })
  }
  return session.transaction(async () => {
    // One snapshot for all queries, and an empty path so that the server qualifies every name it prints.
    await session.query({ sql: 'set transaction isolation level repeatable read, read only', parameters: [] })
    await session.query({ sql: "set local search_path to ''", parameters: [] })
    const tables = await readTables(run, stateSchema, num)
    const defaultGrants = (await run(queries.defaultGrantsQuery)) as unknown as Catalog['defaultGrants'] & object
    return {
      format: 1,
      dialect: 'postgres',
      server: String(server.version),
      database: String(server.database),
      schemas: (server.schemas as string[] | null) ?? [],
      openSchemas: server.open as string[],
      capabilities: {
        quietTriggers: await quietTriggers(session),
        nullsNotDistinct: num >= 150000,
        notNullConstraints: num >= 180000,
      },
      tables,
      views: (await run(queries.viewsQuery(stateSchema))).map(({ ofItsOwn, ...view }) => ({
        ...view,
        ...(ofItsOwn === null ? {} : { ofItsOwn }),
      })) as unknown as Catalog['views'],
      ...(defaultGrants.length === 0 ? {} : { defaultGrants }),
      functions: (await run(queries.functionsQuery)) as unknown as Catalog['functions'],
      types: (await run(queries.typesQuery)) as unknown as Catalog['types'],
    }
  })
}

async function readTables(
  run: (query: ReturnType<typeof queries.tablesQuery>) => Promise<readonly Row[]>,
  state: string,
  num: number,
): Promise<Table[]> {
  const tables = await run(queries.tablesQuery(state))
  const columns = grouped(await run(queries.columnsQuery(state)))
  const indexes = grouped(await run(queries.indexesQuery(state, num >= 150000)))
  const constraintRows = await run(queries.constraintsQuery(state, num))
  const constraints = grouped(constraintRows)
  const triggers = grouped(await run(queries.triggersQuery(state)))
  const statistics = grouped(await run(queries.statisticsQuery(state)))
  const dependents = grouped(await run(queries.dependentsQuery(state)))
  const rowTypeUsers = grouped(await run(queries.rowTypeUsersQuery(state)))
  const holders = grouped(await run(queries.holdersQuery(state)))
  const publications = grouped(await run(queries.publicationsQuery(num >= 150000)))
  const byOid = new Map(tables.map((table) => [table.oid, table]))
  const pointing = groupBy(constraintRows, 'foid')
  return tables.map((table) => {
    const of = (map: Map<unknown, Row[]>): Row[] => map.get(table.oid) ?? []
    return {
      schema: String(table.schema),
      name: String(table.name),
      kind: kindOfTable(table),
      ...(table.oftype === null ? {} : { ofType: String(table.oftype) }),
      owner: String(table.owner),
      grants: table.grants as Grant[],
      rows: Number(table.rows),
      bytes: Number(table.bytes),
      comment: table.comment as string | null,
      rowSecurity: table.rowsecurity as Table['rowSecurity'],
      ...(table.policies === null ? {} : { policies: table.policies as string[] }),
      columns: of(columns).map(toColumn),
      indexes: of(indexes).map(toIndex),
      constraints: of(constraints).map(toConstraint),
      foreignKeysIn: (pointing.get(table.oid) ?? []).map((row): ForeignKeyIn => {
        const child = byOid.get(row.oid)
        const at = { schema: String(child?.schema), name: String(child?.name) }
        return { ...toConstraint(row), table: at, drop: String(row.drop) }
      }),
      triggers: of(triggers).map(toTrigger),
      statistics: of(statistics).map((row) => ({
        schema: String(row.schema),
        name: String(row.name),
        definition: String(row.definition),
        expressions: (row.expressions ?? []) as string[],
        owner: String(row.owner),
        ...(row.again === true ? {} : { outOfReach: true as const }),
        columns: row.columns as string[],
        target: row.target as number | null,
        comment: row.comment as string | null,
      })),
      dependents: of(dependents).map(toDependent),
      ...(of(rowTypeUsers).length === 0 ? {} : { rowTypeUsers: of(rowTypeUsers).map(({ name }) => String(name)) }),
      ...(of(holders).length === 0 ? {} : { holders: of(holders).map(toUser) }),
      publications: of(publications).map((row) => ({
        name: String(row.name),
        columnList: row.columns !== null,
        columns: (row.columns ?? []) as readonly string[],
      })),
    }
  })
}

function groupBy(rows: readonly Row[], key: string): Map<unknown, Row[]> {
  const groups = new Map<unknown, Row[]>()
  for (const row of rows) {
    const group = groups.get(row[key])
    if (group === undefined) groups.set(row[key], [row])
    else group.push(row)
  }
  return groups
}

const grouped = (rows: readonly Row[]): Map<unknown, Row[]> => groupBy(rows, 'oid')

function kindOfTable(row: Row): Table['kind'] {
  if (row.relkind === 'v') return 'view'
  if (row.relkind === 'f') return 'foreign'
  if (row.ispartition) return 'partition'
  if (row.relkind === 'p') return 'partitioned'
  return row.inherits ? 'inherited' : 'table'
}

/** Defaults of SQL syntax (now() spelled CURRENT_TIMESTAMP) are stable; identity is as volatile as nextval. */
function toColumn(row: Row): Column {
  return {
    name: String(row.name),
    position: Number(row.position),
    type: String(row.type),
    typeSchema: String(row.typeschema),
    nullable: row.nullable === true,
    default: row.default as string | null,
    defaultVolatile:
      row.calls_volatile === true ||
      /\b(nextval|random|gen_random_uuid|clock_timestamp|uuidv[47])\(/.test(String(row.default)),
    identity: row.identity === 'a' ? 'always' : row.identity === 'd' ? 'by default' : null,
    ...(row.sequence === null ? {} : { sequence: row.sequence as NonNullable<Column['sequence']> }),
    ...(row.owns === null ? {} : { owns: row.owns as string[] }),
    generated: row.generated === true,
    collation: row.collation as string | null,
    comment: row.comment as string | null,
    statistics: row.statistics as number | null,
    storage: row.storage as string | null,
    compression: row.compression as string | null,
    ...(row.options === null ? {} : { options: row.options as string[] }),
    grants: row.grants as Grant[],
  }
}

interface KeyRow {
  column: string | null
  expression: string
  collation: string | null
  opclass: string | null
  option: number
}

/** indoption: bit 1 is DESC, bit 2 is NULLS FIRST (pg_index.h). */
function keyOptions(key: KeyRow): string {
  const parts: string[] = []
  if (key.collation !== null) parts.push(`COLLATE ${key.collation}`)
  if (key.opclass !== null) parts.push(key.opclass)
  const descending = (key.option & 1) !== 0
  const nullsFirst = (key.option & 2) !== 0
  if (descending) parts.push('DESC')
  if (nullsFirst !== descending) parts.push(nullsFirst ? 'NULLS FIRST' : 'NULLS LAST')
  return parts.join(' ')
}

function toIndex(row: Row): Index {
  return {
    name: String(row.name),
    method: String(row.method),
    unique: row.unique === true,
    primary: row.primary === true,
    valid: row.valid === true,
    replicaIdentity: row.replicaidentity === true,
    constraint: row.constraint as string | null,
    keys: (row.keys as KeyRow[]).map((key) => ({
      column: key.column,
      expression: key.expression,
      options: keyOptions(key),
    })),
    include: row.include as string[],
    nullsNotDistinct: row.nullsnotdistinct === true,
    with: row.with as string | null,
    tablespace: row.tablespace as string | null,
    predicate: row.predicate as string | null,
    definition: String(row.definition),
    comment: row.comment as string | null,
    columns: row.columns as string[],
    ...(row.clustered === true ? { clustered: true } : {}),
    ...(row.targets === null ? {} : { targets: row.targets as NonNullable<Index['targets']> }),
    ...(row.drop === null ? {} : { drop: String(row.drop) }),
  }
}

const kinds: Readonly<Record<string, Constraint['kind']>> = {
  c: 'check',
  u: 'unique',
  p: 'primary',
  f: 'foreign',
  x: 'exclusion',
  n: 'not null',
}

const actions: Readonly<Record<string, string>> = {
  a: '',
  r: 'RESTRICT',
  c: 'CASCADE',
  n: 'SET NULL',
  d: 'SET DEFAULT',
}

function foreignRules(row: Row): string {
  const parts = [row.match === 'f' ? 'MATCH FULL' : '']
  const update = actions[String(row.upd)] ?? ''
  const remove = actions[String(row.del)] ?? ''
  if (update !== '') parts.push(`ON UPDATE ${update}`)
  if (remove !== '') parts.push(`ON DELETE ${remove}`)
  if (row.deferrable) parts.push(row.deferred ? 'DEFERRABLE INITIALLY DEFERRED' : 'DEFERRABLE')
  if (row.enforced === false) parts.push('NOT ENFORCED')
  return parts.filter((part) => part !== '').join(' ')
}

function toConstraint(row: Row): Constraint {
  return {
    name: String(row.name),
    kind: kinds[String(row.kind)] ?? 'check',
    definition: String(row.definition),
    columns: row.columns as string[],
    validated: row.validated === true,
    deferrable: row.deferrable === true,
    index: row.index as string | null,
    comment: row.comment as string | null,
    references:
      row.ftable === null
        ? null
        : {
            table: { schema: String(row.fschema), name: String(row.ftable) },
            columns: row.fcolumns as string[],
            rules: foreignRules(row),
            ...(row.sets === null ? {} : { sets: row.sets as string[] }),
            ...(row.period === true ? { period: true } : {}),
          },
  }
}

/** tgtype: bit 0 row, bit 1 before, bits 2 to 5 insert, delete, update, truncate, bit 6 instead (pg_trigger.h). */
function toTrigger(row: Row): Trigger {
  const type = Number(row.type)
  const events = (['insert', 'delete', 'update', 'truncate'] as const).filter((_, bit) => (type & (4 << bit)) !== 0)
  return {
    name: String(row.name),
    timing: (type & 64) !== 0 ? 'instead of' : (type & 2) !== 0 ? 'before' : 'after',
    events,
    updateOf: row.updateof as string[],
    enabled:
      row.enabled === 'A' ? 'always' : row.enabled === 'R' ? 'replica' : row.enabled === 'D' ? 'disabled' : 'origin',
    row: (type & 1) !== 0,
  }
}

const toUser = ({ kind, name, drop }: Row): Holder => ({
  kind: String(kind),
  name: String(name),
  drop: drop as string | null,
})

function toDependent(row: Row): Dependent {
  const what = String(row.what)
  const kind =
    what === 'rule'
      ? row.detail === 'm'
        ? 'materialized view'
        : row.detail === 'v'
          ? 'view'
          : 'rule'
      : what === 'generated'
        ? 'generated column'
        : what === 'text'
          ? 'function'
          : (what as 'policy' | 'trigger' | 'function' | 'publication')
  const found: Dependent = {
    kind,
    name: String(row.name),
    columns: row.columns as string[],
    textual: what === 'text',
    ...(row.drop === null ? {} : { drop: String(row.drop) }),
  }
  return row.policy === null ? found : { ...found, policy: row.policy as PolicyRules }
}
