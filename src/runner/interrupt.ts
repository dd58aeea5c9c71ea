import { BellowsError, exitCodes } from '../errors.ts'

/** The error of a clean stop: 143 after SIGTERM, 130 after SIGINT or an abort of the caller's. */
export function interrupted(signal: AbortSignal): BellowsError {
  const terminated = signal.reason === 'SIGTERM'
  return new BellowsError({
    code: terminated ? 'interrupted.terminated' : 'interrupted',
    message: 'stopped on request; what is done is recorded',
    exitCode: terminated ? exitCodes.terminated : exitCodes.interrupted,
    retryable: true,
    hint: 'The same command goes on where it stopped.',
  })
}

/** Throws when a stop was asked for: called at every point where stopping leaves nothing half done. */
export function throwIfAborted(signal: AbortSignal | null): void {
  if (signal?.aborted) throw interrupted(signal)
}

/** Waits, but not longer than until a stop is asked for. */
export async function wait(milliseconds: number, signal: AbortSignal | null): Promise<void> {
  throwIfAborted(signal)
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    signal?.addEventListener('abort', done, { once: true })
  })
  throwIfAborted(signal)
}
