import { htmlReport } from './html.ts'
import { junitReport } from './junit.ts'
import { markdownReport } from './markdown.ts'
import type { CheckReport } from './problems.ts'
import { sarifReport } from './sarif.ts'

/** The text of a report in each format; `json` is what `--json` prints, and not made from a {@link CheckReport}. */
export const renderers: Readonly<Record<Exclude<ReportFormat, 'json'>, (report: CheckReport) => string>> = {
  html: htmlReport,
  junit: junitReport,
  markdown: (report) => markdownReport(report),
  sarif: sarifReport,
}

/** All formats, in the order in which they are told. */
export const reportFormats = ['html', 'json', 'junit', 'markdown', 'sarif'] as const

/** One of {@link reportFormats}. */
export type ReportFormat = (typeof reportFormats)[number]
