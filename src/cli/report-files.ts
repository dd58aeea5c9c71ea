import { constants } from 'node:fs'
import { access, mkdir, open, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type BellowsError, temporary, usageError } from '../errors.ts'
import { nearest } from '../migrations/nearest.ts'

/** A report that was asked for. */
export interface Wanted<Format extends string> {
  readonly format: Format
  /** As it was given, for messages. */
  readonly file: string
  /** Null: stdout, instead of the text. */
  readonly path: string | null
}

/**
 * Reads `<format>=<file>`, one for each report; `-` is stdout.
 *
 * @throws BellowsError exit 2 for an unknown format, no file, or one file for two reports.
 */
export function readWanted<Format extends string>(
  given: readonly string[],
  formats: readonly Format[],
  cwd: string,
  json: boolean,
): readonly Wanted<Format>[] {
  const known = `The formats are ${formats.join(', ')}.`
  const wanted = given.map((text): Wanted<Format> => {
    const at = text.indexOf('=')
    const word = at === -1 ? text : text.slice(0, at)
    const file = at === -1 ? '' : text.slice(at + 1)
    const format = formats.find((each) => each === word)
    if (format === undefined) {
      const meant = nearest(word, formats)
      const hint = meant === undefined ? known : `Did you mean ${meant}? ${known}`
      throw usageError('usage.report', `--report: \`${word}\` is no format`, { hint })
    }
    if (file === '') {
      throw usageError('usage.report', `--report ${format}: no file is given`, { hint: `Write ${format}=<file>.` })
    }
    if (file === '-' && json) throw usageError('usage.report', `--report ${text}: with --json stdout is taken`)
    return { format, file, path: file === '-' ? null : resolve(cwd, file) }
  })
  const twice = wanted.find(({ path }, index) => wanted.findIndex((each) => each.path === path) !== index)
  if (twice !== undefined) throw usageError('usage.report', `--report: ${twice.file} is given for two reports`)
  return wanted
}

/**
 * Makes sure that all can be written, before anything else is done. Reports of an earlier run are taken away then, so that
 * nobody takes them for those of this one, should it fail.
 *
 * @throws BellowsError exit 2 for the first that cannot be written.
 */
export async function prepareFiles(wanted: readonly Wanted<string>[]): Promise<void> {
  const there: string[] = []
  for (const { file, path } of wanted) {
    if (path === null) continue
    try {
      if (await isThere(path)) there.push(path)
    } catch (cause) {
      throw unwritable(file, cause)
    }
  }
  for (const path of there) {
    // What is mounted by itself can only be emptied.
    await rm(path).catch(() => truncate(path).catch(() => undefined))
  }
}

/** Whether there is a file of an earlier run. */
async function isThere(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (found === null) {
    await mkdir(dirname(path), { recursive: true })
    await (await open(path, 'wx')).close()
    await rm(path)
    return false
  }
  if (found.isFile() || found.isDirectory()) {
    await (await open(path, 'r+')).close()
    return true
  }
  // Opening a pipe would wait for its reader.
  await access(path, constants.W_OK)
  return false
}

/** Writes a report; returns why it could not. */
export async function writeReport({ file, path }: Wanted<string>, text: string): Promise<BellowsError | null> {
  if (path === null) return null
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
    return null
  } catch (cause) {
    return unwritable(file, cause)
  }
}

function unwritable(file: string, cause: unknown): BellowsError {
  const { code = '' } = cause as NodeJS.ErrnoException
  const why = reasons[code] ?? (code === '' ? String(cause) : code)
  const make = code === 'ENOSPC' || code === 'EDQUOT' ? temporary : usageError
  return make('report.unwritable', `--report: ${file} cannot be written: ${why}`, { cause })
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EEXIST: 'a file stands where a folder has to be',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a file stands where a folder has to be',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
}
