import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { type CaptureOptions, type CaptureResult, captureCommand } from '../../../src/compat/capture/capture.ts'
import { parseJsonList, type StatementList } from '../../../src/compat/statement-list.ts'

/** What was captured: the list, its text, and what was said on the way. */
export interface Captured {
  readonly result: CaptureResult
  readonly list: StatementList
  readonly text: string
  readonly path: string
  readonly mode: number
  readonly warnings: readonly string[]
}

/** A folder of one test. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'bellows-capture-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** Captures a command against a database; the node program of an app is its `script`, run from a folder of the test's. */
export async function capture(
  url: string,
  what: { readonly script: string } | { readonly command: readonly string[] },
  options: Partial<CaptureOptions> = {},
): Promise<Captured> {
  const cwd = await folder()
  const out = join(cwd, 'v1.json')
  const warnings: string[] = []
  const result = await captureCommand({
    connect: { url, connectTimeout: 10_000, password: null },
    app: 'shop',
    version: 'v1',
    out,
    command: 'script' in what ? [process.execPath, await program(cwd, what.script)] : what.command,
    samples: false,
    redact: [],
    variables: { url: [], host: [], port: [] },
    cwd,
    env: process.env,
    quiet: true,
    terminal: false,
    signal: new AbortController().signal,
    warn: (message) => void warnings.push(message),
    ...options,
  })
  const text = await readFile(out, 'utf8')
  return { result, list: parseJsonList(text, out), text, path: out, mode: (await stat(out)).mode & 0o777, warnings }
}

/** Writes a module whose imports of drivers are those of this project. */
export async function program(cwd: string, script: string): Promise<string> {
  const path = join(cwd, 'app.mjs')
  const driver = (name: string): string => JSON.stringify(fileURLToPath(import.meta.resolve(name)))
  const imports = [`import pg from ${driver('pg')}`, `import mysql from ${driver('mysql2/promise')}`]
  await writeFile(path, `${imports.join('\n')}\nconst url = process.env.DATABASE_URL\n${script}\n`)
  return path
}

/** The entries without their ids, by their texts. */
export const entries = ({ list }: Captured): readonly unknown[] =>
  list.statements.map(({ id: _, ...entry }) => entry).toSorted((a, b) => (a.sql < b.sql ? -1 : 1))

/** The texts. */
export const texts = ({ list }: Captured): readonly string[] => list.statements.map(({ sql }) => sql)
