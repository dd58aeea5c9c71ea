import { resolve } from 'node:path'
import type { AppResult, AppVersionOptions } from '../../compat/apps.ts'
import { usageError } from '../../errors.ts'
import { defined } from '../defined.ts'
import { connection } from '../options.ts'
import { renderApp, renderApps } from '../render/app.ts'
import type { CommandFile, Session } from '../session.ts'
import { flagName } from '../settings.ts'
import { migratorOptions } from '../with-migrator.ts'

/** Which flags belong to which action, beside those of all. */
const actions = {
  register: ['app', 'version', 'statements', 'samples', 'replace', 'dryRun'],
  deployed: ['app', 'version', 'only', 'dryRun'],
  retired: ['app', 'version', 'dryRun'],
  list: ['app'],
} as const

type Action = keyof typeof actions

/** `migrate app`: which versions of the apps there are, and what they run, kept in the database. */
export const app: CommandFile = {
  name: 'app',
  summary: 'tells the database which versions of an app there are, what they run, and which of them are deployed',
  arguments: '<register|deployed|retired|list>',
  options: [
    { flags: '--app <name>', help: 'which app (that of the list)' },
    { flags: '--version <version>', help: 'which version of it (that of the list)' },
    { flags: '--statements <file>', help: 'register: a statement list of it; again for each', many: true },
    { flags: '--samples', help: "register: keep the list's sample values, which are your customers' data" },
    { flags: '--replace', help: 'register: in place of what this version was registered with' },
    { flags: '--only', help: 'deployed: the other versions of this app are retired with it' },
    { flags: '--environment <name>', help: 'where it runs (default; list: everywhere)' },
    { flags: '--dry-run', help: 'show what would be done, and touch nothing' },
    { flags: '--actor <name>', help: 'who runs this, for the history' },
    { flags: '--git-revision <revision>', help: 'the revision of that version, for the history' },
    ...connection,
  ],
  examples: [
    'migrate app register --app shop --version $SHA --statements statements.json',
    'migrate app deployed --app shop --version $SHA',
    'migrate app retired --app shop --version $OLD_SHA',
    'migrate app list',
  ],
  run: async (session, [given = '']) => {
    const action = actionOf(session, given)
    const migrator = await migratorOptions(session, {})
    session.io.signal.throwIfAborted()
    const apps = await import('../../compat/apps.ts')
    const { settings, output, io } = session
    if (action === 'list') {
      const result = await apps.listApps({ migrator, ...defined({ app: settings.text('app') }) })
      return { result, text: renderApps(result.versions, output.colours) }
    }
    const dryRun = settings.flag('dryRun')
    const answer = (result: AppResult): { result: AppResult; text: string } => ({
      result,
      text: renderApp(result, output.colours),
    })
    if (action === 'register') {
      const statements = settings.list('statements').map((file) => resolve(io.cwd, file))
      if (statements.length === 0) throw missing('statements')
      const named = defined({ app: settings.text('app'), version: settings.text('version') })
      const flags = { samples: settings.flag('samples'), replace: settings.flag('replace'), dryRun }
      return answer(await apps.registerApp({ migrator, statements, ...named, ...flags }))
    }
    const key: AppVersionOptions = {
      migrator,
      app: needed(session, 'app'),
      version: needed(session, 'version'),
      dryRun,
    }
    return answer(
      action === 'deployed'
        ? await apps.markDeployed({ ...key, only: settings.flag('only') })
        : await apps.markRetired(key),
    )
  },
}

/** A flag that does nothing there is most often a slip of the action. */
function actionOf({ settings }: Session, given: string): Action {
  if (!Object.hasOwn(actions, given)) {
    throw usageError('usage.app', `\`migrate app ${given}\`: say register, deployed, retired or list`)
  }
  const action = given as Action
  const own: readonly string[] = actions[action]
  const others = new Set(Object.values(actions).flat())
  const odd = [...others].find((key) => !own.includes(key) && settings.find(key)?.from === 'flag')
  if (odd !== undefined) throw usageError('usage.app', `${flagName(odd)} is not for \`migrate app ${action}\``)
  return action
}

function needed({ settings }: Session, key: 'app' | 'version'): string {
  const value = settings.text(key)
  if (value === undefined) throw missing(key)
  return value
}

const missing = (key: string): Error => usageError('usage.app', `${flagName(key)} is missing`)
