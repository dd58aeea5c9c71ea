import { expect, it } from 'vitest'
import { valuesIn } from '../../../../../src/dialects/postgres/capture/server-log.ts'

it('the values of an execution are read from the detail of its line, as every version says it', () => {
  expect(valuesIn("Parameters: $1 = 'it''s, $2 = ''x''', $2 = NULL")).toEqual(["it's, $2 = 'x'", null])
  expect(valuesIn("parameters: $1 = '5'")).toEqual(['5'])
  expect(valuesIn('')).toEqual([])
})

it('and are not told where one is cut off', () => {
  expect(valuesIn("Parameters: $1 = 'a long'...")).toBeNull()
  expect(valuesIn("Parameters: $1 = 'a'; something else")).toBeNull()
})
