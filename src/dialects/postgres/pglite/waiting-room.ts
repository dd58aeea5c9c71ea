/** Where those wait whose turn it is not. */
interface WaitingRoom {
  /** How often something has moved. */
  readonly moves: number
  /** Until something has moved since it was so often; false when nothing has for longer than the patience. */
  wait(since: number, moves: number): Promise<boolean>
  /** Who has the turn has done something. */
  moved(): void
}

/** @param patience milliseconds */
export function waitingRoom(patience: number): WaitingRoom {
  let lastMove = Date.now()
  let moves = 0
  let waiting: (() => void)[] = []
  const sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      waiting.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  return {
    get moves() {
      return moves
    },
    // A statement stands in the way of timers too: what counts is when somebody last came to an end.
    wait: async (since, seen) => {
      if (seen !== moves) return true
      const left = Math.max(since, lastMove) + patience - Date.now()
      if (left <= 0) return false
      await sleep(left)
      return true
    },
    moved: () => {
      lastMove = Date.now()
      moves++
      const woken = waiting
      waiting = []
      for (const wake of woken) wake()
    },
  }
}
