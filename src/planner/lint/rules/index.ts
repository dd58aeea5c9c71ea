import type { Rule } from '../rule.ts'
import { constraintRules } from './constraints.ts'
import { destroyingRules } from './destroys.ts'
import { indexRules } from './indexes.ts'
import { readingRules } from './meta.ts'
import { oldVersionRules } from './old-version.ts'
import { partitionRules } from './partitions.ts'
import { runningRules } from './running.ts'
import { rewritingRules } from './table-rewrites.ts'

/** Every rule that looks at statements, in the order of docs/lint.md. */
export const rules: readonly Rule[] = [
  ...oldVersionRules,
  ...destroyingRules,
  ...rewritingRules,
  ...constraintRules,
  ...indexRules,
  ...partitionRules,
  ...runningRules,
  ...readingRules,
]

/** Those about ignores, which look at the comments of a text. */
export const ignoreRules: readonly Pick<Rule, 'id' | 'severity' | 'title'>[] = [
  { id: 'ignore-without-reason', severity: 'error', title: 'An ignore that gives no reason' },
  { id: 'unused-ignore', severity: 'warning', title: 'An ignore of something that is not found' },
]

/** Every id there is. */
export const ruleIds: readonly string[] = [...rules, ...ignoreRules].map(({ id }) => id)
