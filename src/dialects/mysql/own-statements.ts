import { lex } from './lexer.ts'

/*
 * The statements of this tool in the statistics of the server: verification, the questions of gates, batches. They are known by how they
 * begin and what they do, as tokens in lower case with a space between them.
 */
const name = '[^ ]+'
const own: readonly RegExp[] = [
  // The comparison of the shapes; the end may be cut off.
  new RegExp(`^select count \\( \\* \\) as rows , coalesce \\( sum \\( .*\\bt \\. ${name}`, 's'),
  // Rows that violate a rule, or that going back would lose.
  /^select count \( \* \) \+ \? as count , \( select json_arrayagg \( s \. k \) from \(/,
  /^select coalesce \( sum \( d \. n \) , \? \) \+ \? as count , \( select json_arrayagg \( s \. k \) from \(/,
  // Is a value still one that cannot be converted?
  new RegExp(`^select exists \\( select \\? from ${name} \\. ${name} as t where t \\. .*json_extract \\(`, 's'),
  // Whether a conversion is understood, and trying it.
  new RegExp(`^select \\( .* \\) as v from ${name} \\. ${name} as t where false$`, 's'),
  new RegExp(`^select count \\( \\* \\) as n from \\( select \\* from ${name} \\. ${name} limit \\? \\) as t$`),
  new RegExp(`^insert ignore into ${name} \\. bellows_sample_`),
  // Batches, and their boundaries.
  new RegExp(`^update ${name} \\. ${name} as t set t \\. .* where \\(*t \\. ${name} (?:>|<=?) `, 's'),
  /^select (?:cast \( |hex \( )?(?:cast \( )?t \. [^ ]+ .*as k0\b/s,
  new RegExp(`^insert into ${name} \\. ${name}_conversion_failures `),
  // Triggers and functions: whoever makes one reads nothing by that, and what it does later is counted then.
  /^create (?:or replace )?(?:definer = .*? )?(?:trigger|function|procedure|event) /,
]

/** Is this one of ours? */
export function isOwn(text: string): boolean {
  const tokens = lex(text).map(({ name: own_ }) => own_.toLowerCase())
  const plain = (tokens[0] === 'execute' ? tokens.slice(1) : tokens).join(' ')
  return own.some((pattern) => pattern.test(plain))
}
