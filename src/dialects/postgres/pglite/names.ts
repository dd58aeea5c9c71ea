import { fieldsOf } from '../capture/frames.ts'
import { message, queryMessage, text } from './messages.ts'

/** The prepared statements of one client, by names that no other has. */
export interface Names {
  /** The message as the session is to get it. */
  translate(type: string, body: Buffer): Buffer
  /** Messages that close what is not to be had any more; with `all` everything. */
  stale(all?: boolean): readonly Buffer[]
}

/** Drivers that prepare by the protocol end it so in SQL (PDO, psycopg). */
const deallocate = /^\s*deallocate\s+(?:prepare\s+)?(?:"([^"]+)"|(\w+))\s*;?\s*$/i

/** The unnamed statement is one of its own each time: whoever comes between must not take its place. */
export function openNames(client: number): Names {
  const known = new Map<string, string>()
  let count = 0
  let gone: string[] = []
  const fresh = (): string => `${client}_${++count}`
  const nameFor = (name: string): string => {
    const found = known.get(name)
    if (found !== undefined) return found
    const made = fresh()
    known.set(name, made)
    return made
  }
  const parse = (body: Buffer): Buffer => {
    const fields = fieldsOf(body)
    const name = fields.text()
    if (name === '') {
      const last = known.get('')
      if (last !== undefined) gone.push(last)
      known.set('', fresh())
    }
    return message('P', text(nameFor(name)), body.subarray(text(name).length))
  }
  const bind = (body: Buffer): Buffer => {
    const fields = fieldsOf(body)
    const portal = text(fields.text())
    const name = fields.text()
    return message('B', portal, text(nameFor(name)), body.subarray(portal.length + text(name).length))
  }
  return {
    translate: (type, body) => {
      if (type === 'P') return parse(body)
      if (type === 'B') return bind(body)
      const ofStatement = (type === 'D' || type === 'C') && body[0] === 0x53
      if (ofStatement) return message(type, body.subarray(0, 1), text(nameFor(fieldsOf(body.subarray(1)).text())))
      if (type === 'Q') {
        const match = deallocate.exec(fieldsOf(body).text())
        const name = known.get(match?.[1] ?? match?.[2]?.toLowerCase() ?? '')
        if (match !== null && name !== undefined) return queryMessage(`deallocate "${name}"`)
      }
      return message(type, body)
    },
    stale: (all = false) => {
      const names = all ? [...gone, ...known.values()] : gone
      gone = []
      if (all) known.clear()
      return names.map((name) => message('C', Buffer.from('S'), text(name)))
    },
  }
}
