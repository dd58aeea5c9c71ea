import { gateClosed } from '../../errors.ts'
import type { ReadyResult } from '../../runner/api.ts'
import { defined } from '../defined.ts'
import { accepting, connection, gates } from '../options.ts'
import { renderReady } from '../render/ready.ts'
import type { CommandFile } from '../session.ts'
import { gateOptions, withMigrator } from '../with-migrator.ts'

/** `migrate ready`: would contract be allowed now? */
export const ready: CommandFile = {
  name: 'ready',
  summary: 'would contract be allowed now? each gate with its reason; exit 5 when not',
  arguments: '[name]',
  options: [...gates, ...accepting, ...connection],
  run: async (session, [name]) => {
    const options = { ...defined({ name }), ...gateOptions(session) }
    return withMigrator(session, async (migrator) => {
      const result = await migrator.ready(options)
      const text = renderReady(result, session.output.colours)
      return { result, text, failure: closed(result) }
    })
  },
}

function closed(result: ReadyResult): ReturnType<typeof gateClosed> | undefined {
  const waiting = result.migrations.filter((migration) => !migration.ready)
  if (waiting.length === 0) return undefined
  const shut = waiting.flatMap(({ gates }) => gates).filter(({ status }) => status === 'failed' || status === 'unknown')
  const times = shut.map((gate) => gate.retryAfterSeconds).filter((seconds) => seconds !== null)
  return gateClosed('gate.closed', `not ready: ${waiting.map(({ name }) => name).join(', ')}`, {
    hint: shut[0]?.hint ?? null,
    details: {
      gates: [...new Set(shut.map((gate) => gate.name))],
      ...(times.length > 0 ? { retryAfterSeconds: Math.max(...times) } : {}),
    },
  })
}
