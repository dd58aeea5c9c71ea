import { defineMigration, rawSql } from 'bellows'

export default defineMigration({
  intents: [
    rawSql({
      expand: {
        postgres: 'create sequence invoice_numbers start 1000',
        mysql:
          'create table if not exists invoice_numbers (id bigint auto_increment primary key) auto_increment = 1000',
      },
      rollback: { postgres: 'drop sequence invoice_numbers', mysql: 'drop table if exists invoice_numbers' },
      reason: 'Invoices are numbered on their own, whatever table they come from',
    }),
  ],
})
