import type { IncomingMessage, ServerResponse } from 'node:http'

/** What is answered: JSON, or a text. */
export interface Answer {
  readonly code: number
  readonly body: unknown
  readonly type?: string
}

/** What a route is given. */
export interface Asked {
  /** The part of the path that `:id` stands for. */
  readonly id: number
  readonly body: Readonly<Record<string, unknown>>
  /** The media types that the client understands. */
  readonly accept: string
}

/** The formats of a customer, for clients that ask by type and not by path. */
export const formats = { v1: 'application/vnd.shop.v1+json', v2: 'application/vnd.shop.v2+json' } as const

/** By method and path: `GET /api/v1/customers/:id`. */
export type Routes = Readonly<Record<string, (asked: Asked) => Promise<Answer>>>

/** The route that a request is for, and the id in it. */
export function find(
  routes: Routes,
  method: string,
  path: string,
): { readonly route: string; readonly id: number } | null {
  const id = /\/(\d{1,15})$/.exec(path)?.[1]
  const route = `${method} ${id === undefined ? path : `${path.slice(0, -id.length)}:id`}`
  return Object.hasOwn(routes, route) ? { route, id: Number(id ?? 0) } : null
}

const longest = 10_000

/** The JSON object of a request, `{}` without one; null when it is no object, or too long. */
export async function readBody(request: IncomingMessage): Promise<Asked['body'] | null> {
  let text = ''
  let length = 0
  // Read to its end also where it is too long: a connection that is left in the middle of a request would hold up the draining.
  for await (const chunk of request) {
    length += chunk.length
    if (length <= longest) text += chunk
  }
  if (length > longest) return null
  try {
    const body: unknown = JSON.parse(text === '' ? '{}' : text)
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : null
  } catch {
    return null
  }
}

/** Sends an answer. */
export function send(response: ServerResponse, { code, body, type = 'application/json' }: Answer): void {
  response.writeHead(code, { 'content-type': type })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}
