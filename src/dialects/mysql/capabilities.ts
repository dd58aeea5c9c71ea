import { refused } from '../../errors.ts'
import type { MysqlCapabilities } from '../../planner/catalog.ts'

/**
 * The capabilities of a server, the one place that knows versions, by what `version()` says.
 *
 * @throws BellowsError exit 3 for MySQL before 8.0.29 and MariaDB before 10.6
 */
export function capabilitiesOf(said: string): MysqlCapabilities {
  const mariadb = /mariadb/i.test(said)
  // Some clouds still put the number in front that replication of old needed.
  const numbers = /(\d+)\.(\d+)\.(\d+)/.exec(said.replace(/^5\.5\.5-(?=\d)/, ''))
  const at = (n: number): number => Number(numbers?.[n] ?? 0)
  const version = `${at(1)}.${at(2)}.${at(3)}`
  const atLeast = (...least: readonly number[]): boolean => compare([at(1), at(2), at(3)], least) >= 0
  if (mariadb ? !atLeast(10, 6) : !atLeast(8, 0, 29)) {
    throw refused('server.version', `the server is ${mariadb ? 'MariaDB' : 'MySQL'} ${version}`, {
      hint: 'MySQL 8.0.29 and later, and MariaDB 10.6 and later, are supported.',
    })
  }
  const between = (from: readonly number[], to: readonly number[]): boolean => atLeast(...from) && !atLeast(...to)
  return {
    mariadb,
    version,
    onlineCopy: mariadb && atLeast(11, 2),
    rebuildLosesRows:
      !mariadb &&
      (between([8, 0, 27], [8, 0, 42]) ||
        between([8, 4], [8, 4, 4]) ||
        between([8, 1], [8, 4]) ||
        between([9, 0], [9, 2])),
    maxRowVersions: mariadb ? null : atLeast(9, 1) ? 255 : 64,
    generatedBlocksAlter: mariadb,
    longDefaults: mariadb,
    namedBlocksRename: !mariadb,
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < b.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
