import { defineMigration, setNotNull } from 'bellows'

export default defineMigration({
  description: 'A NULL that is there, or is still written, becomes what `up` says',
  intents: [setNotNull({ table: 'orders', column: 'status', up: "'new'" })],
})
