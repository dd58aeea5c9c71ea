import { defineMigration, renameConstraint } from 'bellows'

export default defineMigration({
  intents: [renameConstraint({ table: 'products', name: 'products_sku', to: 'products_sku_key' })],
})
