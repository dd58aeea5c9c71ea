import type { ImportSource } from '../../capture-imports.ts'
import { readGeneralLog } from './general-log.ts'
import { readStatistics } from './statistics.ts'

/** What `--from` can be here. */
export const imports: Readonly<Record<string, ImportSource>> = {
  statistics: { place: null, read: readStatistics },
  'general-log': { place: 'a file, or the word table', read: readGeneralLog },
}
