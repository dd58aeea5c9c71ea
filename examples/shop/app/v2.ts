/* Version 2 of the shop: a customer has a `full_name`. Old clients go on as they are; what they get is more, never less. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from './database.ts'
import { type Answer, formats, type Routes } from './http.ts'
import { serve } from './service.ts'

interface Customer {
  readonly id: number
  readonly full_name: string
  readonly email?: string
}

const notFound: Answer = { code: 404, body: { error: 'no such customer' } }

/** What clients of v1 know, and beside it what is new. */
const old = (customer: Customer): object => ({ ...customer, name: customer.full_name })

function routesOf(database: Database): Routes {
  const create = async (full_name: string, email: string): Promise<Customer> => {
    const id = await database.insert('insert into customers (full_name, email) values (?, ?)', [full_name, email])
    return { id, full_name, email }
  }
  const read = async (id: number): Promise<Customer | null> => {
    const [row] = await database.rows<Customer>('select id, full_name, email from customers where id = ?', [id])
    return row === undefined ? null : { ...row, id }
  }
  const rename = async (id: number, full_name: string): Promise<boolean> =>
    (await database.change('update customers set full_name = ? where id = ?', [full_name, id])) > 0
  return {
    'POST /api/v1/customers': async ({ body }) => ({
      code: 201,
      body: old(await create(String(body.name), String(body.email))),
    }),
    'GET /api/v1/customers/:id': async ({ id }) => {
      const customer = await read(id)
      return customer === null ? notFound : { code: 200, body: old(customer) }
    },
    // A client that understands both may ask while v1 still answers some.
    'GET /api/customers/:id': async ({ id, accept }) => {
      const customer = await read(id)
      if (customer === null) return notFound
      return accept.includes(formats.v2)
        ? { code: 200, body: customer, type: formats.v2 }
        : { code: 200, body: old(customer), type: formats.v1 }
    },
    'PUT /api/v1/customers/:id': async ({ id, body }) => {
      if (planted()) throw new Error('the planted bug')
      const full_name = String(body.name)
      return (await rename(id, full_name)) ? { code: 200, body: old({ id, full_name }) } : notFound
    },
    'GET /api/v1/report': async () => {
      const [row] = await database.rows<{ many: number | string }>('select count(full_name) as many from customers')
      await sleep(400)
      return { code: 200, body: { customers: Number(row?.many) } }
    },
    // New clients come when no instance of v1 is left, nor will be.
    'POST /api/v2/customers': async ({ body }) => ({
      code: 201,
      body: await create(String(body.full_name), String(body.email)),
    }),
    'GET /api/v2/customers/:id': async ({ id }) => {
      const customer = await read(id)
      return customer === null ? notFound : { code: 200, body: customer }
    },
    'PUT /api/v2/customers/:id': async ({ id, body }) => {
      const full_name = String(body.full_name)
      return (await rename(id, full_name)) ? { code: 200, body: { id, full_name } } : notFound
    },
  }
}

let renames = 0

/** With SHOP_BUG every third renaming fails: what the gate after a rollout is for. */
function planted(): boolean {
  renames += 1
  return process.env.SHOP_BUG !== undefined && renames % 3 === 0
}

await serve('v2', routesOf)
