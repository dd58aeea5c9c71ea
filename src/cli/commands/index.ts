import type { CommandFile } from '../session.ts'
import { app } from './app.ts'
import { backfill } from './backfill.ts'
import { baseline } from './baseline.ts'
import { capture } from './capture.ts'
import { catalog } from './catalog.ts'
import { check } from './check.ts'
import { completion } from './completion.ts'
import { contract } from './contract.ts'
import { demo } from './demo.ts'
import { doctor } from './doctor.ts'
import { expand } from './expand.ts'
import { gate } from './gate.ts'
import { history } from './history.ts'
import { init } from './init.ts'
import { kubernetes } from './kubernetes.ts'
import { lint } from './lint.ts'
import { newMigration } from './new.ts'
import { pause } from './pause.ts'
import { plan } from './plan.ts'
import { purge } from './purge.ts'
import { ready } from './ready.ts'
import { repair } from './repair.ts'
import { resume } from './resume.ts'
import { rollback } from './rollback.ts'
import { schema } from './schema.ts'
import { status } from './status.ts'
import { up } from './up.ts'
import { verify } from './verify.ts'
import { wait } from './wait.ts'

const listed: readonly CommandFile[] = [
  init,
  newMigration,
  lint,
  plan,
  expand,
  backfill,
  verify,
  app,
  check,
  capture,
  ready,
  contract,
  purge,
  rollback,
  up,
  status,
  history,
  wait,
  gate,
  kubernetes,
  pause,
  resume,
  repair,
  baseline,
  catalog,
  schema,
  doctor,
  demo,
]

/** Every command, in the order of the help. */
export const commandFiles: readonly CommandFile[] = [...listed, completion(listed)]
