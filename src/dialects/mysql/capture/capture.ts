import { refused } from '../../../errors.ts'
import type { CaptureDialect } from '../../capture.ts'

/** What capturing needs of MySQL and MariaDB. */
export function mysqlCapture(): CaptureDialect {
  throw refused('capture.engine', 'capture is there for PostgreSQL only yet')
}
