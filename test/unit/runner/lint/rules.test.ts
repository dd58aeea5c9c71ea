import { beforeAll, describe, expect, it, test } from 'vitest'
import type { LintDialect } from '../../../../src/dialects/lint.ts'
import { lintOf } from '../../../../src/dialects/open.ts'
import type { Engine } from '../../../../src/planner/lint/operations.ts'
import { rules } from '../../../../src/planner/lint/rules/index.ts'
import { lookAtFile } from '../../../../src/runner/lint/script.ts'
import type { Example } from '../../../lint/example.ts'
import { mysqlExamples } from '../../../lint/mysql.ts'
import { postgresExamples } from '../../../lint/postgres.ts'

const engines: readonly (readonly [Engine, readonly Example[]])[] = [
  ['postgres', postgresExamples],
  ['mysql', mysqlExamples],
  ['mariadb', mysqlExamples],
]

describe.each(engines)('the rules of %s', (engine, examples) => {
  let dialect: LintDialect
  beforeAll(async () => {
    dialect = await lintOf(engine === 'postgres' ? 'postgres' : 'mysql')
  })

  const found = (text: string): readonly string[] => {
    const looked = lookAtFile(dialect, engine, { text, transaction: 'no', skipped: null }, null)
    if ('unparsable' in looked) throw new Error(`${text}: ${looked.unparsable.why}`)
    return looked.findings.map(({ rule }) => rule)
  }

  it('have an example each', () => {
    const of = rules.filter((rule) => rule.engines.includes(engine)).map(({ id }) => id)
    expect(of.filter((id) => !examples.some(({ rule }) => rule === id))).toEqual([])
    expect(examples.filter(({ rule }) => !of.includes(rule))).toEqual([])
  })

  test.each(examples.flatMap(({ rule, found: bad }) => bad.map((sql) => [rule, sql] as const)))(
    '%s finds %s',
    (rule, sql) => {
      expect(found(sql)).toContain(rule)
    },
  )

  test.each(examples.flatMap(({ rule, not = [] }) => not.map((sql) => [rule, sql] as const)))(
    '%s does not find %s',
    (rule, sql) => {
      expect(found(sql)).not.toContain(rule)
    },
  )

  it('are silent about what does no harm', () => {
    const harmless = {
      postgres:
        "set lock_timeout = '2s'; create table t (id bigint generated always as identity primary key, a text not null); create index on t (a); insert into t (a) values ('x'); comment on table t is 'drop table users'; grant select on t to public; create view v as select * from t; alter table users validate constraint c",
      mysql:
        "create table t (id bigint auto_increment primary key, a varchar(20) not null, key (a)); insert into t (a) values ('drop table users; -- x'); grant select on t to app; create view v as select * from t",
    }
    expect(found(engine === 'postgres' ? harmless.postgres : harmless.mysql)).toEqual([])
  })
})
