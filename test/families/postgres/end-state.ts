import { canonicalCatalog } from '../../catalog/canonical.ts'
import { withClient } from '../../servers/connect.ts'

/** Everything that two runs have to agree on: catalog, data, our objects, the state in the ledger. */
export async function endState(url: string, { data: withData } = { data: true }): Promise<string> {
  return withClient(url, async (client) => {
    const catalog = await canonicalCatalog(client)
    const { rows: tables } = await client.query<{ name: string }>(
      `select quote_ident(tablename) as name from pg_tables where schemaname = 'public' order by 1`,
    )
    const data: string[] = []
    for (const { name } of withData ? tables : []) {
      // A random default differs from run to run: only whether it is there is compared.
      const { rows } = await client.query<{ row: string }>(
        `select (to_jsonb(t) || case when to_jsonb(t) ? 'token' then jsonb_build_object('token', to_jsonb(t) ->> 'token' is not null) else '{}' end)::text as row from public.${name} t order by 1`,
      )
      data.push(`${name}\n${rows.map(({ row }) => row).join('\n')}`)
    }
    const { rows: own } = await client.query<{ name: string }>(
      `select p.oid::regprocedure::text || md5(p.prosrc) as name from pg_proc p where p.pronamespace = 'bellows'::regnamespace
       union all select relname from pg_class where relnamespace = 'bellows'::regnamespace and relkind = 'S' and relname like '%writes%'
       union all select id || mode from bellows.lenses order by 1`,
    )
    const { rows: states } = await client.query<{ name: string; state: string }>(
      'select name, state from bellows.migrations order by 1',
    )
    return [catalog, ...data, JSON.stringify(own), JSON.stringify(states)].join('\n\n')
  })
}
