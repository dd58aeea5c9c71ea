import type { Identity } from '../identity.ts'
import type { Watchdog } from '../watchdog.ts'
import type { FoundMysql } from './find.ts'
import type { MysqlSettings } from './settings.ts'

/** What is needed to start a server in a folder, once or again. */
export interface Site {
  readonly found: FoundMysql
  readonly root: string
  readonly dataDir: string
  readonly logFile: string
  readonly identity: Identity | null
  readonly watchdog: Watchdog
  readonly settings: MysqlSettings
  readonly lasting: MysqlSettings
  readonly signal: AbortSignal | undefined
}
