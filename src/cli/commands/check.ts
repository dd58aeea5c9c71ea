import { resolve } from 'node:path'
import type { CheckResult } from '../../compat/check.ts'
import type { Runs } from '../../compat/runs.ts'
import { findings, usageError } from '../../errors.ts'
import { configuredLists } from '../app-statements.ts'
import { openReports } from '../check-reports.ts'
import { defined } from '../defined.ts'
import { appVersions, connection } from '../options.ts'
import { renderCheck } from '../render/check.ts'
import type { CommandFile, Session } from '../session.ts'
import { migratorOptions } from '../with-migrator.ts'

/** `migrate check`: every statement of both versions against the schema of every phase, on a shadow. */
export const check: CommandFile = {
  name: 'check',
  summary: 'compatibility of app versions with every phase, on a shadow database',
  arguments: '[name]',
  keepsNothing: true,
  options: [
    { flags: '--old <file>', help: 'a statement list of the running version; again for each', many: true },
    { flags: '--new <file>', help: 'a statement list of the version to come; again for each', many: true },
    { flags: '--shadow-url <url>', help: 'an empty database to check on' },
    { flags: '--shadow <where>', help: '`target`: a scratch database on the target server', choices: ['target'] },
    {
      flags: '--run <version=command>',
      help: 'run this against the shadow in every state; again for each',
      many: true,
    },
    { flags: '--run-time <duration>', help: 'how long each of these may take (10m)' },
    { flags: '--strict', help: 'what cannot be checked counts as a finding' },
    { flags: '--record', help: 'keep the result in the state tables, for `expand --require-check`' },
    ...appVersions,
    {
      flags: '--report <format=file>',
      help: 'also write html, json, junit, markdown or sarif to a file (- is stdout); again for each',
      many: true,
    },
    ...connection,
  ],
  examples: [
    'migrate check --old statements/v1.json --new statements/v2.json',
    'migrate check --new statements/v2.json --record',
    "migrate check --run old='npm test' --run new='cd ../v2 && npm test'",
    'migrate check --report junit=check.xml --report html=check.html',
  ],
  run: async (session, [name]) => {
    const { settings, output, io } = session
    const shadow = shadowOf(settings.text('shadow'))
    const shadowUrl = settings.text('shadowUrl')
    if (shadowUrl !== undefined) output.hide(shadowUrl)
    const reports = await openReports(session)
    const options = {
      ...defined({ name, shadowUrl, shadow }),
      migrator: await migratorOptions(session, { dialect: 'by url' }),
      old: given(session, 'old'),
      new: given(session, 'new'),
      otherwise: configuredLists(session),
      strict: settings.flag('strict'),
      // Left out, it is recorded where checks are required.
      ...(settings.flag('record') ? { record: true } : {}),
      ...runsOf(session),
    }
    io.signal.throwIfAborted()
    const { checkInFull } = await import('../../compat/check.ts')
    const full = await checkInFull(options, reports.planned)
    const { result } = full
    return reports.write(full, { result, text: renderCheck(result, output.colours), failure: failureOf(result) })
  },
}

/** `v1=npm test`, for each version that has a command. */
function runsOf({ settings, io }: Session): { readonly run?: Runs } {
  const given = settings.list('run')
  if (given.length === 0) return {}
  const commands = given.map((text): readonly [string, string] => {
    const at = text.indexOf('=')
    const [version, command] = [text.slice(0, at).trim(), text.slice(at + 1).trim()]
    if (at > 0 && version !== '' && command !== '') return [version, command]
    throw usageError('usage.run', '--run takes <version>=<command>', { hint: "As in --run v1='npm test'." })
  })
  const twice = commands.find(([version], at) => commands.findIndex(([other]) => other === version) !== at)
  if (twice !== undefined) throw usageError('usage.run', `--run says two commands for ${twice[0]}`)
  return {
    run: { commands: Object.fromEntries(commands), cwd: io.cwd, ...defined({ limit: settings.duration('runTime') }) },
  }
}

function shadowOf(given: string | undefined): 'target' | undefined {
  if (given === undefined || given === 'target') return given
  throw usageError('usage.shadow', '--shadow can only be `target`')
}

const given = ({ settings, io }: Session, which: 'old' | 'new'): string[] =>
  settings.list(which).map((file) => resolve(io.cwd, file))

function failureOf(result: CheckResult): ReturnType<typeof findings> | undefined {
  if (result.ok) return undefined
  return findings('check.findings', `${result.migration}: an app version does not work in every phase`, {
    hint: 'Change the statement, or the migration; each finding says which.',
  })
}
