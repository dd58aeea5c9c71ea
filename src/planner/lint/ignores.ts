import { linesOf } from './lines.ts'
import type { ReadStatement } from './operations.ts'

/** `-- bellows-ignore <rule>: <reason>`, on a line of its own. */
export interface Ignore {
  readonly rule: string
  readonly line: number
  readonly reason: string
  /** The statement that it is above, or in; null where none follows. */
  readonly statement: ReadStatement | null
}

const comment = /^[ \t]*(?:--|#)[ \t]*bellows-ignore\b[ \t]*([^:\r\n]*?)[ \t]*(?::[ \t]*(.*?)[ \t]*)?\r?$/gm

/** The ignores of a text, one for each rule that it names. */
export function ignoresOf(text: string, statements: readonly ReadStatement[]): readonly Ignore[] {
  const lineAt = linesOf(text)
  return [...text.matchAll(comment)].flatMap((match) => {
    const line = lineAt(match.index)
    const statement = statements.find(({ lastLine }) => lastLine >= line) ?? null
    const [, rules = '', reason = ''] = match
    const named = rules.split(/[\s,]+/).filter((rule) => rule !== '')
    return (named.length === 0 ? [''] : named).map((rule) => ({ rule, line, reason, statement }))
  })
}
