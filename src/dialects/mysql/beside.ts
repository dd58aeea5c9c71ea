/** Session settings and look-ups that run beside the printed statements (semantics.md 14). */
export const beside: readonly string[] = [
  'before each step: lock_wait_timeout of 1 s, and KILL QUERY from a second session after 500 ms (unless --lock-timeout), retried with backoff; UNLOCK TABLES after a step that locks',
  'where LOCK TABLES is not had in five tries, from the sixth on: a look which tables that its foreign keys point at are being written, and LOCK TABLES of these too, named in a notice and in the event `stepped-down`',
  'before each statement that changes the schema: a look whether that is done already, and who has read the table in a transaction that goes on; where MariaDB does not tell that, the statement is tried without waiting first',
  'after a foreign key was added: foreign_key_checks is 1 again, also where that failed',
  "in each batch: the next key range is looked up, and the rows of the last one are counted; @bellows_sync = 'off'",
  'where a column has a CHECK in its definition (MariaDB): SHOW CREATE TABLE, which alone tells whose it is',
  'before contract: the verification runs again',
  'before contract, and again under its lock: who is connected, and when the old shape was last written',
  'before contract: XA RECOVER, who is in a transaction that is older than the backfill, reads the binary log or has rights on the tables',
  'at the end of the backfill and before contract: performance_schema, where it is on, for statements that name the old shape',
  'our own state tables are read and written throughout',
]
