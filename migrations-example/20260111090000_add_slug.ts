import { addColumn, defineMigration } from 'bellows'

export default defineMigration({
  description: 'Old rows, and rows that the old version writes, get what `up` says',
  intents: [
    addColumn({
      table: 'products',
      column: 'slug',
      type: { postgres: 'text', mysql: 'varchar(200)' },
      nullable: false,
      up: "lower(replace(title, ' ', '-'))",
    }),
  ],
})
