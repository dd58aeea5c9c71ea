import type { EventEmitter } from 'node:events'

/** A method of a driver, whatever it takes. */
export type Method = (this: unknown, ...args: unknown[]) => unknown

/** Listens before the app does, whose listeners may send something themselves. */
export function listenFirst(target: object, event: string, listener: (what: never) => void): void {
  ;(target as EventEmitter).prependListener(event, listener as (what: unknown) => void)
}

/** Puts another method in the place of one of an object, for this object alone, where nobody who lists it sees it. */
export function replace<Name extends string>(
  target: Readonly<Record<Name, (...args: never[]) => unknown>>,
  name: Name,
  by: (method: Method) => Method,
): void {
  const value = by(target[name] as Method)
  Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false })
}

/**
 * The arguments of a call, with a callback that tells of an error first, or of what comes instead of one. Where there is no callback they
 * are as they were: a promise that somebody looks at would no longer be one that nobody handles.
 */
export function onError(
  args: readonly unknown[],
  failed: (error: unknown) => void,
  done?: (results: readonly unknown[]) => void,
): unknown[] {
  const at = args.findLastIndex((arg) => typeof arg === 'function')
  const callback = args[at]
  if (typeof callback !== 'function') return [...args]
  const watched = function (this: unknown, ...results: unknown[]): unknown {
    if (results[0]) failed(results[0])
    else done?.(results)
    return callback.apply(this, results)
  }
  return args.with(at, watched)
}
