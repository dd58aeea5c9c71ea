import { createTable, defineMigration } from 'bellows'

export default defineMigration({
  description: 'Owner and grants are those of products',
  intents: [
    createTable({
      table: 'reviews',
      columns: {
        id: { type: 'bigint', nullable: false, identity: true },
        product_id: { type: 'bigint', nullable: false },
        stars: { type: 'smallint', nullable: false },
        body: { type: 'text', comment: 'As it was sent' },
        written_at: {
          type: { postgres: 'timestamptz', mysql: 'datetime' },
          nullable: false,
          default: { postgres: 'now()', mysql: 'current_timestamp' },
        },
      },
      primaryKey: ['id'],
      checks: [{ name: 'reviews_stars_check', check: 'stars between 1 and 5' }],
      foreignKeys: [
        {
          name: 'reviews_product_id_fkey',
          columns: ['product_id'],
          references: { table: 'products', columns: ['id'] },
          onDelete: 'cascade',
        },
      ],
      indexes: [{ name: 'reviews_product_id_idx', columns: ['product_id'] }],
      like: 'products',
    }),
  ],
})
