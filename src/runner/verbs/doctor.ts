import type { DoctorCheck, DoctorResult } from '../api.ts'
import type { Environment } from '../open.ts'
import { toolVersion } from '../version.ts'

/** Server, privileges, settings, long transactions: what will not work, and why. Reads only. */
export async function doctor(environment: Environment): Promise<DoctorResult> {
  const dialect = await environment.dialect()
  const worker = await environment.worker()
  const catalog = await environment.catalog()
  const checks: DoctorCheck[] = [
    { name: 'server', status: 'ok', message: `${catalog.dialect} ${catalog.server}`, hint: null },
  ]
  for (const question of dialect.sessions.doctor(environment.stateSchema)) {
    const [row] = (
      await worker.query<{ status: DoctorCheck['status']; message: string; hint: string | null }>(question.statement)
    ).rows
    if (row !== undefined)
      checks.push({
        name: question.name,
        status: row.status,
        message: row.message,
        hint: row.status === 'ok' ? null : row.hint,
      })
  }
  const open = catalog.openSchemas
  checks.push(
    open.length === 0
      ? { name: 'schemas', status: 'ok', message: 'no schema lets everybody create objects', hint: null }
      : {
          name: 'schemas',
          status: 'warn',
          message: `everybody may create objects in ${open.join(', ')}`,
          hint: 'Expressions that need functions or types from there are refused. REVOKE CREATE ON SCHEMA ... FROM PUBLIC.',
        },
  )
  checks.push(
    catalog.capabilities.quietTriggers
      ? { name: 'triggers', status: 'ok', message: 'your triggers can be kept quiet during a backfill', hint: null }
      : {
          name: 'triggers',
          status: 'warn',
          message: 'session_replication_role may not be set, so a backfill fires your triggers',
          hint: 'PostgreSQL 15+: GRANT SET ON PARAMETER session_replication_role TO the migrating role.',
        },
  )
  return { server: `${catalog.dialect} ${catalog.server}`, node: process.version, version: toolVersion, checks }
}
