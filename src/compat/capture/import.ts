import { captureOf } from '../../dialects/open.ts'
import { usageError } from '../../errors.ts'
import { shortPath } from '../../migrations/read-file.ts'
import { type CaptureOptions, type CaptureResult, refuseUnwritable, tell } from './capture.ts'
import { createRecorder } from './recorder.ts'
import { writeList } from './write-list.ts'

/** What {@link importStatements} takes. */
export interface ImportOptions
  extends Pick<CaptureOptions, 'connect' | 'app' | 'version' | 'out' | 'samples' | 'redact' | 'signal' | 'warn'> {
  /** `statistics`, or the word for a log with what it is read from behind a `=`. */
  readonly from: string
}

/** What came of it. */
export type ImportResult = Omit<CaptureResult, 'exitCode' | 'refused'> & { readonly from: string }

/**
 * Writes the list of the statements that a server has counted, or logged, of all versions together.
 *
 * @throws BellowsError exit 2 when there is no such source here, nothing was found, or a file cannot be used; 3 where the server does not
 *   have the statistics, or does not show them; 75 when it cannot be reached.
 */
export async function importStatements(options: ImportOptions): Promise<ImportResult> {
  const { connect, app, version, out, samples, redact, warn } = options
  await refuseUnwritable(out)
  const dialect = await captureOf(connect.url)
  const [name = '', ...rest] = options.from.split('=')
  const source = Object.hasOwn(dialect.imports, name) ? dialect.imports[name] : undefined
  const place = rest.length === 0 ? null : rest.join('=')
  if (source === undefined || (source.place === null) !== (place === null) || place === '') {
    throw usageError('usage.capture', `--from ${options.from}: that is nothing to read statements from here`, {
      hint: `It is ${describe(dialect.imports)}.`,
    })
  }
  const recorder = createRecorder(dialect, { samples, redact })
  const leftOut = new Map<string, number>()
  await source.read(
    {
      options: { ...connect, applicationName: 'bellows/capture', setRole: null, signal: options.signal },
      ...{ place, samples },
    },
    {
      ...recorder,
      sent: (sent) => {
        options.signal.throwIfAborted()
        recorder.sent(sent)
      },
      leftOut: (what) => void leftOut.set(what, (leftOut.get(what) ?? 0) + 1),
    },
  )
  const recorded = recorder.finish(new Map())
  tell(recorded, warn)
  if (recorded.statements.length === 0)
    throw usageError('capture.nothing', `nothing that can be checked was found in ${options.from}`)
  await writeList(out, { app, version, statements: recorded.statements })
  return {
    ...{ app, version, from: options.from, out: shortPath(out), statements: recorded.statements.length },
    leftOut: Object.fromEntries([...leftOut, ...recorded.leftOut].sort()),
    withheld: Object.fromEntries([...recorded.withheld].sort()),
  }
}

const describe = (imports: Readonly<Record<string, { readonly place: string | null }>>): string =>
  Object.entries(imports)
    .map(([name, { place }]) => (place === null ? name : `${name}=<${place}>`))
    .join(', or ')
