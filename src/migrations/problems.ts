import type { z } from 'zod'
import { knownKeys } from './known-keys.ts'
import { nearest } from './nearest.ts'
import { type Path, valueAt } from './path.ts'

/** One thing that is wrong in a file. */
export interface Problem {
  readonly path: Path
  readonly message: string
}

/** Says that a key is unknown, and which one was probably meant. */
export function unknownKey(what: string, key: string, known: readonly string[]): string {
  const meant = nearest(key, known)
  const hint = meant === undefined ? `known: ${known.join(', ')}` : `did you mean \`${meant}\`?`
  return `unknown ${what} \`${key}\`; ${hint}`
}

type Issue = z.core.$ZodIssue

/**
 * What a schema finds wrong with a value, in our words: unknown keys with the nearest known one first, then missing
 * keys, then the rest. `at` is put before every path.
 */
export function problemsOf(schema: z.ZodType, value: unknown, at: Path = []): readonly Problem[] {
  const parsed = schema.safeParse(value)
  if (parsed.success) return []
  const problems = parsed.error.issues.flatMap((issue) => describe(schema, value, issue as Issue, []))
  const rank = (problem: Problem): number => (problem.message.startsWith('unknown ') ? 0 : 1)
  return problems.sort((a, b) => rank(a) - rank(b)).map(({ path, message }) => ({ path: [...at, ...path], message }))
}

function describe(schema: z.ZodType, root: unknown, issue: Issue, above: Path): readonly Problem[] {
  const path = [...above, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path)
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey('key', key, known) }))
  }
  if (issue.code === 'invalid_union') return describeUnion(schema, root, issue, path)
  if (issue.code === 'invalid_type' && valueAt(root, path) === undefined) {
    return [{ path, message: `missing; expected ${issue.expected}` }]
  }
  return [{ path, message: issue.message.replace(/^Invalid (input|option): /, '') }]
}

/** Of a union only the branch that the value was meant for is reported: the one whose outer type fits. */
function describeUnion(
  schema: z.ZodType,
  root: unknown,
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: Path,
): readonly Problem[] {
  const wrongType = (branch: readonly Issue[]): Issue | undefined =>
    branch.find((inner) => inner.path.length === 0 && inner.code === 'invalid_type')
  const branches = issue.errors as readonly (readonly Issue[])[]
  const [meant] = branches.filter((branch) => wrongType(branch) === undefined).sort((a, b) => a.length - b.length)
  if (meant !== undefined) return meant.flatMap((inner) => describe(schema, root, inner, path))
  const expected = branches.map((branch) => {
    const inner = wrongType(branch)
    return inner?.code === 'invalid_type' ? inner.expected : 'another type'
  })
  const missing = valueAt(root, path) === undefined ? 'missing; ' : ''
  return [{ path, message: `${missing}expected ${[...new Set(expected)].join(' or ')}` }]
}
