/*
 * The statements of this tool in the statistics of the server: verification, the questions of gates, batches. They are known by how they
 * begin and what they do; the server has put parameters where their constants were.
 */
const own: readonly RegExp[] = [
  // The comparison of the shapes, and trying a conversion on rows that are there.
  /^select count\(\*\)::float8 as rows, count\(\*\) filter \(where /,
  // Rows that violate a rule, or that going back would lose.
  /^select count\(\*\)::float8 as count, \(array_agg\(pg_catalog\.jsonb_build_object\(/,
  /^with d as \(select count\(\*\) as rows, array\[(?:min|max)\(pg_catalog\.jsonb_build_object\(/,
  // Is a value still one that cannot be converted?
  /^select exists \(select from "(?:[^"]|"")+"\."(?:[^"]|"")+" as t where .*::jsonb ->> .*\) as open$/s,
  // Whether a conversion is understood.
  /^select \(.*\), CAST\(NULL AS .*\) from .* as t where false$/s,
  // Batches, and their boundaries.
  /^update "(?:[^"]|"")+"\."(?:[^"]|"")+" as t set .* where row\("t"\./s,
  /^select "t"\."(?:[^"]|"")+"::text as "k0"/,
  /^insert into "(?:[^"]|"")+"\."conversion_failures" as f /,
  // The server's own look at a foreign key.
  /^SELECT 1 FROM ONLY .* FOR KEY SHARE OF x$/s,
]

/** Is this one of ours? */
export const isOwn = (text: string): boolean => own.some((pattern) => pattern.test(text))
