export { openPglite, type PgliteDatabase } from './database.ts'
export { type CreatePglite, loadPglite } from './load.ts'
