// A runner in a process of its own, which a test can freeze: one verb of the built package, given as JSON.
import { createMigrator } from '../../../dist/runner/migrator.js'

const { options, verb, input } = JSON.parse(process.argv[2])
const migrator = createMigrator(options)
try {
  await migrator[verb](input)
} catch (error) {
  process.stderr.write(`${error.code}: ${error.message}\n`)
  process.exitCode = error.exitCode ?? 1
} finally {
  await migrator.close()
}
