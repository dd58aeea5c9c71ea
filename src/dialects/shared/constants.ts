/** A text of plain characters, a number or a truth value, alone: nothing in it depends on a setting or a character set. */
const constant = /^\s*(?:'((?:[ -&(-[\]-~]|'')*)'|(-?\d{1,40}(?:\.\d{1,40})?)|(true|false))\s*$/i

const integers: Readonly<Record<string, number>> = {
  tinyint: 2,
  smallint: 4,
  mediumint: 6,
  int: 9,
  integer: 9,
  bigint: 18,
  real: 6,
  float: 6,
  double: 15,
  'double precision': 15,
}

/**
 * Is that a constant that a column of this type surely holds? In doubt not: a date, or a text that is read as a number, is left to the
 * server.
 */
export function surelyFits(text: string, type: string): boolean {
  const [, quoted, number, truth] = constant.exec(text) ?? []
  if (truth !== undefined) return /^(boolean|tinyint(\(\d+\))?)$/i.test(type)
  if (number !== undefined) return numberFits(number, type)
  if (quoted === undefined) return false
  if (/^enum\(/i.test(type)) return type.includes(`'${quoted}'`)
  const sized = /^(?:character varying|character|varchar|char)\((\d+)\)/i.exec(type)
  const most =
    sized === null ? (/^(text|mediumtext|longtext|character varying)\b/i.test(type) ? 255 : 0) : Number(sized[1])
  return quoted.replaceAll("''", "'").length <= most
}

function numberFits(number: string, type: string): boolean {
  const [, digits = '', fraction = ''] = /^-?(\d+)(?:\.(\d+))?$/.exec(number) ?? []
  if (number.startsWith('-') && /unsigned|zerofill/i.test(type)) return false
  const exact = /^(?:numeric|decimal)(?:\((\d+)(?:,(\d+))?\))?/i.exec(type)
  if (exact !== null) {
    const [, precision, scale = '0'] = exact
    if (precision === undefined) return true
    return digits.length <= Number(precision) - Number(scale) && fraction.length <= Number(scale)
  }
  const most = integers[type.toLowerCase().replace(/\(\d+\)| unsigned| zerofill/g, '')]
  return most !== undefined && fraction === '' && digits.length <= most
}

/** Words that make NULL of values, or are it. */
const makesNull = /\b(?:null|nullif|case|if)\b|->|#>/i

/** A call without another one in it. */
const innermost = /(\w*)\s*\(([^()]*)\)/

/**
 * Can an expression give NULL, where these columns that it reads can be NULL? In doubt it can; `coalesce(..., 'constant')` never does,
 * alone or in a larger one.
 */
export function mayGiveNull(text: string, nullable: readonly string[]): boolean {
  let rest = marked(text, new Set(nullable.map((name) => name.toLowerCase())))
  while (innermost.test(rest)) {
    rest = rest.replace(innermost, (_, called: string, inner: string) => {
      const never = /^(?:coalesce|ifnull)$/i.test(called) && /,\s*(?:''|-?\d+(?:\.\d+)?|true|false)\s*$/i.test(inner)
      // It leaves NULLs out, and is NULL only where what it puts between them is.
      const joins = /^concat_ws$/i.test(called) && /^\s*''\s*,/.test(inner)
      return never || joins ? "''" : ` ${called}~${inner}~ `
    })
  }
  return makesNull.test(rest) || rest.includes(mark)
}

/** Is it NULL and nothing else, with or without a cast? */
export const isNull = (text: string): boolean =>
  /^[\s(]*null[\s)]*(?:::[^'"]+)?$|^\s*cast\s*\(\s*null\s+as\s[^'"]+\)\s*$/i.test(text)

const mark = '\0'

/** Texts and quoted names without what is in them, and a mark for each name that is asked for. */
function marked(text: string, names: ReadonlySet<string>): string {
  const pieces = /'(?:[^'\\]|''|\\.)*'|"((?:[^"]|"")*)"|`((?:[^`]|``)*)`|[\p{L}_][\p{L}\p{N}_$]*/gsu
  return text.replace(pieces, (piece: string, double?: string, backtick?: string) => {
    if (piece.startsWith("'")) return "''"
    const quoted = double?.replaceAll('""', '"') ?? backtick?.replaceAll('``', '`')
    if (names.has((quoted ?? piece).toLowerCase())) return mark
    return quoted === undefined ? piece : '_'
  })
}
