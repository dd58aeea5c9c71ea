import type { CompletionTree, Flag } from './tree.ts'

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** One `complete` line for each command and flag. */
export function fishCompletion(tree: CompletionTree): string {
  const lines = ['migrate', 'bellows'].flatMap((program) => [
    `complete -c ${program} -f`,
    ...tree.map(
      ({ name, summary }) => `complete -c ${program} -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ),
    ...tree.flatMap(({ name, flags }) => flags.map((flag) => flagLine(program, name, flag))),
  ])
  return `${lines.join('\n')}\n`
}

function flagLine(program: string, command: string, { long, help, takesValue, choices }: Flag): string {
  const value = !takesValue ? '' : choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : ' -r -F'
  const when = quoted(`__fish_seen_subcommand_from ${command}`)
  return `complete -c ${program} -n ${when} -l ${long.slice(2)}${value} -d ${quoted(help)}`
}
