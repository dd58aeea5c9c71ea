import type { Config, EnvironmentPolicy } from '../migrations/config-schema.ts'
import type { Setting } from './settings.ts'

/** Where a key of the policy is not the flag's name. */
const keys: Readonly<Record<string, string>> = { requireGate: 'require' }

/**
 * What the config's policy says of a setting: that of the environment, then that of all. Undefined where it says nothing.
 *
 * @param file the config file, for messages
 */
export function fromPolicy(
  { policy }: Pick<Config, 'policy'>,
  environment: string,
  key: string,
  file: string | null,
): Setting | undefined {
  if (policy === undefined) return undefined
  const { environments = {}, ...all } = policy
  const own = Object.hasOwn(environments, environment) ? environments[environment] : undefined
  const name = keys[key] ?? key
  const say = (of: EnvironmentPolicy | undefined, at: string): Setting | undefined => {
    const value = of !== undefined && Object.hasOwn(of, name) ? of[name as keyof EnvironmentPolicy] : undefined
    return value === undefined ? undefined : { value, from: 'config', name: `${at}.${name} in ${file ?? 'the config'}` }
  }
  return say(own, `policy.environments.${environment}`) ?? say(all, 'policy')
}
