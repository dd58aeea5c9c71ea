import { usageError } from '../../errors.ts'

const anything = /^/

/** libpq's parameters that we follow, or that change nothing for us, with the values for which that holds. */
const known: ReadonlyMap<string, RegExp> = new Map([
  ...['service', 'host', 'hostaddr', 'port', 'dbname', 'user', 'password', 'options']
    .concat('sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'sslsni', 'sslcompression')
    // How long is waited is --connect-timeout; the name and the encoding of our sessions are ours; one host has no order.
    .concat('connect_timeout', 'application_name', 'fallback_application_name', 'client_encoding', 'load_balance_hosts')
    .concat('keepalives', 'keepalives_idle', 'keepalives_interval', 'keepalives_count', 'tcp_user_timeout')
    .map((name): [string, RegExp] => [name, anything]),
  // As JDBC says sslmode=require.
  ['ssl', /^true$/],
  // A server that cannot be written to is refused anyway.
  ['target_session_attrs', /^(any|read-write|primary)$/],
  ['channel_binding', /^(disable|prefer)$/],
  ['gssencmode', /^(disable|prefer)$/],
])

/** What is meant to protect, or to choose another server. Other names that we do not know may be for another driver. */
const meant = /^(ssl|requiressl|gss|krb|channel_binding|require_?(auth|peer)|passfile|target_session_attrs|replication)/

/** @throws BellowsError exit 2 for a parameter that is not followed and may not be passed over. */
export function refuseUnknown(...given: readonly Iterable<readonly [string, string]>[]): void {
  for (const [name, value] of given.flatMap((each) => [...each])) {
    if (known.get(name)?.test(value) || !meant.test(name)) continue
    // Its value may be a password.
    throw usageError('database.parameter', `the connection parameter ${name} is not followed with this value`, {
      hint: 'Leave it out, or see docs/connection.md for what there is in its place.',
    })
  }
}
