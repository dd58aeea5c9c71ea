export { createDatabase, servers, withClient } from '../servers/databases.ts'
export { startProxy as startProxyX } from '../servers/proxy.ts'
