/** A command line, and where it stands. */
export interface CommandLine {
  readonly where: string
  readonly argv: readonly string[]
}

/** How `migrate` begins in scripts: bare, by npx, in a span of code, behind a variable or an operator. */
const begins = /(?:^|[\s`("'|;&])(?:npx (?:--no-install )?)?migrate (?=[a-z])/g

/** Every `migrate ...` in a script, as a shell would hand it over. What has a placeholder in it (<name>, [name], ...) is left out. */
export function commandLines(script: string, where: string): readonly CommandLine[] {
  // What another command gives stands for one argument.
  const joined = script.replaceAll(/\\\n\s*/g, ' ').replaceAll(/\$\([^()\n]*\)/g, '$GIVEN')
  return [...joined.matchAll(begins)]
    .map(({ 0: { length }, index }) => joined.slice(index + length))
    .map((rest) => ({ where, argv: words(rest) }))
    .filter(({ argv }) => !argv.some((word) => /^\.\.\.$|…|^\[|<\w/.test(word)))
}

/** The words of a shell's command until it ends: at a line's end, an operator, a comment, the end of a span of code. */
function words(text: string): readonly string[] {
  const found: string[] = []
  let word: string | null = null
  let quote: string | null = null
  const end = (): void => {
    if (word !== null) found.push(word)
    word = null
  }
  for (const [at, character] of [...text].entries()) {
    if (quote !== null) {
      if (character === quote) quote = null
      else word = (word ?? '') + character
    } else if (character === "'" || character === '"') {
      quote = character
      word ??= ''
    } else if (/[\n`|;&)>]/.test(character) || (character === '#' && word === null)) {
      break
    } else if (character === '<' && !/[\w-]/.test([...text][at + 1] ?? '')) {
      break
    } else if (/\s/.test(character)) {
      end()
    } else {
      word = (word ?? '') + character
    }
  }
  end()
  return found
}

/** The blocks of code of a page, and its spans of code. */
export function codeOf(markdown: string): string {
  const blocks = [...markdown.matchAll(/^ *```(?:sh|bash|yaml|console)?\n([\s\S]*?)^ *```$/gm)].map(([, code]) => code)
  const prose = markdown.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '')
  const spans = [...prose.matchAll(/(?<!`)`(migrate [^`\n]+)`(?!`)/g)].map(([, code]) => code)
  return [...blocks, ...spans].join('\n')
}
