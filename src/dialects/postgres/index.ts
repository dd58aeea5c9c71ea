import type { Dialect } from '../dialect.ts'
import { arrange } from './arrange/arrange.ts'
import { backfillMark } from './backfill-mark.ts'
import { fill, ranges, resync } from './batches.ts'
import { beside } from './beside.ts'
import { brownOut } from './brown-out.ts'
import { readCatalog } from './catalog.ts'
import { compile } from './compile.ts'
import { connect } from './connect.ts'
import { judge } from './doctor.ts'
import { evidence } from './evidence.ts'
import { fence } from './fence.ts'
import { loadParser } from './parser.ts'
import { preflight } from './preflight.ts'
import { mend, probe } from './probe.ts'
import { failureOpen, losses, undoBlockers, violations } from './questions.ts'
import { quietTriggers } from './quiet-triggers.ts'
import { readers, stateTableReaders } from './readers.ts'
import { rehearse } from './rehearse.ts'
import { rehearseRules } from './rehearse-rules.ts'
import { replicas } from './replicas.ts'
import { sampleRaising } from './sample.ts'
import { sampleLossy } from './sample-lossy.ts'
import { sessions } from './sessions.ts'
import { state } from './state.ts'
import { stillSays } from './still-says.ts'
import { mismatches } from './verify.ts'

/** The PostgreSQL dialect, its grammar loaded. */
export async function postgresDialect(): Promise<Dialect> {
  await loadParser()
  return {
    name: 'postgres',
    beside,
    judge,
    section: null,
    resync,
    preflight,
    // Nothing that a whole server is set to keeps us from writing.
    refuseServer: () => Promise.resolve(),
    state,
    sessions,
    evidence,
    fence,
    readers,
    stateTableReaders,
    replicas,
    brownOut,
    arrange,
    compile,
    connect,
    readCatalog,
    quietTriggers,
    backfillMark,
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
    rehearse: async (session, plan) => {
      await rehearse(session, plan)
      await rehearseRules(session, plan)
    },
    stillSays,
  }
}
