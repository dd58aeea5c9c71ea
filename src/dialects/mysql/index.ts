import type { Dialect } from '../dialect.ts'
import { arrange } from './arrange/arrange.ts'
import { fill, ranges, resync } from './batches.ts'
import { beside } from './beside.ts'
import { brownOut } from './brown-out.ts'
import { readCatalog } from './catalog.ts'
import { compile } from './compile.ts'
import { connect } from './connect.ts'
import { evidence } from './evidence.ts'
import { fence } from './fence.ts'
import { preflight } from './preflight.ts'
import { mend, probe } from './probe.ts'
import { failureOpen, losses, undoBlockers, violations } from './questions.ts'
import { readers } from './readers.ts'
import { rehearse } from './rehearse.ts'
import { replicas } from './replicas.ts'
import { sampleRaising } from './sample.ts'
import { sampleLossy } from './sample-lossy.ts'
import { section } from './section.ts'
import { sessions } from './sessions.ts'
import { state } from './state.ts'
import { refuseServer } from './statement-log.ts'
import { mismatches } from './verify.ts'

/** The dialect of MySQL and MariaDB, which differ by capabilities. */
export function mysqlDialect(): Dialect {
  return {
    name: 'mysql',
    beside,
    judge: () => [],
    section,
    resync,
    preflight,
    refuseServer,
    state,
    sessions,
    evidence,
    fence,
    readers,
    // Their replicas make what the primary makes.
    stateTableReaders: async () => [],
    replicas,
    brownOut,
    arrange,
    compile,
    connect,
    readCatalog,
    quietTriggers: async () => false,
    // A comment in the statement, which stands in the binary log beside the rows.
    backfillMark: async () => null,
    probe,
    mend,
    ranges,
    fill,
    mismatches,
    failureOpen,
    violations,
    losses,
    undoBlockers,
    sampleRaising,
    sampleLossy,
    rehearse,
    // Nothing here says definitions of the user's again.
    stillSays: () => Promise.resolve(true),
  }
}
