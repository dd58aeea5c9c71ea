import { once } from 'node:events'
import net, { type AddressInfo, type Socket } from 'node:net'
import { relay } from './proxy-connection.ts'

/** A statement on its way from a client to the server. */
export interface ClientMessage {
  /** From 1, over all Query, Parse and Execute messages of all connections. */
  readonly index: number
  /** From 1, in the order in which clients connected. */
  readonly connection: number
  readonly type: 'Q' | 'P' | 'E'
  readonly sql: string
}

/**
 * What becomes of a statement. `drop`: the server never sees it and the client waits. `cut-before`: the connection ends, the
 * server never sees it. `cut-after-forward`: the connection ends for the client at once, while the server still gets the rest of
 * the batch (an Execute commits at its Sync only) and carries it out.
 */
export type Verdict = 'forward' | 'drop' | 'cut-before' | 'cut-after-forward'

/** Where a proxy leads, and what is told of the traffic. A hook that returns a promise holds the traffic until it settles. */
export interface ProxyOptions {
  readonly target: string
  /** Before a statement is forwarded; decides its fate. */
  readonly onClientMessage?: (message: ClientMessage) => Verdict | Promise<Verdict>
  /** After a statement was forwarded. */
  readonly onForwarded?: (message: ClientMessage) => void | Promise<void>
  /** After the server was ready again, before the client hears of it: the statement is done and nobody knows. */
  readonly onReady?: (message: ClientMessage) => void | Promise<void>
}

/** A TCP proxy in front of a server. */
export interface StatementProxy {
  /** The target's address with the proxy's host and port. */
  readonly url: string
  /** How many statements came by. */
  count(): number
  /** From now on nothing passes in either direction, and no end of a connection either. */
  blackhole(): void
  /** Ends a blackhole; what was held back goes on, as TCP would. */
  restore(): void
  /** Cuts all connections that there are; new ones are welcome. */
  cutAll(): void
  close(): Promise<void>
}

/** What the connections of a proxy share. */
export interface ProxyState extends ProxyOptions {
  readonly sockets: Set<Socket>
  /** Settled while traffic may pass. */
  gate: Promise<void>
  messages: number
  connections: number
}

/** Starts a proxy on a free port of 127.0.0.1. */
export async function startProxy(options: ProxyOptions): Promise<StatementProxy> {
  const state: ProxyState = { ...options, sockets: new Set(), gate: Promise.resolve(), messages: 0, connections: 0 }
  const target = new URL(options.target)
  const server = net.createServer((client) => relay(state, client, connectTo(target)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  let open = (): void => undefined
  const cutAll = (): void => {
    for (const socket of state.sockets) socket.destroy()
  }
  return {
    url: url.href,
    count: () => state.messages,
    cutAll,
    blackhole: () => {
      state.gate = new Promise((resolve) => {
        open = resolve
      })
    },
    restore: () => open(),
    close: async () => {
      open()
      cutAll()
      server.close()
      await once(server, 'close')
    },
  }
}

function connectTo(target: URL): Socket {
  return net.connect({ host: target.hostname, port: Number(target.port || 5432), noDelay: true })
}
