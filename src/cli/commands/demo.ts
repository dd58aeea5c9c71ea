import { internal } from '../../errors.ts'
import type { CommandFile } from '../session.ts'

/** `migrate demo`: the whole story on an embedded PostgreSQL, with live traffic of both versions. */
export const demo: CommandFile = {
  name: 'demo',
  summary: 'the whole story on an embedded PostgreSQL, with live traffic of v1 and v2',
  options: [
    { flags: '--keep', help: 'leave the database running at the end' },
    { flags: '--pause', help: 'wait for Enter between the phases' },
  ],
  run: async ({ io, output, settings }) => {
    const { runDemo } = await import('../../demo/demo.ts')
    // With --json stdout holds the one document, so the story goes to stderr.
    const write = (line: string): void => (output.json ? output.note(line) : output.print(`${line}\n`))
    const result = await runDemo({
      keep: settings.flag('keep'),
      pause: settings.flag('pause'),
      write,
      isTTY: output.json ? io.stderr.isTTY : io.stdout.isTTY,
      signal: io.signal,
    })
    return {
      result,
      text: '',
      failure: result.ok ? undefined : internal('demo.failed', 'the demo did not go as it should'),
    }
  },
}
