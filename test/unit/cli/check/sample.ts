import type { CheckReport } from '../../../../src/cli/render/check/problems.ts'
import type { Finding } from '../../../../src/compat/judge.ts'
import { cellsOf, passes } from '../../../../src/compat/matrix.ts'
import { type State, states } from '../../../../src/compat/states.ts'
import type { Role } from '../../../../src/compat/versions.ts'
import type { PlanView } from '../../../../src/runner/api.ts'

/** One version with what was found, state by state. */
export interface Given {
  readonly app?: string
  readonly version: string
  readonly role: Role
  readonly statements: readonly { readonly id: string; readonly sql: string; readonly source?: string }[]
  readonly findings?: Partial<Record<State, readonly Partial<Finding>[]>>
}

/** A report of versions, judged as the check does it. */
export function reportOf(
  versions: readonly Given[],
  given: Partial<CheckReport> & { readonly migration?: string; readonly notices?: readonly string[] } = {},
): CheckReport {
  const { migration = 'rename', notices = [], strict = false, ...rest } = given
  const named = versions.map((each) => ({ ...each, app: each.app ?? 'shop' }))
  const matrix = named.flatMap((version) =>
    cellsOf(
      version,
      (state) => (version.findings?.[state] ?? []).map((finding) => filled(finding, version)),
      'expanded',
    ),
  )
  const ok = passes(matrix, strict)
  return {
    result: {
      ok,
      exitCode: ok ? 0 : 4,
      migration,
      states,
      matrix,
      ready: 'expanded',
      unverifiable: 0,
      recorded: [],
      shadow: 'a scratch database',
      notices,
    },
    versions: named,
    plans: [],
    strict,
    version: '1.2.3',
    at: '2026-01-02T03:04:05.678Z',
    file: 'migrations/rename.ts',
    locate: (file) => file,
    ...rest,
  }
}

function filled(finding: Partial<Finding>, { statements }: Given): Finding {
  const statement = finding.statement ?? statements[0]?.id ?? ''
  return {
    verdict: 'fails',
    level: 'NAME',
    code: '42703',
    message: 'column "name" does not exist',
    hint: 'Change it.',
    source: statements.find(({ id }) => id === statement)?.source ?? null,
    ...finding,
    statement,
  }
}

/** v1 fails while it still runs and after contract, and changes; v2 fails before it is there. */
export const usual: readonly Given[] = [
  {
    version: 'v1',
    role: 'old',
    statements: [
      { id: 'read', sql: 'select name from users', source: 'src/users.ts:3' },
      { id: 'count', sql: 'select count(*) from users' },
    ],
    findings: {
      expanded: [{}, { statement: 'count', verdict: 'changes', level: 'TYPE', code: 'result-type', message: 'other' }],
      backfilled: [{}],
      contracted: [{}],
    },
  },
  {
    version: 'v2',
    role: 'new',
    statements: [{ id: 'read', sql: 'select full_name from users', source: 'src/users.ts:4' }],
    findings: { before: [{ message: 'column "full_name" does not exist', hint: 'As it should be.' }] },
  },
]

/** What has broken formats before. */
export const hostile: readonly string[] = [
  '</script><script>alert(1)</script>',
  "\"><img src=x onerror=alert(1)> ' onmouseover='x",
  ']]><b>&amp;&lt;',
  '\u0000\u0007\u001B[31m\u007F\u0085\uFFFE\uD800 \uDC00',
  'one\r\n::error::two\n::set-output name=x::y%0A%25',
  '| pipe \\| back\\ `tick` ``` ~~~ <!-- --> $x$ $$',
  '@team #1 [a](https://evil.example) ![i](https://evil.example/x.png) www.evil.example {0} {{',
  '\u202Eright to left\u2066',
]

/** A report in which everything that users give is hostile. */
export function hostileReport(text: string): CheckReport {
  const statements = [{ id: text, sql: text, source: `${text}:7` }]
  const finding = { statement: text, code: text, message: text, hint: text }
  const of = (version: string, role: Role): Given => ({
    app: text,
    version,
    role,
    statements,
    findings: { before: [finding], expanded: [finding], contracted: [{ ...finding, verdict: 'changes' }] },
  })
  return reportOf([of(text, 'old'), of(`${text} 2`, 'new')], {
    migration: text,
    notices: [text],
    file: text,
    plans: [planWith(text)],
  })
}

/** A plan in which every text is this one. */
export function planWith(text: string): PlanView {
  const step = {
    id: text,
    kind: 'ddl',
    description: text,
    statements: [text],
    probe: text,
    otherwise: [{ of: text, statements: [text] }],
    transaction: true,
    locks: [{ relation: text, mode: 'ACCESS EXCLUSIVE', blocksReads: true, blocksWrites: true }],
    rewrites: true,
    scans: true,
    reversible: false,
  }
  return {
    name: text,
    checksum: 'c',
    state: 'pending',
    phases: { expand: [step], backfill: [], contract: [step], purge: [] },
    hazards: [{ code: text, severity: 'warn', statement: null, message: text, hint: text, docs: '' }],
    tables: [{ name: text, rows: 1200, bytes: 4096 }],
    newVersionReady: 'backfilled',
    pointsOfNoReturn: [],
  }
}

/** The elements of HTML or XML in order, with the names of their attributes; throws where it is not well-formed. */
export function elementsOf(text: string): readonly string[] {
  const found: string[] = []
  const open: string[] = []
  const empty = new Set(['meta', 'wbr'])
  const body = text.replace(/^<\?xml[^>]*\?>|^<!doctype html>/, '').replace(/<style>[^<]*<\/style>/, '')
  const pattern = /<(\/?)([a-z][a-z0-9-]*)((?:\s+[a-z-]+="[^"<]*")*)\s*>|[^<]+|</gs
  for (const [whole, closes, name, attributes = ''] of body.matchAll(pattern)) {
    const loose = whole.replaceAll(/&(?:amp|lt|gt|quot|#\d+);/g, '')
    if (loose.includes('&')) throw new Error(`a bare & in ${whole}`)
    if (name === undefined) {
      if (whole.startsWith('<')) throw new Error(`a bare < at ${body.slice(body.indexOf(whole), 80)}`)
      if (whole.includes(']]>')) throw new Error(']]> in text')
      continue
    }
    if (closes === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`)
      continue
    }
    if (!empty.has(name)) open.push(name)
    found.push([name, ...[...attributes.matchAll(/([a-z-]+)="/g)].map(([, attribute]) => attribute)].join(' '))
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(', ')}`)
  return found
}

/** Characters that XML 1.0 does not know, also halves of characters, and those that turn the direction of writing. */
export function forbidden(text: string): readonly string[] {
  return text.match(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]|[\u202A-\u202E\u2066-\u2069]/gu) ?? []
}
