import { refused } from '../../../errors.ts'

/** What of an instance of PGlite is used. */
export interface Pglite {
  execProtocolRaw(message: Uint8Array): Promise<Uint8Array>
  dumpDataDir(compression: 'none'): Promise<Blob>
  close(): Promise<void>
}

/** What one is made with. */
export interface PgliteInit {
  readonly loadDataDir?: Blob
  /** As PGlite takes them: what its contrib modules export. */
  readonly extensions?: Readonly<Record<string, unknown>>
}

/** Makes an instance: a database in the memory of this process. */
export type CreatePglite = (init: PgliteInit) => Promise<Pglite>

/** Loaded when it is asked for: it is an optional peer. */
export async function loadPglite(
  load: () => Promise<unknown> = () => import('@electric-sql/pglite'),
): Promise<CreatePglite> {
  try {
    const { PGlite } = (await load()) as { readonly PGlite: { readonly create: (init: PgliteInit) => Promise<Pglite> } }
    return (init) => PGlite.create(init)
  } catch (cause) {
    const missing = (cause as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND'
    const why = cause instanceof Error ? cause.message : String(cause)
    throw refused('testing.no-pglite', missing ? 'PGlite is not installed' : `PGlite cannot be loaded: ${why}`, {
      hint: 'Run: npm install --save-dev @electric-sql/pglite@0.5',
      cause,
    })
  }
}
