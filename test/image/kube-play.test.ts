import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { objects, rendered } from '../kubernetes/tools.ts'
import { connect, createDatabase, describeEachServer } from '../servers/databases.ts'
import { image } from './container.ts'

/*
 * The pods of the Jobs as they are rendered, started by `podman kube play`, which knows pods and no Jobs: what a control plane makes of an
 * exit code is read from the Job's own policy.
 */
const engine = process.env.CONTAINER_ENGINE ?? ''
/** Keeps the namespaces of podman's pods. */
const pause = 'catatonit'
const podman = (...argv: readonly string[]): string => execFileSync(engine, argv, { encoding: 'utf8' }).trim()
const without =
  image === null
    ? 'npm run test:image builds the image and runs this'
    : engine !== 'podman' || spawnSync(pause, ['--version']).error !== undefined
      ? 'CONTAINER_ENGINE=podman, and catatonit for its pods'
      : null
const skipped = without === null ? '' : ` (SKIPPED: ${without})`

const migrations = {
  '20260101000000_rename_name.yaml': 'intents:\n  - renameColumn: { table: users, from: name, to: full_name }\n',
}

interface Spec {
  readonly podFailurePolicy: {
    readonly rules: readonly {
      readonly action: string
      readonly onExitCodes?: { readonly values: readonly number[] }
    }[]
  }
  readonly template: {
    readonly spec: { readonly volumes: readonly { readonly name: string; readonly secret?: object }[] }
  }
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'bellows-play-'))
chmodSync(folder, 0o755)
let number = 0

/** Plays one pod of a Job to its end. Gives its exit code, and whether the Job would be over with it. */
async function play(phase: string, url: string): Promise<{ code: number; fails: boolean; said: string }> {
  const name = `bellows-play-${process.pid}-${++number}`
  const argv = ['--entrypoint', '--config-map', name, '--image', image ?? '']
  const spec = objects(await rendered(phase, ...argv))[0]?.spec as unknown as Spec
  const pod = spec.template.spec
  // Podman 4 does not decode a Secret: the folder of a file in its place. The server is on this machine.
  const secret = mkdtempSync(path.join(folder, 'secret-'))
  chmodSync(secret, 0o755)
  writeFileSync(path.join(secret, 'url'), url)
  const hostPath = { path: secret, type: 'Directory' }
  const volumes = pod.volumes.map((each) => (each.secret === undefined ? each : { name: each.name, hostPath }))
  const played = [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: migrations },
    { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { ...pod, volumes, hostNetwork: true } },
  ]
  const file = path.join(folder, `${name}.yaml`)
  writeFileSync(file, played.map((object) => stringify(object)).join('---\n'))
  try {
    podman('kube', 'play', file)
    const code = Number(podman('wait', `${name}-migrate`))
    const { stdout, stderr } = spawnSync(engine, ['logs', `${name}-migrate`], { encoding: 'utf8' })
    const inspected = podman(
      'inspect',
      `${name}-migrate`,
      '--format',
      '{{.Config.User}} {{.HostConfig.ReadonlyRootfs}}',
    )
    expect(inspected).toBe('10001:10001 true')
    const final = spec.podFailurePolicy.rules.filter(({ action }) => action === 'FailJob')
    const fails = final.some(({ onExitCodes }) => onExitCodes?.values.includes(code))
    return { code, fails, said: stdout + stderr }
  } finally {
    spawnSync(engine, ['kube', 'down', file])
    spawnSync(engine, ['volume', 'rm', name])
  }
}

describeEachServer(`the pods of the Jobs${skipped}`, (server) => {
  test.skipIf(without !== null)(
    'end with 0, also the second time; with a database that is not there by a code that fails the Job',
    { timeout: 600_000 },
    async () => {
      const database = await createDatabase(server)
      const client = await connect(database.url)
      await client.query('create table users (id bigint primary key generated always as identity, name text)')
      await client.query("insert into users (name) select 'user ' || i from generate_series(1, 1000) i")
      for (const phase of ['expand', 'expand', 'backfill']) {
        const { code, said } = await play(phase, database.url)
        expect(code, said).toBe(0)
      }
      const { rows } = await client.query('select count(*)::int as filled from users where full_name = name')
      expect(rows).toEqual([{ filled: 1000 }])
      const missing = new URL(database.url)
      missing.pathname = '/not_there'
      expect(await play('expand', missing.href)).toMatchObject({ code: 2, fails: true })
      await client.end()
      await database.drop()
    },
  )
})
