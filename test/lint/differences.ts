/** Our rules that say what a rule of squawk says. One of them at the same statement is enough. */
export const shared: Readonly<Record<string, readonly string[]>> = {
  'adding-field-with-default': ['rewrites-table'],
  'adding-foreign-key-constraint': ['add-foreign-key'],
  'adding-not-nullable-field': ['set-not-null'],
  'adding-required-field': ['add-not-null-column'],
  'adding-serial-primary-key-field': ['add-primary-key'],
  'ban-alter-domain-with-add-constraint': ['domain-constraint'],
  'ban-concurrent-index-creation-in-transaction': ['concurrently-in-transaction'],
  'ban-drop-column': ['drop-column'],
  'ban-drop-database': ['drop-schema'],
  'ban-drop-not-null': ['old-version-reads-null'],
  'ban-drop-table': ['drop-table'],
  'ban-truncate-cascade': ['truncate'],
  'changing-column-type': ['change-type'],
  'constraint-missing-not-valid': [
    'add-check',
    'add-foreign-key',
    'validate-in-transaction',
    // These have no NOT VALID; ours say what there is instead.
    'add-unique',
    'add-primary-key',
    'add-exclusion',
  ],
  'disallowed-unique-constraint': ['add-unique'],
  'identifier-too-long': ['identifier-too-long'],
  'prefer-repack': ['rewrites-table'],
  'renaming-column': ['rename-column'],
  'renaming-table': ['rename-table'],
  'require-concurrent-index-creation': ['index-blocks-writes'],
  'require-concurrent-index-deletion': ['drop-index'],
  'require-concurrent-partition-detach': ['detach-partition'],
  'require-concurrent-reindex': ['reindex'],
  'require-lock-timeout': ['no-lock-timeout'],
}

interface Difference {
  readonly rules: readonly string[]
  /** Of statements, or of files, like this; of all where it is left out. */
  readonly where?: RegExp
  readonly why: string
}

/** What squawk finds and we do not, and why. */
export const explained: readonly Difference[] = [
  {
    rules: [
      'prefer-bigint-over-int',
      'prefer-bigint-over-smallint',
      'prefer-identity',
      'prefer-text-field',
      'prefer-timestamp-tz',
      'ban-char-field',
    ],
    why: 'A taste in types of new columns: nothing happens to an app that is running.',
  },
  {
    rules: ['prefer-robust-stmts'],
    why: 'IF NOT EXISTS passes over what is there and is something else, an invalid index above all (index-left-invalid). What was done is known by the tool that runs the file.',
  },
  {
    rules: ['require-table-schema'],
    why: 'Where a name leads is decided by search_path, which is not in the file.',
  },
  {
    rules: ['require-statement-timeout'],
    why: 'It ends long builds and validations as well, which are to be long and let others work. What keeps others waiting is found by rules of its own.',
  },
  {
    rules: ['require-enum-value-ordering'],
    why: 'A new label at the end is what most mean; the order harms no app that is running.',
  },
  {
    rules: ['ban-uncommitted-transaction', 'transaction-nesting'],
    why: 'The server says it itself at the first trial, and nothing is done to an app.',
  },
  {
    rules: ['ban-create-domain-with-constraint'],
    why: 'Nothing uses a domain that is just made. That a column of it rewrites its table is told by `migrate plan`, which knows the domains.',
  },
  {
    rules: [
      'require-lock-timeout',
      'require-concurrent-index-creation',
      'renaming-table',
      'ban-drop-table',
      'changing-column-type',
      'adding-foreign-key-constraint',
      'constraint-missing-not-valid',
      'renaming-column',
    ],
    where: /create (?:temp )?table t \(|into t from/i,
    why: 'The file makes the table: it is empty, and nobody uses it. squawk believes that only of one transaction.',
  },
  {
    rules: ['renaming-column', 'ban-drop-column'],
    where: /alter table users add column a int; alter table users (?:rename|drop)/,
    why: 'The file adds the column: the version that is running does not know it.',
  },
  {
    rules: ['require-lock-timeout'],
    where: /concurrently/i,
    why: 'CONCURRENTLY waits without keeping others out, and under a lock_timeout it ends and leaves an invalid index (concurrently-under-lock-timeout).',
  },
  {
    rules: ['require-lock-timeout'],
    where:
      /^(?:begin; )?alter (?:type|schema|index)|^drop (?:schema|database|type|owned)|\bset \(fillfactor|^vacuum users|^alter domain .* (?:not valid|drop not null)|^create (?:view|function)|validate constraint|set statistics|access share|^comment on/i,
    why: 'None of these keeps others from reading or writing a table; or what it drops is an error of its own.',
  },
  {
    rules: ['require-concurrent-index-deletion'],
    where: /create index concurrently i on users \(age\); drop index i/,
    why: 'The file makes the index itself: no query counts on it.',
  },
  {
    rules: ['ban-alter-domain-with-add-constraint'],
    where: /not valid/i,
    why: 'NOT VALID reads no table.',
  },
  {
    rules: ['adding-field-with-default'],
    where: /virtual/,
    why: 'A virtual generated column, from PostgreSQL 18 on, is in the catalog alone.',
  },
]
