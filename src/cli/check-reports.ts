import { appendFile, stat } from 'node:fs/promises'
import { relative, sep } from 'node:path'
import type { FullCheck } from '../compat/check.ts'
import type { BellowsError } from '../errors.ts'
import { migrationFiles } from '../migrations/load.ts'
import { locator } from './locator.ts'
import type { Answer } from './output.ts'
import { type ReportFormat, renderers, reportFormats } from './render/check/formats.ts'
import { githubAnnotations } from './render/check/github.ts'
import { markdownReport, summaryLimit } from './render/check/markdown.ts'
import type { CheckReport } from './render/check/problems.ts'
import { prepareFiles, readWanted, type Wanted, writeReport } from './report-files.ts'
import type { Session } from './session.ts'
import { ownVersion } from './version.ts'
import { migrationsFolder } from './with-migrator.ts'

/** The reports that a check was asked for. */
export interface Reports {
  /** The plan is to be shown. */
  readonly planned: boolean
  /** Writes them, and on GitHub the annotations and the summary; returns what is to be answered then. */
  readonly write: (full: FullCheck, answer: Answer) => Promise<Answer>
}

/**
 * Reads `--report`, and makes sure that every file can be written.
 *
 * @throws BellowsError exit 2 for a format that there is not, or a file that cannot be written.
 */
export async function openReports(session: Session): Promise<Reports> {
  const { settings, io, output } = session
  const wanted = readWanted(settings.list('report'), reportFormats, io.cwd, output.json)
  await prepareFiles(wanted)
  return {
    planned: wanted.some(({ format }) => format === 'html'),
    write: async (full, answer) => {
      const report = await reportOf(session, full)
      const texts = new Map<Wanted<ReportFormat>, string>(
        wanted.map((each) => [each, textOf(each.format, report, session, answer)]),
      )
      const failures: BellowsError[] = []
      for (const [each, text] of texts) {
        const failure = await writeReport(each, text)
        if (failure !== null) failures.push(failure)
      }
      if (io.env.GITHUB_ACTIONS === 'true') {
        output.annotate(githubAnnotations(report))
        await addToSummary(session, report)
      }
      const shown = wanted.find(({ path }) => path === null)
      return {
        ...answer,
        ...(shown === undefined ? {} : { text: (texts.get(shown) ?? '').trimEnd() }),
        failure: worst(answer.failure, failures, session),
      }
    },
  }
}

/** Findings say more than a report that could not be written, which is then a warning. */
function worst(
  found: BellowsError | undefined,
  failures: readonly BellowsError[],
  { output }: Session,
): Answer['failure'] {
  const [first, ...rest] = failures
  const warned = found === undefined ? rest : failures
  for (const { message } of warned) output.warn(message)
  return found ?? first
}

function textOf(format: ReportFormat, report: CheckReport, { output }: Session, answer: Answer): string {
  if (format === 'json') return `${JSON.stringify(output.documentOf(answer), null, 2)}\n`
  return renderers[format](report)
}

async function reportOf(session: Session, full: FullCheck): Promise<CheckReport> {
  const { settings, output, io } = session
  const name = full.plans[0]?.name
  const files = name === undefined ? [] : await migrationFiles(migrationsFolder(session)).catch(() => [])
  const file = files.find((each) => each.name === name)?.path
  return {
    ...output.redacted(full),
    strict: settings.flag('strict'),
    version: ownVersion(),
    at: new Date().toISOString(),
    file: file === undefined ? null : relative(io.cwd, file).split(sep).join('/'),
    locate: locator(io.cwd, io.env.GITHUB_WORKSPACE ?? ''),
  }
}

/** Less than this says nothing. */
const least = 2048

async function addToSummary({ io, output }: Session, report: CheckReport): Promise<void> {
  const path = io.env.GITHUB_STEP_SUMMARY ?? ''
  if (path === '') return
  try {
    // Whatever the step wrote before counts too.
    const { size } = await stat(path).catch(() => ({ size: 0 }))
    const begin = size === 0 ? '' : '\n\n'
    const limit = summaryLimit(size + begin.length)
    if (limit.size < least) output.warn('the summary of the step is full: the check is not in it')
    else await appendFile(path, begin + markdownReport(report, limit))
  } catch (error) {
    output.warn(`the summary of the step could not be written: ${(error as Error).message}`)
  }
}
