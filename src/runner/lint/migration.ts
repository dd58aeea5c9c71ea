import { readFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import type { LintDialect } from '../../dialects/lint.ts'
import { migrationOf } from '../../migrations/migration-of.ts'
import { readAny } from '../../migrations/read-file.ts'
import { forDialect } from '../../planner/expression.ts'
import { beginning, type Known } from '../../planner/lint/known.ts'
import type { LintFinding } from '../../planner/lint/lint-statements.ts'
import type { Engine } from '../../planner/lint/operations.ts'
import { lookAtSteps } from './script.ts'

/** What looking at a migration gave. */
export interface LookedAtMigration {
  readonly findings: readonly LintFinding[]
  readonly ignored: number
  readonly statements: number
  /** Scripts that are not SQL of this dialect. */
  readonly unparsable: readonly { readonly line: number | null; readonly why: string }[]
}

const scripts = ['expand', 'backfill', 'contract', 'rollback'] as const

/**
 * Looks at what rawSql of a migration runs; what the other intents do is told by `migrate plan`.
 *
 * @throws BellowsError exit 2 when the file is no migration.
 */
export async function lookAtMigration(dialect: LintDialect, engine: Engine, path: string): Promise<LookedAtMigration> {
  const { value, origin } = await readAny(path)
  const { definition } = migrationOf(basename(path, extname(path)), value, origin)
  const accepted = new Set((definition.accept ?? []).map(({ id }) => id))
  const source = await readFile(path, 'utf8')
  const looked: LookedAtMigration[] = []
  // What a migration makes, its way back may take away.
  let made = beginning(false, true)
  definition.intents.forEach((intent, index) => {
    const raw = (intent as { readonly rawSql?: Readonly<Record<string, never>> }).rawSql
    if (raw === undefined) return
    for (const phase of scripts) {
      const text = forDialect(raw[phase], engine === 'postgres' ? 'postgres' : 'mysql')
      if (text === undefined) continue
      const from = origin.lineOf?.(['intents', index, 'rawSql', phase]) ?? null
      const script = { text, phase, accepted, lineIn: finder(source, from) }
      const own = lookAtScript(dialect, engine, script, phase === 'rollback' ? made : beginning(false, true))
      made = together(made, own.known)
      looked.push(own.looked)
    }
  })
  return {
    findings: looked.flatMap(({ findings }) => findings),
    ignored: looked.reduce((sum, { ignored }) => sum + ignored, 0),
    statements: looked.reduce((sum, { statements }) => sum + statements, 0),
    unparsable: looked.flatMap(({ unparsable }) => unparsable),
  }
}

interface Script {
  readonly text: string
  readonly phase: (typeof scripts)[number]
  readonly accepted: ReadonlySet<string>
  readonly lineIn: (line: string) => number | null
}

interface OneScript {
  readonly looked: LookedAtMigration
  readonly known: Known | null
}

function lookAtScript(dialect: LintDialect, engine: Engine, script: Script, before: Known): OneScript {
  const { text, phase, accepted, lineIn } = script
  const late = phase === 'contract' || phase === 'rollback'
  const looked = lookAtSteps(dialect, engine, text, late ? 'late' : 'step', before)
  const lines = text.split('\n')
  const place = (line: number): number | null => lineIn(lines[line - 1] ?? '')
  if ('unparsable' in looked) {
    const { line, why } = looked.unparsable
    const unparsable = [{ line: place(line), why: `rawSql.${phase}: ${why}` }]
    return { looked: { findings: [], ignored: 0, statements: 0, unparsable }, known: null }
  }
  const kept = looked.findings.filter(({ rule }) => !accepted.has(rule))
  return {
    looked: {
      findings: kept.map((finding) => ({ ...finding, line: place(finding.line) ?? 1 })),
      ignored: looked.ignored + looked.findings.length - kept.length,
      statements: looked.statements,
      unparsable: [],
    },
    known: looked.known,
  }
}

function together(one: Known, other: Known | null): Known {
  if (other === null) return one
  return {
    ...one,
    tables: new Set([...one.tables, ...other.tables]),
    columns: new Set([...one.columns, ...other.columns]),
    indexes: new Set([...one.indexes, ...other.indexes]),
    constraints: new Map([...one.constraints, ...other.constraints]),
  }
}

/** Finds a line of a script in its file, from the line on where the script begins. */
function finder(source: string, from: number | null): (line: string) => number | null {
  const lines = source.split('\n')
  return (line) => {
    const wanted = line.trim()
    const found = wanted === '' ? -1 : lines.findIndex((own, at) => at >= (from ?? 1) - 1 && own.includes(wanted))
    return found === -1 ? from : found + 1
  }
}
