// `npm run servers [-- 14 15 mysql97]`: puts the binaries of these servers (default: all PostgreSQL majors) into the cache.
import { findBinaries } from '../../src/embedded/binaries.ts'
import { embeddedMajors } from '../../src/embedded/versions.ts'
import { findLauncher } from './mysql/find.ts'
import { isServerName, knownServers } from './wanted.ts'

const asked = process.argv.slice(2)
for (const each of asked.length > 0 ? asked : embeddedMajors.map(String)) {
  const name = /^\d+$/.test(each) ? `postgres${each}` : each
  if (!isServerName(name)) throw new Error(`Unknown server "${each}"; known: ${Object.keys(knownServers).join(', ')}`)
  const { kind, series } = knownServers[name]
  if (kind === 'postgres') {
    const { version, source, binDir } = await findBinaries({ major: Number(series), onMessage: console.log })
    console.log(`PostgreSQL ${series}: ${version} (${source}) in ${binDir}`)
  } else {
    const launcher = await findLauncher(name, true)
    if (launcher === null) throw new Error(`${name} is neither on this machine nor to be fetched`)
    const { version, binaries } = launcher.found
    console.log(`${name}: ${version} (${launcher.how}), ${binaries.command.at(-1)}`)
  }
}
