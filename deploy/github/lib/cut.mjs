/**
 * As many whole lines as fit, with a word on the rest, and a block of code that was open closed.
 *
 * @param measure the length of a text in what the limit counts
 */
export function cut(text, limit, measure, where) {
  if (measure(text) <= limit) return text
  const lines = text.split('\n')
  const end = (fence, left) => `${fence === null ? '' : `${fence}\n`}\n**Cut here: ${left} more lines.** ${where}`
  const kept = []
  let fence = null
  let used = 0
  for (const line of lines) {
    const [ticks] = /^`{3,}/.exec(line) ?? []
    const after = ticks === undefined ? fence : fence === null ? ticks : ticks === fence ? null : fence
    const more = measure(`${line}\n`)
    if (used + more + measure(end(after, lines.length)) > limit) break
    kept.push(line)
    used += more
    fence = after
  }
  return [...kept, end(fence, lines.length - kept.length)].join('\n')
}
