import type { ReadStatement } from './operations.ts'

/**
 * True where an ALTER of MySQL or MariaDB leaves it to the server whether others wait. With one of these words the server
 * refuses instead (1845, 1846), so that nothing waits without having been asked.
 */
export function leavesOpen({ algorithm, lock }: ReadStatement): boolean {
  if (algorithm === 'copy') return lock !== 'none'
  return !(algorithm === 'instant' || algorithm === 'nocopy' || lock === 'none')
}
