import { randomUUID } from 'node:crypto'
import { appendFileSync } from 'node:fs'

/** Outputs of the step. A line of a value cannot end it, as nobody knows the delimiter. */
export function output(path, values) {
  if (!path) return
  const delimiter = `bellows-${randomUUID()}`
  const texts = Object.entries(values).map(([name, value]) => `${name}<<${delimiter}\n${value}\n${delimiter}\n`)
  appendFileSync(path, texts.join(''))
}
