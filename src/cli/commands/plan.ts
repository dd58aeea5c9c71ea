import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { findings } from '../../errors.ts'
import type { DialectName } from '../../planner/catalog.ts'
import { defined } from '../defined.ts'
import { connection } from '../options.ts'
import type { Answer } from '../output.ts'
import { readCatalog, readJsonFile } from '../read-json-file.ts'
import { renderPlan } from '../render/plan.ts'
import type { CommandFile, Session } from '../session.ts'
import { withMigrator } from '../with-migrator.ts'

/** `migrate plan`: what each phase would run. Touches nothing. */
export const plan: CommandFile = {
  name: 'plan',
  summary: 'phases, steps, statements, locks, sizes, hazards; touches nothing',
  arguments: '[name]',
  options: [
    { flags: '--sql', help: 'a runnable script' },
    { flags: '--catalog <file>', help: 'plan without a database, from what `migrate catalog` wrote' },
    { flags: '--out <file>', help: 'keep the plan for `expand --plan`' },
    { flags: '--exit-code', help: 'exit 4 when something is pending' },
    ...connection,
  ],
  examples: [
    'migrate plan',
    'migrate plan --sql > review.sql',
    'migrate plan --out plan.json && migrate expand --plan plan.json',
  ],
  run: async (session, [name]) => {
    const file = session.settings.text('catalog')
    const catalog =
      file === undefined ? undefined : readCatalog(await readJsonFile(resolve(session.io.cwd, file), '--catalog'))
    return withMigrator(
      session,
      async (migrator) => {
        const which = defined({ name, catalog })
        await keep(session, () => migrator.planFile(which))
        if (session.settings.flag('sql')) {
          const sql = await migrator.planSql(which)
          return { result: { sql }, text: sql.trimEnd() }
        }
        const result = await migrator.plan(which)
        const pending = result.migrations.filter(({ state }) => !isThrough(state)).map((migration) => migration.name)
        return withExitCode(
          session,
          { result, text: renderPlan(result, session.output.colours, { full: session.settings.flag('verbose') }) },
          pending,
        )
      },
      catalog === undefined ? { dialect: 'by url' } : { offline: true, dialect: dialectOf(catalog) },
    )
  },
}

const dialectOf = (catalog: unknown): DialectName | undefined => (catalog as { dialect?: DialectName } | null)?.dialect

async function keep(session: Session, planFile: () => Promise<unknown>): Promise<void> {
  const out = session.settings.text('out')
  if (out === undefined) return
  const content = `${JSON.stringify(await planFile(), null, 2)}\n`
  await writeFile(resolve(session.io.cwd, out), content)
  session.output.note(`kept in ${out}; \`migrate expand --plan ${out}\` runs exactly this`)
}

const isThrough = (state: string): boolean => ['contracted', 'purging', 'completed'].includes(state)

function withExitCode(session: Session, answer: Answer, pending: readonly string[]): Answer {
  if (!session.settings.flag('exitCode') || pending.length === 0) return answer
  return { ...answer, failure: findings('plan.pending', `pending: ${pending.join(', ')}`) }
}
