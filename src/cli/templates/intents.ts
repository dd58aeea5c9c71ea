import { plainJsonSchema } from '../../migrations/plain-json-schema.ts'
import { type IntentName, intentSchemas } from '../../planner/intents/index.ts'

/** Parameters to start from, where what the schema requires would not show enough. */
const examples: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  renameColumn: { table: 'users', from: 'name', to: 'full_name' },
  changeType: { table: 'orders', column: 'total', to: 'numeric(12,2)' },
  addColumn: { table: 'users', column: 'slug', type: 'text', up: 'lower(name)' },
  dropColumn: { table: 'users', column: 'legacy_code' },
  splitColumn: {
    table: 'people',
    column: 'name',
    into: {
      first_name: { type: 'text', up: "split_part(name, ' ', 1)" },
      last_name: { type: 'text', up: "substr(name, strpos(name || ' ', ' ') + 1)" },
    },
    down: "concat_ws(' ', first_name, last_name)",
  },
  mergeColumns: {
    table: 'people',
    columns: ['first_name', 'last_name'],
    into: 'name',
    type: 'text',
    up: "concat_ws(' ', first_name, last_name)",
    down: {
      first_name: "split_part(name, ' ', 1)",
      last_name: "substr(name, strpos(name || ' ', ' ') + 1)",
    },
  },
  setNotNull: { table: 'users', column: 'email', up: "'unknown'" },
  dropNotNull: { table: 'users', column: 'phone' },
  setDefault: { table: 'orders', column: 'status', default: "'new'" },
  dropDefault: { table: 'orders', column: 'status' },
  createTable: {
    table: 'tags',
    columns: { id: { type: 'bigint', nullable: false, identity: true }, label: { type: 'text', nullable: false } },
    primaryKey: ['id'],
  },
  addIndex: { table: 'orders', name: 'orders_created_at_idx', columns: ['created_at'] },
  addCheck: { table: 'orders', name: 'orders_total_check', check: 'total >= 0' },
  addForeignKey: {
    table: 'orders',
    name: 'orders_customer_fkey',
    columns: ['customer_id'],
    references: { table: 'customers', columns: ['id'] },
  },
  addUnique: { table: 'users', name: 'users_email_key', columns: ['email'] },
  setComment: { table: 'orders', column: 'status', comment: 'new, paid or sent' },
  dropIndex: { table: 'orders', name: 'orders_status_idx' },
  renameIndex: { table: 'orders', name: 'orders_idx2', to: 'orders_status_idx' },
  dropConstraint: { table: 'orders', name: 'orders_total_check' },
  renameConstraint: { table: 'orders', name: 'orders_check1', to: 'orders_total_check' },
  rawSql: { expand: 'CREATE EXTENSION IF NOT EXISTS pg_trgm', reason: 'say why' },
}

interface Parameters {
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, { readonly type?: string }>>
}

/** Parameters for a new migration file: an example, or placeholders for what the intent requires. */
export function intentTemplate(name: IntentName): Readonly<Record<string, unknown>> {
  const example = examples[name]
  if (example !== undefined) return example
  const { required = [], properties = {} } = plainJsonSchema(intentSchemas()[name]) as Parameters
  const placeholder = (key: string): unknown => {
    const type = properties[key]?.type
    if (type === 'array') return [key]
    return type === 'object' ? {} : key
  }
  return Object.fromEntries(required.map((key) => [key, placeholder(key)]))
}
