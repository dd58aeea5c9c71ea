/** Session settings and look-ups that run beside the printed statements (semantics.md 14). */
export const beside: readonly string[] = [
  'before each locking step: SET LOCAL lock_timeout (500 ms unless --lock-timeout), retried with backoff',
  'before concurrent index builds: lock_timeout = 0, and a look whether the index is there, valid or broken',
  'in each batch: the next key range is looked up, and the rows of the last one are counted; bellows.sync = off, and session_replication_role = replica where the account may set it',
  'before contract and rollback: the verification runs again, rows that violate a rule or that the other shape cannot hold are counted',
  'before the way back from contract: views, policies and expressions of statistics that it says again are read anew in a transaction that is rolled back, by the names that columns had, to see whether they are as they were',
  'before contract, and again under its lock: who is connected, and when the old shape was last written',
  'before contract: prepared transactions, those that are older than the backfill, replicas, slots, publications, and who has rights on the tables',
  'at the end of the backfill and before contract: pg_stat_statements, where it is there, for statements that name the old shape',
  'our own state tables are read and written throughout',
]
