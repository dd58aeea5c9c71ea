import type { ConnectOptions } from '../dialects/dialect.ts'

/** How the kit connects: without a signal, because what was made is to be dropped also after a stop. */
export const connectOptions = (url: string, connectTimeout = 30_000): ConnectOptions => ({
  url,
  applicationName: 'bellows/testing',
  setRole: null,
  connectTimeout,
  password: null,
  signal: null,
})
