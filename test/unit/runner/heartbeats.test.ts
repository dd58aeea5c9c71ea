import { describe, expect, it } from 'vitest'
import type { AppVersionRow } from '../../../src/ledger/apps.ts'
import type { CheckRow } from '../../../src/ledger/checks.ts'
import type { HeardVersion } from '../../../src/ledger/heartbeats.ts'
import type { MigrationRow } from '../../../src/ledger/tables.ts'
import type { Plan } from '../../../src/planner/plan.ts'
import { hashOfPlan } from '../../../src/runner/fingerprint.ts'
import { type HeartbeatPolicy, heartbeatsGate } from '../../../src/runner/gates/heartbeats.ts'

const now = '2026-01-02T12:00:00.000Z'
const expanded = '2026-01-02T08:00:00.000Z'
const before = '2026-01-01T00:00:00.000Z'
const after = '2026-01-02T10:00:00.000Z'

/** `alive` instances, heard 10 s ago, or an hour ago where there are none. */
const heard = (app: string, version: string, alive: number): HeardVersion => ({
  app,
  version,
  alive,
  last: alive > 0 ? '2026-01-02T11:59:50.000Z' : '2026-01-02T11:00:00.000Z',
  since: alive > 0 ? after : null,
})

const registered = (
  app: string,
  version: string,
  state: AppVersionRow['state'],
  at: string = after,
): AppVersionRow => ({
  ...{ environment: 'default', app, version, state, hash: `${app} ${version}`, registered_at: before, actor: 'ci' },
  deployed_at: state === 'registered' ? null : at,
  retired_at: state === 'retired' ? at : null,
})

const plan = { format: 1, checksum: 'c', dialect: 'postgres', phases: {}, lenses: [] } as unknown as Plan

/** A recorded check, with how versions did once contracted. */
const checked = (did: Readonly<Record<string, boolean>>): CheckRow =>
  ({
    passed: true,
    plan_hash: hashOfPlan(plan),
    versions: Object.entries(did).map(([name, passed]) => ({
      ...{ role: 'new', app: name.split(' ')[0], version: name.split(' ')[1], hash: name },
      states: { contracted: { verdict: passed ? 'ok' : 'fails', passed } },
    })),
  }) as unknown as CheckRow

interface Said {
  readonly heard: HeartbeatPolicy['heard']
  readonly versions?: readonly AppVersionRow[]
  readonly recorded?: CheckRow
  readonly oldApp?: readonly string[]
  readonly allowApp?: readonly string[]
  readonly requireGate?: readonly string[]
  readonly quietPeriod?: number
}

function look({ versions = [], recorded, ...said }: Said) {
  return heartbeatsGate(
    {
      ...{ plan, row: { created_at: expanded } as MigrationRow, oldApp: [], allowApp: [], quietPeriod: 600_000 },
      ...{ requireGate: ['heartbeats'], ...said },
      check: {
        environment: 'default',
        versions,
        deployed: versions.filter(({ state }) => state === 'deployed'),
        recorded: recorded ?? null,
      },
    },
    now,
  )
}

const both = [registered('shop', 'v1', 'retired'), registered('shop', 'v2', 'deployed')]

describe('the gate heartbeats', () => {
  it.each<[string, Said, string, RegExp]>([
    [
      'is open when the old one was heard once and is silent, and the new one is heard',
      { heard: [heard('shop', 'v1', 0), heard('shop', 'v2', 3)], versions: both },
      'ok',
      /^heard within 600 s: only shop v2 \(3\); the last of others: shop v1 at 2026-01-02T11:00:00.000Z$/,
    ],
    [
      'is closed while one that was retired is heard',
      { heard: [heard('shop', 'v1', 2), heard('shop', 'v2', 3)], versions: both },
      'failed',
      /^heard within 600 s: shop v1 \(2, since .*, last at .*\), which was retired at /,
    ],
    [
      'is closed while one is heard that --old-app names, even if it is allowed',
      { heard: [heard('shop', 'v1', 1)], oldApp: ['shop-v1%'], allowApp: ['%'] },
      'failed',
      /which --old-app names/,
    ],
    [
      'is closed while one is heard that the check found not to work once this is contracted',
      {
        heard: [heard('shop', 'v2', 1)],
        versions: [registered('shop', 'v2', 'deployed')],
        recorded: checked({ 'shop v2': false }),
      },
      'failed',
      /which does not work once this is contracted/,
    ],
    [
      'is closed while one of an app that is registered is heard that is not',
      { heard: [heard('shop', 'v3', 1)], versions: both },
      'failed',
      /which is not registered/,
    ],
    [
      'is closed while one is heard that was never marked as deployed',
      { heard: [heard('shop', 'v3', 1)], versions: [...both, registered('shop', 'v3', 'registered')] },
      'failed',
      /which is not marked as deployed/,
    ],
    [
      'is closed while one is heard that the list does not allow',
      { heard: [heard('shop', 'v2', 1), heard('bi', '7', 1)], allowApp: ['shop v2'] },
      'failed',
      /^heard within 600 s: bi 7 .*which --allow-app does not name$/,
    ],
    [
      'is open when all are allowed, and one that is not is silent',
      { heard: [heard('shop', 'v1', 0), heard('shop', 'v2', 1)], allowApp: ['shop/v2'] },
      'ok',
      /the last of others: shop v1 at/,
    ],
    [
      'does not know where none but those that are allowed ever spoke',
      { heard: [heard('shop', 'v2', 1)], allowApp: ['shop/v2'] },
      'unknown',
      /^no version ever sent one but those that --allow-app names/,
    ],
    [
      'nor where another app is registered',
      {
        heard: [heard('shop', 'v2', 1), heard('billing', '7', 1)],
        versions: [registered('billing', '7', 'deployed')],
        oldApp: ['shop v1'],
      },
      'unknown',
      /^no version that --old-app names ever sent one/,
    ],
    [
      'shows no line and no colour that a name brings along',
      { heard: [heard('shop', 'v3\n\u001b[32m  ok', 1)], versions: both },
      'failed',
      /^heard within 600 s: shop v3 \uFFFD\[32m {2}ok \(/,
    ],
    [
      'does not know of one that was deployed before the new shape was there',
      { heard: [heard('shop', 'v1', 1)], versions: [registered('shop', 'v1', 'deployed', before)] },
      'unknown',
      /which was deployed before this was expanded/,
    ],
    [
      'knows of such a one by the check',
      {
        heard: [heard('shop', 'v1', 1)],
        versions: [registered('shop', 'v1', 'deployed', before)],
        recorded: checked({ 'shop v1': true }),
      },
      'ok',
      /only shop v1 \(1\)/,
    ],
    [
      'does not know of one beside which a later one is deployed',
      {
        heard: [heard('shop', 'v2', 1), heard('shop', 'v3', 1)],
        versions: [registered('shop', 'v2', 'deployed'), registered('shop', 'v3', 'deployed', now)],
      },
      'unknown',
      /^heard within 600 s: shop v2 .*beside which a later version is deployed$/,
    ],
    [
      'does not know of one of which nothing was said',
      { heard: [heard('shop', 'v1', 1)] },
      'unknown',
      /of which nobody said whether it is old/,
    ],
    [
      'takes no silence for an absence of one that never spoke',
      { heard: [heard('shop', 'v2', 3)], versions: both },
      'unknown',
      /^never heard, so that its silence proves nothing: shop v1, retired at /,
    ],
    [
      'asks nothing of those that were retired before this was expanded',
      { heard: [heard('shop', 'v2', 3)], versions: [registered('shop', 'v0', 'retired', before), both[1]!] },
      'ok',
      /only shop v2/,
    ],
    [
      'nor of apps whose versions work all the same',
      {
        heard: [heard('shop', 'v2', 3)],
        versions: [both[1]!, registered('billing', '7', 'deployed', before)],
        recorded: checked({ 'billing 7': true }),
      },
      'ok',
      /only shop v2/,
    ],
    [
      'does not know where nobody of the app is heard any more',
      { heard: [heard('shop', 'v1', 0), heard('billing', '7', 1)], versions: both, allowApp: ['billing 7'] },
      'unknown',
      /^of shop nobody is heard now, so that the silence of shop v1 proves nothing$/,
    ],
    [
      'does not know where nobody at all is heard',
      { heard: [heard('shop', 'v1', 0)], oldApp: ['shop v1'] },
      'unknown',
      /^nobody is heard now/,
    ],
    [
      'does not know where no version that is named as old ever spoke',
      { heard: [heard('shop', 'v2', 1)], oldApp: ['shop v1'] },
      'unknown',
      /^no version that --old-app names ever sent one/,
    ],
    ['does not know what could not be read', { heard: null }, 'unknown', /could not be read/],
    ['does not know where no app sends any', { heard: [] }, 'unknown', /no app ever sent a heartbeat/],
  ])('%s', (_name, said, status, reason) => {
    expect(look(said).gate).toMatchObject({ status, reason: expect.stringMatching(reason) })
  })

  it('is only told where it is not required, and not at all where no app sends any', () => {
    const said = { heard: [heard('shop', 'v1', 2)], versions: both, requireGate: [] }
    expect(look(said)).toMatchObject({
      gate: { status: 'advisory', retryAfterSeconds: null },
      notice: expect.stringMatching(/^heartbeats: heard within 600 s: shop v1/),
    })
    expect(look({ heard: [], requireGate: [] })).toMatchObject({ gate: { status: 'not-applicable' }, notice: null })
    expect(look({ heard: null, requireGate: [] })).toMatchObject({ gate: { status: 'advisory' }, notice: null })
  })

  it('says when to look again, and takes no shorter silence than a minute', () => {
    const said = { heard: [heard('shop', 'v1', 2)], versions: both }
    expect(look(said).gate.retryAfterSeconds).toBe(590)
    expect(look({ ...said, quietPeriod: 0 }).gate).toMatchObject({
      retryAfterSeconds: 50,
      reason: expect.stringMatching(/^heard within 60 s/),
    })
  })
})
