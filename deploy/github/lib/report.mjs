const severities = ['stop', 'warn', 'info']
const phases = ['expand', 'backfill', 'contract', 'purge']

/** What came of a command, in Markdown. Whatever the texts of others hold, they stand in blocks of code. */
export function report({ command, code, state, document }) {
  const head = `### \`migrate ${command}\`: ${verdict(code)}`
  if (document === null) return head
  const parts = [head]
  if (state !== '') parts.push(`State: ${state}`)
  const { error, warnings = [], result } = document
  if (error) parts.push(block('text', [`${error.code}: ${error.message}`, ...hint(error.hint)].join('\n')))
  if (warnings.length > 0) parts.push('Warnings:', block('text', warnings.join('\n')))
  const planned = command === 'plan' ? (result?.migrations ?? []) : []
  if (command === 'plan' && planned.length === 0 && !error) parts.push('Nothing is planned.')
  return [...parts, ...planned.flatMap(migration)].join('\n\n')
}

function verdict(code) {
  const known = {
    0: 'done',
    2: 'usage, configuration or migration file invalid',
    3: 'refused',
    4: 'findings',
    5: 'not yet: a gate is closed',
    6: 'drift',
    75: 'temporary: try again',
    130: 'interrupted; progress is saved',
    143: 'interrupted; progress is saved',
  }
  return `${known[code] ?? 'failed'} (exit ${code})`
}

function migration({ name, state, tables = [], hazards = [], phases: steps, newVersionReady, pointsOfNoReturn = [] }) {
  const worst = hazards.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity))
  const sizes = tables.map((table) => `table ${table.name}: about ${table.rows} rows`)
  const told = worst.map((each) => [`${each.severity} ${each.code}: ${each.message}`, ...hint(each.hint)].join('\n'))
  const points = pointsOfNoReturn.map(({ when, why }) => `no way back from ${when}: ${why}`)
  return [
    `#### ${span(name)} (${state})`,
    ...(told.length > 0 ? ['Hazards:', block('text', told.join('\n'))] : []),
    ...(sizes.length > 0 ? [block('text', sizes.join('\n'))] : []),
    ...phases.flatMap((phase) => (steps?.[phase]?.length > 0 ? [`**${phase}**`, block('sql', sql(steps[phase]))] : [])),
    ...(newVersionReady ? [`The new version may be deployed once it is ${newVersionReady}.`] : []),
    ...(points.length > 0 ? [block('text', points.join('\n'))] : []),
  ]
}

function sql(steps) {
  return steps
    .map(({ description, locks, rewrites, scans, statements }) => {
      const traits = [
        ...locks.map(({ relation, mode }) => `${relation}: ${mode}`),
        ...(rewrites ? ['rewrites the table'] : []),
        ...(scans ? ['scans the table'] : []),
      ]
      const about = [`-- ${oneLine(description)}`, ...(traits.length > 0 ? [`-- ${oneLine(traits.join('; '))}`] : [])]
      return [...about, ...statements.map(folded)].join('\n')
    })
    .join('\n\n')
}

/** Bodies of triggers are long, and the same everywhere. */
function folded(statement) {
  const lines = `${statement.trimEnd().replace(/;$/, '')};`.split('\n')
  if (lines.length <= 12) return lines.join('\n')
  return [...lines.slice(0, 2), `  -- ${lines.length - 3} more lines`, ...lines.slice(-1)].join('\n')
}

const hint = (text) => (text ? [`  → ${text}`] : [])
const oneLine = (text) => text.replaceAll(/\s+/g, ' ')

/** As many backticks as nothing in the text has in a row. */
function fence(text, least) {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  return '`'.repeat(Math.max(least, longest + 1))
}

function block(language, text) {
  const ticks = fence(text, 3)
  return `${ticks}${language}\n${text}\n${ticks}`
}

function span(text) {
  const ticks = fence(text, 1)
  const plain = oneLine(text)
  return plain.startsWith('`') || plain.endsWith('`') ? `${ticks} ${plain} ${ticks}` : `${ticks}${plain}${ticks}`
}
