import { usageError } from '../../errors.ts'
import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import { completionTree } from '../completion/tree.ts'
import { zshCompletion } from '../completion/zsh.ts'
import type { CommandFile } from '../session.ts'

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const

/** `migrate completion`: what a shell needs to complete commands and flags. */
export function completion(others: readonly CommandFile[]): CommandFile {
  const self: CommandFile = {
    name: 'completion',
    summary: 'shell completion for bash, zsh or fish',
    arguments: '<shell>',
    examples: [
      'source <(migrate completion bash)',
      'migrate completion fish > ~/.config/fish/completions/migrate.fish',
    ],
    run: async (_session, [shell = '']) => {
      if (shell !== 'bash' && shell !== 'zsh' && shell !== 'fish') {
        throw usageError('usage.shell', `\`${shell}\` is none of ${Object.keys(shells).join(', ')}`)
      }
      const script = shells[shell](completionTree([...others, self]))
      return { result: { shell, script }, text: script.trimEnd() }
    },
  }
  return self
}
