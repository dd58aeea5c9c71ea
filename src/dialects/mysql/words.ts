/** What a word in an expression may be, where it is not a column. In lower case. */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Reserved words that stand where a value may begin; no column has them as its bare name. */
export const openers: ReadonlySet<string> = words(`
  null true false case not interval binary
`)

/** Words after which a value begins. */
export const connectors: ReadonlySet<string> = words(`
  and or xor not is like in between div mod regexp rlike escape case when then else interval binary from both leading
  trailing distinct for
`)

/** Words that may stand after a value, or inside the parentheses of a function that has its own grammar. */
export const followers: ReadonlySet<string> = words(`
  and or xor not is like in between div mod regexp rlike escape case when then else end as using collate from for
  null true false unknown sounds member of interval binary both leading trailing character set charset
  microsecond second minute hour day week month quarter year second_microsecond minute_microsecond minute_second
  hour_microsecond hour_second hour_minute day_microsecond day_second day_minute day_hour year_month
`)

/** What a type in CAST or CONVERT is made of. */
export const typeWords: ReadonlySet<string> = words(`
  signed unsigned integer int char nchar character varchar binary varbinary decimal dec numeric double float real date
  time datetime timestamp year json precision set charset array inet4 inet6 uuid
`)

/** Functions that read other rows. */
export const aggregates: ReadonlySet<string> = words(`
  avg bit_and bit_or bit_xor count group_concat json_arrayagg json_objectagg max min std stddev stddev_pop stddev_samp
  sum var_pop var_samp variance any_value over row_number rank dense_rank lag lead ntile first_value last_value nth_value
`)

/** Functions whose value belongs to the session that asks, or that do something: trigger and backfill would disagree. */
export const sessionFunctions: ReadonlySet<string> = words(`
  user current_user session_user system_user database schema connection_id last_insert_id row_count found_rows version
  current_role roles_graphml get_lock release_lock release_all_locks is_free_lock is_used_lock sleep benchmark load_file
  master_pos_wait source_pos_wait wait_for_executed_gtid_set gtid_subset gtid_subtract name_const values default
  nextval lastval setval from_unixtime unix_timestamp week dayname monthname updatexml ps_current_thread_id
  statement_digest statement_digest_text charset collation coercibility
`)

/** Functions that give another value at each call or each moment; some may stand without parentheses. */
export const volatileFunctions: ReadonlySet<string> = words(`
  rand uuid uuid_short uuidv4 uuidv7 sys_guid now sysdate curdate curtime utc_date utc_time utc_timestamp random_bytes
  current_date current_time current_timestamp localtime localtimestamp
`)

/** The ones of these that need no parentheses. */
export const bareFunctions: ReadonlySet<string> = words(`
  utc_date utc_time utc_timestamp current_date current_time current_timestamp localtime localtimestamp current_user
  current_role
`)

/** Words of statements, which no scalar has. */
export const statementWords: ReadonlySet<string> = words(`
  select exists into table row update insert delete union all any some with limit order group having where match against
  call set begin return
`)
