import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { CommanderError } from 'commander'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { buildProgram } from '../../src/cli/program.ts'
import { root } from '../kubernetes/tools.ts'
import { type CommandLine, codeOf, commandLines } from './shell.ts'

/*
 * What deploy/ and the pages tell people to run is what the command line takes: by its own parser, nothing is run.
 */
const filesIn = (folder: string, extension: RegExp): readonly string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => extension.test(name))
    .map((name) => path.join(folder, name))
const text = (name: string): string => readFileSync(path.join(root, name), 'utf8')

async function refusal({ argv }: CommandLine): Promise<string | null> {
  const terminal = { isTTY: false, columns: 100, write: () => undefined }
  try {
    await buildProgram(terminal, async () => undefined, argv).parseAsync([...argv], { from: 'user' })
    return null
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return null
    return error instanceof Error ? error.message : String(error)
  }
}

async function expectTaken(lines: readonly CommandLine[], borne = /^$/): Promise<void> {
  const refused = await Promise.all(
    lines.map(async (line) => ({ where: line.where, line: line.argv.join(' '), why: await refusal(line) })),
  )
  expect(refused.filter(({ why }) => why !== null && !borne.test(why))).toEqual([])
}

/** The arguments of containers, and the inputs of the action, anywhere in a document. */
function invocations(value: unknown, where: string): readonly CommandLine[] {
  if (typeof value !== 'object' || value === null) return []
  const { args, command, uses, with: given } = value as Record<string, unknown>
  const nested = Object.values(value).flatMap((each) => invocations(each, where))
  if (Array.isArray(args) && Array.isArray(command)) return [{ where, argv: args.map(String) }, ...nested]
  if (typeof uses === 'string' && uses.endsWith('deploy/github')) {
    const inputs = given as Readonly<Record<string, string>>
    const line = [`migrate ${inputs.command}`, inputs.name ?? '', inputs.args ?? ''].join(' ')
    return [...commandLines(line.replaceAll(/\s+/g, ' '), where), ...nested]
  }
  return nested
}

describe('the command line takes', () => {
  const manifests = filesIn('deploy', /\.ya?ml$/).filter((name) => !name.includes('/templates/'))

  test('every command in deploy/', async () => {
    const lines = manifests.flatMap((name) => commandLines(text(name), name))
    expect(lines.length).toBeGreaterThan(8)
    await expectTaken(lines)
  })

  test('what containers and steps of deploy/ say, which is valid YAML', async () => {
    const lines = manifests.flatMap((name) =>
      parseAllDocuments(text(name), { customTags: [] }).flatMap((document) => {
        expect(document.errors, name).toEqual([])
        return invocations(document.toJS(), name)
      }),
    )
    expect(lines.length).toBeGreaterThan(10)
    await expectTaken(lines)
  })

  // Prose names a flag without its value.
  test.each(['README.md', ...filesIn('docs', /\.md$/)])('what %s says', async (name) => {
    await expectTaken(commandLines(codeOf(text(name)), name), /argument missing$/)
  })
})

test('a command line that is wrong would be found', async () => {
  const script = 'DATABASE_URL="$X" npx migrate expand --backfil && migrate plan | tee x # migrate plan --no\n'
  const [wrong, right] = commandLines(script, 'here')
  expect(wrong?.argv).toEqual(['expand', '--backfil'])
  expect(await refusal(wrong as CommandLine)).toMatch(/unknown option/)
  expect(right?.argv).toEqual(['plan'])
  expect(codeOf('```sh\nmigrate a\n```\n`migrate b` migrate c')).toBe('migrate a\n\nmigrate b')
})
