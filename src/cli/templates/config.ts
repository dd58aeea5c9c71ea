/** `migrate.config.ts`, as `init` writes it. */
export const configTemplate = `import { defineConfig } from 'bellows'

// All of this is optional. Flags come first, then MIGRATE_* variables, then this file.
// The database is in DATABASE_URL or DATABASE_URL_FILE, so that no secret gets into the repository.
export default defineConfig({
  migrations: './migrations',
  // One try of a statement that needs a lock; it is repeated until --lock-budget is spent.
  lockTimeout: '500ms',
  // How long nobody must have used the old shape before contract hides it, and how long it can then be brought back.
  quietPeriod: '10m',
  retention: '24h',
})
`
