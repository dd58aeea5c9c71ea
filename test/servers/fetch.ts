// `npm run servers [-- 14 15]`: puts the binaries of the given majors (default: all) into the cache.
import { findBinaries } from '../../src/embedded/binaries.ts'
import { embeddedMajors } from '../../src/embedded/versions.ts'

const asked = process.argv.slice(2).map(Number)
for (const major of asked.length > 0 ? asked : embeddedMajors) {
  const { version, source, binDir } = await findBinaries({ major, onMessage: console.log })
  console.log(`PostgreSQL ${major}: ${version} (${source}) in ${binDir}`)
}
