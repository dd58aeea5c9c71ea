import pico from 'picocolors'
import type { Io, Terminal } from './io.ts'

/** The colours of one stream; all of them do nothing when it has none. */
export type Colours = ReturnType<typeof pico.createColors>

/**
 * Whether a stream gets colours. Decided here, because the library's own guess also turns them on wherever `CI` is set,
 * which fills the logs of Jobs with escape codes.
 */
export function wantsColour(env: Io['env'], stream: Pick<Terminal, 'isTTY'>, refusedByFlag: boolean): boolean {
  if (refusedByFlag || (env.NO_COLOR ?? '') !== '') return false
  const forced = env.FORCE_COLOR ?? ''
  if (forced !== '') return forced !== '0' && forced !== 'false'
  return stream.isTTY && env.TERM !== 'dumb'
}

/** The colours for a stream. */
export function coloursFor(env: Io['env'], stream: Pick<Terminal, 'isTTY'>, refusedByFlag: boolean): Colours {
  return pico.createColors(wantsColour(env, stream, refusedByFlag))
}
