import { migrate } from './cli.mjs'

/** Commands that know no database, or only say of it what it says itself. */
const without = ['gate', 'k8s', 'lint', 'init', 'new', 'schema', 'completion', 'demo']
const order = [
  'rolling-back',
  'pending',
  'expanding',
  'expanded',
  'backfilling',
  'backfilled',
  'contracting',
  'contracted',
  'purging',
  'completed',
]
/** What `status` needs to see the same database and the same files. */
const shared = [
  '--config',
  '--dir',
  '--database-url',
  '--database-url-file',
  '--state-schema',
  '--set-role',
  '--connect-timeout',
]

/** The state of a migration, or of the one that is behind all others; empty where it cannot be told. */
export async function stateOf({ cli, command, name, args, document }, env) {
  // What is through is not in a plan, so what is in it is behind.
  const planned = command === 'plan' ? behind(document.result?.migrations ?? [], name) : ''
  if (planned !== '') return planned
  if (without.includes(command) || args.some((arg) => arg.startsWith('--catalog'))) return ''
  // A database that did not answer is not asked again.
  if (/^(database|config)\./.test(document.error?.code ?? '')) return ''
  const { code, stdout } = await migrate(cli, ['status', '--json', ...args.flatMap(kept)], env, 'ignore')
  if (code !== 0) return ''
  try {
    return behind(JSON.parse(stdout).result.migrations, name)
  } catch {
    return ''
  }
}

function behind(migrations, name) {
  const states = migrations.filter((each) => name === '' || each.name === name).map(({ state }) => state)
  return states.toSorted((a, b) => order.indexOf(a) - order.indexOf(b))[0] ?? ''
}

function kept(arg, at, all) {
  if (shared.some((flag) => arg.startsWith(`${flag}=`))) return [arg]
  return shared.includes(arg) ? all.slice(at, at + 2) : []
}
