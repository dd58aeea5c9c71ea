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
