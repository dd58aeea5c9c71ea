import type { Column } from '../../planner/catalog.ts'
import type { ParsedScalar, ParsedType } from './expressions.ts'

/** From the server's spelling to the grammar's, for the types of the tables below. */
const internal: Readonly<Record<string, string>> = {
  smallint: 'int2',
  integer: 'int4',
  bigint: 'int8',
  real: 'float4',
  'double precision': 'float8',
  boolean: 'bool',
  'character varying': 'varchar',
  character: 'bpchar',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
  'time without time zone': 'time',
  'time with time zone': 'timetz',
}

/** Casts that hold every value of the source: no value raises, none is changed. */
const widening: Readonly<Record<string, readonly string[]>> = {
  int2: ['int4', 'int8', 'numeric', 'float4', 'float8'],
  int4: ['int8', 'numeric', 'float8'],
  int8: ['numeric'],
  float4: ['float8'],
  varchar: ['text'],
  text: ['varchar'],
  jsonb: ['json'],
}

/** Functions and operators over text that raise for no value. */
const harmless = new Set([
  'ColumnRef',
  'A_Const',
  'A_Expr',
  'FuncCall',
  'CoalesceExpr',
  'CaseExpr',
  'CaseWhen',
  'NullTest',
  'BoolExpr',
  'String',
  'fields',
  'funcname',
  'val',
  'lexpr',
  'rexpr',
  'arg',
  'defresult',
  'expr',
  'result',
  'sval',
  'ival',
  'isnull',
  'boolval',
  'operator ||',
  'operator =',
  'operator <>',
  'function lower',
  'function upper',
  'function btrim',
  'function ltrim',
  'function rtrim',
  'function concat',
  'function concat_ws',
  'function initcap',
  'function replace',
  'function length',
  'function nullif',
]) // prettier-ignore

/** The grammar's name for a type that the server printed, without its modifier. */
export function internalName(type: string): { readonly name: string; readonly modified: boolean } {
  const bare = type.replace(/\(\d+(,-?\d+)?\)/, '')
  return { name: internal[bare] ?? bare, modified: bare !== type }
}

/** Can assigning a value of one type to a column of the other raise or change it? */
export function castCanRaise(from: string, to: string): boolean {
  if (from === to) return false
  const source = internalName(from)
  const target = internalName(to)
  if (target.name === 'text' || (target.name === 'varchar' && !target.modified)) return false
  if (source.name === target.name) return target.modified && !longer(from, to)
  if (target.name === 'numeric' && holdsInteger(source.name, to)) return false
  return target.modified || !(widening[source.name] ?? []).includes(target.name)
}

/** numeric(12,2) has ten digits before the point, which is what an integer needs. */
function holdsInteger(source: string, target: string): boolean {
  const digits = { int2: 5, int4: 10, int8: 19 }[source]
  const size = /\((\d+)(?:,(-?\d+))?\)/.exec(target)
  if (digits === undefined || size === null) return false
  const scale = Number(size[2] ?? '0')
  return scale >= 0 && Number(size[1]) - scale >= digits
}

/** varchar(20) to varchar(30), numeric(8,2) to numeric(10,2). */
function longer(from: string, to: string): boolean {
  const size = /\((\d+)(?:,(-?\d+))?\)/
  const source = size.exec(from)
  const target = size.exec(to)
  if (source === null || target === null) return target === null
  return Number(target[1]) >= Number(source[1]) && (target[2] ?? '0') === (source[2] ?? '0')
}

/** Can an expression of the author's own raise when it is assigned to a column of this type? */
export function expressionCanRaise(
  scalar: ParsedScalar,
  target: Pick<ParsedType, 'name' | 'modified'>,
  columns: ReadonlyMap<string, Column>,
): boolean {
  const text = (name: string): boolean => name === 'text' || name === 'varchar' || name === 'bpchar'
  const wide = !target.modified && text(target.name)
  const known = [...scalar.shape].every((part) => harmless.has(part))
  const texts = scalar.columns.every(({ name }) => text(internalName(columns.get(name)?.type ?? '').name))
  return !(wide && known && texts)
}
