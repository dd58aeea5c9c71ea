/* Version 1 of the shop: a customer has a `name`. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from './database.ts'
import { type Answer, formats, type Routes } from './http.ts'
import { serve } from './service.ts'

interface Customer {
  readonly id: number
  readonly name: string
  readonly email: string
}

const notFound: Answer = { code: 404, body: { error: 'no such customer' } }

async function read(database: Database, id: number): Promise<Answer> {
  const [row] = await database.rows<Customer>('select id, name, email from customers where id = ?', [id])
  return row === undefined ? notFound : { code: 200, body: { id, name: row.name, email: row.email } }
}

const routesOf = (database: Database): Routes => ({
  'POST /api/v1/customers': async ({ body }) => {
    const [name, email] = [String(body.name), String(body.email)]
    const id = await database.insert('insert into customers (name, email) values (?, ?)', [name, email])
    return { code: 201, body: { id, name, email } }
  },
  'GET /api/v1/customers/:id': ({ id }) => read(database, id),
  // Whatever the client would rather have: the type of the answer says what it is.
  'GET /api/customers/:id': async ({ id }) => ({ ...(await read(database, id)), type: formats.v1 }),
  'PUT /api/v1/customers/:id': async ({ id, body }) => {
    const name = String(body.name)
    const found = await database.change('update customers set name = ? where id = ?', [name, id])
    return found === 0 ? notFound : { code: 200, body: { id, name } }
  },
  /** Takes its time: what is under way when an instance is to go. */
  'GET /api/v1/report': async () => {
    const [row] = await database.rows<{ many: number | string }>('select count(name) as many from customers')
    await sleep(400)
    return { code: 200, body: { customers: Number(row?.many) } }
  },
})

await serve('v1', routesOf)
