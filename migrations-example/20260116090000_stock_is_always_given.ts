import { defineMigration, dropDefault } from 'bellows'

export default defineMigration({
  intents: [dropDefault({ table: 'products', column: 'stock' })],
})
