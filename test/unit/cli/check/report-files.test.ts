import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { prepareFiles, readWanted, writeReport } from '../../../../src/cli/report-files.ts'
import { migrate } from '../terminal.ts'

const formats = ['html', 'junit', 'sarif'] as const
const read = (given: readonly string[], json = false) => readWanted(given, formats, '/base', json)

describe('--report', () => {
  test('is a format and a file, again for each; the file may hold what it will', () => {
    expect(read(['junit=out/a=b.xml', 'html=/tmp/x.html', 'sarif=-'])).toEqual([
      { format: 'junit', file: 'out/a=b.xml', path: '/base/out/a=b.xml' },
      { format: 'html', file: '/tmp/x.html', path: '/tmp/x.html' },
      { format: 'sarif', file: '-', path: null },
    ])
  })

  test.each([
    [['jnuit=a.xml'], '--report: `jnuit` is no format', 'Did you mean junit? The formats are html, junit, sarif.'],
    [['report.html'], '--report: `report.html` is no format', 'The formats are html, junit, sarif.'],
    [['html'], '--report html: no file is given', 'Write html=<file>.'],
    [['html='], '--report html: no file is given', 'Write html=<file>.'],
    [['html=a', 'junit=./a'], '--report: ./a is given for two reports', null],
    [['html=-', 'junit=-'], '--report: - is given for two reports', null],
  ])('%j is refused', (given, message, hint) => {
    expect(() => read(given)).toThrow(expect.objectContaining({ code: 'usage.report', exitCode: 2, message, hint }))
  })

  test('leaves stdout to --json', () => {
    expect(() => read(['html=-'], true)).toThrow(expect.objectContaining({ exitCode: 2 }))
  })
})

describe('the files of reports', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bellows-report-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const at = (file: string) => ({ format: 'html', file, path: join(folder, file) })

  test('are tried before, and those of an earlier run taken away; their folders are made', async () => {
    await writeFile(join(folder, 'old.html'), 'old')
    await prepareFiles([at('old.html'), at('deep/er/new.html')])
    await expect(readFile(join(folder, 'old.html'))).rejects.toThrow('ENOENT')
    expect(await writeReport(at('deep/er/new.html'), 'new')).toBeNull()
    expect(await readFile(join(folder, 'deep/er/new.html'), 'utf8')).toBe('new')
  })

  test('of an earlier run stay when another one cannot be written', async () => {
    await writeFile(join(folder, 'old.html'), 'old')
    await mkdir(join(folder, 'there'))
    await expect(prepareFiles([at('old.html'), at('there')])).rejects.toMatchObject({
      code: 'report.unwritable',
      exitCode: 2,
      message: '--report: there cannot be written: it is a folder',
    })
    expect(await readFile(join(folder, 'old.html'), 'utf8')).toBe('old')
  })

  test('cannot stand below a file', async () => {
    await writeFile(join(folder, 'file'), '')
    for (const file of ['file/a.html', 'file/b/c.html']) {
      await expect(prepareFiles([at(file)])).rejects.toMatchObject({ code: 'report.unwritable', exitCode: 2 })
    }
  })

  // Root may write everywhere.
  test.skipIf(process.getuid?.() === 0)('cannot stand where nothing may be written', async () => {
    await chmod(folder, 0o500)
    await expect(prepareFiles([at('a.html')])).rejects.toMatchObject({
      message: '--report: a.html cannot be written: permission denied',
    })
    await chmod(folder, 0o700)
  })

  test('that fail in the end are told', async () => {
    await mkdir(join(folder, 'there'))
    expect(await writeReport(at('there'), 'x')).toMatchObject({ code: 'report.unwritable', exitCode: 2 })
  })

  test.each([
    ['--report', 'pdf=a'],
    ['--report', 'html=/dev/null/a'],
  ])('are looked at before the database: %s %s', async (...flag) => {
    const ran = await migrate([
      'check',
      '--database-url',
      'postgres://nobody@127.0.0.1:1/x',
      '--old',
      'none.json',
      ...flag,
    ])
    expect(ran).toMatchObject({ exitCode: 2 })
    expect(ran.stderr).toContain('--report')
  })
})
