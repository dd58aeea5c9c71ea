import type { RunnerEvent } from '../runner/events.ts'
import type { Colours } from './colours.ts'
import type { Terminal } from './io.ts'
import { liveLine } from './live-line.ts'
import { isUnsaid, type Progress } from './progress.ts'
import { bar, describeEvent, describeProgress } from './render/event.ts'
import { duration } from './render/format.ts'

/** On a terminal: what is finished is a line, what is going on is one line at the bottom. */
export function liveProgress(stream: Terminal, { bold, cyan, dim, green, yellow }: Colours): Progress {
  const { above, instead, draw, clear } = liveLine(stream)
  const descriptions = new Map<string, string>()
  const show = (event: RunnerEvent): void => {
    if (isUnsaid(event)) return
    switch (event.kind) {
      case 'phase-started':
        above(bold(`${event.migration} ${cyan(event.phase)}`))
        break
      case 'phase-finished':
        instead(dim(`  ${event.phase} took ${duration(event.milliseconds)}`))
        break
      case 'step-started':
        descriptions.set(event.step, event.description)
        draw(`  ${dim('…')} ${event.description}`)
        break
      case 'step-finished':
        instead(`  ${green('✓')} ${descriptions.get(event.step) ?? event.step} ${dim(duration(event.milliseconds))}`)
        break
      case 'progress':
        draw(`  ${cyan(bar(event, 24))} ${event.doing} ${event.table} ${describeProgress(event)}`)
        break
      case 'waiting':
        draw(`  ${yellow('…')} ${describeEvent(event)}`)
        break
      case 'notice':
        above(`  ${event.message}`)
        break
      default:
        above(`  ${yellow(describeEvent(event))}`)
    }
  }
  return { event: show, line: above, stop: clear }
}
