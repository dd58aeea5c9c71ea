import { constants, generateKeyPairSync, privateDecrypt } from 'node:crypto'
import { challengeOf } from './handshake.ts'

/**
 * caching_sha2_password and sha256_password send a password in clear text under TLS, and without TLS encrypted with a key that the
 * client asks the server for. Where the server is spoken to under TLS and the client is not, the key has to be ours.
 */
export interface StandIn {
  /** Notes what the server says: another plugin comes with another challenge. */
  readonly heard: (payload: Buffer) => void
  /** Whether the client asks for the key. */
  readonly asked: (payload: Buffer) => boolean
  /** The answer: the key. */
  readonly key: () => Buffer
  /** The password, as it is sent under TLS. */
  readonly open: (secret: Buffer) => Buffer
}

let pair: ReturnType<typeof makePair> | undefined
const makePair = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })

/** For one login, with the challenge of its greeting. */
export function standIn(greeting: Buffer): StandIn {
  let challenge = challengeOf(greeting)
  let full = false
  let plugin = ''
  return {
    heard: (payload) => {
      full = payload[0] === 1 && payload.length === 2 && payload[1] === 4
      if (payload[0] !== 0xfe) return
      const end = payload.indexOf(0, 1)
      plugin = payload.toString('latin1', 1, end)
      challenge = Buffer.from(payload.subarray(end + 1, end + 21))
    },
    asked: (payload) =>
      payload.length === 1 && ((full && payload[0] === 2) || (plugin === 'sha256_password' && payload[0] === 1)),
    key: () => {
      pair ??= makePair()
      return Buffer.concat([Buffer.from([1]), Buffer.from(pair.publicKey)])
    },
    open: (secret) => {
      pair ??= makePair()
      const mixed = privateDecrypt({ key: pair.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING }, secret)
      return mixed.map((byte, at) => byte ^ (challenge[at % challenge.length] ?? 0)) as Buffer
    },
  }
}
