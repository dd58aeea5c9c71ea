import type { Known } from './known.ts'
import type { Engine, Operation, ReadStatement } from './operations.ts'

/** `error` fails a run; `warning` is to be looked at; `note` is good to know, and never counts. */
export type LintSeverity = 'error' | 'warning' | 'note'

/** What a rule looks at besides the operation. */
export interface At {
  readonly engine: Engine
  readonly statement: ReadStatement
  readonly known: Known
}

/** What a rule says of one operation. */
export interface Found {
  /** What happens to a running app. */
  readonly message: string
  /** The way without that. */
  readonly safe: string
  /** Where it is not the rule's own. */
  readonly severity?: LintSeverity
}

/** A rule: pure, with an id that does not change. */
export interface Rule {
  readonly id: string
  readonly severity: LintSeverity
  /**
   * `lock`: others wait. `old version`: it fails, or reads something else. `data`: something is lost. `fails`: the statement itself may.
   * In the contract of a migration of ours there is no old version any more.
   */
  readonly about: 'lock' | 'old version' | 'data' | 'fails'
  readonly engines: readonly Engine[]
  readonly title: string
  /** It also speaks of tables that the same file makes. */
  readonly ofNewTables?: true
  /** It is about the way to run a file, and not for statements that are steps of a plan. */
  readonly ofFiles?: true
  /** Said once for a text, of the first operation that it finds. */
  readonly once?: true
  /** Not said of a statement of which an error about locks is. */
  readonly yields?: true
  readonly look: (operation: Operation, at: At) => Found | null
}

/** PostgreSQL alone. */
export const postgres: readonly Engine[] = ['postgres']
/** MySQL and MariaDB. */
export const mysql: readonly Engine[] = ['mysql', 'mariadb']
/** All of them. */
export const everywhere: readonly Engine[] = [...postgres, ...mysql]
