export * from './authoring.ts'
export {
  type AppResult,
  type AppVersionOptions,
  type AppVersionView,
  listApps,
  markDeployed,
  markRetired,
  type RegisterOptions,
  registerApp,
} from './compat/apps.ts'
export { type CheckOptions, type CheckResult, checkCompatibility } from './compat/check.ts'
export {
  type HeartbeatDatabase,
  type HeartbeatOptions,
  type HeartbeatsOptions,
  heartbeat,
  startHeartbeat,
} from './compat/heartbeat.ts'
export type { ListedStatement, StatementList } from './compat/statement-list.ts'
export type { BellowsErrorInit, ExitCode } from './errors.ts'
export { BellowsError, exitCodes, isBellowsError } from './errors.ts'
export type { Hazard } from './planner/hazards/hazard.ts'
export type { Intent, IntentName, IntentParameters } from './planner/intents/index.ts'
export type { MigrationDefinition } from './planner/migration.ts'
export {
  type Measurement,
  type PrometheusGateOptions,
  type PrometheusGateResult,
  prometheusGate,
} from './prometheus/gate.ts'
export type * from './runner/api.ts'
export type { RunnerEvent } from './runner/events.ts'
export type { FileFinding, LintOptions, LintResult, Unreadable } from './runner/lint/api.ts'
export { lint } from './runner/lint/lint.ts'
export { createMigrator } from './runner/migrator.ts'
