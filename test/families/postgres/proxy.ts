import { startProxy } from '../../servers/proxy.ts'
import type { Watch, WatchedProxy } from '../watch.ts'

/** Statements are told when they run; that one is parsed is no news. */
export async function watchedProxy(target: string, watch: Watch): Promise<WatchedProxy> {
  const proxy = await startProxy({
    target,
    onClientMessage: (message) =>
      message.type !== 'P' && watch.before?.(message) === 'cut' ? 'cut-before' : 'forward',
    onReady: (message) => {
      if (message.type !== 'P' && watch.after?.(message) === 'cut') proxy.cutAll()
    },
  })
  return { url: proxy.url, close: () => proxy.close() }
}
