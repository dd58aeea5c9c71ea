import type { Family } from '../../families/family.ts'

/** A way of naming things that a careless tool stumbles over. `part` tells the names of one style apart. */
export interface NameStyle {
  readonly title: string
  readonly name: (part: string) => string
  /** Only one family takes such names. */
  readonly only?: { readonly family: Family['name']; readonly because: string }
}

const reserved: Readonly<Record<string, string>> = {
  a: 'select',
  b: 'table',
  c: 'user',
  d: 'order',
  e: 'NEW',
  f: 'null',
  g: 'default',
  h: 'from',
  i: 'where',
  j: 'check',
  k: 'primary',
  l: 'end',
  m: 'case',
  n: 'limit',
  o: 'references',
  p: 'grant',
  q: 'using',
  r: 'array',
}

/** What our own trigger and functions call their variables. */
const ours: Readonly<Record<string, string>> = {
  a: 'from_new',
  b: 'from_old',
  c: 'count_old',
  d: 'up_0',
  e: 'down_0',
  f: 'up_0_error',
  g: 'tg_op',
  h: 'result',
  i: 'old',
  j: 'new',
  k: 'a0',
  l: 'rows',
  m: 't',
  n: 'k0',
  o: 'b',
  p: 'f',
  q: 'key',
  r: 'lens',
}

/** Parts are single letters from a to r, so that every name stays within 63 bytes and differs from the others. */
const noTrailingSpace = { family: 'postgres', because: 'no name of MySQL or MariaDB ends with a space' } as const
const threeBytes = { family: 'postgres', because: 'letters of four bytes are in no name of MySQL or MariaDB' } as const
const wholeLetters = {
  family: 'postgres',
  because: 'MySQL 9.7 drops no column by INSTANT whose name of more than 40 bytes it would cut within a letter (3507)',
} as const
const characters = { family: 'mysql', because: 'PostgreSQL counts bytes' } as const
/** The names that are in the table before the migration may have one character more than those that it makes. */
const longest = (part: string): number => ('ehim'.includes(part) ? 62 : 63)

const nameStyles: readonly NameStyle[] = [
  { title: 'upper case and spaces', name: (part) => ` Mixed  CASE ${part} `, only: noTrailingSpace },
  { title: 'upper case and spaces within', name: (part) => ` Mixed  CASE ${part}` },
  { title: 'double quotes', name: (part) => `a"b""${part}"` },
  { title: 'single quotes', name: (part) => `it's ''${part}'` },
  { title: 'dollar signs', name: (part) => `$bellows$${part}$1$$` },
  { title: 'reserved words', name: (part) => reserved[part] ?? part },
  { title: "the words of our own trigger's body", name: (part) => ours[part] ?? part },
  { title: '63 bytes that begin alike', name: (part) => `${'x'.repeat(62)}${part}` },
  {
    title: '63 bytes of two-byte letters that begin alike',
    name: (part) => `${'ü'.repeat(31)}${part}`,
    only: wholeLetters,
  },
  { title: '63 quotes', name: (part) => `${'"'.repeat(62)}${part}` },
  { title: 'line breaks', name: (part) => `line\nbreak\r\n\t-- ${part}` },
  { title: 'percent signs', name: (part) => `100% %s %I %${part}` },
  { title: 'backslashes', name: (part) => `a\\n\\'${part}\\` },
  { title: 'comments and semicolons', name: (part) => `x; drop table y; -- /* ${part} */ $1` },
  { title: 'astral and right-to-left letters', name: (part) => `👍🏽 שלום ${part}`, only: threeBytes },
  { title: 'right-to-left letters', name: (part) => `שלום ${part}` },
  { title: 'backticks', name: (part) => `a\`b\`\`${part}\`` },
  {
    title: '64 characters that begin alike',
    name: (part) => `${'y'.repeat(longest(part))}${part}`,
    only: characters,
  },
  { title: '64 backticks', name: (part) => `${'`'.repeat(longest(part))}${part}`, only: characters },
]

/** The styles that a family takes. */
export function stylesFor({ name }: Pick<Family, 'name'>): readonly NameStyle[] {
  return nameStyles.filter(({ only }) => only === undefined || only.family === name)
}
