import type { Gate } from '../api.ts'

/** What is hidden or steers a terminal. Names of apps, sessions and pods come from outside. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** A gate as it is told. */
export const gate = (
  name: Gate['name'],
  status: Gate['status'],
  reason: string,
  hint: string | null = null,
  retryAfterSeconds: number | null = null,
): Gate => ({
  name,
  status,
  reason: reason.replace(unseen, (found) => (/\s/.test(found) ? ' ' : '\uFFFD')),
  hint,
  retryAfterSeconds,
})
