import { execFile } from 'node:child_process'
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { serverIdentity } from '../../../src/embedded/identity.ts'

const run = promisify(execFile)

/** A server certificate for a host signed by a CA of our own, and another CA that signed nothing. */
export interface Certificates {
  readonly ca: string
  readonly otherCa: string
  readonly cert: string
  readonly key: string
  remove(): Promise<void>
}

/** Makes them with openssl. The key is the server's alone, as PostgreSQL demands (manual, 18.9). */
export async function makeCertificates(host = 'localhost'): Promise<Certificates> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bellows-tls-'))
  await chmod(folder, 0o755)
  const file = (name: string): string => path.join(folder, name)
  const openssl = (...args: string[]): Promise<unknown> => run('openssl', args, { cwd: folder })
  for (const name of ['ca', 'other'])
    await openssl(
      ...`req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ${name}.key -out ${name}.pem -subj /CN=${name}`.split(' '),
    )
  await openssl(...'req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj'.split(' '), `/CN=${host}`)
  await writeFile(file('server.ext'), `subjectAltName = DNS:${host}\n`)
  await openssl(
    ...'x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile server.ext -out server.pem'.split(
      ' ',
    ),
  )
  await chmod(file('server.key'), 0o600)
  const identity = await serverIdentity()
  if (identity !== null) await chown(file('server.key'), identity.uid, identity.gid)
  return {
    ca: file('ca.pem'),
    otherCa: file('other.pem'),
    cert: file('server.pem'),
    key: file('server.key'),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
