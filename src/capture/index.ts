export type { ListedStatement, StatementList } from '../compat/statement-list.ts'
export { type PgQueryable, recordPg } from './pg.ts'
export { createRecorder, type Recorder, type RecorderOptions, type RecorderResult } from './recorder.ts'
