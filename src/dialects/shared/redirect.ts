/**
 * A database URL with another host and port, whatever words stand before it (`jdbc:postgresql:`, `postgresql+asyncpg:`), and without
 * the parameters that `leaveOut` names; null for what is no such URL.
 */
export function redirectUrl(url: string, port: number, leaveOut: RegExp, add: string): string | null {
  const parts = /^((?:jdbc:)?[a-z][a-z0-9+.-]*:\/\/)((?:[^/?#]*@)?)([^/?#]*)([^?#]*)(?:\?([^#]*))?/i.exec(url)
  if (parts === null) return null
  const [, scheme = '', user = '', , path = '', query = ''] = parts
  const kept = query.split('&').filter((pair) => pair !== '' && !leaveOut.test(pair.split('=')[0] ?? ''))
  const said = [...kept, ...(add === '' ? [] : [add])]
  return `${scheme}${user}127.0.0.1:${port}${path}${said.length === 0 ? '' : `?${said.join('&')}`}`
}
