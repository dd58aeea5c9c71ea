import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createDatabase, describeEachDatabase, type TestDatabase } from '../../servers/databases.ts'
import { migrate, type Ran } from '../../unit/cli/terminal.ts'
import { everywhere, run, wordsOf } from './dialects.ts'

const formats = ['html', 'json', 'junit', 'markdown', 'sarif'] as const

describeEachDatabase('reports of check', everywhere, (server) => {
  const { key } = wordsOf(server)
  let database: TestDatabase
  let folder: string
  beforeEach(async () => {
    database = await createDatabase(server)
    await run(database.url, `create table users (id ${key}, name varchar(60) not null)`)
    folder = await mkdtemp(join(tmpdir(), 'bellows-reports-'))
    await mkdir(join(folder, 'app/migrations'), { recursive: true })
    const intents = 'intents:\n  - renameColumn: { table: users, from: name, to: full_name }\n'
    await writeFile(join(folder, 'app/migrations/rename.yaml'), intents)
    await writeFile(join(folder, 'app/users.ts'), '')
  })
  afterEach(async () => {
    await database.drop()
    await rm(folder, { recursive: true })
  })

  async function check(statements: readonly object[], flags: readonly string[], env = {}): Promise<Ran> {
    await writeFile(join(folder, 'app/v2.json'), JSON.stringify({ app: 'shop', version: 'v2', statements }))
    const shadow = ['--shadow', 'target', '--database-url', database.url]
    return migrate(['check', '--new', 'v2.json', ...shadow, ...flags], { cwd: join(folder, 'app'), env })
  }
  const report = (file: string): Promise<string> => readFile(join(folder, 'app', file), 'utf8')
  const broken = [{ id: 'read', sql: 'select ful_name from users', source: 'users.ts:7' }]

  it('are all written, also when there are findings', async () => {
    const flags = formats.flatMap((format) => ['--report', `${format}=out/check.${format}`])
    const ran = await check(broken, flags)
    expect(ran.exitCode).toBe(4)
    expect(ran.stdout).toMatch(/^rename\n/)
    const html = await report('out/check.html')
    expect(html).toContain('select ful_name from users')
    // The plan is the target's: on MySQL and MariaDB its statements name the database.
    expect(html).toContain('<h3><bdi>rename<wbr></bdi></h3>')
    expect(html).not.toContain('bellows_check_')
    expect(await report('out/check.junit')).toContain('failures="2"')
    expect(await report('out/check.markdown')).toContain('select ful_name from users')
    expect(JSON.parse(await report('out/check.sarif')).runs[0].results).toHaveLength(1)
    expect(JSON.parse(await report('out/check.json'))).toMatchObject({ ok: false, error: { code: 'check.findings' } })
  }, 180_000)

  it('are in the summary and at the lines of the pull request on GitHub, without being asked', async () => {
    const summary = join(folder, 'summary.md')
    await writeFile(summary, 'what the step said before')
    const ran = await check(broken, ['--json'], {
      GITHUB_ACTIONS: 'true',
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_WORKSPACE: folder,
    })
    expect(JSON.parse(ran.stdout)).toMatchObject({ ok: false, command: 'check' })
    expect(ran.stderr).toMatch(/^::error file=app\/users\.ts,line=7,title=read of shop v2 fails in .*::/m)
    expect(await readFile(summary, 'utf8')).toMatch(/^what the step said before\n\n<!-- bellows-check -->\n/)
  })

  it('may stand on stdout instead of the text', async () => {
    const ran = await check([{ id: 'read', sql: 'select full_name from users' }], ['--report', 'markdown=-'])
    expect(ran.exitCode).toBe(0)
    expect(ran.stdout).toMatch(/^<!-- bellows-check -->\n\n## ✅ /)
  })
})
