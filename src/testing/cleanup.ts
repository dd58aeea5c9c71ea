/** What is to be undone, last thing first. */
export interface Cleanup {
  later(undo: () => Promise<unknown>): void
  /** Undoes everything, once, and goes on when a part of it fails; throws the first of the errors. */
  run(): Promise<void>
}

/** An empty {@link Cleanup}. */
export function cleanup(): Cleanup {
  const undos: (() => Promise<unknown>)[] = []
  return {
    later: (undo) => {
      undos.unshift(undo)
    },
    run: async () => {
      const failures: unknown[] = []
      for (const undo of undos.splice(0)) await undo().catch((error: unknown) => failures.push(error))
      if (failures.length > 0) throw failures[0]
    },
  }
}

/** Undoes what the body made if it fails; its error comes before those of undoing. */
export async function orUndo<T>(body: (clean: Cleanup) => Promise<T>, clean: Cleanup = cleanup()): Promise<T> {
  try {
    return await body(clean)
  } catch (error) {
    await clean.run().catch(() => undefined)
    throw error
  }
}

/** Undoes what the body made when it is over. */
export async function thenUndo<T>(body: (clean: Cleanup) => Promise<T>): Promise<T> {
  const clean = cleanup()
  const result = await orUndo(body, clean)
  await clean.run()
  return result
}
