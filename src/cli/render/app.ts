import type { AppResult, AppVersionView } from '../../compat/apps.ts'
import type { Colours } from '../colours.ts'
import { table } from './table.ts'

/** What was done to one version. */
export function renderApp(result: AppResult, colours: Colours): string {
  const { app, version, environment, state, done, retired = [] } = result
  const what = done === 'unchanged' ? `is ${state} already` : `${result.dryRun ? 'would be' : 'is'} ${done}`
  const count = result.statements === undefined ? '' : `, with ${result.statements} statements`
  const lines = [
    `${colours.bold(`${app} ${version}`)} ${what} in ${environment}${count}`,
    ...retired.map((each) => `${app} ${each} ${result.dryRun ? 'would be' : 'is'} retired`),
    ...result.notices.map((notice) => colours.dim(notice)),
  ]
  return lines.join('\n')
}

/** The versions, those of one app and environment together, the newest last. */
export function renderApps(versions: readonly AppVersionView[], colours: Colours): string {
  if (versions.length === 0) return 'no version of an app is registered'
  const place = (each: AppVersionView): string => JSON.stringify([each.environment, each.app])
  const sorted = [...versions].sort((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0))
  const head = ['environment', 'app', 'version', 'state', 'registered', 'deployed', 'retired', 'by']
  return table([
    head.map(colours.dim),
    ...sorted.map((each) => [
      each.environment,
      each.app,
      each.version,
      each.state === 'deployed' ? colours.green(each.state) : each.state,
      each.registeredAt,
      each.deployedAt ?? '',
      each.retiredAt ?? '',
      each.actor,
    ]),
  ])
}
