import { resolve } from 'node:path'
import { usageError } from '../../errors.ts'
import type { CommandFile, Session } from '../session.ts'
import { databaseUrl } from '../with-migrator.ts'

/** `migrate capture`: runs a command behind a recording proxy, and writes the list of what it sent. */
export const capture: CommandFile = {
  name: 'capture',
  summary: 'runs a command and writes the list of the statements that it sends',
  arguments: '[command...]',
  options: [
    { flags: '--app <name>', help: 'the app that the command is of' },
    { flags: '--version <version>', help: 'its version' },
    { flags: '--out <file>', help: 'the statement list (.json) to write' },
    {
      flags: '--from <source>',
      help: 'in place of a command: statistics (of the server), general-log=<file|table> (MySQL, MariaDB), log=<csvlog or jsonlog file> (PostgreSQL)',
    },
    { flags: '--samples', help: 'keep values too: they are data, mind where the file goes' },
    {
      flags: '--redact <column>',
      help: 'keep no values of statements that name this column; again for each',
      many: true,
    },
    { flags: '--url-variable <name>', help: 'another variable that holds the URL; again for each', many: true },
    { flags: '--host-variable <name>', help: 'a variable that holds the host; again for each', many: true },
    { flags: '--port-variable <name>', help: 'a variable that holds the port; again for each', many: true },
    { flags: '--connect-timeout <duration>', help: 'how long to try to connect (30s)' },
  ],
  examples: [
    'migrate capture --app shop --version v1 --out statements/v1.json -- npm test',
    'migrate capture --app shop --version v1 --out statements/v1.json --from statistics',
  ],
  run: async (session, command) => {
    const { settings, output, io, config } = session
    const words = command.filter((word) => word !== undefined)
    const from = settings.text('from')
    if (from !== undefined) return imported(session, from, words)
    if (words.length === 0) {
      throw usageError('usage.capture', 'no command is given', {
        hint: 'It stands behind a --: migrate capture ... -- npm test. --from names what else statements may come from.',
      })
    }
    const out = resolve(io.cwd, required(session, 'out'))
    const url = await databaseUrl(session)
    const { captureCommand, commandFailed } = await import('../../compat/capture/capture.ts')
    const result = await captureCommand({
      connect: {
        url,
        connectTimeout: settings.duration('connectTimeout') ?? 30_000,
        password: config.config.password ?? null,
      },
      app: required(session, 'app'),
      version: required(session, 'version'),
      out,
      command: words,
      samples: settings.flag('samples'),
      redact: settings.list('redact'),
      variables: {
        url: settings.list('urlVariable'),
        host: settings.list('hostVariable'),
        port: settings.list('portVariable'),
      },
      cwd: io.cwd,
      env: io.env,
      quiet: output.json,
      terminal: io.stdin.isTTY,
      signal: io.signal,
      warn: output.warn,
    })
    output.note(`${result.out}: ${result.statements} statements of ${result.app} ${result.version}`)
    const failure = result.exitCode === 0 ? undefined : commandFailed(result.exitCode, result.out)
    return { result, text: '', failure }
  },
}

/** The same of what was sent before. */
async function imported(session: Session, from: string, words: readonly string[]): ReturnType<CommandFile['run']> {
  const { settings, output, io, config } = session
  if (words.length > 0) throw usageError('usage.capture', '--from takes the place of a command: give one of them')
  const { importStatements } = await import('../../compat/capture/import.ts')
  const result = await importStatements({
    connect: {
      url: await databaseUrl(session),
      connectTimeout: settings.duration('connectTimeout') ?? 30_000,
      password: config.config.password ?? null,
    },
    app: required(session, 'app'),
    version: required(session, 'version'),
    out: resolve(io.cwd, required(session, 'out')),
    from: fromHere(from, io.cwd),
    samples: settings.flag('samples'),
    redact: settings.list('redact'),
    signal: io.signal,
    warn: output.warn,
  })
  output.note(`${result.out}: ${result.statements} statements of ${result.app} ${result.version}`)
  return { result, text: '', failure: undefined }
}

/** A file is named from where the command is run. */
function fromHere(from: string, cwd: string): string {
  const [, name = '', place = ''] = /^([^=]*)=(.*)$/s.exec(from) ?? []
  return place === '' || place === 'table' ? from : `${name}=${resolve(cwd, place)}`
}

function required({ settings }: Session, key: 'app' | 'version' | 'out'): string {
  const value = settings.text(key)
  if (value !== undefined && value !== '') return value
  throw usageError('usage.capture', `--${key} is missing`)
}
