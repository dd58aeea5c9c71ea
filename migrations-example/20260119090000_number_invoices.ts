import { defineMigration, rawSql } from 'bellows'

export default defineMigration({
  intents: [
    rawSql({
      expand: 'create sequence invoice_numbers start 1000',
      rollback: 'drop sequence invoice_numbers',
      reason: 'Invoices are numbered on their own, whatever table they come from',
    }),
  ],
})
