import type { Scenario } from '../scenario.ts'
import { integerToBigint, textToInteger } from './change-type.ts'
import { addedColumn, droppedColumn } from './columns.ts'
import { addedIndex, createdTable, rawStatements } from './objects.ts'
import { renameNullable, renameUnique } from './rename-column.ts'
import { dropDefaultScenario, dropNotNullScenario, setDefaultScenario, setNotNullScenario } from './rules.ts'

/** Every scenario. To add one, write it and add a line here: live traffic and the crash matrix then play it. */
export const scenarios: readonly Scenario[] = [
  renameNullable,
  renameUnique,
  textToInteger,
  integerToBigint,
  addedColumn,
  droppedColumn,
  setNotNullScenario,
  dropNotNullScenario,
  setDefaultScenario,
  dropDefaultScenario,
  createdTable,
  addedIndex,
  rawStatements,
]
