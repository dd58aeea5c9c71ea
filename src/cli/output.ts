import type { BellowsError } from '../errors.ts'
import type { RunnerEvent } from '../runner/events.ts'
import { errorAnnotation, warningAnnotation } from './annotations.ts'
import { type Colours, coloursFor } from './colours.ts'
import type { Io } from './io.ts'
import { jsonLog } from './json-log.ts'
import { type ErrorDocument, lastWords } from './last-words.ts'
import { liveProgress } from './live-progress.ts'
import { type Progress, plainProgress } from './progress.ts'
import { createRedactor, type Redact, redactDeep } from './redact.ts'
import { renderError, stackOf } from './render/error.ts'

/** What a command answers. With a `failure` the result is shown all the same, then the exit code is the failure's. */
export interface Answer {
  /** For `--json`. */
  readonly result: unknown
  /** For people, on stdout. */
  readonly text: string
  readonly failure?: BellowsError | undefined
}

/** How to write. */
export interface OutputOptions {
  readonly command: string
  readonly json: boolean
  readonly logFormat: 'text' | 'json'
  readonly verbose: boolean
  readonly noColor: boolean
}

/** The two streams: the result on stdout, everything else on stderr. */
export interface Output {
  readonly json: boolean
  readonly colours: Colours
  /** Colours of stderr. */
  readonly errorColours: Colours
  readonly event: (event: RunnerEvent) => void
  /** Hands every event on as well, without secrets. */
  readonly watch: (listener: (event: RunnerEvent) => void) => void
  readonly note: (line: string) => void
  readonly warn: (message: string) => void
  /** A connection URL: its password is never written from here on. */
  readonly hide: (url: string) => void
  /** Writes outside of the order of things, on stdout: `status --watch`. */
  readonly print: (text: string) => void
  /** A value for elsewhere, without secrets in any text of it. */
  readonly redacted: <T>(value: T) => T
  /** Commands for GitHub Actions; they go nowhere elsewhere. They have to be without secrets. */
  readonly annotate: (lines: readonly string[]) => void
  /** What `--json` shows of an answer. */
  readonly documentOf: (answer: Answer) => object
  readonly answer: (answer: Answer) => void
  readonly fail: (error: BellowsError) => void
}

/** Makes the output of one command. */
export function createOutput(io: Io, options: OutputOptions): Output {
  const errorColours = coloursFor(io.env, io.stderr, options.noColor)
  const urls: string[] = []
  const listeners: ((event: RunnerEvent) => void)[] = []
  const warnings: string[] = []
  let redact: Redact = createRedactor([])
  const progress = progressFor(io, options, errorColours)
  const annotate = io.env.GITHUB_ACTIONS === 'true'

  const envelope = (body: object): object => ({ schemaVersion: 1, ...body, warnings: warnings.map(redact) })
  const document = (body: object): void => {
    io.stdout.write(`${JSON.stringify(body, null, io.stdout.isTTY ? 2 : undefined)}\n`)
  }
  const describe = (error: BellowsError): ErrorDocument => ({
    code: error.code,
    message: redact(error.message),
    hint: error.hint === null ? null : redact(error.hint),
    retryable: error.retryable,
    exitCode: error.exitCode,
    ...(Object.keys(error.details).length > 0 ? { details: redactDeep(error.details, redact) } : {}),
  })
  const documentOf = ({ result, failure }: Answer): object => {
    const { command } = options
    if (failure === undefined) return envelope({ ok: true, command, result })
    return envelope({ ok: false, command, result, error: describe(failure) })
  }
  const complain = (error: BellowsError): void => {
    progress.stop()
    io.terminationLog?.(lastWords({ command: options.command, ...describe(error) }))
    if (progress.fail !== undefined) {
      progress.fail({ ...describe(error), ...(options.verbose ? { stack: redact(stackOf(error)) } : {}) })
      return
    }
    io.stderr.write(`${redact(renderError(error, errorColours, options.verbose))}\n`)
    if (annotate) io.stderr.write(`${redact(errorAnnotation(error))}\n`)
  }
  const event = (given: RunnerEvent): void => {
    const safe = redactDeep(given, redact) as RunnerEvent
    if (safe.kind === 'warning') warnings.push(safe.message)
    progress.event(safe)
    for (const listener of listeners) listener(safe)
    if (safe.kind === 'warning' && annotate && options.logFormat === 'text')
      progress.line(warningAnnotation(safe.message))
  }

  return {
    json: options.json,
    colours: coloursFor(io.env, io.stdout, options.noColor || options.json),
    errorColours,
    event,
    watch: (listener) => void listeners.push(listener),
    note: (line) => progress.line(redact(line)),
    warn: (message) => event({ at: new Date().toISOString(), kind: 'warning', message }),
    hide: (url) => {
      urls.push(url)
      redact = createRedactor(urls)
    },
    print: (text) => io.stdout.write(text),
    redacted: (value) => redactDeep(value, redact) as typeof value,
    annotate: (lines) => {
      if (annotate && options.logFormat === 'text') for (const line of lines) progress.line(line)
    },
    documentOf,
    answer: (answer) => {
      progress.stop()
      if (options.json) document(documentOf(answer))
      else if (answer.text !== '') io.stdout.write(`${answer.text}\n`)
      if (answer.failure !== undefined) complain(answer.failure)
    },
    fail: (error) => {
      if (options.json) document(envelope({ ok: false, command: options.command, error: describe(error) }))
      complain(error)
    },
  }
}

function progressFor(io: Io, options: OutputOptions, colours: Colours): Progress {
  if (options.logFormat === 'json') return jsonLog(io.stderr)
  return io.stderr.isTTY && io.env.TERM !== 'dumb' ? liveProgress(io.stderr, colours) : plainProgress(io.stderr)
}
