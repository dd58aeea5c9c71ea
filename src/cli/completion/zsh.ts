import type { CompletionTree, Flag } from './tree.ts'

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
const escaped = (text: string): string => text.replaceAll(/[[\]:\\]/g, (character) => `\\${character}`)

/** Commands with their summaries, then the flags of the one that was chosen. */
export function zshCompletion(tree: CompletionTree): string {
  const commands = tree.map(({ name, summary }) => `    ${quoted(`${name}:${escaped(summary)}`)}`)
  const cases = tree.map(
    ({ name, flags }) => `    ${name}) _arguments ${flags.map(argument).join(' ')} '*:: :_files' ;;`,
  )
  return `#compdef migrate bellows
_migrate() {
  local -a commands
  commands=(
${commands.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case "$words[2]" in
${cases.join('\n')}
  esac
}
if [[ "$funcstack[1]" == _migrate ]]; then _migrate "$@"; else compdef _migrate migrate bellows; fi
`
}

function argument({ long, help, takesValue, choices }: Flag): string {
  const values = choices.length > 0 ? `(${choices.join(' ')})` : '_files'
  return quoted(`${long}[${escaped(help)}]${takesValue ? `:value:${values}` : ''}`)
}
