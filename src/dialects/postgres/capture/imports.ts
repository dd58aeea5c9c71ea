import type { ImportSource } from '../../capture-imports.ts'
import { readLog } from './server-log.ts'
import { readStatistics } from './statistics.ts'

/** What `--from` can be here. */
export const imports: Readonly<Record<string, ImportSource>> = {
  statistics: { place: null, read: readStatistics },
  log: { place: 'a csvlog or jsonlog file', read: readLog },
}
