import { existsSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** In a step with a `working-directory` files are named from there; GitHub wants them from the top of the repository. */
export function locator(cwd: string, workspace: string): (file: string) => string {
  const below = workspace === '' ? '' : relative(workspace, cwd).split(sep).join('/')
  if (below === '' || below.startsWith('..') || below.startsWith('/')) return (file) => file
  const known = new Map<string, string>()
  return (file) => {
    const found = known.get(file) ?? (existsSync(join(cwd, file)) ? `${below}/${file}` : file)
    known.set(file, found)
    return found
  }
}
