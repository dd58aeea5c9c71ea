import type { Socket } from 'node:net'
import { createFramer, createSqlTracker, type Frame, isEncryptionRequest } from './protocol.ts'
import type { ClientMessage, ProxyState, Verdict } from './proxy.ts'

interface Connection {
  readonly state: ProxyState
  readonly number: number
  readonly client: Socket
  readonly upstream: Socket
  readonly sqlOf: (frame: Frame) => string | null
  /** What each ReadyForQuery still to come will answer; null for the startup and for batches without a statement. */
  readonly unanswered: (ClientMessage | null)[]
  /** The last statement since the last Sync. */
  inBatch: ClientMessage | null
  /** Set by `cut-after-forward`: the client is gone, the server carries on. */
  cut: boolean
}

/** Joins a client and the server; everything that is received is handled strictly in order, one direction apart from the other. */
export function relay(state: ProxyState, client: Socket, upstream: Socket): void {
  state.connections++
  const connection: Connection = {
    state,
    client,
    upstream,
    number: state.connections,
    sqlOf: createSqlTracker(),
    unanswered: [],
    inBatch: null,
    cut: false,
  }
  client.setNoDelay(true)
  flow(connection, client, upstream, true, async (frame) => fromClient(connection, frame))
  flow(connection, upstream, client, false, async (frame) => fromServer(connection, frame))
}

function flow(
  connection: Connection,
  from: Socket,
  to: Socket,
  startup: boolean,
  handle: (frame: Frame) => Promise<void>,
): void {
  const { state } = connection
  const frames = createFramer(startup)
  let queue = Promise.resolve()
  const later = (work: () => void | Promise<void>): void => {
    queue = queue
      .then(async () => {
        await state.gate
        await work()
      })
      // A hook that throws must not pass for a quiet network: both sides see the connection end.
      .catch(() => {
        from.destroy()
        to.destroy()
      })
  }
  state.sockets.add(from)
  from.on('data', (chunk: Buffer) => {
    for (const frame of frames(chunk)) later(() => handle(frame))
  })
  from.on('error', () => undefined)
  from.on('close', () => {
    state.sockets.delete(from)
    later(() => {
      if (!connection.cut || connection.unanswered.length === 0) to.end()
    })
  })
}

async function fromClient(connection: Connection, frame: Frame): Promise<void> {
  const { state, client, upstream, unanswered } = connection
  if (frame.type === '' && isEncryptionRequest(frame.body)) {
    client.write('N')
    return
  }
  if (frame.type === '') unanswered.push(null)
  const message = describe(connection, frame)
  const verdict: Verdict = message === null ? 'forward' : ((await state.onClientMessage?.(message)) ?? 'forward')
  if (verdict === 'drop') return
  if (verdict === 'cut-before') {
    client.destroy()
    upstream.destroy()
    return
  }
  note(connection, frame, message)
  // Before the server gets it: its answer must not slip through to the client.
  if (verdict === 'cut-after-forward') connection.cut = true
  upstream.write(frame.bytes)
  if (message !== null) await state.onForwarded?.(message)
  // The client goes only when its batch has come in full, so that the server has all it needs to commit.
  if (connection.cut && (frame.type === 'Q' || frame.type === 'S')) client.destroy()
}

function describe({ state, number, sqlOf }: Connection, frame: Frame): ClientMessage | null {
  const sql = sqlOf(frame)
  if (sql === null) return null
  state.messages++
  return { index: state.messages, connection: number, type: frame.type as ClientMessage['type'], sql }
}

// A Query and a Sync are answered by one ReadyForQuery each.
function note(connection: Connection, frame: Frame, message: ClientMessage | null): void {
  if (frame.type === 'Q') connection.unanswered.push(message)
  else if (frame.type === 'S') {
    connection.unanswered.push(connection.inBatch)
    connection.inBatch = null
  } else if (message !== null) connection.inBatch = message
}

async function fromServer(connection: Connection, frame: Frame): Promise<void> {
  const { state, client, upstream, unanswered } = connection
  if (frame.type === 'Z') {
    const message = unanswered.shift()
    if (message) await state.onReady?.(message)
    if (connection.cut && unanswered.length === 0) upstream.end()
  }
  if (!connection.cut) client.write(frame.bytes)
}
