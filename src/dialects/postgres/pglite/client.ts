import type { Socket } from 'node:net'
import { createFramer, type Frame, fieldsOf } from '../capture/frames.ts'
import { errorMessage, message, ready } from './messages.ts'
import { openNames } from './names.ts'
import { Ended, type Guest, Held, type SharedSession } from './session.ts'
import type { Settings } from './settings.ts'

/** Who has connected. */
export interface Greeted {
  readonly number: number
  readonly user: string
  readonly asked: Settings
}

interface Batch {
  readonly frames: readonly Frame[]
  /** What the client waits for: `Q` and `S` end with ready-for-query, `H` does not. */
  readonly end: string
}

const copyIn = /^\s*copy\b[^;]*\bfrom\s+stdin\b/i
const forgets = /^\s*(discard|deallocate)\s+(?:prepare\s+)?all\s*;?\s*$/i
const dottedName = /\b[A-Za-z_]\w*\.[A-Za-z_]\w*\b/g
const beginsToRead = /^\s*(?:select|with)\b/i

/** Takes what a client sends, after it has been greeted, to the session, one batch after the other. */
export function converse(
  socket: Socket,
  session: SharedSession,
  { number, user, asked }: Greeted,
): (chunk: Buffer) => void {
  const guest: Guest = {
    user,
    application: asked.get('application_name') ?? '',
    asked,
    names: openNames(number),
    dotted: new Set(),
  }
  let frames: Frame[] = []
  let copying = false
  /** After an error of ours, until the client says Sync. */
  let skipping = false
  let turn: Promise<unknown> = Promise.resolve()
  const then = (body: () => Promise<void>): void => {
    turn = turn.then(body).catch((error: Error) => {
      socket.end(errorMessage('FATAL', error instanceof Ended ? '57P02' : '28000', error.message))
    })
  }
  const answer = (parts: readonly Buffer[]): void => {
    if (!socket.destroyed) socket.write(Buffer.concat(parts))
  }
  const push = (end: string): void => {
    const batch: Batch = { frames, end }
    frames = []
    then(async () => {
      if (skipping && end !== 'S') return
      if (skipping) answer([ready('I')])
      else await converseOnce(batch)
      if (end === 'S') skipping = false
    })
  }
  const converseOnce = async (batch: Batch): Promise<void> => {
    try {
      answer(await answerTo(session, guest, batch))
    } catch (error) {
      if (!(error instanceof Held)) throw error
      answer([
        errorMessage('ERROR', '55P03', `PGlite has one session, and ${error.message}`, heldHint),
        ...(batch.end === 'H' ? [] : [ready('I')]),
      ])
      skipping = batch.end === 'H'
    }
  }
  const found = (frame: Frame): void => {
    const { type } = frame
    if (type === 'X') {
      socket.end()
      return
    }
    if (copying) {
      if ('dcf'.includes(type)) frames.push(frame)
      if (type !== 'c' && type !== 'f') return
      copying = false
      push('Q')
      return
    }
    if ('dcf'.includes(type)) return
    frames.push(frame)
    if (type === 'Q' && copyIn.test(sqlOf(frame))) {
      copying = true
      const binary = /\bbinary\b/i.test(sqlOf(frame))
      then(async () => answer([message('G', Buffer.from([binary ? 1 : 0, 0, 0]))]))
    } else if ('QSHF'.includes(type)) push(type === 'F' ? 'Q' : type)
  }
  socket.on('close', () => {
    void turn.then(() => session.leave(guest)).catch(() => undefined)
  })
  const receive = createFramer('QPBDECSHFdcfpX', found, () => socket.destroy())
  return (chunk) => {
    try {
      receive(chunk)
    } catch {
      // What is no message ends the connection, not the process of the tests.
      socket.destroy()
    }
  }
}

const heldHint = 'End the transaction, or close that connection: until then others wait. See docs/testing.md, PGlite.'

const sqlOf = ({ type, body }: Frame): string => {
  const fields = fieldsOf(body)
  if (type === 'P') fields.text()
  return fields.text()
}

async function answerTo(session: SharedSession, guest: Guest, { frames, end }: Batch): Promise<readonly Buffer[]> {
  const [first] = frames
  const forgetting = first?.type === 'Q' ? forgets.exec(sqlOf(first)) : null
  if (forgetting !== null) {
    const all = forgetting[1]?.toLowerCase() === 'discard'
    await session.forget(guest, all)
    return [message('C', Buffer.from(`${all ? 'DISCARD' : 'DEALLOCATE'} ALL\0`)), ready('I')]
  }
  const said = frames.filter(({ type }) => type === 'Q' || type === 'P').map(sqlOf)
  remember(guest, said, frames)
  const messages = frames.map(({ type, body }) => guest.names.translate(type, body))
  // Without its rows COPY would be the end of PGlite: what would wait for them is told that none come, and what would not hears nothing.
  const fails = said.some((sql) => /\bstdin\b/i.test(sql)) && !frames.some(({ type }) => 'dcf'.includes(type))
  const noRows = message('f', Buffer.from('on PGlite it has to be a statement of its own, sent without parameters\0'))
  if (fails) messages.splice(end === 'Q' ? messages.length : messages.length - 1, 0, noRows)
  const reads = said.length > 0 && said.every((sql) => beginsToRead.test(sql))
  const copied = frames.some(({ type }) => type === 'd' || type === 'c' || type === 'f')
  const answered = await session.run(guest, { bytes: Buffer.concat(messages), reads })
  return answered.filter(({ type }) => !(copied && type === 'G')).map(({ type, body }) => message(type, body))
}

/** Settings whose names have a dot are in no list of the server's. */
function remember(guest: Guest, said: readonly string[], frames: readonly Frame[]): void {
  if (said.some((sql) => /\bset/i.test(sql))) {
    const bound = frames.filter(({ type }) => type === 'B').map(({ body }) => body.toString('latin1'))
    for (const name of [...said, ...bound].join('\n').match(dottedName) ?? []) guest.dotted.add(name)
  }
}
