/** GitHub shows ten errors and ten warnings of a step, and hides the others. */
const shown = 9

const data = (text) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

/** The hazards of a plan, the worst first. Errors and warnings of all commands the command line shows by itself. */
export function annotations(command, document) {
  if (command !== 'plan') return []
  const hazards = (document?.result?.migrations ?? []).flatMap(({ name, hazards = [] }) =>
    hazards.map((hazard) => ({ ...hazard, name })),
  )
  return [...lines('error', hazards, 'stop'), ...lines('warning', hazards, 'warn')]
}

function lines(kind, hazards, severity) {
  const all = hazards.filter((hazard) => hazard.severity === severity)
  const told = all.slice(0, shown).map(({ name, code, message, hint }) => {
    const text = hint ? `${message}\n${hint}` : message
    return `::${kind} title=${property(`${severity} ${code}`)}::${data(`${name}: ${text}`)}`
  })
  const left = all.length - told.length
  return left > 0 ? [...told, `::${kind} title=bellows::${left} more: see the summary`] : told
}
