export type { State } from '../compat/states.ts'
export type { TestBody, TestCell, TestContext, TestedState, Who } from './cell.ts'
export { openTestKit, type TestKit } from './kit.ts'
export type {
  Filler,
  PgliteSource,
  ServerSource,
  StartedSource,
  StatesOptions,
  TestDatabase,
  Version,
} from './options.ts'
export { startTestServer, type TestServer } from './server.ts'
export { type PassedTest, type TestEveryStateOptions, type Tests, testEveryState } from './test-every-state.ts'
export { type WalkedState, walkStates } from './walk-states.ts'
