import { clip, printable } from './markup.ts'

/*
 * Text of others in Markdown as GitHub, GitLab and the like read it: nothing in it makes a link, an image, a table, a heading, a
 * formula, HTML, or calls somebody.
 */

const entity = (character: string): string => `&#${character.codePointAt(0)};`

const encoded = (text: string): string =>
  printable(text)
    .replaceAll(/[&<>`*_[\]{}#|\\~!$@^]/g, entity)
    // Addresses become links also without brackets.
    .replaceAll(/:(?=\/\/)/g, entity)
    .replaceAll(/(?<=www)\./gi, entity)
    .replaceAll('\n', '<br>')

/** In a sentence, at most so many characters. A zero-width space keeps `@name` and `#1` from becoming links after all. */
export function prose(text: string, length: number): string {
  return encoded(clip(text, length)).replaceAll(/&#(?:64|35);/g, '$&\u200B')
}

/** A name in `<code>`: in tables backticks do not hold, where a pipe follows a backslash. */
export function code(text: string, length: number): string {
  return `<code>${encoded(clip(text, length))}</code>`
}

/** A block of code, in a fence that is longer than any in it. */
export function fenced(text: string, language: string, length: number): string {
  const body = clip(printable(text), length)
  const longest = Math.max(2, ...[...body.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${body}\n${fence}`
}
