import type { LintResult } from '../runner/lint/api.ts'
import { locator } from './locator.ts'
import type { Answer } from './output.ts'
import { lintAnnotations } from './render/lint/github.ts'
import { type LintReport, lintSarif } from './render/lint/sarif.ts'
import { prepareFiles, readWanted, writeReport } from './report-files.ts'
import type { Session } from './session.ts'
import { ownVersion } from './version.ts'

const formats = ['github', 'json', 'sarif'] as const

/** The reports that a run was asked for. */
export interface LintReports {
  /** Writes them, and on GitHub the annotations; returns what is to be answered then. */
  readonly write: (result: LintResult, answer: Answer) => Promise<Answer>
}

/**
 * Reads `--report`, and makes sure that every file can be written.
 *
 * @throws BellowsError exit 2 for a format that there is not, or a file that cannot be written.
 */
export async function openLintReports({ settings, io, output }: Session): Promise<LintReports> {
  const wanted = readWanted(settings.list('report'), formats, io.cwd, output.json)
  await prepareFiles(wanted)
  return {
    write: async (result, answer) => {
      const report: LintReport = {
        result,
        version: ownVersion(),
        at: new Date().toISOString(),
        exitCode: answer.failure?.exitCode ?? 0,
        locate: locator(io.cwd, io.env.GITHUB_WORKSPACE ?? ''),
      }
      const texts = {
        github: () => `${lintAnnotations(report).join('\n')}\n`,
        json: () => `${JSON.stringify(output.documentOf(answer), null, 2)}\n`,
        sarif: () => lintSarif(report),
      }
      let shown = answer
      for (const each of wanted) {
        const text = texts[each.format]()
        if (each.path === null) shown = { ...shown, text: text.trimEnd() }
        const failure = await writeReport(each, text)
        if (failure === null) continue
        // What was found says more than a report that could not be written.
        if (shown.failure === undefined) shown = { ...shown, failure }
        else output.warn(failure.message)
      }
      output.annotate(lintAnnotations(report))
      return shown
    },
  }
}
