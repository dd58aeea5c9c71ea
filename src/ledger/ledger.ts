import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Dialect, Session } from '../dialects/dialect.ts'
import { isBellowsError, refused, usageError } from '../errors.ts'
import { askOn, fromJson, whoIs } from './asking.ts'
import type { Ledger } from './records.ts'
import type { Actor, BackfillRow, LensRow, MigrationRow, StepState } from './tables.ts'

/** The version of the state tables that this tool writes. */
const layout = 2

const races = new Set(['data.duplicates', 'database.deadlock', 'database.lock-timeout'])

/** unique_violation in the server's own catalogs, or "tuple concurrently updated". */
function isRace(error: unknown): boolean {
  return isBellowsError(error) && (races.has(error.code) || /concurrently|already exists/.test(error.message))
}

/** A table of others is not taken for one of ours because of its name. */
async function refuseForeign({ state }: Dialect, session: Session, schema: string, found: number): Promise<void> {
  const names = (await session.query<{ name: string }>(state.foreign(schema, found))).rows.map(({ name }) => name)
  if (names.length === 0) return
  throw usageError(
    'config.state-schema',
    `the state tables cannot be made in ${schema}: ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} there, and not of this tool`,
    { hint: 'Nothing was changed. Name a place of their own for them with --state-schema.' },
  )
}

/** Most often they were made as the login role, and others work as the one of --set-role. */
async function refuseOfAnother({ state }: Dialect, session: Session, schema: string): Promise<void> {
  if (state.ofAnother === undefined) return
  const found = await session.query<{ owner: string; role: string; give: readonly string[] | null }>(
    state.ofAnother(schema),
  )
  const [row] = found.rows
  if (row === undefined) return
  const give = (row.give ?? []).map((statement) => `\n  ${statement};`).join('')
  throw refused(
    'database.privilege',
    `the state tables in ${schema} belong to ${row.owner}, and ${row.role}, as which this runs, may not write them`,
    {
      hint: `Nothing was changed. Work as ${row.owner} (--set-role, or the user of the URL), or give ${row.role} what is there:${give}`,
    },
  )
}

/** Makes the tables, or what is missing of today's, in one transaction where the engine lets us, in one turn where it does not. */
async function ensureLayout(dialect: Dialect, session: Session, schema: string, ledger: Ledger): Promise<void> {
  const { turn, create, upgrade, version } = dialect.state
  for (let tries = 1; ; tries++) {
    const found = await ledger.layout()
    if (found > 0) await refuseOfAnother(dialect, session, schema)
    if (found === layout) return
    try {
      await session.transaction(async () => {
        for (const statement of turn.take) await session.query(statement)
        try {
          const held =
            found === 0 ? 0 : (await session.query<{ version: number }>(version(schema).hold)).rows[0]?.version
          // Another runner was faster.
          if (held !== found) return
          await refuseForeign(dialect, session, schema, found)
          for (const statement of found === 0 ? create(schema) : upgrade(schema, found)) await session.query(statement)
        } finally {
          if (session.alive) for (const statement of turn.give) await session.query(statement)
        }
      })
    } catch (error) {
      // IF NOT EXISTS does not help when two runners make the same object at the same moment: one fails, and looks again.
      if (tries < 5 && isRace(error)) await new Promise((resolve) => setTimeout(resolve, 100 * tries))
      else throw found === 0 ? error : notUpgraded(error, schema, found)
    }
  }
}

function notUpgraded(error: unknown, schema: string, found: number): unknown {
  if (!isBellowsError(error) || error.code !== 'database.privilege') return error
  return refused(
    'database.privilege',
    `the state tables in ${schema} have layout ${found}, and may not be brought to ${layout}: ${error.message}`,
    { cause: error, hint: 'Nothing was changed. Run this once as their owner (--set-role, or the user of the URL).' },
  )
}

/** What the servers say in several ways: numbers as text, truth as 1. */
function toBackfill<Row extends BackfillRow>(row: Row): Row {
  return {
    ...row,
    cursor: fromJson(row.cursor),
    last: fromJson(row.last),
    rows_done: Number(row.rows_done),
    rows_total: Number(row.rows_total),
    paused: Boolean(row.paused),
  }
}

/** A ledger on a session. */
export function openLedger(dialect: Dialect, session: Session, schema: string, actor: Actor): Ledger {
  const { now, iso, upsert } = dialect.state
  const db = dialect.state.queries(schema)
  const table = (name: string): string => dialect.state.table(schema, name)
  const run = askOn(session)
  const who = whoIs(actor)
  const ledger: Ledger = {
    schema,
    by: actor,
    layout: async () => {
      const version = dialect.state.version(schema)
      if ((await session.query(version.exists)).rows.length === 0) return 0
      const [row] = (await session.query<{ version: number }>(version.read)).rows
      if (row !== undefined && row.version > layout) {
        throw refused('ledger.newer', `the state tables have layout ${row.version}, and this tool knows ${layout}`, {
          hint: 'A newer version of this tool was here: use that one.',
        })
      }
      return row?.version ?? 0
    },
    exists: async () => (await ledger.layout()) > 0,
    ensure: () => ensureLayout(dialect, session, schema, ledger),
    migrations: async () => {
      const rows = await run<MigrationRow>(
        db
          .selectFrom(table('migrations'))
          .select(['name', 'checksum', 'plan', 'state', 'generation', 'error'])
          .select([
            iso('created_at').as('created_at'),
            iso('updated_at').as('updated_at'),
            iso('backfilled_at').as('backfilled_at'),
            iso('contracted_at').as('contracted_at'),
            iso('quarantined_until').as('quarantined_until'),
            iso('finished_at').as('finished_at'),
          ])
          .orderBy('name'),
      )
      return rows.map((row) => ({ ...row, plan: fromJson(row.plan) }))
    },
    begin: async (plan) => {
      const values = {
        checksum: plan.checksum,
        plan: JSON.stringify(plan),
        state: 'expanding',
        error: null,
        created_at: now,
        updated_at: now,
      }
      await run(
        upsert(db.insertInto(table('migrations')).values({ name: plan.migration, ...values }), ['name'], {
          ...values,
          finished_at: null,
        }),
      )
    },
    setState: async (name, state, more = {}) => {
      await run(
        db
          .updateTable(table('migrations'))
          .set({ state, error: null, updated_at: now, ...more })
          .where('name', '=', name),
      )
    },
    nextGeneration: async (name, state) => {
      // What was filled is still filled, and what the comparison found is still what is known.
      if (state === 'backfilled') {
        await run(
          db
            .updateTable(table('backfills'))
            .set((eb) => ({ generation: eb('generation', '+', 1) }))
            .where('migration', '=', name)
            .where('generation', '=', db.selectFrom(table('migrations')).select('generation').where('name', '=', name)),
        )
      }
      await run(
        db
          .updateTable(table('migrations'))
          .set((eb) => ({
            state,
            generation: eb('generation', '+', 1),
            quarantined_until: null,
            contracted_at: null,
            error: null,
            updated_at: now,
          }))
          .where('name', '=', name),
      )
    },
    startPhase: async (migration, generation, phase) => {
      await run(
        upsert(
          db.insertInto(table('phases')).values({ migration, generation, phase, state: 'running', ...who }),
          ['migration', 'generation', 'phase'],
          { state: 'running', ...who },
        ),
      )
    },
    finishPhase: async (migration, generation, phase) => {
      await run(
        db
          .updateTable(table('phases'))
          .set({ state: 'done', finished_at: now })
          .where('migration', '=', migration)
          .where('generation', '=', generation)
          .where('phase', '=', phase),
      )
    },
    steps: async (migration, generation, phase) => {
      const rows = await run<{ id: string; state: StepState }>(
        db
          .selectFrom(table('steps'))
          .select(['id', 'state'])
          .where('migration', '=', migration)
          .where('generation', '=', generation)
          .where('phase', '=', phase),
      )
      return new Map(rows.map((row) => [row.id, row.state]))
    },
    startStep: async (migration, generation, phase, id, statements) => {
      const statement_hash = createHash('sha256').update(statements.join('\u0000')).digest('hex')
      const values = {
        statements: JSON.stringify(statements),
        statement_hash,
        state: 'running',
        started_at: now,
        error: null,
        ...who,
      }
      await run(
        upsert(
          db.insertInto(table('steps')).values({ migration, generation, phase, id, ...values }),
          ['migration', 'generation', 'phase', 'id'],
          { ...values, attempts: sql`${sql.ref(`${table('steps')}.attempts`)} + 1` },
        ),
      )
    },
    attempts: async (migration, generation, phase, id) => {
      const [row] = await run<{ attempts: number }>(
        db
          .selectFrom(table('steps'))
          .select('attempts')
          .where('migration', '=', migration)
          .where('generation', '=', generation)
          .where('phase', '=', phase)
          .where('id', '=', id),
      )
      return Number(row?.attempts ?? 0)
    },
    finishStep: async (migration, generation, phase, id, error) => {
      await run(
        db
          .updateTable(table('steps'))
          .set({ state: error === undefined ? 'done' : 'failed', finished_at: now, error: error ?? null })
          .where('migration', '=', migration)
          .where('generation', '=', generation)
          .where('phase', '=', phase)
          .where('id', '=', id),
      )
    },
    settleStep: async (migration, generation, phase, id, state) => {
      await run(
        db
          .updateTable(table('steps'))
          .set({ state, finished_at: now, error: null })
          .where('migration', '=', migration)
          .where('generation', '=', generation)
          .where('phase', '=', phase)
          .where('id', '=', id),
      )
    },
    lenses: async () => {
      const rows = await run<LensRow>(db.selectFrom(table('lenses')).selectAll().orderBy('id'))
      return rows.map((row) => ({ ...row, lens: fromJson(row.lens) }))
    },
    active: async () => (await ledger.lenses()).map(({ lens, mode }) => ({ lens, mode })),
    setLens: async (lens, mode) => {
      if (mode === null) {
        await run(db.deleteFrom(table('lenses')).where('id', '=', lens.id))
        return
      }
      await run(
        upsert(
          db
            .insertInto(table('lenses'))
            .values({ id: lens.id, migration: lens.migration, lens: JSON.stringify(lens), mode }),
          ['id'],
          { mode },
        ),
      )
    },
    backfill: async (migration, generation, step) => {
      const [row] = await run<BackfillRow>(
        db
          .selectFrom(table('backfills'))
          .selectAll()
          .where('migration', '=', migration)
          .where('generation', '=', generation)
          .where('step', '=', step),
      )
      return row === undefined ? null : toBackfill(row)
    },
    backfills: async () => {
      const rows = await run<BackfillRow & { updated: string }>(
        db
          .selectFrom(`${table('backfills')} as b`)
          .innerJoin(`${table('migrations')} as m`, (join) =>
            join.onRef('m.name', '=', 'b.migration').onRef('m.generation', '=', 'b.generation'),
          )
          .selectAll('b')
          .select(iso('b.updated_at').as('updated'))
          .orderBy('b.started_at'),
      )
      return rows.map(toBackfill)
    },
    saveBackfill: async (migration, generation, step, values) => {
      const stored = Object.fromEntries(
        Object.entries(values).map(([key, value]) => [key, Array.isArray(value) ? JSON.stringify(value) : value]),
      )
      await run(
        upsert(
          db.insertInto(table('backfills')).values({ migration, generation, step, state: 'running', ...stored }),
          ['migration', 'generation', 'step'],
          { ...stored, updated_at: now },
        ),
      )
    },
    setPaused: async (migration, paused) => {
      const query = db
        .updateTable(table('backfills'))
        .set({ paused })
        .where('migration', '=', migration)
        .where('state', '=', 'running')
        .compile()
      return (await session.query(query)).rowCount
    },
    event: async (migration, kind, detail) => {
      await run(
        db.insertInto(table('events')).values({ migration, kind, detail: JSON.stringify(detail), actor: actor.actor }),
      )
    },
    events: async (kind) => {
      const rows = await run<{ at: string; detail: unknown }>(
        db
          .selectFrom(table('events'))
          .select(['detail', iso('at').as('at')])
          .where('kind', '=', kind)
          .where('migration', 'is', null)
          .orderBy('id'),
      )
      return rows.map(({ at, detail }) => ({ at, detail: fromJson(detail) }))
    },
    sample: async (migration, kind, value) => {
      await run(db.insertInto(table('samples')).values({ migration, kind, value: JSON.stringify(value) }))
    },
    samples: async (migration, kind, within) => {
      const rows = await run<{ at: string; value: unknown }>(
        db
          .selectFrom(table('samples'))
          .select(['value', iso('at').as('at')])
          .where('migration', '=', migration)
          .where('kind', '=', kind)
          .where(sql.ref(`${table('samples')}.at`), '>=', dialect.state.fromNow(-within))
          .orderBy(sql.ref(`${table('samples')}.at`), 'desc')
          .limit(1000),
      )
      return rows.map(({ at, value }) => ({ at, value: fromJson(value) })).reverse()
    },
    history: async () => {
      const steps = await run(
        db
          .selectFrom(table('steps'))
          .select([
            'migration',
            'phase',
            'id',
            'state',
            'statements',
            'attempts',
            'actor',
            'host',
            'tool_version',
            'app_version',
            'git_revision',
            'error',
          ])
          .select([iso('started_at').as('started'), iso('finished_at').as('finished')])
          .orderBy('seq'),
      )
      const events = await run(
        db
          .selectFrom(table('events'))
          .select(['migration', 'kind', 'detail', 'actor', iso('at').as('at')])
          .orderBy('id'),
      )
      return {
        steps: steps.map((row) => ({ ...row, statements: fromJson(row.statements) })),
        events: events.map((row) => ({ ...row, detail: fromJson(row.detail) })),
      }
    },
    leases: () =>
      run(
        db
          .selectFrom(table('lease'))
          .select(['name', 'holder', 'pid', 'backend_started', iso('expires_at').as('expires')])
          .where('expires_at', '>', now)
          .where('pid', 'is not', null),
      ),
    failures: (migration) =>
      run(
        db
          .selectFrom(table('conversion_failures'))
          .select(['lens', 'key', 'target', 'code'])
          .where('migration', '=', migration)
          .where('resolved_at', 'is', null)
          .orderBy('at'),
      ),
    failureCounts: async () => {
      const rows = await run<{ migration: string; count: string }>(
        db
          .selectFrom(table('conversion_failures'))
          .select(['migration', (eb) => eb.fn.countAll().as('count')])
          .where('resolved_at', 'is', null)
          .groupBy('migration'),
      )
      return new Map(rows.map((row) => [row.migration, Number(row.count)]))
    },
    resolveFailures: async (migration) => {
      await run(
        db
          .updateTable(table('conversion_failures'))
          .set({ resolved_at: now })
          .where('migration', '=', migration)
          .where('resolved_at', 'is', null),
      )
    },
    resolveFailure: async (lens, key, target) => {
      await run(
        db
          .updateTable(table('conversion_failures'))
          .set({ resolved_at: now })
          .where('lens', '=', lens)
          .where('key', '=', key)
          .where('target', '=', target),
      )
    },
  }
  return ledger
}
