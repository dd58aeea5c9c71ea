import type { CompletionTree } from './tree.ts'

/** Words by command; after a flag that takes a value, its choices or files. */
export function bashCompletion(tree: CompletionTree): string {
  const flags = tree.flatMap((command) => command.flags)
  const chosen = new Map(flags.filter(({ choices }) => choices.length > 0).map(({ long, choices }) => [long, choices]))
  const valued = [
    ...new Set(flags.filter(({ takesValue, long }) => takesValue && !chosen.has(long)).map(({ long }) => long)),
  ]
  const values = [...chosen].map(
    ([long, choices]) => `    ${long}) COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$cur")); return ;;`,
  )
  const words = tree.map(
    ({ name, flags }) => `    ${name}) words='${flags.map(({ long }) => long).join(' ')} --help' ;;`,
  )
  return `_migrate() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command='' word words
  case "$previous" in
${values.join('\n')}
    ${valued.join('|')}) COMPREPLY=($(compgen -f -- "$cur")); return ;;
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in ${tree.map(({ name }) => name).join('|')}) command="$word"; break ;; esac
  done
  case "$command" in
${words.join('\n')}
    *) words='${tree.map(({ name }) => name).join(' ')} --help --version' ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _migrate migrate bellows
`
}
