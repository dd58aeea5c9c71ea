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
  checks.push(...dialect.judge(catalog))
  return { server: `${catalog.dialect} ${catalog.server}`, node: process.version, version: toolVersion, checks }
}
