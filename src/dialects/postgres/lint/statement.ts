import type { Operation } from '../../../planner/lint/operations.ts'
import { actionOf } from './alter.ts'
import { columnOf, constraintOf } from './columns.ts'
import { bodyOf, child, isCascade, list, type Tree, tableOf, text, words } from './nodes.ts'
import { writeOf } from './write.ts'

/** What a statement does, by its parse tree. */
export function operationsOf(tree: unknown): readonly Operation[] {
  const [type, node] = bodyOf(tree)
  return [...inWith(node), ...(readers[type]?.(node) ?? nothing)]
}

/** What changes rows inside of WITH. */
const inWith = (node: Tree): readonly Operation[] =>
  list(child(node, 'withClause'), 'ctes').flatMap(([, own]) => {
    const [type] = bodyOf(own.ctequery)
    return type === 'SelectStmt' ? [] : operationsOf(own.ctequery)
  })

type Reader = (node: Tree) => readonly Operation[]

const nothing: readonly Operation[] = [{ do: 'other' }]
const made = (table: string): Operation => ({
  do: 'createTable',
  table,
  columns: [],
  constraints: [],
  partitionOf: null,
})
const relation = (node: Tree): string => tableOf(child(node, 'relation'))

const readers: Readonly<Record<string, Reader>> = {
  CreateStmt: (node) => {
    const parts = [...list(node, 'tableElts')]
    const parent = node.partbound === undefined ? undefined : list(node, 'inhRelations')[0]?.[1]
    return [
      {
        do: 'createTable',
        table: relation(node),
        columns: parts.filter(([type]) => type === 'ColumnDef').map(([, own]) => columnOf(own)),
        constraints: parts
          .filter(([type]) => type === 'Constraint')
          .map(([, own]) => constraintOf(own))
          .filter((own) => own !== null),
        partitionOf: parent === undefined ? null : tableOf(parent),
      },
    ]
  },
  CreateTableAsStmt: (node) => [made(tableOf(child(child(node, 'into'), 'rel')))],
  AlterTableStmt: (node) => {
    if (node.objtype !== 'OBJECT_TABLE') return nothing
    // The server drops first and adds then, whatever the order in which it is written.
    const actions = list(node, 'cmds').map(([, command]) => actionOf(command, relation(node)))
    const drops = actions.filter((own) => own.do === 'dropConstraint')
    return [...drops, ...actions.filter((own) => own.do !== 'dropConstraint')]
  },
  RenameStmt: (node) => {
    const to = text(node, 'newname')
    if (node.renameType === 'OBJECT_COLUMN' && node.relationType === 'OBJECT_TABLE')
      return [{ do: 'renameColumn', table: relation(node), column: text(node, 'subname'), to }]
    if (node.renameType === 'OBJECT_TABLE') return [{ do: 'renameTable', table: relation(node), to }]
    if (node.renameType === 'OBJECT_SCHEMA') return [{ do: 'renameSchema', name: text(node, 'subname'), to }]
    const ofTable = node.renameType === 'OBJECT_TABCONSTRAINT' || node.renameType === 'OBJECT_TRIGGER'
    return ofTable ? [{ do: 'alterOther', table: relation(node), what: 'RENAME' }] : nothing
  },
  AlterObjectSchemaStmt: (node) =>
    node.objectType === 'OBJECT_TABLE'
      ? [
          {
            do: 'renameTable',
            table: relation(node),
            to: `${text(node, 'newschema')}.${text(child(node, 'relation'), 'relname')}`,
          },
        ]
      : nothing,
  AlterEnumStmt: (node) => {
    const [type, label, old] = [words(node, 'typeName').join('.'), text(node, 'newVal'), text(node, 'oldVal')]
    return old === '' ? [{ do: 'addLabel', type, label }] : [{ do: 'renameLabel', type, label: old, to: label }]
  },
  AlterDomainStmt: (node) => {
    const name = words(node, 'typeName').join('.')
    const notValid = child(child(node, 'def'), 'Constraint').skip_validation === true
    // C: ADD CONSTRAINT, O: SET NOT NULL.
    return node.subtype === 'C' || node.subtype === 'O' ? [{ do: 'domainConstraint', name, notValid }] : nothing
  },
  IndexStmt: (node) => [
    {
      do: 'createIndex',
      table: relation(node),
      name: text(node, 'idxname') || null,
      unique: node.unique === true,
      concurrently: node.concurrent === true,
      ifNotExists: node.if_not_exists === true,
      kind: 'usual',
    },
  ],
  ReindexStmt: (node) => [
    {
      do: 'reindex',
      name: text(node, 'name') || relation(node),
      concurrently: list(node, 'params').some(([, own]) => own.defname === 'concurrently'),
    },
  ],
  DropStmt: dropped,
  DropdbStmt: (node) => [{ do: 'dropSchema', name: text(node, 'dbname'), what: 'database', cascade: false }],
  TruncateStmt: (node) =>
    list(node, 'relations').map(([, own]) => ({ do: 'truncate', table: tableOf(own), cascade: isCascade(node) })),
  VacuumStmt: (node) => {
    if (!list(node, 'options').some(([, own]) => own.defname === 'full')) return nothing
    const tables = list(node, 'rels').map(([, own]) => relation(own))
    return (tables.length === 0 ? ['every table'] : tables).map((table) => ({
      do: 'remake',
      table,
      how: 'VACUUM FULL',
    }))
  },
  ClusterStmt: (node) => [{ do: 'remake', table: relation(node) || 'every table', how: 'CLUSTER' }],
  RefreshMatViewStmt: (node) =>
    node.concurrent === true ? nothing : [{ do: 'remake', table: relation(node), how: 'REFRESH MATERIALIZED VIEW' }],
  LockStmt: (node) =>
    list(node, 'relations').map(([, own]) => ({
      do: 'lockTable',
      table: tableOf(own),
      mode: modes[Number(node.mode)] ?? '',
    })),
  CreateTrigStmt: (node) => [{ do: 'alterOther', table: relation(node), what: 'CREATE TRIGGER' }],
  ViewStmt: (node) =>
    node.replace === true
      ? [{ do: 'alterOther', table: tableOf(child(node, 'view')), what: 'CREATE OR REPLACE VIEW' }]
      : nothing,
  RuleStmt: (node) => [{ do: 'alterOther', table: relation(node), what: 'CREATE RULE' }],
  CreatePolicyStmt: (node) => [{ do: 'security', table: tableOf(child(node, 'table')), what: 'CREATE POLICY' }],
  AlterPolicyStmt: (node) => [{ do: 'security', table: tableOf(child(node, 'table')), what: 'ALTER POLICY' }],
  AlterOwnerStmt: () => nothing,
  UpdateStmt: (node) => [writeOf('UpdateStmt', node)],
  DeleteStmt: (node) => [writeOf('DeleteStmt', node)],
  InsertStmt: (node) => [writeOf('InsertStmt', node)],
  VariableSetStmt: (node) => {
    const value = node.kind === 'VAR_SET_VALUE' ? settingOf(list(node, 'args')[0]?.[1] ?? {}) : null
    return [{ do: 'set', name: text(node, 'name'), value, local: node.is_local === true }]
  },
  SelectStmt: (node) =>
    node.intoClause === undefined
      ? list(node, 'targetList').map(([, own]) => setBySelect(bodyOf(own.val)))
      : [made(tableOf(child(child(node, 'intoClause'), 'rel')))],
  TransactionStmt: (node) => {
    const word = transactions[text(node, 'kind')]
    return word === undefined ? nothing : [{ do: 'transaction', word }]
  },
  DoStmt: () => [{ do: 'unread', why: 'a DO block works out what it runs as it runs' }],
  ExecuteStmt: () => [{ do: 'unread', why: 'EXECUTE runs what was prepared elsewhere' }],
  PrepareStmt: (node) => operationsOf(node.query),
  DropOwnedStmt: (node) => [
    {
      do: 'dropSchema',
      name: list(node, 'roles')
        .map(([, own]) => text(own, 'rolename'))
        .join(', '),
      what: 'everything that is owned by',
      cascade: isCascade(node),
    },
  ],
  CallStmt: () => [{ do: 'unread', why: 'CALL runs what the procedure says' }],
}

const transactions: Readonly<Record<string, 'begin' | 'commit' | 'rollback'>> = {
  TRANS_STMT_BEGIN: 'begin',
  TRANS_STMT_START: 'begin',
  TRANS_STMT_COMMIT: 'commit',
  TRANS_STMT_ROLLBACK: 'rollback',
}

/** By the number that the grammar has for them. */
const modes = [
  '',
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
] as const

function settingOf(constant: Tree): string {
  const number = child(constant, 'ival').ival
  return text(child(constant, 'sval'), 'sval') || (typeof number === 'number' ? String(number) : '0')
}

/** `SELECT set_config('lock_timeout', '2s', false)`, as pg_dump and some tools set it. */
function setBySelect([type, call]: readonly [string, Tree]): Operation {
  if (type !== 'FuncCall' || words(call, 'funcname').at(-1) !== 'set_config') return { do: 'other' }
  const [name, value, local = {}] = list(call, 'args').map(([, own]) => own)
  const isLocal = child(local, 'boolval').boolval === true
  return { do: 'set', name: settingOf(name ?? {}), value: settingOf(value ?? {}), local: isLocal }
}

function dropped(node: Tree): readonly Operation[] {
  const kind = text(node, 'removeType').replace('OBJECT_', '')
  const cascade = isCascade(node)
  return list(node, 'objects').map(([type, own]): Operation => {
    const parts = type === 'String' ? [text(own, 'sval')] : words(own, type === 'TypeName' ? 'names' : 'items')
    const name = parts.join('.')
    if (kind === 'TABLE') return { do: 'dropTable', table: name, cascade }
    if (kind === 'SCHEMA') return { do: 'dropSchema', name, what: 'schema', cascade }
    if (kind === 'INDEX') return { do: 'dropIndex', name, table: null, concurrently: node.concurrent === true, cascade }
    // The last word is the name of the trigger, those before it are the table.
    if (kind === 'TRIGGER' || kind === 'RULE')
      return { do: 'alterOther', table: parts.slice(0, -1).join('.'), what: `DROP ${kind}` }
    if (kind === 'POLICY') return { do: 'security', table: parts.slice(0, -1).join('.'), what: 'DROP POLICY' }
    return { do: 'dropOther', name, what: kind.toLowerCase(), cascade }
  })
}
