import { type Markup, markup } from './markup.ts'
import type { Cell } from './problems.ts'

const signs: Readonly<Record<Cell['verdict'], string>> = { ok: '✓', fails: '✕', changes: '±', unverifiable: '?' }

/** A verdict as a word with its sign; the colour only goes along. */
export function badge(verdict: Cell['verdict'], word: string, kind: string = ''): Markup {
  return markup`<span class="verdict ${verdict} ${kind}"><span aria-hidden="true">${signs[verdict]}</span> ${word}</span>`
}

/** A name that users gave; whatever direction it is written in, it does not turn the text around it. */
export function named(name: string): Markup {
  return markup`<bdi>${name}</bdi>`
}

/** SQL, to be scrolled with the keyboard too where it is long. */
export function sqlBlock(sql: string, label: string): Markup {
  return markup`<pre tabindex="0" role="region" aria-label="${label}"><code>${sql}</code></pre>`
}

/** The same for a long one: it may be broken behind what its words are joined by. */
export function breakable(name: string): Markup {
  return markup`<bdi>${name.split(/(?<=_)/).map((part) => [part, markup`<wbr>`])}</bdi>`
}
