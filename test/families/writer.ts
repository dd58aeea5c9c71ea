/** What one turn of a writer is about. */
export interface Turn {
  /** A key that nobody has used. */
  readonly id: number
  /** Two keys that nobody has used, and no other turn takes. */
  readonly pair: readonly [number, number]
  /** A key that this writer may have written before. */
  readonly mine: number
  /** The key of a row that was there, or is no more. */
  readonly anybody: number
  readonly value: string
  /** Another value, which goes to the second of the pair: the column may be unique. */
  readonly other: string
  readonly side: 'v1' | 'v2'
  /** What its version calls the column; null when it does not know it. */
  readonly column: string | null
}

/** One connection of an app that writes to `items`. */
export interface Writer {
  /** How many kinds of transaction it has. */
  readonly kinds: number
  /** Carries out one of them. What it writes to a row of its own, it notes in `control`, in the same transaction. */
  write(kind: number, turn: Turn): Promise<void>
  /** The code of a failure, and whether it is one of the engine's exceptions (semantics.md 2), which are counted apart. */
  failure(error: unknown): { readonly text: string; readonly exception: boolean }
  rollback(): Promise<void>
  end(): Promise<void>
}

/** Connects a writer, under a name. */
export type OpenWriter = (url: string, app: string) => Promise<Writer>
