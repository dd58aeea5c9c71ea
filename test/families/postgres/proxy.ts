import { startProxy } from '../../servers/proxy.ts'
import type { Watch, WatchedProxy } from '../watch.ts'

/** Statements are told when they run; that one is parsed is no news. */
export async function watchedProxy(target: string, watch: Watch): Promise<WatchedProxy> {
  const proxy = await startProxy({
    target,
    onClientMessage: (message) => {
      const fate = message.type === 'P' ? 'forward' : watch.before?.(message)
      if (fate === 'hold') proxy.blackhole()
      return fate === 'hold' ? 'drop' : fate === 'cut' ? 'cut-before' : 'forward'
    },
    onReady: async (message) => {
      const fate = message.type === 'P' ? 'forward' : watch.after?.(message)
      if (fate === 'cut') proxy.cutAll()
      if (fate !== 'hold') return
      proxy.blackhole()
      await forever
    },
  })
  return { url: proxy.url, close: () => proxy.close() }
}

const forever = new Promise<never>(() => undefined)
