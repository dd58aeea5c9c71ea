import { addColumn, defineMigration } from 'bellows'

export default defineMigration({
  description: 'A constant default fills old rows at once, without touching them',
  intents: [
    addColumn({
      table: 'orders',
      column: 'currency',
      type: { postgres: 'text', mysql: 'char(3)' },
      nullable: false,
      default: "'EUR'",
    }),
  ],
})
