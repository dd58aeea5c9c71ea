import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { intentNames } from '../../src/planner/intents/index.ts'
import { ruleIds } from '../../src/planner/lint/rules/index.ts'

/*
 * Who may import whom. The linter says the same file by file; this sees the whole, and that every intent has what it
 * needs beside its code.
 */
const root = fileURLToPath(new URL('../../', import.meta.url))
const source = path.join(root, 'src')

/** What each folder may import of the others. A folder that is missing here may not exist. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  planner: [],
  dialects: ['planner'],
  migrations: ['planner'],
  ledger: ['planner', 'dialects'],
  embedded: [],
  prometheus: [],
  runner: ['planner', 'dialects', 'ledger', 'migrations'],
  compat: ['planner', 'dialects', 'ledger', 'migrations', 'runner', 'embedded'],
  capture: ['planner', 'dialects', 'compat'],
  testing: ['planner', 'dialects', 'ledger', 'migrations', 'runner', 'compat', 'embedded'],
  demo: ['runner', 'embedded', 'cli'],
  cli: ['planner', 'ledger', 'migrations', 'runner', 'compat', 'prometheus', 'demo'],
}

/** Files beside the folders that any of them may use. */
const shared = new Set(['errors.ts', 'duration.ts'])

/** Who may use which package; the others are free. */
const packages: Readonly<Record<string, readonly string[]>> = {
  pg: ['dialects', 'embedded', 'demo'],
  mysql2: ['dialects', 'embedded', 'demo'],
  'libpg-query': ['dialects'],
  kysely: ['dialects', 'ledger'],
  commander: ['cli'],
  picocolors: ['cli'],
  'prom-client': ['cli'],
  jiti: ['migrations'],
}

interface Import {
  readonly file: string
  readonly folder: string
  readonly target: string
  /** Folder of src that it leads to, `''` for a file beside the folders, null for a package. */
  readonly to: string | null
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.split(path.sep).join('/'))

const folderOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '')

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(path.join(source, file), 'utf8')
  const found = text.matchAll(/^(?:import|export|\} from)\b[^'\n]*'([^'\n]+)'$|\bimport\(\s*'([^'\n]+)'\s*\)/gm)
  return [...found].map((match) => {
    const target = match[1] ?? match[2] ?? ''
    const inside = target.startsWith('.') ? path.posix.join(path.posix.dirname(file), target) : null
    return { file, folder: folderOf(file), target: inside ?? target, to: inside === null ? null : folderOf(inside) }
  })
}

const imports = files.flatMap(importsOf)
const show = ({ file, target }: Import): string => `${file} imports ${target}`

describe('the folders of src', () => {
  it('are the known ones', () => {
    const folders = new Set(files.map(folderOf).filter((folder) => folder !== ''))
    expect([...folders].filter((folder) => !(folder in allowed))).toEqual([])
    // If this finds nothing, the look for imports is broken, and so is all that follows.
    expect(imports.length).toBeGreaterThan(files.length)
  })

  it('import only what lies below them', () => {
    const wrong = imports.filter(
      ({ folder, to }) =>
        to !== null && to !== '' && folder !== '' && to !== folder && !(allowed[folder] ?? []).includes(to),
    )
    expect(wrong.map(show)).toEqual([])
  })

  it('use of the files beside them only what is for all', () => {
    const wrong = imports.filter(({ folder, to, target }) => folder !== '' && to === '' && !shared.has(target))
    // What a migration file imports as `bellows` is given to it by the loader.
    expect(wrong.map(show)).toEqual(['migrations/load-module.ts imports authoring.ts'])
  })

  it('keep drivers and libraries where they belong', () => {
    const wrong = imports.filter(({ folder, target, to }) => {
      const name = to === null ? target.split('/')[0] : undefined
      return name !== undefined && name in packages && !packages[name]?.includes(folder)
    })
    expect(wrong.map(show)).toEqual([])
  })
})

describe('the planner', () => {
  const planner = files.filter((file) => file.startsWith('planner/'))

  it('imports nothing but its own files, the errors and zod', () => {
    const wrong = imports.filter(
      ({ folder, to, target }) =>
        folder === 'planner' && to !== 'planner' && target !== 'errors.ts' && target !== 'zod',
    )
    expect(wrong.map(show)).toEqual([])
  })

  it('reads no clock, no environment and no chance', () => {
    const impure = /\bDate\.now\b|\bnew Date\b|\bprocess\.|\bMath\.random\b|\bperformance\.|\bglobalThis\b|\bfetch\(/
    const wrong = planner.filter((file) => impure.test(readFileSync(path.join(source, file), 'utf8')))
    expect(wrong).toEqual([])
  })
})

describe('every intent', () => {
  const examples = path.join(root, 'migrations-example')
  const golden = path.join(root, 'test/unit/planner/golden')
  const names = readdirSync(examples)
    .filter((file) => !file.endsWith('.sql'))
    .sort()
  const using = (intent: string): readonly string[] =>
    names.filter((file) =>
      new RegExp(`\\b${intent}\\b["']?\\s*[:(]`).test(readFileSync(path.join(examples, file), 'utf8')),
    )
  const sections = readFileSync(path.join(root, 'docs/intents.md'), 'utf8').match(/^## .*$/gm) ?? []

  it.each(intentNames)('%s has an example, a golden plan and a section in docs/intents.md', (intent) => {
    const found = using(intent)
    expect(found).not.toEqual([])
    for (const file of found) {
      expect(existsSync(path.join(golden, `${file.replace(/\.[a-z]+$/, '')}.sql`)), `golden plan of ${file}`).toBe(true)
    }
    expect(sections).toContain(`## ${intent}`)
  })

  it('has a section only if it is there', () => {
    const described = sections.map((line) => line.slice(3)).filter((title) => /^[a-z]+[A-Z]/.test(title))
    expect(described.filter((title) => !(intentNames as readonly string[]).includes(title))).toEqual([])
  })

  it('of the examples is named as the convention says', () => {
    expect(names.filter((file) => !/^\d{14}_[a-z0-9_]+\.(ts|yaml|json)$/.test(file))).toEqual([])
  })
})

describe('the documentation', () => {
  const text = (file: string): string => readFileSync(path.join(root, file), 'utf8')

  it('explains every error code', () => {
    const made =
      /\b(?:usageError|usage|refused|refusal|findings|finding|gateClosed|drift|temporary|internal)\(\s*'([a-z][a-z0-9-]*\.[a-z0-9.-]+)'/g
    const codes = new Set(
      files.flatMap((file) => [...text(`src/${file}`).matchAll(made)].map((match) => match[1] ?? '')),
    )
    expect(codes.size).toBeGreaterThan(50)
    const page = text('docs/exit-codes.md')
    const missing = [...codes].filter(
      (code) => !page.includes(`\`${code}\``) && !page.includes(`\`${code.replace(/\..*/, '.*')}\``),
    )
    expect(missing).toEqual([])
  })

  it('has an anchor for every hazard, and no other', () => {
    const sources = files.filter((file) => /^(dialects|runner)\//.test(file)).map((file) => text(`src/${file}`))
    const made = /\b(?:hazard\(\s*context,|live\()\s*'([a-z-]+)'|docs\/hazards\.md#([a-z-]+)/g
    const codes = new Set(
      sources.flatMap((source) => [...source.matchAll(made)].map((match) => match[1] ?? match[2] ?? '')),
    )
    const anchors = [...text('docs/hazards.md').matchAll(/^## (.*)$/gm)].map((match) => match[1] ?? '')
    expect(anchors.toSorted()).toEqual([...codes].toSorted())
  })

  it('has a section for every rule of lint, and no other', () => {
    const sections = [...text('docs/lint.md').matchAll(/^### (.*)$/gm)].map((match) => match[1] ?? '')
    expect(sections.toSorted()).toEqual(ruleIds.toSorted())
  })

  it('links only to what is there', () => {
    const pages = [
      'README.md',
      'CONTRIBUTING.md',
      ...readdirSync(path.join(root, 'docs'))
        .filter((file) => file.endsWith('.md'))
        .map((file) => `docs/${file}`),
    ]
    const broken = pages.flatMap((page) =>
      [...text(page).matchAll(/\]\((?!https?:)([^)#]+)/g)]
        .map((match) => match[1] ?? '')
        .filter((target) => !existsSync(path.join(root, path.dirname(page), target)))
        .map((target) => `${page} -> ${target}`),
    )
    expect(broken).toEqual([])
  })
})
