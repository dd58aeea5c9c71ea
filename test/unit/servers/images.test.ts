import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { installContainers } from '../../servers/container.ts'
import { imageName, imageOf } from '../../servers/images.ts'
import { isServerName } from '../../servers/wanted.ts'

const workflow = readFileSync(new URL('../../../.github/workflows/ci.yml', import.meta.url), 'utf8')

interface Job {
  readonly strategy: { readonly matrix: { readonly server: readonly string[] } }
  readonly steps: readonly { readonly run?: string; readonly env?: Readonly<Record<string, string>> }[]
}

describe('the images', () => {
  it('are the official ones, by the series of the server', () => {
    expect(imageName('postgres14')).toBe('postgres:14')
    expect(imageName('mysql80')).toBe('mysql:8.0')
    expect(imageName('mysql9')).toBe('mysql:9')
    expect(imageName('mariadb1011')).toBe('mariadb:10.11')
  })

  it('get a password of their own, which is the one in their address', () => {
    const [one, other] = [imageOf('mysql84'), imageOf('mysql84')]
    expect(one.environment.MYSQL_ROOT_PASSWORD).toMatch(/^\w{16}$/)
    expect(one.environment).not.toEqual(other.environment)
    expect(one.url('localhost', 33060)).toBe(`mysql://root:${one.environment.MYSQL_ROOT_PASSWORD}@localhost:33060/`)
    expect(imageOf('mariadb11').environment).toHaveProperty('MARIADB_ROOT_PASSWORD')
  })

  it('of the workflow are those that we say we work on', () => {
    const job = (parse(workflow) as { jobs: Record<string, Job> }).jobs.containers!
    const images = job.strategy.matrix.server.map((name) => (isServerName(name) ? imageName(name) : name))
    expect(images).toEqual([
      ...['mysql:8.0', 'mysql:8.4', 'mysql:9', 'mariadb:10.6', 'mariadb:10.11', 'mariadb:11'],
      ...['postgres:14', 'postgres:15', 'postgres:16', 'postgres:17', 'postgres:18'],
    ])
    expect(job.steps.map(({ run }) => run)).toContain(installContainers)
    const test = job.steps.find(({ run }) => run?.includes('vitest'))
    expect(test?.env).toEqual({
      SERVERS: '$' + '{{ matrix.server }}',
      REQUIRE_SERVERS: '$' + '{{ matrix.server }}',
      REQUIRE_CONTAINERS: '1',
    })
  })
})
