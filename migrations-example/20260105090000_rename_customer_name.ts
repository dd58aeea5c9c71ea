import { defineMigration, renameColumn } from 'bellows'

export default defineMigration({
  description: 'Both names work, for reads and writes, from expand to contract',
  intents: [renameColumn({ table: 'customers', from: 'name', to: 'full_name' })],
})
