/** A way of naming things that a careless tool stumbles over. `part` tells the names of one style apart. */
export interface NameStyle {
  readonly title: string
  readonly name: (part: string) => string
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
export const nameStyles: readonly NameStyle[] = [
  { title: 'upper case and spaces', name: (part) => ` Mixed  CASE ${part} ` },
  { title: 'double quotes', name: (part) => `a"b""${part}"` },
  { title: 'single quotes', name: (part) => `it's ''${part}'` },
  { title: 'dollar signs', name: (part) => `$bellows$${part}$1$$` },
  { title: 'reserved words', name: (part) => reserved[part] ?? part },
  { title: "the words of our own trigger's body", name: (part) => ours[part] ?? part },
  { title: '63 bytes that begin alike', name: (part) => `${'x'.repeat(62)}${part}` },
  { title: '63 bytes of two-byte letters that begin alike', name: (part) => `${'ü'.repeat(31)}${part}` },
  { title: '63 quotes', name: (part) => `${'"'.repeat(62)}${part}` },
  { title: 'line breaks', name: (part) => `line\nbreak\r\n\t-- ${part}` },
  { title: 'percent signs', name: (part) => `100% %s %I %${part}` },
  { title: 'backslashes', name: (part) => `a\\n\\'${part}\\` },
  { title: 'comments and semicolons', name: (part) => `x; drop table y; -- /* ${part} */ $1` },
  { title: 'astral and right-to-left letters', name: (part) => `👍🏽 שלום ${part}` },
]
