/** What matters of a column's type when its values are compared, walked by, or written as text. */
export type TypeFamily =
  | 'integer'
  | 'unsigned'
  | 'decimal'
  | 'float'
  | 'text'
  | 'binary'
  | 'enum'
  | 'set'
  | 'temporal'
  | 'json'
  | 'bit'
  | 'other'

const families: Readonly<Record<string, TypeFamily>> = {
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  integer: 'integer',
  bigint: 'integer',
  year: 'unsigned',
  decimal: 'decimal',
  numeric: 'decimal',
  float: 'float',
  double: 'float',
  real: 'float',
  char: 'text',
  varchar: 'text',
  tinytext: 'text',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
  binary: 'binary',
  varbinary: 'binary',
  tinyblob: 'binary',
  blob: 'binary',
  mediumblob: 'binary',
  longblob: 'binary',
  uuid: 'text',
  inet4: 'text',
  inet6: 'text',
  enum: 'enum',
  set: 'set',
  date: 'temporal',
  time: 'temporal',
  datetime: 'temporal',
  timestamp: 'temporal',
  json: 'json',
  bit: 'bit',
}

/** The family of a type as the server spells it. */
export function familyOf(type: string): TypeFamily {
  const word = /^\w+/.exec(type.toLowerCase())?.[0] ?? ''
  const family = families[word] ?? 'other'
  return family === 'integer' && /\bunsigned\b/i.test(type) ? 'unsigned' : family
}
