import type { NewColumn, NewConstraint } from '../../../planner/lint/operations.ts'
import { visit } from '../parser.ts'
import { bodyOf, child, list, type Tree, tableOf, text, words } from './nodes.ts'

/** A column as CREATE TABLE or ADD COLUMN declares it. */
export function columnOf(node: Tree): NewColumn {
  const type = typeOf(child(node, 'typeName'))
  const serial = /^(?:small|big)?serial[248]?$/.test(type)
  const constraints = list(node, 'constraints').map(([, own]) => own)
  const of = (kind: string): Tree | undefined => constraints.find((own) => own.contype === kind)
  const made = of('CONSTR_GENERATED')
  const given = of('CONSTR_DEFAULT')
  const key = of('CONSTR_FOREIGN')
  return {
    name: text(node, 'colname'),
    type,
    nullable: of('CONSTR_NOTNULL') === undefined && of('CONSTR_PRIMARY') === undefined && !serial,
    fill:
      given === undefined ? 'none' : isForEach(given.raw_expr) ? 'each' : isNull(given.raw_expr) ? 'none' : 'constant',
    made:
      made !== undefined
        ? made.generated_kind === 'v'
          ? 'virtual'
          : 'stored'
        : of('CONSTR_IDENTITY') !== undefined || serial
          ? 'identity'
          : 'no',
    check: constraints.some((own) => own.contype === 'CONSTR_CHECK' && own.is_enforced === true),
    unique: of('CONSTR_UNIQUE') !== undefined,
    primary: of('CONSTR_PRIMARY') !== undefined,
    references: key === undefined ? null : tableOf(child(key, 'pktable')),
  }
}

/** The last word of a type. */
export const typeOf = (typeName: Tree): string => {
  const name = words(typeName, 'names').at(-1) ?? ''
  // A length or a scale may be less than what is there.
  const narrow = Array.isArray(typeName.typmods) && (name === 'numeric' || name === 'varchar')
  const brackets = Array.isArray(typeName.arrayBounds) ? '[]' : ''
  return `${name}${narrow ? '(n)' : ''}${brackets}`
}

/** What gives one value for a whole statement, by the names that everybody uses; of any other function it is not known. */
const once = new Set(
  `now transaction_timestamp statement_timestamp current_setting current_user session_user to_timestamp to_date to_char to_number
  make_interval make_date make_timestamp date_trunc date_part extract timezone age lower upper trim btrim concat concat_ws md5
  length replace left right lpad rpad abs round floor ceil coalesce nullif greatest least jsonb_build_object jsonb_build_array
  json_build_object json_build_array to_jsonb to_json array_fill decode encode int4range int8range tstzrange daterange
  overlay position substring substr repeat txid_current pg_current_xact_id string_to_array`.split(/\s+/),
)

function isForEach(expression: unknown): boolean {
  let each = false
  visit(expression, (type, node) => {
    if (type === 'FuncCall' && !once.has(words(node as Tree, 'funcname').at(-1) ?? '')) each = true
  })
  return each
}

const isNull = (expression: unknown): boolean => {
  const [type, node] = bodyOf(expression)
  return type === 'A_Const' ? node.isnull === true : type === 'TypeCast' ? isNull(node.arg) : false
}

const kinds: Readonly<Record<string, NewConstraint['kind']>> = {
  CONSTR_CHECK: 'check',
  CONSTR_FOREIGN: 'foreign key',
  CONSTR_UNIQUE: 'unique',
  CONSTR_PRIMARY: 'primary key',
  CONSTR_EXCLUSION: 'exclusion',
  CONSTR_NOTNULL: 'not null',
}

/** A constraint of a table; null for what is none, such as DEFERRABLE. */
export function constraintOf(node: Tree): NewConstraint | null {
  const kind = kinds[text(node, 'contype')]
  if (kind === undefined) return null
  return {
    kind,
    name: text(node, 'conname') || null,
    // What is not enforced looks at no rows (PostgreSQL 18).
    notValid: node.skip_validation === true || (isEnforceable(kind) && node.is_enforced !== true),
    usingIndex: text(node, 'indexname') !== '',
    references: kind === 'foreign key' ? tableOf(child(node, 'pktable')) : null,
    proves: kind === 'not null' ? words(node, 'keys') : kind === 'check' ? proven(node.raw_expr) : [],
  }
}

const isEnforceable = (kind: string): boolean => kind === 'check' || kind === 'foreign key'

/** `c IS NOT NULL` alone, or tied to others by AND: the forms that SET NOT NULL takes for a proof. */
function proven(expression: unknown): readonly string[] {
  const [type, node] = bodyOf(expression)
  if (type === 'BoolExpr' && node.boolop === 'AND_EXPR') return (node.args as readonly unknown[]).flatMap(proven)
  if (type !== 'NullTest' || node.nulltesttype !== 'IS_NOT_NULL') return []
  const [of, column] = bodyOf(node.arg)
  return of === 'ColumnRef' ? words(column, 'fields').slice(-1) : []
}
