// A runner that is meant to be killed. It loads first, says so, and does one verb when it is told which (one JSON line).
// Only the migrator: loading the rest would cost each of some hundred children a quarter of a second.
import { once } from 'node:events'
import { createMigrator } from '../../dist/runner/migrator.js'

process.stdout.write('ready\n')
const [line] = await once(process.stdin, 'data')
const { options, verb, input } = JSON.parse(line.toString())
const migrator = createMigrator(options)
try {
  await migrator[verb](input)
} catch (error) {
  process.stderr.write(`${error.code}: ${error.message}\n`)
  process.exitCode = error.exitCode ?? 1
} finally {
  await migrator.close()
  process.stdin.destroy()
}
