import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { instantQuery } from '../../../src/prometheus/client.ts'

/*
 * What a Prometheus, or what stands in front of one, answers when it does not answer the question. The answers themselves are in
 * test/prometheus/, of a real one.
 */
let server: Server | undefined

afterEach(() => void server?.close())

async function answering(listener: RequestListener): Promise<string> {
  server = createServer(listener)
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

const always = (status: number, body: string): Promise<string> =>
  answering((_, response) => void response.writeHead(status).end(body))

const ask = (url: string, query = 'up'): Promise<unknown> => instantQuery({ url }, query, new AbortController().signal)

const vector = '{"status":"success","data":{"resultType":"vector","result":[]}'

test.each([
  [503, 'upstream connect error', 'prometheus.failed', 75],
  [500, '{"status":"error","errorType":"internal","error":"disk"}', 'prometheus.failed', 75],
  [422, '{"status":"error","errorType":"execution","error":"too many samples"}', 'prometheus.failed', 75],
  [429, 'slow down', 'prometheus.failed', 75],
  [200, `${vector},"warnings":["a store did not answer"]}`, 'prometheus.partial', 75],
  [401, 'who are you', 'prometheus.denied', 2],
  [403, 'no', 'prometheus.denied', 2],
  [404, 'not found', 'prometheus.address', 2],
  [200, '<html>Welcome to Grafana</html>', 'prometheus.address', 2],
  [400, '{"status":"error","errorType":"bad_data","error":"parse error"}', 'prometheus.query', 2],
])('an answer of %d, %s, is %s', async (status, body, code, exitCode) => {
  await expect(ask(await always(status, body))).rejects.toMatchObject({ code, exitCode })
})

test('nobody there is a matter of time, and the reason is told', async () => {
  const url = await always(200, '')
  await new Promise((resolve) => server?.close(resolve))
  await expect(ask(url)).rejects.toMatchObject({
    code: 'prometheus.unreachable',
    exitCode: 75,
    message: expect.stringContaining('ECONNREFUSED'),
  })
})

test('a user and password in the address go into a header, and the path below it stays', async () => {
  const seen: { url?: string | undefined; authorization?: string | undefined }[] = []
  const url = await answering(({ url, headers }, response) => {
    seen.push({ url, authorization: headers.authorization })
    response.end(`${vector}}`)
  })
  await ask(url.replace('http://', 'http://me:s%26cret@').concat('/prom/'), 'a{b="c"} + 1')
  expect(seen).toEqual([
    {
      url: '/prom/api/v1/query?query=a%7Bb%3D%22c%22%7D+%2B+1',
      authorization: `Basic ${Buffer.from('me:s&cret').toString('base64')}`,
    },
  ])
})
