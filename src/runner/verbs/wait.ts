import { temporary, usageError } from '../../errors.ts'
import { rank } from '../../ledger/state.ts'
import type { WaitOptions, WaitResult } from '../api.ts'
import { wait } from '../interrupt.ts'
import type { Environment } from '../open.ts'
import { openReplicas, type Replicas } from '../replicas.ts'
import { status } from './status.ts'

/** Waits until the state is reached, and is on the replicas that are named, by reading only. */
export async function waitFor(environment: Environment, options: WaitOptions): Promise<WaitResult> {
  const deadline = Date.now() + (options.timeout ?? 600_000)
  const named = options.replicas ?? []
  if (named.length === 0) return untilReached(environment, options, deadline, null)
  const replicas = openReplicas(environment, named)
  try {
    // What is wrong with an address is said now, and not when the state is reached.
    await replicas.look([], deadline)
    return await untilReached(environment, options, deadline, replicas)
  } finally {
    await replicas.close()
  }
}

async function untilReached(
  environment: Environment,
  options: WaitOptions,
  deadline: number,
  replicas: Replicas | null,
): Promise<WaitResult> {
  let told = ''
  for (;;) {
    const current = await status(environment, options.name === undefined ? {} : { name: options.name })
    if (current.migrations.length === 0)
      throw usageError('wait.none', 'there are no migrations to wait for', { hint: 'Is --dir right?' })
    const names = new Set(current.migrations.map(({ name }) => name))
    const rows = replicas === null ? [] : (await environment.rows()).filter(({ name }) => names.has(name))
    // Looked at twice: it may have gone back between.
    const behind = new Set(
      [...current.migrations, ...rows]
        .filter(({ state }) => rank(state) < rank(options.for))
        .map(({ name, state }) => `${name} is ${state}`),
    )
    const looks = replicas === null || behind.size > 0 ? [] : await replicas.look(rows, deadline)
    const late = looks.flatMap(({ replica: { name }, reason }) => (reason === null ? [] : [{ name, reason }]))
    if (behind.size === 0 && late.length === 0)
      return replicas === null ? current : { ...current, replicas: looks.map(({ replica }) => replica) }
    const waitingFor = late.map(({ name }) => name).join()
    if (waitingFor !== told)
      for (const { name, reason } of late) environment.emit({ kind: 'waiting', what: name, reason })
    told = waitingFor
    if (Date.now() >= deadline) {
      const message =
        behind.size > 0
          ? `${[...behind].join(', ')}, not ${options.for}`
          : `${options.for}, but not on ${late.map(({ name, reason }) => `${name}: ${reason}`).join('; ')}`
      throw temporary('wait.timeout', message, { hint: 'Try again, or wait longer with --timeout.' })
    }
    await wait(Math.min(options.interval ?? 2000, Math.max(1, deadline - Date.now())), environment.signal)
  }
}
