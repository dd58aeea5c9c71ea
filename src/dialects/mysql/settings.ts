/**
 * Settings of our sessions: nothing of the server's or the account's settings changes what we say, and times end what hangs.
 * What a trigger or function of ours does follows the sql_mode that it was created under, so this one is also theirs.
 */
export const sessionSettings: readonly string[] = [
  // No ANSI_QUOTES, NO_BACKSLASH_ESCAPES, PAD_CHAR_TO_FULL_LENGTH or PIPES_AS_CONCAT, and never a value that is bent to fit.
  "set session sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
  'set names utf8mb4',
  "set session time_zone = '+00:00'",
  'set session autocommit = 1',
  'set session completion_type = 0',
  'set session transaction isolation level read committed',
  'set session transaction read write',
  'set session lock_wait_timeout = 1',
  'set session innodb_lock_wait_timeout = 1',
  'set session foreign_key_checks = 1',
  'set session unique_checks = 1',
  'set session sql_safe_updates = 0',
  'set session sql_auto_is_null = 0',
  'set session sql_big_selects = 1',
  'set session sql_select_limit = default',
  'set session group_concat_max_len = 1048576',
  // What SHOW CREATE says can be read, and said again.
  'set session sql_quote_show_create = 1',
  // A session of ours is idle while the other one works, for as long as that takes.
  'set session wait_timeout = 86400',
  'set session net_read_timeout = 600',
  'set session net_write_timeout = 600',
]

/** What only one of the two has. */
export const ownSettings: Readonly<Record<'mysql' | 'mariadb', readonly string[]>> = {
  // Sizes of tables as they are, not as they were a day ago.
  mysql: ['set session information_schema_stats_expiry = 0', 'set session max_execution_time = 0'],
  mariadb: ['set session max_statement_time = 0', 'set session idle_transaction_timeout = 60'],
}
