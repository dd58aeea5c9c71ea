import { access } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { jobManifest } from '../kubernetes/jobs.ts'
import { defaults } from '../kubernetes/options.ts'
import type { CommandFile } from '../session.ts'
import { configTemplate } from '../templates/config.ts'
import { exampleTemplate } from '../templates/example.ts'
import { pipelineTemplate } from '../templates/pipeline.ts'
import { migrationsFolder } from '../with-migrator.ts'
import { writeNew } from '../write-new.ts'

/** `migrate init`: files to start from. What is there stays as it is. */
export const init: CommandFile = {
  name: 'init',
  summary: 'writes a config, an example migration, a pipeline and a Job manifest',
  options: [{ flags: '--dry-run', help: 'say what would be written' }],
  run: async (session) => {
    const { io, config, output, settings } = session
    const example = join(relative(io.cwd, migrationsFolder(session)), 'example.ts.example')
    const files: readonly (readonly [string, string])[] = [
      ...(config.file === null ? [['migrate.config.ts', configTemplate] as const] : []),
      [example, exampleTemplate],
      ['.github/workflows/migrate.yml', pipelineTemplate],
      ['deploy/migrate-expand.yaml', jobManifest('expand', defaults)],
      ['deploy/migrate-backfill.yaml', jobManifest('backfill', defaults)],
    ]
    const written: string[] = []
    const kept: string[] = config.file === null ? [] : [config.file]
    for (const [file, content] of files) {
      const path = join(io.cwd, file)
      const isNew = settings.flag('dryRun') ? !(await exists(path)) : await writeNew(path, content)
      ;(isNew ? written : kept).push(file)
    }
    const { green, dim, cyan } = output.colours
    const text = [
      ...written.map((file) => `${green('+')} ${file}`),
      ...kept.map((file) => dim(`= ${file} is there already`)),
      `${cyan('→')} next: \`migrate new rename_user_name --intent renameColumn\``,
    ]
    return { result: { written, kept }, text: text.join('\n') }
  },
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
