import { readFileSync } from 'node:fs'
import { cut } from './cut.mjs'

/** The longest comment that GitHub takes, in characters. */
const limit = 65_536

/** Writes the comment, or brings the one of the run before up to date. Gives the reason where there is none: no run fails for it. */
export async function comment({ env, token, key, text }) {
  const pull = pullRequest(env)
  if (pull === null) return 'this is no run of a pull request'
  if (token === '') return 'there is no github-token'
  const marker = `<!-- bellows ${key.replaceAll(/[^\w ./-]/g, '_').replaceAll('--', '__')} -->`
  const run = `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`
  const body = cut(
    `${marker}\n${text}`,
    limit,
    (part) => part.length,
    `The whole is in the summary of [the run](${run}).`,
  )
  const comments = `/repos/${env.GITHUB_REPOSITORY}/issues/${pull}/comments`
  try {
    const mine = await find(env, token, `${comments}?per_page=100`, marker)
    if (mine === null) await ask(env, token, 'POST', comments, { body })
    else await ask(env, token, 'PATCH', `/repos/${env.GITHUB_REPOSITORY}/issues/comments/${mine}`, { body })
    return null
  } catch (error) {
    return error.message
  }
}

function pullRequest({ GITHUB_EVENT_PATH: path }) {
  try {
    const event = JSON.parse(readFileSync(path, 'utf8'))
    const number = event.pull_request?.number ?? (event.issue?.pull_request ? event.issue.number : null)
    return Number.isInteger(number) ? number : null
  } catch {
    return null
  }
}

/** Only what a bot wrote: a marker in a person's comment is a quotation. */
async function find(env, token, first, marker) {
  for (let page = 1; page <= 30; page++) {
    const comments = await ask(env, token, 'GET', `${first}&page=${page}`)
    const mine = comments.find(({ body, user }) => user?.type === 'Bot' && body?.startsWith(marker))
    if (mine !== undefined) return mine.id
    if (comments.length < 100) return null
  }
  return null
}

async function ask({ GITHUB_API_URL: api = 'https://api.github.com' }, token, method, path, body) {
  const answer = await fetch(`${api}${path}`, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'user-agent': 'bellows',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  })
  if (answer.ok) return answer.json()
  const why = answer.status === 403 ? ' (the token may not write here: a fork, or no `pull-requests: write`)' : ''
  throw new Error(`GitHub answers ${answer.status} to ${method} ${path.split('?')[0]}${why}`)
}
