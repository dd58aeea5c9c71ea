/** What has been acknowledged of each customer, by id: the names that may be read. More than one after a write that got no answer. */
export interface Ledger {
  readonly names: Map<number, readonly string[]>
  /** Writes that were acknowledged. */
  acknowledged: number
  /** Acknowledged writes that were not there any more when they were read, each with what was there instead. */
  readonly lost: string[]
  /** Writes that were read back. */
  compared: number
}

/** As the table is before anybody has written. */
export function createLedger(customers: number): Ledger {
  const names = new Map<number, readonly string[]>()
  for (let id = 1; id <= customers; id++) names.set(id, [seededName(id)])
  return { names, acknowledged: 0, lost: [], compared: 0 }
}

/** What a customer is called who was there before. */
export function seededName(id: number): string {
  return `Customer ${id}`
}

/** Compares what was read with what may be there. */
export function compare(ledger: Ledger, id: number, where: string, read: unknown): void {
  const names = ledger.names.get(id) ?? []
  ledger.compared += 1
  if (!names.includes(String(read)))
    ledger.lost.push(`customer ${id}, ${where}: ${names.join(' or ')} was written, ${read} is read`)
}
