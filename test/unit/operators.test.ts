import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildProgram } from '../../src/cli/program.ts'
import { exitCodes } from '../../src/errors.ts'
import { ledgerStates } from '../../src/ledger/state.ts'

/*
 * The pages for operators, against what there is.
 */
const page = (name: string): string => readFileSync(path.join(import.meta.dirname, '../../docs', `${name}.md`), 'utf8')

/** The titles of this depth under a title of the second one. */
function titlesUnder(title: string): readonly string[] {
  const [, part = ''] = page('runbook').split(`\n## ${title}\n`)
  return [...(part.split('\n## ')[0] ?? '').matchAll(/^### (.*)$/gm)].map((match) => match[1] ?? '')
}

/** Words as a shell has them. */
const wordsOf = (line: string): readonly string[] =>
  [...line.replace(/(^|\s)#.*$/, '').matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '')

/** Error codes, as `lease.held`. */
const codesIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([a-z-]+\.[a-z-]+)`/g)].map((match) => match[1] ?? '')

function commandsIn(name: string): readonly string[] {
  const text = page(name)
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) => block.split('\n'))
  const inline = [...text.matchAll(/`(migrate [^`]*)`/g)].map((match) => match[1] ?? '')
  return [...blocks, ...inline].filter((line) => line.startsWith('migrate '))
}

describe('the runbook', () => {
  it('says of every exit code what to do', () => {
    expect(titlesUnder('By exit code')).toEqual(Object.values(exitCodes).map(String))
  })

  it('has each error code under the exit code that it ends with', () => {
    const ends = new Map<string, string>()
    for (const [, exit = '', part = ''] of page('exit-codes').matchAll(/^## (\d+): .*\n((?:(?!## ).*\n)*)/gm))
      for (const [, cell = ''] of part.matchAll(/^\|([^|]*)\|/gm))
        for (const code of codesIn(cell)) ends.set(code, exit)
    const [, part = ''] = page('runbook').split('\n## By exit code\n')
    const sections = [...(part.split('\n## ')[0] ?? '').matchAll(/^### (\d+)\n((?:(?!### ).*(?:\n|$))*)/gm)]
    const said = sections.flatMap(([, exit = '', text = '']) => codesIn(text).map((code) => ({ code, exit })))
    expect(said.length).toBeGreaterThan(20)
    for (const { code, exit } of said) expect(ends.get(code), code).toBe(exit)
  })

  it('says of every state what it is', () => {
    expect(titlesUnder('By state')).toEqual(ledgerStates)
  })
})

it.each(['runbook', 'security', 'never-proven', 'metrics'])('the commands in docs/%s.md are there', async (name) => {
  const commands = commandsIn(name)
  expect(commands.length).toBeGreaterThan(0)
  for (const command of commands) {
    // More names for one, `migrate k8s render` beside it, and a flag that stands for itself are no command lines.
    const [, ...argv] = wordsOf(command.replace(/<(\w+)>/g, '$1'))
    const asked: string[] = []
    const stream = { isTTY: false, columns: 80, write: () => undefined }
    const program = buildProgram(stream, async (file) => void asked.push(file.name), argv)
    await program.parseAsync(argv, { from: 'user' }).catch((error: Error) => {
      throw new Error(`${command}: ${error.message}`)
    })
    expect(asked, command).toEqual([argv[0]])
  }
})
