/**
 * Splits into words as a shell does: by blanks, with '...', "..." and \ before a character. Nothing is expanded.
 *
 * @throws Error where a quote is not closed.
 */
export function words(text) {
  const found = []
  let word = null
  let quote = null
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    const escapes = character === '\\' && quote !== "'" && at + 1 < text.length
    if (escapes && (quote === null || /["\\$`]/.test(text[at + 1]))) {
      at++
      // A line that goes on in the next one.
      if (text[at] !== '\n') word = (word ?? '') + text[at]
    } else if (quote !== null) {
      if (character === quote) quote = null
      else word += character
    } else if (character === "'" || character === '"') {
      quote = character
      word ??= ''
    } else if (/\s/.test(character)) {
      if (word !== null) found.push(word)
      word = null
    } else {
      word = (word ?? '') + character
    }
  }
  if (quote !== null) throw new Error(`a ${quote} is not closed`)
  return word === null ? found : [...found, word]
}
