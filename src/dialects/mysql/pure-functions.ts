/*
 * Functions that only compute, and words that a parenthesis may follow. A statement that calls anything else is not executed on a
 * shadow: nobody can tell what it does.
 */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** In lower case. */
export const harmless: ReadonlySet<string> = words(`
  and or xor not in exists any all some like between case when then else if elseif while until return on using
  select from where join as values value into set key index primary unique partition over limit by distinct interval
  char varchar binary varbinary decimal numeric datetime timestamp time year bit int integer bigint smallint tinyint
  float double enum signed unsigned
  abs acos ascii asin atan atan2 avg bin bit_and bit_count bit_length bit_or bit_xor cast ceil ceiling char_length
  character_length coalesce concat concat_ws conv convert convert_tz cos cot count crc32 curdate current_date
  current_time current_timestamp current_user curtime database date date_add date_format date_sub datediff day dayname
  dayofmonth dayofweek dayofyear default degrees elt exp export_set extract field find_in_set floor format from_base64
  from_days from_unixtime greatest group_concat hex hour ifnull inet6_aton inet6_ntoa inet_aton inet_ntoa insert instr
  is_uuid isnull json_array json_array_append json_array_insert json_arrayagg json_contains json_contains_path
  json_depth json_extract json_insert json_keys json_length json_merge json_merge_patch json_merge_preserve json_object
  json_objectagg json_overlaps json_pretty json_quote json_remove json_replace json_schema_valid json_search json_set
  json_type json_unquote json_valid json_value last_day last_insert_id lcase least left length ln localtime
  localtimestamp locate log log10 log2 lower lpad ltrim makedate maketime max md5 microsecond mid min minute mod month
  monthname now nullif oct octet_length ord period_add period_diff pi position pow power quarter quote radians rand
  regexp_instr regexp_like regexp_replace regexp_substr repeat replace reverse right round row_count rpad rtrim
  sec_to_time second sha sha1 sha2 sign sin soundex space sqrt std stddev stddev_pop stddev_samp str_to_date strcmp
  subdate adddate addtime subtime substr substring substring_index sum sysdate tan time_format time_to_sec timediff
  timestampadd timestampdiff to_base64 to_days to_seconds trim truncate ucase unhex unix_timestamp upper user utc_date
  utc_time utc_timestamp uuid uuid_short uuid_to_bin bin_to_uuid var_pop var_samp variance version week weekday
  weekofyear weight_string yearweek row row_number rank dense_rank lag lead first_value last_value ntile
`)
