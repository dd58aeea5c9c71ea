import { join } from 'node:path'
import { usageError } from '../../errors.ts'
import { nearest } from '../../migrations/nearest.ts'
import { shortPath } from '../../migrations/read-file.ts'
import { type IntentName, intentNames } from '../../planner/intents/index.ts'
import type { CommandFile } from '../session.ts'
import { jsonMigration, typescriptMigration, yamlMigration } from '../templates/migration.ts'
import { migrationsFolder } from '../with-migrator.ts'
import { writeNew } from '../write-new.ts'

const formats = { ts: typescriptMigration, yaml: yamlMigration, json: jsonMigration } as const

/** `migrate new`: a migration file from a template. */
export const newMigration: CommandFile = {
  name: 'new',
  summary: 'writes a migration file from a template',
  arguments: '<name>',
  options: [
    { flags: '--intent <intent>', help: `what it does; again for each (${intentNames.join(', ')})`, many: true },
    { flags: '--format <format>', help: 'how it is written (ts)', choices: Object.keys(formats) },
    { flags: '--dry-run', help: 'show it, and write nothing' },
  ],
  examples: [
    'migrate new rename_user_name --intent renameColumn',
    'migrate new widen_total --intent changeType --format yaml',
  ],
  run: async (session, [given = '']) => {
    const { settings, output } = session
    const listed = settings.list('intent').map(intentName)
    const format = formatOf(settings.text('format') ?? 'ts')
    const name = `${timestamp(new Date())}_${snakeCase(given)}`
    const content = formats[format](listed.length === 0 ? ['renameColumn'] : listed)
    const path = join(migrationsFolder(session), `${name}.${format}`)
    const result = { name, file: path, content }
    if (settings.flag('dryRun')) return { result, text: `${shortPath(path)}\n\n${content.trimEnd()}` }
    if (!(await writeNew(path, content))) throw usageError('new.exists', `${shortPath(path)} is there already`)
    output.note('edit it, then `migrate plan` shows what it will do')
    return { result, text: shortPath(path) }
  },
}

function intentName(given: string): IntentName {
  const found = intentNames.find((name) => name === given)
  if (found !== undefined) return found
  const meant = nearest(given, intentNames)
  throw usageError('usage.intent', `--intent: there is no intent \`${given}\``, {
    hint: meant === undefined ? `There are ${intentNames.join(', ')}.` : `Did you mean ${meant}?`,
  })
}

function formatOf(given: string): keyof typeof formats {
  if (given === 'ts' || given === 'yaml' || given === 'json') return given
  throw usageError('usage.format', `--format: \`${given}\` is none of ${Object.keys(formats).join(', ')}`)
}

function snakeCase(given: string): string {
  const words = given
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
  if (words.length > 0) return words.join('_')
  throw usageError('usage.name', `\`${given}\` is no name for a migration`, { hint: 'For example: rename_user_name.' })
}

/** `YYYYMMDDHHMMSS` in UTC, so that migrations written in different places sort by when they were written. */
function timestamp(now: Date): string {
  return now.toISOString().replaceAll(/\D/g, '').slice(0, 14)
}
