import type { Config } from './config-schema.ts'
import type { Path } from './path.ts'
import { type Problem, unknownKey } from './problems.ts'

/** Where a key of the policy is another one beside it. */
const beside: Readonly<Record<string, keyof Config>> = { require: 'requireGate' }

/** There where a brown-out is asked for, and nowhere else: to require it by its name would not count. */
const asked = 'brown-out'
const askedFor = 'a brown-out is not required, but asked for: say `brownOut: 5m` beside the policy'

/** What is wrong with what a config asks contract for: gates that there are none of, and what is said in two places. */
export function policyProblems(config: Config, gates: readonly string[]): readonly Problem[] {
  const { policy = {}, requireGate } = config
  const { environments = {}, ...all } = policy
  const named = (given: string | readonly string[] | undefined, path: Path): readonly Problem[] =>
    (typeof given === 'string' ? [given] : (given ?? [])).flatMap((name, index) =>
      gates.includes(name) && name !== asked
        ? []
        : [
            {
              path: typeof given === 'string' ? path : [...path, index],
              message: name === asked ? askedFor : unknownKey('gate', name, gates),
            },
          ],
    )
  const twice = [...new Set([all, ...Object.values(environments)].flatMap(Object.keys))].flatMap((key) => {
    const other = beside[key] ?? key
    return config[other as keyof Config] === undefined
      ? []
      : [{ path: [other], message: `said here and as \`${key}\` in the policy; say it there only` }]
  })
  return [
    ...twice,
    ...named(requireGate, ['requireGate']),
    ...named(policy.require, ['policy', 'require']),
    ...Object.entries(environments).flatMap(([name, each]) =>
      named(each.require, ['policy', 'environments', name, 'require']),
    ),
  ]
}
