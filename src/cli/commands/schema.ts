import { usageError } from '../../errors.ts'
import { jsonSchema } from '../../migrations/json-schema.ts'
import type { CommandFile } from '../session.ts'

/** `migrate schema`: the JSON Schema of our files, for editors. */
export const schema: CommandFile = {
  name: 'schema',
  summary: 'the JSON Schema of migration files, or of the config',
  arguments: '[migration|config]',
  examples: ['migrate schema > migration.schema.json', 'migrate schema config > config.schema.json'],
  run: async (_session, [of = 'migration']) => {
    if (of !== 'migration' && of !== 'config') {
      throw usageError('usage.schema', `there is a schema of \`migration\` and of \`config\`, none of \`${of}\``)
    }
    const result = jsonSchema(of)
    return { result, text: JSON.stringify(result, null, 2) }
  },
}
