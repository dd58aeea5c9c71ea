import type { Measurement, PrometheusGateResult } from '../../prometheus/gate.ts'
import { shown } from '../../prometheus/judge.ts'
import type { Colours } from '../colours.ts'

/** One line for each measurement, as it comes. */
export function measurementLine({ at, outcome, readings, traffic, reason }: Measurement): string {
  const values = readings.map(({ value }) => (value === null ? 'no value' : shown(value))).join(', ')
  const words = [`${at} ${outcome}`, values, traffic === null ? '' : `traffic ${shown(traffic)}`, reason ?? '']
  return words.filter((word) => word !== '').join(': ')
}

/** How the gate ended, and what the first bad measurement was. */
export function renderGate(
  result: Omit<PrometheusGateResult, 'failure'>,
  { bold, green, red, yellow }: Colours,
): string {
  const { verdict, measurements, bad } = result
  const paint = { passed: green, failed: red, unmeasured: yellow }[verdict]
  const counts = Object.entries(measurements).filter(([, count]) => count > 0)
  const lines = [`${bold(paint(verdict))}: ${counts.map(([outcome, count]) => `${count} ${outcome}`).join(', ')}`]
  for (const { query, good, reason, series } of bad?.readings ?? []) {
    if (good) continue
    const labels = Object.entries(series).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    lines.push(`  ${query}${labels.length > 0 ? ` {${labels.join(', ')}}` : ''}: ${reason}, first at ${bad?.at}`)
  }
  return lines.join('\n')
}
