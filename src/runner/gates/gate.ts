import type { Gate } from '../api.ts'

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
  reason,
  hint,
  retryAfterSeconds,
})
