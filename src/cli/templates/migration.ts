import { stringify } from 'yaml'
import type { IntentName } from '../../planner/intents/index.ts'
import { intentTemplate } from './intents.ts'

/** A new migration file in TypeScript. */
export function typescriptMigration(intents: readonly IntentName[]): string {
  const names = ['defineMigration', ...new Set(intents)].sort().join(', ')
  const items = intents.map((name) => `    ${name}(${source(intentTemplate(name))}),\n`).join('')
  return `import { ${names} } from 'bellows'\n\nexport default defineMigration({\n  intents: [\n${items}  ],\n})\n`
}

/** The same in YAML: one key an intent. */
export function yamlMigration(intents: readonly IntentName[]): string {
  return stringify({ intents: intents.map((name) => ({ [name]: intentTemplate(name) })) }, { lineWidth: 120 })
}

/** The same in JSON. */
export function jsonMigration(intents: readonly IntentName[]): string {
  return `${JSON.stringify({ intents: intents.map((name) => ({ [name]: intentTemplate(name) })) }, null, 2)}\n`
}

/** A value as TypeScript, on one line, with single quotes. */
function source(value: unknown): string {
  if (typeof value === 'string') {
    return value.includes("'")
      ? JSON.stringify(value)
      : `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"')}'`
  }
  if (Array.isArray(value)) return `[${value.map(source).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const entries = Object.entries(value).map(
    ([key, inner]) => `${/^[A-Za-z_]\w*$/.test(key) ? key : source(key)}: ${source(inner)}`,
  )
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}
