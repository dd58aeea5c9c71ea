import { readFileSync } from 'node:fs'

/** The version in our package.json, which is two folders up from here in the sources and in the package. */
export function ownVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}
