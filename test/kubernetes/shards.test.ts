import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { familyOf } from '../families/family.ts'
import { createDatabase, describeEveryServer } from '../servers/databases.ts'
import { objects, rendered, root } from './tools.ts'

/*
 * The pods of an Indexed Job, run as it says: the container's own arguments and variables, the files of the Secret where they are mounted.
 */
interface Container {
  readonly args: readonly string[]
  readonly env: readonly { readonly name: string; readonly value: string }[]
}
interface Spec {
  readonly completions: number
  readonly template: {
    readonly spec: {
      readonly containers: readonly [Container]
      readonly volumes: readonly [{ readonly secret: { readonly items: readonly { key: string; path: string }[] } }]
    }
  }
}

async function pod(
  spec: Spec,
  index: number,
  secret: Readonly<Record<string, string>>,
): Promise<{ code: number; said: string }> {
  const cwd = mkdtempSync(path.join(os.tmpdir(), 'bellows-shard-'))
  mkdirSync(path.join(cwd, 'migrations'))
  writeFileSync(
    path.join(cwd, 'migrations/20260101000000_rename.yaml'),
    'intents:\n  - renameColumn: { table: users, from: name, to: full_name }\n',
  )
  const mounted = path.join(cwd, 'database')
  mkdirSync(mounted)
  const [{ secret: volume }] = spec.template.spec.volumes
  for (const { key, path: name } of volume.items) writeFileSync(path.join(mounted, name), secret[key] ?? '')
  const [{ args, env }] = spec.template.spec.containers
  // What the control plane adds to the container, and a kubelet then puts into its arguments.
  const all = {
    ...Object.fromEntries(env.map(({ name, value }) => [name, value])),
    JOB_COMPLETION_INDEX: String(index),
  }
  const expanded = args.map((arg) =>
    arg
      .replaceAll(/\$\((\w+)\)/g, (whole, name: string) => (all as Record<string, string>)[name] ?? whole)
      .replace('/run/secrets/database', mounted),
  )
  const child = spawn(process.execPath, [path.join(root, 'dist/cli/main.js'), ...expanded], { cwd, env: all })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      said += String(data)
    })
  }
  const [code] = await once(child, 'close')
  return { code, said }
}

describeEveryServer('the pods of an Indexed Job', (server) => {
  test.skipIf(process.env.MATRIX !== 'full')(
    'expand a database each; one that is not there fails alone',
    { timeout: 300_000 },
    async () => {
      const family = familyOf(server)
      const shards = await Promise.all([1, 2].map(() => createDatabase(server)))
      for (const { url } of shards) {
        await family.run(url, 'create table users (id int not null primary key, name varchar(100))')
      }
      const urls = shards.map(({ url }) => url)
      const missing = new URL(urls[0] ?? '')
      missing.pathname = '/not_there'
      const secret = { 'url-0': `${urls[0]}\n`, 'url-1': `${urls[1]}\n`, 'url-2': missing.href }
      const spec = objects(await rendered('expand', '--shards', '3'))[0]?.spec as unknown as Spec
      const ended = await Promise.all(Array.from({ length: spec.completions }, (_, index) => pod(spec, index, secret)))
      expect(
        ended.map(({ code }) => code),
        ended.map(({ said }) => said).join('\n'),
      ).toEqual([0, 0, 2])
      for (const { url } of shards) {
        await family.run(url, "insert into users (id, full_name) values (1, 'x')")
        expect(await family.rows(url, 'select name from users')).toEqual([{ name: 'x' }])
      }
      await Promise.all(shards.map(({ drop }) => drop()))
    },
  )
})
