/** Where the server's scanner and grammar are. */
const ofGrammar = /\b(?:scan\.l|gram\.y|parser\.c)$/

/** An error as the server tells it, by the names of its fields (manual, 55.8). */
export type ErrorFields = Readonly<Partial<Record<'C' | 'F' | 'W' | 'q', string>>>

/** Whether an error says that the server cannot parse the text: what a function executes has a query or a context of its own. */
export function isRefused({ C: code, F: file, W: context, q: query }: ErrorFields): boolean {
  return code === '42601' && ofGrammar.test(file ?? '') && context === undefined && query === undefined
}
