import { addColumn, addForeignKey, defineMigration } from 'bellows'

export default defineMigration({
  intents: [
    addColumn({ table: 'products', column: 'replaced_by', type: 'bigint' }),
    addForeignKey({
      table: 'products',
      name: 'products_replaced_by_fkey',
      columns: ['replaced_by'],
      references: { table: 'products', columns: ['id'] },
      onDelete: 'set null',
    }),
  ],
})
