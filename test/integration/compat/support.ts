import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CheckOptions, type CheckResult, checkCompatibility } from '../../../src/compat/check.ts'
import type { ListedStatement } from '../../../src/compat/statement-list.ts'
import type { State } from '../../../src/compat/states.ts'
import type { MigratorOptions } from '../../../src/index.ts'
import type { Intent } from '../../../src/planner/intents/index.ts'
import type { MigrationDefinition } from '../../../src/planner/migration.ts'

/** Statements by id: the text, or the whole entry. */
export type Listed = Readonly<Record<string, string | Omit<ListedStatement, 'id'>>>

/** What a test says about a check. */
export interface Asked extends Partial<Pick<CheckOptions, 'shadowUrl' | 'shadow' | 'strict'>> {
  readonly database: MigratorOptions['database']
  readonly intents: readonly Intent[]
  readonly accept?: MigrationDefinition['accept']
  readonly old?: Listed
  readonly new?: Listed
  readonly signal?: AbortSignal
}

/** Writes the lists as files and checks one migration, on a scratch database unless another shadow is named. */
export function check(asked: Asked): Promise<CheckResult> {
  const { shadowUrl, shadow } = asked
  return checkOn(asked, shadowUrl === undefined ? { shadow: shadow ?? 'target' } : { shadowUrl })
}

/** The same without a word about the shadow. */
export function checkOnDefault(asked: Asked): Promise<CheckResult> {
  return checkOn(asked, {})
}

async function checkOn(asked: Asked, where: Pick<CheckOptions, 'shadowUrl' | 'shadow'>): Promise<CheckResult> {
  const { database, intents, strict, signal } = asked
  const lists = {
    old: asked.old === undefined ? [] : [await listFile('v1', asked.old)],
    new: asked.new === undefined ? [] : [await listFile('v2', asked.new)],
  }
  try {
    return await checkCompatibility({
      migrator: {
        database,
        migrations: [{ name: 'change', migration: { intents, accept: asked.accept } }],
        ...(signal === undefined ? {} : { signal }),
      },
      old: lists.old.map(({ path }) => path),
      new: lists.new.map(({ path }) => path),
      ...where,
      ...(strict === undefined ? {} : { strict }),
    })
  } finally {
    for (const { remove } of [...lists.old, ...lists.new]) await remove()
  }
}

/** A statement list as a file. */
export async function listFile(version: string, listed: Listed): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'bellows-check-'))
  const path = join(folder, `${version}.json`)
  const statements = Object.entries(listed).map(([id, entry]) =>
    typeof entry === 'string' ? { id, sql: entry } : { id, ...entry },
  )
  await writeFile(path, JSON.stringify({ app: 'shop', version, statements }))
  return { path, remove: () => rm(folder, { recursive: true }) }
}

/** The findings of one cell as `statement verdict level code`. */
export function cell(result: CheckResult, version: string, state: State): string[] {
  const found = result.matrix.find((each) => each.version === version && each.state === state)
  return (found?.findings ?? []).map((each) => `${each.statement} ${each.verdict} ${each.level} ${each.code}`)
}

/** The verdicts of one version, state by state. */
export function row(result: CheckResult, version: string): string[] {
  return result.matrix.filter((each) => each.version === version).map(({ verdict }) => verdict)
}
