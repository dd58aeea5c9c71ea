/** Text that is HTML or XML already. Only {@link markup} makes it, so what is not one of these is always escaped. */
export interface Markup {
  readonly markup: string
}

/** What may stand in a template: nothing, text, a number, more markup, or a list of these. */
export type Content = Markup | string | number | null | undefined | false | readonly Content[]

/**
 * A template of HTML or XML: every value in it is escaped, also in attributes, unless it was made by this function.
 *
 * @example
 * ```ts
 * markup`<p title="${name}">${message}</p>`.markup
 * ```
 */
export function markup(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  const parts = strings.map((text, index) => {
    if (index >= values.length) return text
    const value = render(values[index])
    // A line break in an attribute is a space to whoever reads XML, unless it is written as a number.
    return text + (text.endsWith('="') ? value.replaceAll('\n', '&#10;').replaceAll('\t', '&#9;') : value)
  })
  return { markup: parts.join('') }
}

function render(value: Content): string {
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'string') return escaped(value)
  if (typeof value === 'number') return String(value)
  if ('markup' in value) return value.markup
  return value.map(render).join('')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string => printable(text).replaceAll(/[&<>"']/g, (found) => entities[found] ?? found)

/**
 * A text in which every character may stand in XML 1.0: control characters as their pictures (U+0007 as U+2407), halves of
 * characters as U+FFFD; line breaks are `\n`. What turns the direction of writing is spelt out: it would reach beyond its own
 * element, since a browser closes an isolate by a character that closes the innermost one.
 */
export function printable(text: string): string {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\t\n\u0020-\u007E\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, (found) => {
      const code = found.codePointAt(0) ?? 0
      if (code < 0x20) return String.fromCodePoint(0x2400 + code)
      return code === 0x7f ? '\u2421' : '\uFFFD'
    })
    .replaceAll(/[\u202A-\u202E\u2066-\u2069]/g, (found) => `⟨U+${found.codePointAt(0)?.toString(16).toUpperCase()}⟩`)
}

/** At most so many characters (UTF-16 units), the last an ellipsis where it was longer. Pairs are not cut through. */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}
