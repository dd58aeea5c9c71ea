import type { Operation } from '../../../planner/lint/operations.ts'
import { columnOf, constraintOf, typeOf } from './columns.ts'
import { child, isCascade, type Tree, tableOf, text } from './nodes.ts'

/** What takes a lock that lets readers and writers through, or none that matters. */
const quiet = new Set([
  'AT_SetStatistics',
  'AT_SetOptions',
  'AT_ResetOptions',
  'AT_SetRelOptions',
  'AT_ResetRelOptions',
  'AT_ClusterOn',
  'AT_DropCluster',
])

const anew: Readonly<Record<string, string>> = {
  AT_SetUnLogged: 'SET UNLOGGED',
  AT_SetLogged: 'SET LOGGED',
  AT_SetTableSpace: 'SET TABLESPACE',
  AT_SetAccessMethod: 'SET ACCESS METHOD',
  AT_SetExpression: 'SET EXPRESSION',
}

const security: Readonly<Record<string, string>> = {
  AT_EnableRowSecurity: 'ENABLE ROW LEVEL SECURITY',
  AT_DisableRowSecurity: 'DISABLE ROW LEVEL SECURITY',
  AT_ForceRowSecurity: 'FORCE ROW LEVEL SECURITY',
  AT_NoForceRowSecurity: 'NO FORCE ROW LEVEL SECURITY',
}

/** One action of ALTER TABLE. */
export function actionOf(command: Tree, table: string): Operation {
  const subtype = text(command, 'subtype')
  const name = text(command, 'name')
  const cascade = isCascade(command)
  const def = (type: string): Tree => child(child(command, 'def'), type)
  switch (subtype) {
    case 'AT_AddColumn':
      return { do: 'addColumn', table, column: columnOf(def('ColumnDef')) }
    case 'AT_DropColumn':
      return { do: 'dropColumn', table, column: name, cascade }
    case 'AT_AlterColumnType':
      return { do: 'changeType', table, column: name, type: typeFor(def('ColumnDef')) }
    case 'AT_SetNotNull':
      return { do: 'setNotNull', table, column: name }
    case 'AT_DropNotNull':
      return { do: 'dropNotNull', table, column: name }
    case 'AT_ColumnDefault':
      return { do: command.def === undefined ? 'dropDefault' : 'setDefault', table, column: name }
    case 'AT_AddConstraint': {
      const constraint = constraintOf(def('Constraint'))
      return constraint === null
        ? { do: 'alterOther', table, what: subtype }
        : { do: 'addConstraint', table, constraint }
    }
    case 'AT_ValidateConstraint':
      return { do: 'validate', table, name }
    case 'AT_DropConstraint':
      return { do: 'dropConstraint', table, name, kind: null, cascade }
    case 'AT_AttachPartition':
      return { do: 'attachPartition', table, partition: tableOf(child(def('PartitionCmd'), 'name')) }
    case 'AT_DetachPartition': {
      const partition = def('PartitionCmd')
      return {
        do: 'detachPartition',
        table,
        partition: tableOf(child(partition, 'name')),
        concurrently: partition.concurrent === true,
      }
    }
    case 'AT_DetachPartitionFinalize':
      return { do: 'other' }
    default: {
      const how = anew[subtype]
      if (how !== undefined) return { do: 'remake', table, how }
      const what = security[subtype]
      if (what !== undefined) return { do: 'security', table, what }
      return quiet.has(subtype) ? { do: 'other' } : { do: 'alterOther', table, what: subtype }
    }
  }
}

/** With USING any conversion may be asked for, and with another collation the indexes are built anew. */
function typeFor(column: Tree): string {
  const type = typeOf(child(column, 'typeName'))
  if (column.raw_default !== undefined && !isPlain(column)) return `${type} USING`
  return column.collClause === undefined ? type : `${type} COLLATE`
}

/** `USING c::type` is what the server does by itself. */
function isPlain(column: Tree): boolean {
  const cast = child(child(column, 'raw_default'), 'TypeCast')
  return (
    child(cast, 'arg').ColumnRef !== undefined && typeOf(child(cast, 'typeName')) === typeOf(child(column, 'typeName'))
  )
}
