/** One line of the text format. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const name = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const label = '([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\\\\n]|\\\\["\\\\n])*)"'
const line = new RegExp(`^(${name})(?:\\{((?:${label},?)*)\\})? (\\S+)$`)

/** Reads the text format of Prometheus 0.0.4, and takes nothing that is not in it. */
export function readMetrics(text: string): readonly Sample[] {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const typed = new Set<string>()
  const samples: Sample[] = []
  for (const each of text.slice(0, -1).split('\n')) {
    if (each === '') continue
    if (each.startsWith('#')) {
      const [, kind, of] = /^# (HELP|TYPE) (\S+) .+$/.exec(each) ?? []
      if (kind === undefined || of === undefined) throw new Error(`no comment of the format: ${each}`)
      if (kind === 'TYPE' && typed.has(of)) throw new Error(`a second TYPE of ${of}`)
      if (kind === 'TYPE') typed.add(of)
      continue
    }
    samples.push(sampleOf(each, typed))
  }
  const keys = samples.map(({ value: _, ...key }) => JSON.stringify(key))
  if (new Set(keys).size < keys.length) throw new Error('a series is there twice')
  return samples
}

function sampleOf(text: string, typed: ReadonlySet<string>): Sample {
  const match = line.exec(text)
  if (match === null) throw new Error(`no sample of the format: ${text}`)
  const [, of = '', labels = ''] = match
  const value = Number((match.at(-1) ?? '').replace('+Inf', 'Infinity').replace('-Inf', '-Infinity'))
  if (!typed.has(of) && !typed.has(of.replace(/_(bucket|sum|count)$/, ''))) throw new Error(`${of} has no TYPE`)
  if (Number.isNaN(value)) throw new Error(`no number: ${text}`)
  const pairs = [...labels.matchAll(new RegExp(label, 'g'))].map(([, key = '', quoted = '']) => [
    key,
    quoted.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
  ])
  return { name: of, labels: Object.fromEntries(pairs), value }
}
