import { internal, usageError } from '../../errors.ts'
import type { CommandFile } from '../session.ts'
import type { Settings } from '../settings.ts'

const engines = ['postgres', 'mysql', 'mariadb'] as const

/** `migrate demo`: the whole story on a server of its own, with live traffic of both versions. */
export const demo: CommandFile = {
  name: 'demo',
  summary: 'the whole story on an embedded server, with live traffic of v1 and v2',
  options: [
    { flags: '--dialect <engine>', help: 'on which engine (postgres)', choices: engines },
    { flags: '--server-version <version>', help: 'what its version begins with: 16, 9.7, 10.11' },
    { flags: '--rows <count>', help: 'how many orders the shop has (200000)' },
    { flags: '--keep', help: 'leave the database running at the end' },
    { flags: '--pause', help: 'wait for Enter between the phases' },
  ],
  run: async ({ io, output, settings }) => {
    const { runDemo } = await import('../../demo/demo.ts')
    // With --json stdout holds the one document, so the story goes to stderr.
    const write = (line: string): void => (output.json ? output.note(line) : output.print(`${line}\n`))
    const result = await runDemo({
      engine: engineOf(settings),
      series: settings.text('serverVersion'),
      orders: settings.count('rows') ?? 200_000,
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

/** The flag has its choices checked; the environment says it without. */
function engineOf(settings: Settings): (typeof engines)[number] {
  const said = settings.text('dialect') ?? 'postgres'
  const found = engines.find((engine) => engine === said)
  if (found !== undefined) return found
  throw usageError('usage.dialect', `the demo is played on ${engines.join(', ')}, not on ${said}`)
}
