import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A comment on a pull request. */
export interface Comment {
  readonly id: number
  body: string
  readonly user: { readonly type: string }
}

/** What of GitHub's interface the action asks for, on this machine. */
export interface GithubApi {
  readonly url: string
  readonly comments: Comment[]
  readonly asked: readonly string[]
  readonly tokens: ReadonlySet<string | undefined>
  close: () => Promise<void>
}

/** A GitHub that keeps comments, or refuses to. */
export async function githubApi({
  comments = [],
  readOnly = false,
}: {
  comments?: Comment[]
  readOnly?: boolean
} = {}): Promise<GithubApi> {
  const asked: string[] = []
  const tokens = new Set<string | undefined>()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://here')
    asked.push(`${request.method} ${url.pathname}`)
    tokens.add(request.headers.authorization)
    let text = ''
    request.on('data', (data) => {
      text += String(data)
    })
    request.on('end', () => {
      const answer = (status: number, body: unknown): void => void response.writeHead(status).end(JSON.stringify(body))
      if (request.method === 'GET') {
        const [page, size] = [Number(url.searchParams.get('page')), Number(url.searchParams.get('per_page'))]
        return answer(200, comments.slice((page - 1) * size, page * size))
      }
      if (readOnly) return answer(403, { message: 'Resource not accessible by integration' })
      const { body } = JSON.parse(text) as { body: string }
      if ([...body].length > 65_536) return answer(422, { message: 'body is too long' })
      const id = Number(/comments\/(\d+)$/.exec(url.pathname)?.[1])
      const there = comments.find((comment) => comment.id === id)
      if (there !== undefined) there.body = body
      else comments.push({ id: comments.length + 1, body, user: { type: 'Bot' } })
      answer(200, {})
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    comments,
    asked,
    tokens,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  }
}
